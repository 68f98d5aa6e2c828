//! What was found on the machine.

use crate::Installer;
use alloc::{string::String, vec::Vec};

/// The Python tools of a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toolchain {
    /// The interpreter that environments are made from.
    pub python: Option<Interpreter>,
    /// uv
    pub uv: Option<Tool>,
    /// conda, mamba or micromamba
    pub conda: Option<Tool>,
    /// The interpreters that were tried and not taken, each with the reason.
    pub refused: Vec<(String, String)>,
}

/// A Python interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// Its program, as it was tried: a name in `PATH`, or a path.
    pub program: String,
    /// What it says of itself: `Python 3.12.1`.
    pub version: String,
}

/// A tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its program, as it was tried.
    pub program: String,
    /// What it says of itself: `uv 0.9.1`.
    pub version: String,
}

impl Toolchain {
    /// Whether the interpreter is of this version: `3.11` is any 3.11.
    pub fn python_is(&self, version: &str) -> bool {
        let own = self.python.as_ref();
        own.is_some_and(|own| crate::version::is(&own.version, version))
    }

    /// The tool that makes environments and installs packages.
    pub const fn installer(&self, prefer_uv: bool) -> Installer {
        if self.uv.is_some() && prefer_uv {
            Installer::Uv
        } else {
            Installer::Pip
        }
    }
}
