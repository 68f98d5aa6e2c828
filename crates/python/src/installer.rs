//! Which tool installs.

use crate::{EnvDir, Layout, Toolchain};
use alloc::{borrow::ToOwned, string::String, string::ToString, vec::Vec};
use collodi_contain::ContainedPath;
use collodi_file::FileOp;

/// The program that stands in for uv where there is none: a POSIX shell script.
pub const UV_STAND_IN: &str = concat!(
    "#!/bin/sh\nsync='\n",
    include_str!("uv-sync.py"),
    "'\n",
    include_str!("uv-stand-in.sh")
);

/// The tool that makes environments and installs packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Installer {
    /// uv
    Uv,
    /// The standard library's venv, and the environment's own pip.
    Pip,
}

impl Installer {
    /// The file that must be there before a command runs, and the directory that
    /// comes first in its `PATH`. Nothing when uv itself is used.
    pub fn stand_in(self, layout: &Layout) -> Option<(FileOp, ContainedPath)> {
        if self == Self::Uv {
            return None;
        }
        let dir = layout.stand_ins();
        let path = dir.join("uv").ok()?;
        let bytes = UV_STAND_IN.as_bytes().to_vec();
        Some((
            FileOp::Write {
                path,
                bytes,
                executable: true,
                private: false,
                durable: true,
            },
            dir,
        ))
    }

    /// The command that makes the environment `env`: program and arguments. `python` is
    /// an interpreter's program, and for uv also a version. Nothing without what it needs.
    pub(crate) fn create_command(
        self,
        tools: &Toolchain,
        env: &EnvDir,
        python: Option<&str>,
    ) -> Option<(String, Vec<String>)> {
        let path = env.path().to_string();
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        match self {
            Self::Uv => {
                let uv = tools.uv.as_ref()?.program.clone();
                let choice = python.map(|p| words(&["--python", p])).unwrap_or_default();
                Some((
                    uv,
                    [words(&["venv", "--seed"]), choice, words(&[&path])].concat(),
                ))
            }
            Self::Pip => Some((python?.to_owned(), words(&["-I", "-m", "venv", &path]))),
        }
    }
}
