//! Files in memory, to be handed to a child.

use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{MemfdFlags, SeekFrom, memfd_create, seek},
    io::{Errno, fcntl_dupfd_cloexec, write},
};
use std::os::fd::AsRawFd as _;

/// The first number that is not of a standard stream.
const FIRST: i32 = 3;

/// A file with this content, to be read from its beginning.
pub(crate) fn holding(content: &[u8]) -> Result<OwnedFd, Errno> {
    let file = empty()?;
    let mut left = content;
    while !left.is_empty() {
        let written = write(&file, left)?;
        left = left.get(written..).unwrap_or_default();
    }
    seek(&file, SeekFrom::Start(0))?;
    Ok(file)
}

/// A file without content. Systems may want it said that nothing in it is executed; older
/// ones do not know how that is said.
pub(crate) fn empty() -> Result<OwnedFd, Errno> {
    let name = c"collodi-sandbox";
    let made = memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::NOEXEC_SEAL);
    let made = match made {
        Err(Errno::INVAL) => memfd_create(name, MemfdFlags::CLOEXEC)?,
        made => made?,
    };
    above_standard(made)
}

/// The same file by a number that no standard stream has.
pub(crate) fn above_standard(file: OwnedFd) -> Result<OwnedFd, Errno> {
    match file.as_raw_fd() < FIRST {
        true => fcntl_dupfd_cloexec(&file, FIRST),
        false => Ok(file),
    }
}

/// The first bytes of a file, at most so many, wherever it is read by others.
pub(crate) fn beginning(file: BorrowedFd<'_>, most: usize) -> Result<Vec<u8>, Errno> {
    let mut content = vec![0; most];
    let count = rustix::io::pread(file.as_fd(), content.as_mut_slice(), 0)?;
    content.truncate(count);
    Ok(content)
}
