//! Measure: what a directory takes, by handles, never through a link or onto another disk.

use super::{dir, remove::open_on_same_mount};
use crate::{fault::Fault, rooted::Rooted};
use collodi_contain::ContainedPath;
use collodi_disk::{Ended, Found, Full, Limits, Tally, Why};
use collodi_file::{FileAnswer, FileErrorKind};
use rustix::{
    fd::{AsFd as _, OwnedFd},
    fs::{AtFlags, FileType, OFlags, Stat},
};
use std::{
    ffi::{CStr, CString},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

/// How deep a count goes: each directory on the way is open.
const MAX_DEPTH: usize = 100;
/// What a block of `st_blocks` is, on every system.
const BLOCK: u64 = 512;
/// How often it is looked whether to go on, in entries.
const STRIDE: u64 = 256;

pub(super) fn measure(
    path: &ContainedPath,
    limits: Limits,
    given_up: &AtomicBool,
) -> Result<FileAnswer, Fault> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let top = Rooted::open(path.root())?.open_at(path, flags)?;
    let mut measuring = Measuring {
        tally: Tally::new(limits),
        levels: Vec::new(),
        // A time too far away to be told is none.
        end: Instant::now().checked_add(limits.time),
        given_up,
        steps: 0,
    };
    let stat = rustix::fs::fstat(&top)?;
    // Where there is no room at all, the tally says so.
    let _ = measuring.tally.add(found(&stat));
    measuring.enter(top, CString::default());
    Ok(FileAnswer::Measured(Arc::new(measuring.run())))
}

/// A directory on the way down.
#[derive(Debug)]
struct Level {
    handle: OwnedFd,
    name: CString,
    /// The directories in it that are still to be entered.
    pending: Vec<CString>,
}

#[derive(Debug)]
struct Measuring<'a> {
    tally: Tally,
    levels: Vec<Level>,
    end: Option<Instant>,
    given_up: &'a AtomicBool,
    steps: u64,
}

/// Why a count ends before it has everything; the tally has the reason.
#[derive(Clone, Copy, Debug)]
struct Over;

impl From<Full> for Over {
    fn from(Full: Full) -> Self {
        Self
    }
}

impl Measuring<'_> {
    fn run(mut self) -> Tally {
        // The reason of an end is in the tally.
        let _ = self.walk();
        self.tally
    }

    fn walk(&mut self) -> Result<(), Over> {
        self.list()?;
        while let Some(level) = self.levels.last_mut() {
            let Some(name) = level.pending.pop() else {
                self.levels.pop();
                continue;
            };
            let opened = open_on_same_mount(level.handle.as_fd(), &name);
            match opened {
                Ok(_) if self.levels.len() >= MAX_DEPTH => self.leave_out(&name, Why::TooDeep),
                Ok(handle) => {
                    self.enter(handle, name);
                    self.list()?;
                }
                Err(fault) => self.missed(&name, fault),
            }
        }
        Ok(())
    }

    fn enter(&mut self, handle: OwnedFd, name: CString) {
        self.levels.push(Level {
            handle,
            name,
            pending: Vec::new(),
        });
    }

    /// Counts what is in the directory at hand, and notes the directories among it.
    fn list(&mut self) -> Result<(), Over> {
        let Some(level) = self.levels.last() else {
            return Ok(());
        };
        // The names come first: what is said of one needs the way to it.
        let mut names = Vec::new();
        let mut failed = None;
        match dir::entries(level.handle.as_fd()) {
            Err(errno) => failed = Some(errno),
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok((name, _)) => names.push(name),
                        Err(errno) => failed = Some(errno),
                    }
                    if names.len() as u64 >= self.tally.limits().entries {
                        break;
                    }
                }
            }
        }
        if let Some(errno) = failed {
            self.missed(c"", errno.into());
        }
        names.into_iter().try_for_each(|name| self.count(name))
    }

    fn count(&mut self, name: CString) -> Result<(), Over> {
        self.go_on()?;
        let Some(level) = self.levels.last_mut() else {
            return Ok(());
        };
        match rustix::fs::statat(&level.handle, &name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => {
                self.tally.add(found(&stat))?;
                if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
                    level.pending.push(name);
                }
            }
            Err(errno) => self.missed(&name, errno.into()),
        }
        Ok(())
    }

    /// Whether it still has time, and is wanted.
    fn go_on(&mut self) -> Result<(), Over> {
        self.steps += 1;
        if !self.steps.is_multiple_of(STRIDE) {
            return Ok(());
        }
        if self.given_up.load(Ordering::Relaxed) {
            self.tally.end(Ended::Cancelled);
            return Err(Over);
        }
        if self.end.is_some_and(|end| Instant::now() >= end) {
            self.tally.end(Ended::TooLong);
            return Err(Over);
        }
        Ok(())
    }

    /// What is gone meanwhile takes nothing; all else that cannot be looked at is named.
    fn missed(&mut self, name: &CStr, fault: Fault) {
        match fault.kind {
            FileErrorKind::NotFound => {}
            FileErrorKind::Escapes => self.leave_out(name, Why::Mount),
            kind => {
                let why = fault.detail().unwrap_or_else(|| kind.to_string());
                self.leave_out(name, Why::Unreadable(why));
            }
        }
    }

    fn leave_out(&mut self, name: &CStr, why: Why) {
        let levels = self.levels.iter().map(|level| level.name.as_c_str());
        let parts = levels.chain([name]).filter(|part| !part.is_empty());
        let parts: Vec<_> = parts.map(CStr::to_string_lossy).collect();
        self.tally.leave_out(parts.join("/"), why);
    }
}

#[allow(
    clippy::unnecessary_cast,
    clippy::cast_sign_loss,
    reason = "the types differ between systems"
)]
fn found(stat: &Stat) -> Found {
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    let touched = stat.st_atime.max(stat.st_mtime) as i64;
    Found {
        id: (stat.st_dev as u64, stat.st_ino as u64),
        links: if is_file { stat.st_nlink as u64 } else { 1 },
        bytes: u64::try_from(stat.st_blocks)
            .unwrap_or(0)
            .saturating_mul(BLOCK),
        touched: if is_file {
            u64::try_from(touched).unwrap_or(0)
        } else {
            0
        },
    }
}
