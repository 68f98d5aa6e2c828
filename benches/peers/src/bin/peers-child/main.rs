//! The child that every peer watches over: small, and told by its words what to do.
//!
//! `peers-child STAMPS JOB ROLE…` first of all writes the time of its `main` into the
//! file of stamps.

#![forbid(unsafe_code)]

mod flood;
mod tree;

use collodi_peers::{Moment, Stamp, now};
use std::{
    env, io,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::Duration,
};

/// How often a talking child says something.
const PAUSE: Duration = Duration::from_millis(100);

/// Who this process is.
#[derive(Debug)]
struct Child {
    stamps: PathBuf,
    job: usize,
}

/// The words after the job.
type Words<'w> = &'w [String];

fn main() -> ExitCode {
    let at = now();
    let words: Vec<String> = env::args().skip(1).collect();
    match perform(&words, at) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{words:?}: {error}");
            ExitCode::from(2)
        }
    }
}

fn perform(words: Words<'_>, at: u64) -> io::Result<ExitCode> {
    let [stamps, job, role, rest @ ..] = words else {
        return Err(wrong("wants STAMPS JOB ROLE"));
    };
    let child = Child {
        stamps: PathBuf::from(stamps),
        job: number(job)?,
    };
    // What a leader leaves is not a start of the job.
    let moment = if role == "left" {
        Moment::Left
    } else {
        Moment::Main
    };
    Stamp::of_this_process(moment, child.job, at).append_to(&child.stamps)?;
    child.play(role, rest)
}

impl Child {
    fn play(&self, role: &str, rest: Words<'_>) -> io::Result<ExitCode> {
        match (role, rest) {
            ("idle", []) => wait(),
            ("talk", []) => talk(),
            ("die", [millis]) => self.die(millis),
            ("flood", [gate, bytes, piece, shape]) => {
                self.flood(Path::new(gate), number(bytes)?, number(piece)?, shape)
            }
            ("leader", [kind, manner]) => self.lead(kind, manner),
            ("parent", [kind]) => self.bring_up(kind),
            ("left", [kind]) => remain(kind),
            _ => Err(wrong("has no such role")),
        }
    }

    fn say(&self, moment: Moment) -> io::Result<()> {
        Stamp::of_this_process(moment, self.job, now()).append_to(&self.stamps)
    }

    fn die(&self, millis: &str) -> io::Result<ExitCode> {
        thread::sleep(Duration::from_millis(number(millis)?));
        self.say(Moment::End)?;
        Ok(ExitCode::FAILURE)
    }
}

/// Is there, and does nothing.
fn wait() -> ! {
    loop {
        thread::park();
    }
}

/// Says a line now and then, and ends when nobody can hear it.
fn talk() -> io::Result<ExitCode> {
    loop {
        io::stdout().write_all(b"still here\n")?;
        thread::sleep(PAUSE);
    }
}

/// What a leader left, obedient or not.
fn remain(kind: &str) -> io::Result<ExitCode> {
    if kind == tree::STUBBORN {
        stay_after_term()?;
    }
    wait()
}

/// SIGTERM does not end this process any more.
fn stay_after_term() -> io::Result<()> {
    let heard = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGTERM, heard).map(drop)
}

fn number<T: FromStr>(word: &str) -> io::Result<T> {
    word.parse().map_err(|_| wrong("wants a number"))
}

fn wrong(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
