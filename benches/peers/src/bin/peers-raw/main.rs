//! The floor: the least that a supervisor can do. Every child has a pipe and a pidfd,
//! one epoll waits for all of them, and output goes into a file as it comes.
//!
//! `peers-raw JOBS LOGS GRACE-MILLIS [respawn]` starts every line of the file `JOBS`,
//! whose words have tabs between them. SIGTERM ends the children, and then the floor.

#![forbid(unsafe_code)]

mod job;

use anyhow::{Context as _, Result, bail};
use job::Job;
use rustix::{
    event::{Timespec, epoll},
    fd::OwnedFd,
    process::Signal,
};
use std::{
    env, fs,
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, Instant},
};

/// The key of the signal's pipe; those of jobs count from 0.
const SIGNAL: u64 = u64::MAX;

/// How many events are taken at once.
const BATCH: usize = 256;

/// How much of a pipe is read at once.
const PIECE: usize = 64 << 10;

fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [jobs, logs, grace, rest @ ..] = words.as_slice() else {
        bail!("wants JOBS LOGS GRACE-MILLIS [respawn]");
    };
    let jobs = fs::read_to_string(jobs).with_context(|| jobs.clone())?;
    let jobs = jobs.lines().enumerate();
    let mut floor = Floor {
        epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
        jobs: jobs
            .map(|(n, line)| Job::new(n, line, Path::new(logs)))
            .collect(),
        respawn: rest.iter().any(|word| word == "respawn"),
        grace: Duration::from_millis(grace.parse()?),
        deadline: None,
        piece: vec![0; PIECE],
    };
    floor.run()
}

struct Floor {
    epoll: OwnedFd,
    jobs: Vec<Job>,
    respawn: bool,
    grace: Duration,
    /// When a stop loses its patience.
    deadline: Option<Instant>,
    piece: Vec<u8>,
}

impl Floor {
    fn run(&mut self) -> Result<()> {
        let (hear, tell) = UnixStream::pair()?;
        signal_hook::low_level::pipe::register(signal_hook::consts::SIGTERM, tell)?;
        let data = epoll::EventData::new_u64(SIGNAL);
        // Nobody reads it: one signal is one event.
        let once = epoll::EventFlags::IN | epoll::EventFlags::ONESHOT;
        epoll::add(&self.epoll, &hear, data, once)?;
        for job in &mut self.jobs {
            job.start(&self.epoll)?;
        }
        let mut events = Vec::with_capacity(BATCH);
        while self.deadline.is_none() || self.jobs.iter().any(Job::lives) {
            self.wait(&mut events)?;
            for event in events.drain(..) {
                self.handle(event.data.u64())?;
            }
        }
        Ok(())
    }

    fn wait(&mut self, events: &mut Vec<epoll::Event>) -> Result<()> {
        let left = self
            .deadline
            .map(|at| at.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        let space = rustix::buffer::spare_capacity(events);
        match epoll::wait(&self.epoll, space, left.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if self.deadline.is_some_and(|at| at <= Instant::now()) {
            self.signal(Signal::KILL);
        }
        Ok(())
    }

    fn handle(&mut self, key: u64) -> Result<()> {
        if key == SIGNAL {
            self.deadline.get_or_insert(Instant::now() + self.grace);
            self.signal(Signal::TERM);
            return Ok(());
        }
        let (job, is_death) = job::from_key(key);
        let Some(job) = self.jobs.get_mut(job) else {
            return Ok(());
        };
        job.read(&mut self.piece)?;
        if is_death && job.reap() && self.respawn && self.deadline.is_none() {
            job.start(&self.epoll)?;
        }
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        for job in &self.jobs {
            job.signal(signal);
        }
    }
}
