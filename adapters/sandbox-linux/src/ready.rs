//! A command that is ready to be started.

use crate::Status;
use collodi_sandbox::Enforcement;
use collodi_spawn::Limit;
use rustix::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::ffi::CString;

/// What is to be started so that a command runs in its sandbox. It is started once: what it
/// is handed is read from its beginning.
#[derive(Debug)]
pub struct Ready {
    /// The absolute path of the program that makes the sandbox.
    pub program: CString,
    /// All its arguments.
    pub args: Vec<CString>,
    /// Its environment, which is empty: variables of the command are among what it is handed.
    pub env: Vec<CString>,
    /// Limits of the command.
    pub limits: Vec<Limit>,
    /// Whether the command ran, to be asked at the end.
    pub status: Status,
    /// What holds.
    pub enforcement: Enforcement,
    pub(crate) handed: Vec<OwnedFd>,
    pub(crate) domain: Option<OwnedFd>,
    pub(crate) takes_terminal: bool,
}

impl Ready {
    /// The descriptors that it must have by their numbers.
    pub fn kept(&self) -> Vec<BorrowedFd<'_>> {
        let handed = self.handed.iter().chain([self.status.file()]);
        handed.map(OwnedFd::as_fd).collect()
    }

    /// Whether it is to lead the session of the terminal that the command has, if there is one:
    /// not where the command does so itself.
    pub const fn leads_terminal(&self) -> bool {
        !self.takes_terminal
    }

    /// The Landlock ruleset that it must be held by from its start on.
    pub fn domain(&self) -> Option<BorrowedFd<'_>> {
        self.domain.as_ref().map(OwnedFd::as_fd)
    }
}
