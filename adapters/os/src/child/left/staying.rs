//! Processes have no identity here, so that none is ever left for another program.

use super::Left;
use rustix::fd::OwnedFd;
use std::io;

impl Left {
    /// Nobody can be passed on.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn pass_on(&self) -> io::Result<OwnedFd> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Nobody is passed on.
    pub fn pass_on_by(&self, _: &OwnedFd) {}

    /// Nobody was passed on.
    pub fn take_in(&self, _: &OwnedFd) {}
}
