//! The moment when the last of many processes is dead.

use anyhow::{Context as _, Result, bail};
use collodi_peers::now;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::OwnedFd,
    process::{Pid, PidfdFlags, pidfd_open},
};
use std::time::{Duration, Instant};

/// Processes that are watched, whoever their parents are.
#[derive(Debug)]
pub(crate) struct Deaths {
    living: Vec<OwnedFd>,
}

impl Deaths {
    /// Of processes that live.
    pub(crate) fn of(pids: &[i32]) -> Result<Self> {
        let open = |pid: &i32| {
            let pid = Pid::from_raw(*pid).context("a process without an id")?;
            pidfd_open(pid, PidfdFlags::empty()).context("a child died before it was stopped")
        };
        Ok(Self {
            living: pids.iter().map(open).collect::<Result<_>>()?,
        })
    }

    /// Waits for the last. When it was.
    pub(crate) fn last(mut self, patience: Duration) -> Result<u64> {
        let until = Instant::now() + patience;
        while !self.living.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                bail!("{} children live on", self.living.len());
            }
            self.wait(left)?;
        }
        Ok(now())
    }

    /// Waits for one, and forgets those that are dead.
    fn wait(&mut self, patience: Duration) -> Result<()> {
        let mut polled: Vec<PollFd<'_>> = self
            .living
            .iter()
            .map(|fd| PollFd::new(fd, PollFlags::IN))
            .collect();
        let patience = Timespec::try_from(patience)?;
        poll(&mut polled, Some(&patience))?;
        let dead: Vec<bool> = polled.iter().map(|fd| !fd.revents().is_empty()).collect();
        let mut dead = dead.into_iter();
        self.living.retain(|_| !dead.next().unwrap_or_default());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Deaths;
    use std::{process::Command, time::Duration};

    #[test]
    fn the_last_death_counts() {
        let spawn = || Command::new("sleep").arg("1000").spawn().unwrap();
        let (mut first, mut second) = (spawn(), spawn());
        let pids = [first.id(), second.id()].map(u32::cast_signed);
        first.kill().unwrap();
        first.wait().unwrap();
        assert!(Deaths::of(&pids).is_err());
        let rest = Deaths::of(&pids[1..]).unwrap();
        assert!(rest.last(Duration::ZERO).is_err());
        let rest = Deaths::of(&pids[1..]).unwrap();
        second.kill().unwrap();
        assert!(rest.last(Duration::from_secs(60)).is_ok());
        second.wait().unwrap();
    }
}
