//! A folder to call the program in.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

pub(crate) struct Stage {
    dir: TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("bin")).unwrap();
        Self { dir }
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// Calls `collodi` with the words of `line`.
    pub(crate) fn call(&self, line: &str) -> Answer {
        self.call_with(line, "")
    }

    /// The program with the words of `line`, and no word of what it says.
    pub(crate) fn spawn(&self, line: &str) -> Child {
        let mut command = self.command(line);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null()).spawn().unwrap()
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_collodi"));
        command
            .args(line.split_whitespace())
            .current_dir(self.dir.path())
            .env_clear()
            .env("PATH", self.root().join("bin"))
            .env("HOME", "/home/me")
            .env("HF_TOKEN", "hf_not_to_be_seen");
        command
    }

    pub(crate) fn call_with(&self, line: &str, input: &str) -> Answer {
        let mut command = self.command(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        // A program that does not read its input may be gone.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Answer {
            line: line.to_owned(),
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            root: self.root(),
        }
    }
}

/// What the program said.
pub(crate) struct Answer {
    line: String,
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    root: PathBuf,
}

impl Answer {
    /// The call and its answer, without the place of the folder.
    pub(crate) fn shown(&self) -> String {
        let (line, status) = (&self.line, self.status);
        let mut text = format!("$ collodi {line}\n{}", self.stdout);
        if !self.stderr.is_empty() {
            text += &format!("(standard error)\n{}", self.stderr);
        }
        let text = format!("{text}(status {status})\n");
        assert!(
            !text.contains('\u{1b}'),
            "colours without a terminal: {text:?}"
        );
        without(&text, &self.root)
    }
}

fn without(text: &str, root: &Path) -> String {
    text.replace(root.to_str().unwrap(), "…")
}
