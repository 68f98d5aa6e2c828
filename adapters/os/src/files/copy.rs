//! Copy.

use super::{
    dir,
    remove::identity,
    write::{Beside, file_place, permissions, replaced, unused},
};
use crate::{
    fault::Fault,
    rooted::{DIRECTORY, NEW_DIRECTORY, Rooted, open_entry},
    walk::{Place, Want},
};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind};
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{AtFlags, FileType, OFlags, Stat},
    io::Errno,
};
use std::{
    ffi::{CStr, CString},
    fs::File,
    io,
};

/// How deep a copied tree may be: deeper than any path can say.
const MAX_DEPTH: usize = 128;

pub(super) fn copy(from: &ContainedPath, to: &ContainedPath) -> Result<FileAnswer, FileError> {
    let at_from = |fault: Fault| fault.at(from);
    let root = Rooted::open(from.root()).map_err(at_from)?;
    let source = root.open_at(from, OFlags::RDONLY).map_err(at_from)?;
    let sources = root;
    let stat = rustix::fs::fstat(&source).map_err(|errno| at_from(errno.into()))?;
    let root = Rooted::open(to.root()).map_err(|f| f.at(to))?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => copy_to_file(source, &stat, &root, to),
        FileType::Directory => copy_to_directory((&sources, source), &stat, &root, to),
        _ => return Err(Fault::new(FileErrorKind::Special).at(from)),
    }
    .map(|()| FileAnswer::Done)
    .map_err(|f| {
        f.at(if f.kind == FileErrorKind::Special {
            from
        } else {
            to
        })
    })
}

fn copy_to_file(
    source: OwnedFd,
    stat: &Stat,
    root: &Rooted,
    to: &ContainedPath,
) -> Result<(), Fault> {
    let (dir, name) = file_place(root.resolve(to, Want::Made)?)?;
    copy_file(source, stat, dir.as_fd(), &name)
}

/// A file appears under its name when it is whole.
fn copy_file(source: OwnedFd, stat: &Stat, dir: BorrowedFd<'_>, name: &CStr) -> Result<(), Fault> {
    replaced(dir, name)?;
    let mut beside = Beside::new(dir, None)?;
    io::copy(&mut File::from(source), &mut beside.file)?;
    rustix::fs::fchmod(&beside.file, permissions(stat))?;
    beside.rename(name)
}

fn copy_to_directory(
    (sources, source): (&Rooted, OwnedFd),
    stat: &Stat,
    root: &Rooted,
    to: &ContainedPath,
) -> Result<(), Fault> {
    let target = match root.resolve(to, Want::Made)? {
        Place::Directory(handle) => open_entry(handle.as_fd(), c".", OFlags::RDONLY)?,
        Place::Entry { dir, name, .. } => made_directory(dir.as_fd(), &name)?,
    };
    refuse_within(source.as_fd(), target.as_fd())?;
    let mut levels = vec![Level::open(source, target, stat)?];
    while let Some(mut level) = levels.pop() {
        let Some(name) = level.pending.pop() else {
            level.finish()?;
            continue;
        };
        sources.admit(level.source.as_fd(), &name)?;
        let below = level.enter(&name)?;
        levels.extend([level, below]);
        if levels.len() > MAX_DEPTH {
            return Err(Errno::NAMETOOLONG.into());
        }
    }
    Ok(())
}

/// Refuses a copy into the directory that is copied: it would never be whole. Looks at
/// every directory above the copy, to the top of the file system.
fn refuse_within(source: BorrowedFd<'_>, target: BorrowedFd<'_>) -> Result<(), Fault> {
    let source = identity(source)?;
    let mut above = open_entry(target, c".", DIRECTORY)?;
    let mut last = None;
    while last != Some(identity(above.as_fd())?) {
        last = Some(identity(above.as_fd())?);
        if last == Some(source) {
            return Err(Errno::INVAL.into());
        }
        above = open_entry(above.as_fd(), c"..", DIRECTORY)?;
    }
    Ok(())
}

/// A directory that is being copied.
#[derive(Debug)]
struct Level {
    source: OwnedFd,
    target: OwnedFd,
    stat: Stat,
    pending: Vec<CString>,
}

impl Level {
    /// Copies what is in `source`, but notes its directories.
    fn open(source: OwnedFd, target: OwnedFd, stat: &Stat) -> Result<Self, Fault> {
        let mut pending = Vec::new();
        for entry in dir::entries(source.as_fd())? {
            let (name, kind) = entry?;
            match kind {
                FileKind::Directory => pending.push(name),
                FileKind::File => copy_entry(source.as_fd(), target.as_fd(), &name)?,
                FileKind::Link => copy_link(source.as_fd(), target.as_fd(), &name)?,
                FileKind::Special => return Err(Fault::new(FileErrorKind::Special)),
            }
        }
        Ok(Self {
            source,
            target,
            stat: *stat,
            pending,
        })
    }

    /// The directory `name` of this one.
    fn enter(&self, name: &CStr) -> Result<Self, Fault> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let source = open_entry(self.source.as_fd(), name, flags)?;
        let stat = rustix::fs::fstat(&source)?;
        let target = made_directory(self.target.as_fd(), name)?;
        Self::open(source, target, &stat)
    }

    /// Permissions come last: a directory that nobody may write to is still to be filled.
    fn finish(&self) -> Result<(), Fault> {
        Ok(rustix::fs::fchmod(&self.target, permissions(&self.stat))?)
    }
}

fn made_directory(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Fault> {
    match rustix::fs::mkdirat(dir, name, NEW_DIRECTORY) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(errno.into()),
    }
    open_entry(dir, name, OFlags::RDONLY | OFlags::DIRECTORY)
}

fn copy_entry(from: BorrowedFd<'_>, to: BorrowedFd<'_>, name: &CStr) -> Result<(), Fault> {
    let source = open_entry(from, name, OFlags::RDONLY)?;
    super::read::regular_size(&source)?;
    let stat = rustix::fs::fstat(&source)?;
    copy_file(source, &stat, to, name)
}

fn copy_link(from: BorrowedFd<'_>, to: BorrowedFd<'_>, name: &CStr) -> Result<(), Fault> {
    let target = rustix::fs::readlinkat(from, name, Vec::new())?;
    replaced(to, name)?;
    let (beside, ()) = unused(|beside| Ok(rustix::fs::symlinkat(&target, to, beside)?))?;
    rustix::fs::renameat(to, &beside, to, name).map_err(|errno| {
        let _ = rustix::fs::unlinkat(to, &beside, AtFlags::empty());
        errno.into()
    })
}
