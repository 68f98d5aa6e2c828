//! The small files in which the kernel says something.

use rustix::fs::{Mode, OFlags};

/// More bytes than any of them has.
const MOST: usize = 4096;

/// Has `read` what is in the file now, in one reading: the kernel makes its text anew for each.
pub(super) fn read_small<T>(path: &str, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
    let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut text = [0; MOST];
    let length = rustix::io::read(&file, &mut text).ok()?;
    read(text.get(..length)?)
}

/// As [`read_small`], of a file that is text.
pub(super) fn small_text<T>(path: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    read_small(path, |bytes| read(core::str::from_utf8(bytes).ok()?))
}
