//! A leader, and what it leaves behind.

use crate::{Child, stay_after_term, wait, wrong};
use collodi_peers::{Moment, Stamp};
use rustix::process::setsid;
use std::{
    env, io,
    process::{Command, ExitCode, Stdio},
    thread,
    time::Duration,
};

/// Of the group of its leader; SIGTERM does not end it.
pub(crate) const STUBBORN: &str = "stubborn";

/// How often a leader looks whether its own is there.
const LOOK: Duration = Duration::from_millis(2);

impl Child {
    /// Starts a process of this kind once, in the first life of its job, then lives, does
    /// not care for SIGTERM, or crashes.
    pub(crate) fn lead(&self, kind: &str, manner: &str) -> io::Result<ExitCode> {
        if self.has_left()? {
            wait();
        }
        match kind {
            "obedient" | STUBBORN => drop(self.again("left", kind)?),
            "session" => drop(self.again("parent", kind)?),
            // Its parent is gone before its leader is.
            "daemon" => drop(self.again("parent", kind)?.wait()?),
            _ => return Err(wrong("has no such kind")),
        }
        while !self.has_left()? {
            thread::sleep(LOOK);
        }
        self.behave(manner)
    }

    /// In a session of its own, becomes what is left, or starts it and ends.
    pub(crate) fn bring_up(&self, kind: &str) -> io::Result<ExitCode> {
        setsid()?;
        if kind == "daemon" {
            drop(self.again("left", kind)?);
            return Ok(ExitCode::SUCCESS);
        }
        self.say(Moment::Left)?;
        wait()
    }

    fn behave(&self, manner: &str) -> io::Result<ExitCode> {
        match manner {
            "lives" => {}
            STUBBORN => stay_after_term()?,
            "crashes" => return Ok(ExitCode::FAILURE),
            _ => return Err(wrong("has no such manner")),
        }
        self.say(Moment::End)?;
        wait()
    }

    fn has_left(&self) -> io::Result<bool> {
        let text = std::fs::read_to_string(&self.stamps)?;
        let of_this_job = |stamp: &Stamp| stamp.job == self.job && stamp.moment == Moment::Left;
        Ok(Stamp::all(&text).iter().any(of_this_job))
    }

    /// This program in another role, with the output of this process.
    fn again(&self, role: &str, kind: &str) -> io::Result<std::process::Child> {
        Command::new(env::current_exe()?)
            .arg(&self.stamps)
            .args([&self.job.to_string(), role, kind])
            .stdin(Stdio::null())
            .spawn()
    }
}
