//! The two files of a segment.

use crate::{
    clock::wall_now,
    fault::Fault,
    rooted::{OWNERS_FILE, Rooted, make_entry},
    walk::{Place, Want},
};
use collodi_command::{Recording, Stream};
use collodi_contain::ContainedPath;
use collodi_file::FileErrorKind;
use collodi_logs::recording::{Mark, Marked, Pen, segment_files, segment_number};
use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{AtFlags, Dir, Mode, OFlags, Stat},
    io::{Errno, fcntl_dupfd_cloexec},
};
use std::{ffi::CString, sync::Arc};

/// Permissions of a directory of recordings: its owner's alone.
const OWNERS_DIRECTORY: Mode = Mode::from_raw_mode(0o700);

/// Holds a file without using it.
#[cfg(any(target_os = "linux", target_os = "android"))]
const HOLDS: OFlags = OFlags::PATH;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const HOLDS: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK);

/// A segment that is written. Nobody else writes it.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u32,
    pub(super) length: u64,
    pub(super) log: OwnedFd,
    index: Index,
    pen: Pen,
}

/// Where the lines of the index go. It is open while one is written, and after the end of a
/// life, when the next one may come at once: what says nothing holds no descriptor of it.
#[derive(Debug)]
struct Index {
    recording: Arc<Recording>,
    number: u32,
    /// Open for the first line of a life.
    fresh: Option<OwnedFd>,
}

impl Segment {
    /// The newest segment of a directory, which is made when it is not there.
    pub(super) fn newest(recording: &Arc<Recording>) -> Result<Self, Fault> {
        let root = Rooted::open(recording.dir.root())?;
        let (dir, numbers) = match directory(&root, &recording.dir) {
            Err(fault) if fault.kind == FileErrorKind::NotFound => {
                (made(&root, &recording.dir)?, vec![])
            }
            dir => {
                let dir = dir?;
                let numbers = numbers(&dir)?;
                (dir, numbers)
            }
        };
        Self::open(recording, &dir, numbers.into_iter().max().unwrap_or(1))
    }

    /// The segment after number `last`. Of those before it, as many stay as make those that are
    /// to be kept with it. The files of the others have no name any more, and the one that is
    /// given with it is gone when it is dropped: that takes a while.
    pub(super) fn after(
        recording: &Arc<Recording>,
        last: u32,
    ) -> Result<(Self, Option<OwnedFd>), Fault> {
        let root = Rooted::open(recording.dir.root())?;
        let dir = made(&root, &recording.dir)?;
        let number = last.saturating_add(1);
        let oldest = number.saturating_sub(recording.segments.max(1) - 1);
        let mut removed = None;
        for old in numbers(&dir)?.into_iter().filter(|old| *old < oldest) {
            removed = remove(&dir, old);
        }
        let removed = removed.filter(|_| has_room(&dir, recording.segment_bytes));
        Ok((Self::open(recording, &dir, number)?, removed))
    }

    fn open(recording: &Arc<Recording>, dir: &OwnedFd, number: u32) -> Result<Self, Fault> {
        let (log, index) = segment_files(number);
        let log = open(dir, log, OFlags::CREATE)?;
        let fresh = open(dir, index, OFlags::CREATE | OFlags::APPEND)?;
        end_torn_line(&fresh)?;
        Ok(Self {
            number,
            length: size(&log)?,
            log,
            index: Index {
                recording: Arc::clone(recording),
                number,
                fresh: Some(fresh),
            },
            pen: Pen::default(),
        })
    }

    /// Whether its file is there, as it was left: somebody may have removed the recording.
    pub(super) fn is_there(&self) -> bool {
        rustix::fs::fstat(&self.log)
            .is_ok_and(|stat| stat.st_nlink > 0 && length(&stat) == self.length)
    }

    /// What is said now is of another life, and gets a line of its own.
    pub(super) fn begin_life(&mut self) {
        self.pen = Pen::default();
    }

    /// Writes a line of the index that is about now.
    pub(super) fn mark(&mut self, what: Marked) -> Result<(), Fault> {
        if let Marked::Began(_) | Marked::Missing(_) = what {
            // The next bytes get a line of their own.
            self.pen = Pen::default();
        }
        let at = wall_now();
        self.index.write(&Mark { at, what })
    }

    /// Writes the line of the index that bytes of `stream` need, to be called before they
    /// are written. `is_coming` is asked whether there will be some.
    pub(super) fn say(
        &mut self,
        stream: Stream,
        is_coming: impl FnOnce() -> bool,
    ) -> Result<(), Fault> {
        let at = wall_now();
        if self.pen.needs_mark(stream, at) && is_coming() {
            let what = Marked::Said(stream, self.length);
            self.index.write(&Mark { at, what })?;
            self.pen.marked(stream, at);
        }
        Ok(())
    }

    /// Fills `buffer` with the first of its last `count` bytes, and says how many it has; an error when
    /// there are none.
    pub(super) fn last(&self, count: usize, buffer: &mut [u8]) -> Result<usize, Errno> {
        let from = self.length.saturating_sub(count as u64);
        loop {
            match rustix::io::pread(&self.log, &mut *buffer, from) {
                Err(Errno::INTR) => {}
                Ok(0) => return Err(Errno::IO),
                read => return read,
            }
        }
    }

    /// Adds bytes, for which there is a line.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut left = bytes;
        while !left.is_empty() {
            let written = match rustix::io::pwrite(&self.log, left, self.length) {
                Err(Errno::INTR) => continue,
                Ok(0) => Err(Errno::IO),
                written => written,
            }?;
            left = left.get(written..).unwrap_or_default();
            self.length += written as u64;
        }
        Ok(())
    }
}

impl Index {
    fn write(&mut self, mark: &Mark) -> Result<(), Fault> {
        let file = match self.fresh.take() {
            Some(fresh) => fresh,
            None => self.open()?,
        };
        write_all(&file, mark.to_string().as_bytes())?;
        self.fresh = matches!(mark.what, Marked::Ended(_)).then_some(file);
        Ok(())
    }

    fn open(&self) -> Result<OwnedFd, Fault> {
        let (_, name) = segment_files(self.number);
        let dir = &self.recording.dir;
        let dir = directory(&Rooted::open(dir.root())?, dir)?;
        open(&dir, name, OFlags::APPEND)
    }
}

/// Removes a segment, and gives what still holds its bytes.
fn remove(dir: &OwnedFd, number: u32) -> Option<OwnedFd> {
    let (log, index) = segment_files(number);
    let flags = HOLDS | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let held = rustix::fs::openat(dir, &*log, flags, Mode::empty());
    // Whatever has become of it, it is not in the way.
    let _ = rustix::fs::unlinkat(dir, index, AtFlags::empty());
    let _ = rustix::fs::unlinkat(dir, log, AtFlags::empty());
    held.ok()
}

/// Whether the disk has room for another segment while an old one is there.
fn has_room(dir: &OwnedFd, segment_bytes: u64) -> bool {
    let room = rustix::fs::fstatvfs(dir);
    room.is_ok_and(|room| room.f_bavail.saturating_mul(room.f_frsize) / 2 > segment_bytes)
}

fn open(dir: &OwnedFd, name: String, flags: OFlags) -> Result<OwnedFd, Fault> {
    let name = CString::new(name).map_err(|_| Errno::INVAL)?;
    make_entry(dir.as_fd(), &name, OFlags::RDWR | flags, OWNERS_FILE)
}

/// A line that was being written when its writer died would run into the next one.
fn end_torn_line(index: &OwnedFd) -> Result<(), Fault> {
    let mut last = [b'\n'];
    if let Some(at) = size(index)?.checked_sub(1) {
        rustix::io::pread(index, &mut last, at)?;
    }
    if last != *b"\n" {
        write_all(index, b"\n")?;
    }
    Ok(())
}

/// Opens the directory beneath its root, as files are.
fn directory(root: &Rooted, path: &ContainedPath) -> Result<OwnedFd, Fault> {
    root.open_at(path, OFlags::RDONLY | OFlags::DIRECTORY)
}

/// Opens it, and makes it when it is not there.
fn made(root: &Rooted, path: &ContainedPath) -> Result<OwnedFd, Fault> {
    let (dir, name) = match root.resolve(path, Want::Made)? {
        Place::Directory(dir) => (dir, c".".to_owned()),
        Place::Entry { dir, name, .. } => {
            match rustix::fs::mkdirat(&dir, &name, OWNERS_DIRECTORY) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno.into()),
            }
            (dir, name)
        }
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let opened = make_entry(dir.as_fd(), &name, flags, Mode::empty());
    opened.map_err(|fault| match fault.errno {
        Some(Errno::LOOP) => Fault::new(FileErrorKind::Escapes),
        _ => fault,
    })
}

/// The numbers of the segments in a directory that was just opened.
fn numbers(dir: &OwnedFd) -> Result<Vec<u32>, Fault> {
    let mut numbers = Vec::new();
    for entry in Dir::new(fcntl_dupfd_cloexec(dir, 0)?)? {
        let entry = entry?;
        numbers.extend(entry.file_name().to_str().ok().and_then(segment_number));
    }
    Ok(numbers)
}

fn size(file: &OwnedFd) -> Result<u64, Errno> {
    Ok(length(&rustix::fs::fstat(file)?))
}

fn length(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}

fn write_all(file: &OwnedFd, bytes: &[u8]) -> Result<(), Fault> {
    let mut left = bytes;
    while !left.is_empty() {
        match rustix::io::write(file, left) {
            Err(Errno::INTR) => {}
            Ok(0) => return Err(Errno::IO.into()),
            written => left = left.get(written?..).unwrap_or_default(),
        }
    }
    Ok(())
}
