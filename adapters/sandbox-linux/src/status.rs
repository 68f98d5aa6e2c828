//! Whether the command of a sandbox was started.

use crate::memory;
use rustix::fd::{AsFd as _, OwnedFd};

/// The most that is read of what a sandbox says of itself.
const MOST: usize = 4096;

/// What bubblewrap, or the helper, writes about the life of a command.
#[derive(Debug)]
pub struct Status(OwnedFd);

impl Status {
    pub(crate) const fn new(file: OwnedFd) -> Self {
        Self(file)
    }

    pub(crate) const fn file(&self) -> &OwnedFd {
        &self.0
    }

    /// Whether the command ran, to be asked when the sandbox has ended with a code. It is
    /// told that a command has ended only when it was started.
    pub fn has_run(&self) -> bool {
        let said = memory::beginning(self.0.as_fd(), MOST).unwrap_or_default();
        String::from_utf8_lossy(&said).contains("\"exit-code\"")
    }
}
