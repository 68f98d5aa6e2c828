//! Write and Append.

use super::read::regular_size;
use crate::{
    fault::Fault,
    rooted::{NEW_FILE, OWNERS_FILE, Rooted, make_entry, open_entry},
    walk::{Place, Want},
};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileErrorKind};
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{AtFlags, FileType, Gid, Mode, OFlags, Stat, Uid},
    io::Errno,
};
use std::{
    ffi::{CStr, CString},
    fs::File,
    io::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

/// How often a link may be swapped in while an append looks for its file.
const ATTEMPTS: u32 = 16;

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) executable: bool,
    pub(super) private: bool,
    pub(super) durable: bool,
}

pub(super) fn write(path: &ContainedPath, bytes: &[u8], kind: Kind) -> Result<FileAnswer, Fault> {
    let root = Rooted::open(path.root())?;
    let (dir, name) = file_place(root.resolve(path, Want::Made)?)?;
    let mode = if kind.private { OWNERS_FILE } else { NEW_FILE };
    let like = replaced(dir.as_fd(), &name)?;
    let mut beside = Beside::with_mode(dir.as_fd(), like, mode)?;
    beside.file.write_all(bytes)?;
    if kind.executable {
        beside.make_executable()?;
    }
    if kind.durable {
        beside.file.sync_all()?;
    }
    beside.rename(&name)?;
    if kind.durable {
        flush(dir.as_fd());
    }
    Ok(FileAnswer::Done)
}

pub(super) fn append(path: &ContainedPath, bytes: &[u8]) -> Result<FileAnswer, Fault> {
    let root = Rooted::open(path.root())?;
    let handle = open_to_append(&root, path)?;
    regular_size(&handle)?;
    match rustix::fs::fstat(&handle)?.st_nlink {
        0 | 1 => File::from(handle).write_all(bytes)?,
        _ => append_to_own(&root, path, bytes)?,
    }
    Ok(FileAnswer::Done)
}

/// The file has other names, which may be outside: it becomes one of its own.
fn append_to_own(root: &Rooted, path: &ContainedPath, bytes: &[u8]) -> Result<(), Fault> {
    let (dir, name) = file_place(root.resolve(path, Want::Existing)?)?;
    let old = open_entry(dir.as_fd(), &name, OFlags::RDONLY)?;
    regular_size(&old)?;
    let mut beside = Beside::new(dir.as_fd(), replaced(dir.as_fd(), &name)?)?;
    std::io::copy(&mut File::from(old), &mut beside.file)?;
    beside.file.write_all(bytes)?;
    beside.file.sync_all()?;
    beside.rename(&name)
}

fn open_to_append(root: &Rooted, path: &ContainedPath) -> Result<OwnedFd, Fault> {
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE;
    for _ in 0..ATTEMPTS {
        let (dir, name) = file_place(root.resolve(path, Want::Existing)?)?;
        match open_entry(dir.as_fd(), &name, flags) {
            Err(fault) if fault.errno == Some(Errno::LOOP) => {}
            opened => return opened,
        }
    }
    Err(Errno::LOOP.into())
}

/// The directory and name of a file; a directory is none.
pub(crate) fn file_place(place: Place) -> Result<(OwnedFd, CString), Fault> {
    match place {
        Place::Entry { dir, name, .. } => Ok((dir, name)),
        Place::Directory(_) => Err(Fault::new(FileErrorKind::IsADirectory)),
    }
}

/// The file that will be replaced; none when the name is free.
pub(super) fn replaced(dir: BorrowedFd<'_>, name: &CStr) -> Result<Option<Stat>, Fault> {
    let stat = match rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => return Ok(None),
        stat => stat?,
    };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok(Some(stat)),
        FileType::Symlink => Ok(None),
        FileType::Directory => Err(Fault::new(FileErrorKind::IsADirectory)),
        _ => Err(Fault::new(FileErrorKind::Special)),
    }
}

/// A new file beside the one it will replace. Dropped before it is renamed, it is gone.
#[derive(Debug)]
pub(super) struct Beside<'a> {
    dir: BorrowedFd<'a>,
    name: CString,
    renamed: bool,
    pub(super) file: File,
}

impl<'a> Beside<'a> {
    /// A file with the permissions and owner of `like`.
    pub(super) fn new(dir: BorrowedFd<'a>, like: Option<Stat>) -> Result<Self, Fault> {
        Self::with_mode(dir, like, NEW_FILE)
    }

    /// A file with the permissions and owner of `like`, or else with those of `mode`. As
    /// long as it is not like `like`, nobody else can open it.
    fn with_mode(dir: BorrowedFd<'a>, like: Option<Stat>, mode: Mode) -> Result<Self, Fault> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let mode = if like.is_some() { OWNERS_FILE } else { mode };
        let (name, handle) = unused(|name| make_entry(dir, name, flags, mode))?;
        let beside = Self {
            dir,
            name,
            renamed: false,
            file: File::from(handle),
        };
        like.map_or(Ok(()), |stat| beside.become_like(&stat))?;
        Ok(beside)
    }

    /// Gives the file its name, taking the place of what has it.
    pub(super) fn rename(mut self, name: &CStr) -> Result<(), Fault> {
        rustix::fs::renameat(self.dir, &self.name, self.dir, name)?;
        self.renamed = true;
        Ok(())
    }

    /// Gives the file the name that `rename` gives it.
    pub(super) fn take_name(
        mut self,
        rename: impl FnOnce(&CStr) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        rename(&self.name)?;
        self.renamed = true;
        Ok(())
    }

    /// Whoever can read it can run it.
    fn make_executable(&self) -> Result<(), Fault> {
        let mode = permissions(&rustix::fs::fstat(&self.file)?);
        let readers = mode & (Mode::RUSR | Mode::RGRP | Mode::ROTH);
        let runners = Mode::from_raw_mode(readers.as_raw_mode() >> 2);
        Ok(rustix::fs::fchmod(&self.file, mode | runners)?)
    }

    /// Only root can give files away: for others the owner is theirs already, or stays so.
    fn become_like(&self, stat: &Stat) -> Result<(), Fault> {
        let (uid, gid) = (Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid));
        let _ = rustix::fs::fchown(&self.file, Some(uid), Some(gid));
        Ok(rustix::fs::fchmod(&self.file, permissions(stat))?)
    }
}

impl Drop for Beside<'_> {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = rustix::fs::unlinkat(self.dir, &self.name, AtFlags::empty());
        }
    }
}

/// The permissions of a file; what else its mode says (set-user-id) is not passed on.
pub(super) fn permissions(stat: &Stat) -> Mode {
    Mode::from_raw_mode(stat.st_mode) & (Mode::RWXU | Mode::RWXG | Mode::RWXO)
}

/// Makes something under a name that nobody uses.
pub(super) fn unused<T>(make: impl Fn(&CStr) -> Result<T, Fault>) -> Result<(CString, T), Fault> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!(".collodi-{}-{number}", std::process::id());
        let name = CString::new(name).map_err(|_| Errno::INVAL)?;
        match make(&name) {
            Err(fault) if fault.kind == FileErrorKind::AlreadyExists => {}
            made => return made.map(|made| (name, made)),
        }
    }
}

/// Makes the new name survive a power cut. Some file systems cannot, and the content
/// is safe either way.
pub(crate) fn flush(dir: BorrowedFd<'_>) {
    if let Ok(handle) = open_entry(dir, c".", OFlags::RDONLY | OFlags::DIRECTORY) {
        let _ = rustix::fs::fsync(handle);
    }
}
