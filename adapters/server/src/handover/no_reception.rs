//! Nobody can be given to another process here.

use collodi_os::Left;
use std::{io, path::Path};

/// Where nothing comes.
pub(super) struct Reception;

impl Reception {
    pub(super) fn open(_: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn announce(&mut self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn take_in(self, _: &Left) {}
}

pub(super) fn give(_: &Path, _: &Left) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
