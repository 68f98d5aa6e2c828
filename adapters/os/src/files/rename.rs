//! Rename.

use crate::{fault::Fault, rooted::Rooted};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind};
use rustix::{
    fd::{AsFd as _, OwnedFd},
    fs::{AtFlags, RenameFlags},
    io::Errno,
    path::Arg,
};
use std::ffi::CStr;

pub(super) fn rename(from: &ContainedPath, to: &ContainedPath) -> Result<FileAnswer, FileError> {
    if from.root() != to.root() {
        return Err(FileError::new(FileErrorKind::Unsupported, to.clone()));
    }
    let root = Rooted::open(from.root()).map_err(|f| f.at(from))?;
    let old = Entry::of(&root, from).map_err(|f| f.at(from))?;
    let new = Entry::of(&root, to).map_err(|f| f.at(to))?;
    match old.rename_to(&new) {
        Ok(()) => Ok(FileAnswer::Done),
        Err(Errno::EXIST | Errno::NOTEMPTY) => Err(Fault::from(Errno::EXIST).at(to)),
        Err(errno) => Err(Fault::from(errno).at(from)),
    }
}

#[derive(Debug)]
struct Entry<'a> {
    dir: OwnedFd,
    name: &'a str,
}

impl<'a> Entry<'a> {
    fn of(root: &Rooted, path: &'a ContainedPath) -> Result<Self, Fault> {
        let dir = root.parent(path)?;
        let name = path.rel().file_name().unwrap_or_default();
        let entry = std::ffi::CString::new(name).map_err(|_| Errno::INVAL)?;
        root.admit(dir.as_fd(), &entry)?;
        Ok(Self { dir, name })
    }

    fn rename_to(&self, new: &Self) -> Result<(), Errno> {
        rename_between((&self.dir, self.name), (&new.dir, new.name))
    }
}

/// Gives an entry of a directory another name there, which nothing has.
pub(crate) fn rename_exclusively(dir: &OwnedFd, old: &CStr, new: &CStr) -> Result<(), Errno> {
    rename_between((dir, old), (dir, new))
}

/// Some file systems cannot refuse to replace; there we look first.
fn rename_between<N: Arg + Copy>(old: (&OwnedFd, N), new: (&OwnedFd, N)) -> Result<(), Errno> {
    match refusing(old, new) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
        renamed => return renamed,
    }
    match rustix::fs::statat(new.0, new.1, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => rustix::fs::renameat(old.0, old.1, new.0, new.1),
        Err(errno) => Err(errno),
        Ok(_) => Err(Errno::EXIST),
    }
}

#[cfg(any(target_vendor = "apple", target_os = "linux", target_os = "android"))]
fn refusing<N: Arg>(old: (&OwnedFd, N), new: (&OwnedFd, N)) -> Result<(), Errno> {
    rustix::fs::renameat_with(old.0, old.1, new.0, new.1, RenameFlags::NOREPLACE)
}

#[cfg(not(any(target_vendor = "apple", target_os = "linux", target_os = "android")))]
fn refusing<N: Arg>(_: (&OwnedFd, N), _: (&OwnedFd, N)) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}
