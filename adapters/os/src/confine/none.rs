//! A system without sandboxes: nothing runs in one, and nothing that should runs without.

use collodi_sandbox::{Decision, Enforcement, Job, Probe, Profile, Reason};
use collodi_spawn::Limit;
use rustix::fd::BorrowedFd;
use std::ffi::CString;

/// What is to be started for a command in a sandbox, which there never is.
#[derive(Debug)]
pub(crate) struct Confined {
    pub(crate) program: CString,
    pub(crate) args: Vec<CString>,
    pub(crate) env: Vec<CString>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) status: Status,
    pub(crate) enforcement: Enforcement,
}

impl Confined {
    pub(crate) const fn kept(&self) -> Vec<BorrowedFd<'_>> {
        Vec::new()
    }

    pub(crate) const fn leads_terminal(&self) -> bool {
        true
    }

    pub(crate) const fn domain(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// Whether a command ran.
#[derive(Debug)]
pub(crate) struct Status;

impl Status {
    pub(crate) const fn has_run(&self) -> bool {
        false
    }
}

/// The sandboxes of this machine.
#[derive(Debug, Default)]
pub(crate) struct Sandboxes;

impl Sandboxes {
    pub(crate) const fn are_there(&self) -> bool {
        false
    }

    pub(crate) const fn seatbelt(&self) -> Option<Result<(), (String, String)>> {
        None
    }

    pub(crate) const fn probe(&self) -> Option<Probe> {
        None
    }

    pub(crate) const fn decide(&self, _: &Profile) -> Decision {
        Decision::Refuse(Reason::System(std::env::consts::OS))
    }

    pub(crate) const fn ready(&self, _: &Job<'_>) -> Result<Confined, Reason> {
        Err(Reason::System(std::env::consts::OS))
    }
}
