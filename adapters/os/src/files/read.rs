//! Read, Stat and List: operations that change nothing.

use super::{Files, dir};
use crate::{
    fault::Fault,
    rooted::{Rooted, open_entry},
};
use collodi_contain::ContainedPath;
use collodi_file::{Entry, FileAnswer, FileErrorKind, FileKind, Stat};
use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{AtFlags, FileType, OFlags},
    io::Errno,
};
use std::{ffi::CString, fs::File, io::Read as _};

pub(super) fn read(path: &ContainedPath, limit: u64) -> Result<FileAnswer, Fault> {
    let handle = Rooted::open(path.root())?.open_at(path, OFlags::RDONLY)?;
    content(handle, limit).map(FileAnswer::Bytes)
}

pub(super) fn read_all(path: &ContainedPath, last: usize, limit: u64) -> Result<FileAnswer, Fault> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let dir = Rooted::open(path.root())?.open_at(path, flags)?;
    let names = file_names(&dir)?;
    let (mut left, mut files) = (limit, Vec::new());
    for name in names.into_iter().rev().take(last).rev() {
        let handle = match open_entry(dir.as_fd(), &name, OFlags::RDONLY) {
            Err(fault) if is_no_file(&fault) => continue,
            opened => opened?,
        };
        let bytes = content(handle, left)?;
        left = left.saturating_sub(bytes.len() as u64);
        files.push((name.to_string_lossy().into_owned(), bytes));
    }
    Ok(FileAnswer::Files(files))
}

/// Whether a file has gone, or a link has taken its place.
fn is_no_file(fault: &Fault) -> bool {
    fault.kind == FileErrorKind::NotFound || fault.errno == Some(Errno::LOOP)
}

/// The names of the regular files of a directory, sorted.
fn file_names(dir: &OwnedFd) -> Result<Vec<CString>, Fault> {
    let mut names = Vec::new();
    for entry in dir::entries(dir.as_fd())? {
        let (name, kind) = entry?;
        if names.len() == Files::MAX_ENTRIES {
            return Err(Fault::new(FileErrorKind::TooLarge));
        }
        names.extend((kind == FileKind::File).then_some(name));
    }
    names.sort();
    Ok(names)
}

/// What is in a regular file of at most so many bytes.
fn content(handle: OwnedFd, limit: u64) -> Result<Vec<u8>, Fault> {
    let size = regular_size(&handle)?;
    if size > limit {
        return Err(Fault::new(FileErrorKind::TooLarge));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    File::from(handle)
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    match bytes.len() as u64 > limit {
        true => Err(Fault::new(FileErrorKind::TooLarge)),
        false => Ok(bytes),
    }
}

pub(super) fn stat(path: &ContainedPath) -> Result<FileAnswer, Fault> {
    match look(path) {
        Err(fault) if fault.kind == FileErrorKind::NotFound => Ok(FileAnswer::Stat(None)),
        looked => looked.map(|stat| FileAnswer::Stat(Some(stat))),
    }
}

pub(super) fn list(path: &ContainedPath) -> Result<FileAnswer, Fault> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let handle = Rooted::open(path.root())?.open_at(path, flags)?;
    let mut found = Vec::new();
    for entry in dir::entries(handle.as_fd())? {
        let (name, kind) = entry?;
        if found.len() == Files::MAX_ENTRIES {
            return Err(Fault::new(FileErrorKind::TooLarge));
        }
        let name = name.to_string_lossy().into_owned();
        found.push(Entry { name, kind });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(FileAnswer::Entries(found))
}

/// The size of a regular file; an error that says what else it is.
pub(super) fn regular_size(handle: &OwnedFd) -> Result<u64, Fault> {
    let stat = rustix::fs::fstat(handle)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok(u64::try_from(stat.st_size).unwrap_or(0)),
        FileType::Directory => Err(Fault::new(FileErrorKind::IsADirectory)),
        _ => Err(Fault::new(FileErrorKind::Special)),
    }
}

fn look(path: &ContainedPath) -> Result<Stat, Fault> {
    let root = Rooted::open(path.root())?;
    let stat = match path.rel().file_name() {
        None => rustix::fs::fstat(root.handle())?,
        Some(name) => rustix::fs::statat(root.parent(path)?, name, AtFlags::SYMLINK_NOFOLLOW)?,
    };
    let kind = dir::kind(FileType::from_raw_mode(stat.st_mode));
    let size = match kind {
        FileKind::File => u64::try_from(stat.st_size).unwrap_or(0),
        _ => 0,
    };
    Ok(Stat { kind, size })
}
