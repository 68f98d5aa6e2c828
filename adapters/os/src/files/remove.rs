//! Remove: a tree of any depth, by handles, never through a link.

use super::dir;
use crate::{
    fault::Fault,
    rooted::{Rooted, open_entry},
};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileErrorKind, FileKind};
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{AtFlags, OFlags},
    io::Errno,
};
use std::ffi::{CStr, CString};

pub(super) fn remove(path: &ContainedPath) -> Result<FileAnswer, Fault> {
    match remove_there(path) {
        Err(fault) if fault.kind == FileErrorKind::NotFound => Ok(FileAnswer::Done),
        removed => removed.map(|()| FileAnswer::Done),
    }
}

fn remove_there(path: &ContainedPath) -> Result<(), Fault> {
    let root = Rooted::open(path.root())?;
    let dir = root.parent(path)?;
    let name = path.rel().file_name().unwrap_or_default();
    let name = CString::new(name).map_err(|_| Errno::INVAL)?;
    if dir::is_directory(&dir, &name) {
        Emptying::start(&root, dir, name)?.run()
    } else {
        Ok(rustix::fs::unlinkat(&dir, &name, AtFlags::empty())?)
    }
}

/// A directory on the way down: which one it is, and what is left to do in it.
#[derive(Debug)]
struct Level {
    /// Device and inode: on the way up, `..` must be this one.
    id: (u64, u64),
    /// Its name in the level above.
    name: CString,
    /// The directories in it.
    pending: Vec<CString>,
}

/// Removes a directory with one or two handles open, however deep it is: down by name,
/// up by `..`, which is checked to be where it came from.
#[derive(Debug)]
struct Emptying<'a> {
    root: &'a Rooted,
    top: OwnedFd,
    here: OwnedFd,
    levels: Vec<Level>,
}

impl<'a> Emptying<'a> {
    fn start(root: &'a Rooted, top: OwnedFd, name: CString) -> Result<Self, Fault> {
        root.admit(top.as_fd(), &name)?;
        let here = open_on_same_mount(top.as_fd(), &name)?;
        let mut emptying = Self {
            root,
            top,
            here,
            levels: Vec::new(),
        };
        emptying.list(name)?;
        Ok(emptying)
    }

    fn run(mut self) -> Result<(), Fault> {
        while let Some(level) = self.levels.last_mut() {
            match level.pending.pop() {
                Some(name) => self.descend(name)?,
                None => self.ascend()?,
            }
        }
        Ok(())
    }

    /// An empty directory is gone in one call; what is not one has to be entered.
    fn descend(&mut self, name: CString) -> Result<(), Fault> {
        match rustix::fs::unlinkat(&self.here, &name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(Errno::NOTDIR) => unlink(self.here.as_fd(), &name),
            Err(Errno::NOTEMPTY | Errno::EXIST) => {
                self.root.admit(self.here.as_fd(), &name)?;
                self.here = open_on_same_mount(self.here.as_fd(), &name)?;
                self.list(name)
            }
            Err(errno) => Err(errno.into()),
        }
    }

    /// Removes the files here and notes the directories.
    fn list(&mut self, name: CString) -> Result<(), Fault> {
        let mut pending = Vec::new();
        for entry in dir::entries(self.here.as_fd())? {
            let (name, kind) = entry?;
            match kind {
                FileKind::Directory => pending.push(name),
                _ => unlink(self.here.as_fd(), &name)?,
            }
        }
        let id = identity(self.here.as_fd())?;
        self.levels.push(Level { id, name, pending });
        Ok(())
    }

    /// Goes up and removes the directory it came from. When something was put into it
    /// meanwhile, that is the error: whoever fills it would otherwise keep us here.
    fn ascend(&mut self) -> Result<(), Fault> {
        let Some(done) = self.levels.pop() else {
            return Ok(());
        };
        let Some(above) = self.levels.last() else {
            let removed = rustix::fs::unlinkat(&self.top, &done.name, AtFlags::REMOVEDIR);
            return Ok(removed?);
        };
        self.here = open_directory(self.here.as_fd(), c"..")?;
        if identity(self.here.as_fd())? != above.id {
            return Err(Fault::new(FileErrorKind::Escapes));
        }
        match rustix::fs::unlinkat(&self.here, &done.name, AtFlags::REMOVEDIR) {
            Err(Errno::NOENT) => Ok(()),
            removed => Ok(removed?),
        }
    }
}

fn open_directory(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Fault> {
    open_entry(dir, name, OFlags::RDONLY | OFlags::DIRECTORY)
}

/// Opens the directory `name` of `dir` where nothing is mounted there: what is mounted
/// belongs to somebody else.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn open_on_same_mount(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Fault> {
    use rustix::fs::{Mode, ResolveFlags};
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let resolve = ResolveFlags::NO_XDEV | ResolveFlags::NO_SYMLINKS;
    match rustix::fs::openat2(dir, name, flags, Mode::empty(), resolve) {
        Err(Errno::XDEV) => Err(Fault::new(FileErrorKind::Escapes)),
        Err(Errno::NOSYS | Errno::PERM) => open_on_same_device(dir, name),
        opened => Ok(opened?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) use open_on_same_device as open_on_same_mount;

/// Where the system cannot be asked about mounts: another device is another mount.
pub(super) fn open_on_same_device(dir: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Fault> {
    let opened = open_directory(dir, name)?;
    match identity(opened.as_fd())?.0 == identity(dir)?.0 {
        true => Ok(opened),
        false => Err(Fault::new(FileErrorKind::Escapes)),
    }
}

fn unlink(dir: BorrowedFd<'_>, name: &CStr) -> Result<(), Fault> {
    match rustix::fs::unlinkat(dir, name, AtFlags::empty()) {
        Err(Errno::NOENT) => Ok(()),
        removed => Ok(removed?),
    }
}

/// What a directory is, whatever it is called.
pub(super) fn identity(dir: BorrowedFd<'_>) -> Result<(u64, u64), Fault> {
    let stat = rustix::fs::fstat(dir)?;
    #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
    Ok((stat.st_dev as u64, stat.st_ino as u64))
}
