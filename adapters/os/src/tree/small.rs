//! The small files in which the kernel says something.

use rustix::{
    fd::OwnedFd,
    fs::{Mode, OFlags},
    io::Errno,
};
use std::{fs::File, io::Read as _};

/// The most bytes of one reading: more than those have that are read once.
const MOST: usize = 4096;

/// Has `read` what is in the file now, in one reading: the kernel makes its text anew for each.
pub(super) fn read_small<T>(path: &str, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
    let file = open(path).ok()?;
    let mut text = [0; MOST];
    let length = rustix::io::read(&file, &mut text).ok()?;
    read(text.get(..length)?)
}

/// As [`read_small`], of a file that is text.
pub(super) fn small_text<T>(path: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    read_small(path, |bytes| read(core::str::from_utf8(bytes).ok()?))
}

/// The text of a list that is short as a rule, and has been read to its end then in one reading.
/// The kernel gives a line that does not fit the next time.
pub(super) fn list(path: &str) -> Option<String> {
    let mut file = File::from(open(path).ok()?);
    let mut text = vec![0; MOST];
    let length = file.read(&mut text).ok()?;
    text.truncate(length);
    if length > MOST / 2 {
        file.read_to_end(&mut text).ok()?;
    }
    String::from_utf8(text).ok()
}

fn open(path: &str) -> Result<OwnedFd, Errno> {
    rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
}
