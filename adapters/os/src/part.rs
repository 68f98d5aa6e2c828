//! Files that come piece by piece.

use crate::{
    fault::Fault,
    files::{file_place, flush, rename_exclusively},
    rooted::{Rooted, open_entry},
    walk::Want,
};
use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileErrorKind};
use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{AtFlags, FileType, FlockOperation, OFlags},
    io::Errno,
};
use std::{
    ffi::{CStr, CString},
    fs::File,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
};

/// The longest note that is read, in bytes.
const NOTE_BYTES: u64 = 4096;

/// The place of a file that comes piece by piece: its directory by handle, so that
/// whatever happens to the way there, all of it goes to one place. A link at the end
/// that stays inside is followed.
#[derive(Debug)]
pub struct Landing {
    path: ContainedPath,
    dir: OwnedFd,
    name: CString,
}

impl Landing {
    /// Opens the place beneath its root, and makes the directories above it.
    ///
    /// # Errors
    ///
    /// When it leads out, or a directory is there.
    pub fn open(path: &ContainedPath) -> Result<Self, FileError> {
        let open = || {
            let root = Rooted::open(path.root())?;
            file_place(root.resolve(path, Want::Made)?)
        };
        let (dir, name) = open().map_err(|fault: Fault| fault.at(path))?;
        let path = path.clone();
        Ok(Self { path, dir, name })
    }

    /// The size of the file that is there.
    ///
    /// # Errors
    ///
    /// When something other than a file is there.
    pub fn size(&self) -> Result<Option<u64>, FileError> {
        let size = match rustix::fs::statat(&self.dir, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(Fault::from(errno)),
            Ok(stat) => match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => Ok(Some(u64::try_from(stat.st_size).unwrap_or(0))),
                FileType::Directory => Err(Fault::new(FileErrorKind::IsADirectory)),
                _ => Err(Fault::new(FileErrorKind::Special)),
            },
        };
        size.map_err(|fault| fault.at(&self.path))
    }

    /// Opens the part of the file, whose name ends in `ending`, with the note about it,
    /// whose name ends in `note`. Nothing when someone else works on it.
    ///
    /// # Errors
    ///
    /// When it cannot be made, or something other than a file has its name.
    pub fn part(&self, ending: &str, note: &str) -> Result<Option<Part<'_>>, FileError> {
        let opened = self.open_part(ending, note);
        opened.map_err(|fault| fault.at(&self.path))
    }

    fn open_part(&self, ending: &str, note: &str) -> Result<Option<Part<'_>>, Fault> {
        let (name, note) = (self.named(ending)?, self.named(note)?);
        let flags = OFlags::RDWR | OFlags::CREATE;
        loop {
            let handle = open_entry(self.dir.as_fd(), &name, flags)?;
            if FileType::from_raw_mode(rustix::fs::fstat(&handle)?.st_mode) != FileType::RegularFile
            {
                return Err(Fault::new(FileErrorKind::Special));
            }
            match rustix::fs::flock(&handle, FlockOperation::NonBlockingLockExclusive) {
                Err(Errno::WOULDBLOCK) => return Ok(None),
                Err(Errno::NOLCK | Errno::NOTSUP | Errno::NOSYS) | Ok(()) => {}
                Err(errno) => return Err(errno.into()),
            }
            // Whoever held the lock may have given the file its name meanwhile.
            if self.is_at(&name, &handle)? {
                let file = File::from(handle);
                return Ok(Some(Part {
                    landing: self,
                    name,
                    note,
                    file,
                    finished: false,
                }));
            }
        }
    }

    fn is_at(&self, name: &CStr, handle: &OwnedFd) -> Result<bool, Fault> {
        let own = rustix::fs::fstat(handle)?;
        match rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(errno.into()),
            Ok(there) => Ok((there.st_dev, there.st_ino) == (own.st_dev, own.st_ino)),
        }
    }

    fn named(&self, ending: &str) -> Result<CString, Fault> {
        let name = [self.name.as_bytes(), ending.as_bytes()].concat();
        CString::new(name).map_err(|_| Errno::INVAL.into())
    }
}

/// A part of a file, which nobody else works on. Dropped, it stays for the next time,
/// unless there is nothing in it.
#[derive(Debug)]
pub struct Part<'a> {
    landing: &'a Landing,
    name: CString,
    note: CString,
    file: File,
    finished: bool,
}

impl Part<'_> {
    /// How much is there.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn size(&self) -> Result<u64, FileError> {
        let size = self.file.metadata().map(|metadata| metadata.len());
        size.map_err(|error| self.failed(error.into()))
    }

    /// The note about it, when there is one that can be read.
    pub fn note(&self) -> Option<String> {
        let handle = open_entry(self.landing.dir.as_fd(), &self.note, OFlags::RDONLY).ok()?;
        let mut text = String::new();
        let file = File::from(handle);
        let regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let read = file.take(NOTE_BYTES).read_to_string(&mut text);
        (regular && read.is_ok()).then_some(text)
    }

    /// Forgets what is there, and notes of what the next part is; nothing is noted when
    /// that is not known.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn begin(&mut self, note: Option<&str>) -> Result<(), FileError> {
        self.try_begin(note).map_err(|fault| self.failed(fault))
    }

    fn try_begin(&mut self, note: Option<&str>) -> Result<(), Fault> {
        remove(&self.landing.dir, &self.note)?;
        self.file.set_len(0)?;
        self.file.rewind()?;
        if let Some(text) = note {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
            let handle = open_entry(self.landing.dir.as_fd(), &self.note, flags)?;
            File::from(handle).write_all(text.as_bytes())?;
        }
        Ok(())
    }

    /// Goes on behind what is there. How much that is.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn go_on(&mut self) -> Result<u64, FileError> {
        let end = self.file.seek(SeekFrom::End(0));
        end.map_err(|error| self.failed(error.into()))
    }

    /// Adds to it.
    ///
    /// # Errors
    ///
    /// The operating system's; the disk is full.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| self.failed(error.into()))
    }

    /// Writes what is there to the disk.
    ///
    /// # Errors
    ///
    /// The operating system's; the disk is full.
    pub fn flush(&mut self) -> Result<(), FileError> {
        let flushed = self.file.sync_all();
        flushed.map_err(|error| self.failed(error.into()))
    }

    /// It is the whole file: it gets its name, in the place of a file that has it.
    ///
    /// # Errors
    ///
    /// The operating system's. The part stays then.
    pub fn finish(mut self) -> Result<(), FileError> {
        let replace =
            |dir: &OwnedFd, old: &CStr, new: &CStr| rustix::fs::renameat(dir, old, dir, new);
        let named = self.try_finish(replace);
        named.map_err(|fault| self.failed(fault))
    }

    /// As [`finish`](Self::finish), where nothing has the name.
    ///
    /// # Errors
    ///
    /// When something has it, also something that came meanwhile; the operating
    /// system's. The part stays then.
    pub fn finish_new(mut self) -> Result<(), FileError> {
        let named = self.try_finish(rename_exclusively);
        named.map_err(|fault| self.failed(fault))
    }

    fn try_finish(
        &mut self,
        rename: impl Fn(&OwnedFd, &CStr, &CStr) -> Result<(), Errno>,
    ) -> Result<(), Fault> {
        let dir = &self.landing.dir;
        self.file.sync_all()?;
        rename(dir, &self.name, &self.landing.name)?;
        self.finished = true;
        flush(dir.as_fd());
        remove(dir, &self.note)
    }

    fn failed(&self, fault: Fault) -> FileError {
        fault.at(&self.landing.path)
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        if !self.finished
            && self
                .file
                .metadata()
                .is_ok_and(|metadata| metadata.len() == 0)
        {
            let _ = remove(&self.landing.dir, &self.name);
            let _ = remove(&self.landing.dir, &self.note);
        }
    }
}

fn remove(dir: &OwnedFd, name: &CStr) -> Result<(), Fault> {
    match rustix::fs::unlinkat(dir, name, AtFlags::empty()) {
        Err(Errno::NOENT) => Ok(()),
        removed => Ok(removed?),
    }
}
