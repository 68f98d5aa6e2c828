//! One child, from its start to its death.

use rustix::{
    event::epoll::{self, EventData, EventFlags},
    fd::OwnedFd,
    fs::{OFlags, fcntl_setfl},
    io::Errno,
    process::{
        Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid,
    },
};
use std::{
    fs::{File, OpenOptions},
    io::{self, PipeReader, Write as _},
    os::{fd::AsFd as _, unix::process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub(crate) struct Job {
    number: usize,
    words: Vec<String>,
    log: PathBuf,
    /// Open from the first output on.
    file: Option<File>,
    life: Option<OwnedFd>,
    output: Option<PipeReader>,
}

/// The job of an event, and whether it is the death of its child.
pub(crate) fn from_key(key: u64) -> (usize, bool) {
    (
        usize::try_from(key >> 1).unwrap_or(usize::MAX),
        key & 1 == 1,
    )
}

impl Job {
    pub(crate) fn new(number: usize, line: &str, logs: &Path) -> Self {
        Self {
            number,
            words: line.split('\t').map(ToOwned::to_owned).collect(),
            log: logs.join(number.to_string()),
            file: None,
            life: None,
            output: None,
        }
    }

    pub(crate) fn lives(&self) -> bool {
        self.life.is_some()
    }

    pub(crate) fn start(&mut self, epoll: &OwnedFd) -> io::Result<()> {
        let [program, words @ ..] = self.words.as_slice() else {
            return Ok(());
        };
        let (output, input) = io::pipe()?;
        fcntl_setfl(&output, OFlags::NONBLOCK)?;
        // No code runs between fork and exec, so that `std` uses `posix_spawn`.
        let child = Command::new(program)
            .args(words)
            .process_group(0)
            .stdin(Stdio::null())
            .stderr(input.try_clone()?)
            .stdout(input)
            .spawn()?;
        let pid = Pid::from_child(&child);
        let life = pidfd_open(pid, PidfdFlags::empty())?;
        epoll::add(epoll, &output, self.key(0), EventFlags::IN)?;
        epoll::add(epoll, &life, self.key(1), EventFlags::IN)?;
        (self.life, self.output) = (Some(life), Some(output));
        Ok(())
    }

    /// Takes a piece of what the child said. At the end, closes the pipe.
    pub(crate) fn read(&mut self, piece: &mut [u8]) -> io::Result<()> {
        let Some(output) = &self.output else {
            return Ok(());
        };
        match rustix::io::read(output, &mut *piece) {
            Ok(0) => self.output = None,
            Ok(len) => self.keep(piece.get(..len).unwrap_or_default())?,
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Whether the child is dead and was reaped.
    pub(crate) fn reap(&mut self) -> bool {
        let Some(life) = &self.life else {
            return false;
        };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        let dead = matches!(waitid(WaitId::PidFd(life.as_fd()), options), Ok(Some(_)));
        if dead {
            (self.life, self.output) = (None, None);
        }
        dead
    }

    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(life) = &self.life {
            // A child that is dead already needs none.
            let _ = pidfd_send_signal(life, signal);
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = match self.file.take() {
            Some(file) => file,
            None => OpenOptions::new()
                .append(true)
                .create(true)
                .open(&self.log)?,
        };
        self.file.insert(file).write_all(bytes)
    }

    fn key(&self, death: u64) -> EventData {
        let number = u64::try_from(self.number).unwrap_or(u64::MAX >> 1);
        EventData::new_u64(number << 1 | death)
    }
}
