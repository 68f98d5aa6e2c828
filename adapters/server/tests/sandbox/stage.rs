//! A folder with an app and things that are none of its business, and who runs it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// Who runs the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    /// Whoever runs the tests.
    Own,
    /// An ordinary user, when root runs the tests.
    Nobody,
}

/// What makes the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Bwrap,
    Landlock,
}

/// Who can be had.
pub(crate) fn users() -> Vec<User> {
    match rustix::process::geteuid().is_root() {
        true => vec![User::Own, User::Nobody],
        false => vec![User::Own],
    }
}

pub(crate) struct Stage {
    dir: TempDir,
    user: User,
    host: Option<Child>,
}

impl Stage {
    /// Not in `/tmp`, which every sandbox has its own of.
    pub(crate) fn new(user: User) -> Self {
        let dir = tempfile::tempdir_in("/var/tmp").unwrap();
        let everybody = || fs::Permissions::from_mode(0o777);
        fs::set_permissions(dir.path(), everybody()).unwrap();
        // An ordinary user need not reach where it was built.
        fs::copy(env!("CARGO_BIN_EXE_collodi"), dir.path().join("collodi")).unwrap();
        fs::create_dir(dir.path().join("app")).unwrap();
        fs::set_permissions(dir.path().join("app"), everybody()).unwrap();
        Self {
            dir,
            user,
            host: None,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    /// A file in the app's folder.
    pub(crate) fn file(&self, name: &str, text: &str) {
        fs::write(self.path("app").join(name), text).unwrap();
    }

    /// Lets somebody have what is to be left alone.
    pub(crate) fn with_host(mut self) -> Self {
        fs::write(self.path("host.py"), include_str!("host.py")).unwrap();
        let mut host = self.command("/usr/bin/python3");
        host.arg(self.path("host.py")).arg(self.path(""));
        let mut host = host
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(host.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        assert_eq!(said, "ready\n");
        self.host = Some(host);
        self
    }

    /// A program that the user runs in the app's folder.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = match self.user {
            User::Own => Command::new(program),
            User::Nobody => {
                let mut command = Command::new("/usr/bin/setpriv");
                command
                    .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
                    .arg(program);
                command
            }
        };
        command
            .current_dir(self.path("app"))
            .env_clear()
            .env("HOME", self.path("home"))
            .env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command
    }

    /// `collodi sandbox` with these words before the command, of which a blank ends each.
    pub(crate) fn sandbox(&self, level: &str, by: By, words: &str, command: &[&str]) -> Output {
        self.sandboxed(level, by, words, command).output().unwrap()
    }

    pub(crate) fn sandboxed(&self, level: &str, by: By, words: &str, command: &[&str]) -> Command {
        let mut collodi = self.command(self.path("collodi"));
        collodi.args(["sandbox", "--level", level]);
        if by == By::Landlock {
            collodi.args(["--bwrap", "/nowhere/bwrap", "--fallback", "landlock"]);
        }
        collodi
            .args(words.split_whitespace())
            .arg("--")
            .args(command);
        collodi
    }
}

impl Drop for Stage {
    /// Its input ends, and it tidies up.
    fn drop(&mut self) {
        if let Some(mut host) = self.host.take() {
            drop(host.stdin.take());
            let _ = host.wait();
        }
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
