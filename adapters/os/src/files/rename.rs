//! Rename.

use crate::{fault::Fault, rooted::Rooted};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind};
use rustix::{
    fd::OwnedFd,
    fs::{AtFlags, RenameFlags},
    io::Errno,
};

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
        Ok(Self { dir, name })
    }

    /// Some file systems cannot refuse to replace; there we look first.
    fn rename_to(&self, new: &Self) -> Result<(), Errno> {
        match self.rename_exclusively(new) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            renamed => return renamed,
        }
        match rustix::fs::statat(&new.dir, new.name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => rustix::fs::renameat(&self.dir, self.name, &new.dir, new.name),
            Err(errno) => Err(errno),
            Ok(_) => Err(Errno::EXIST),
        }
    }

    #[cfg(any(target_vendor = "apple", target_os = "linux", target_os = "android"))]
    fn rename_exclusively(&self, new: &Self) -> Result<(), Errno> {
        let flags = RenameFlags::NOREPLACE;
        rustix::fs::renameat_with(&self.dir, self.name, &new.dir, new.name, flags)
    }

    #[cfg(not(any(target_vendor = "apple", target_os = "linux", target_os = "android")))]
    fn rename_exclusively(&self, _: &Self) -> Result<(), Errno> {
        Err(Errno::NOSYS)
    }
}
