//! What a host tells.

use crate::{Follower, LeftAlone, ProcessId, RunId};
use alloc::{string::String, sync::Arc, vec::Vec};
use collodi_command::Member;
use collodi_disk::Shortage;
use collodi_file::{Claim, FileError};
use collodi_logs::{Line, Url};
use collodi_python::{Provisioned, Toolchain};
use collodi_restart::Ended;
use collodi_run::Outcome;
use collodi_script::StepAt;
use core::fmt;

/// What a host tells.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// It knows what the machine has.
    Detected(Arc<Toolchain>),
    /// It was told what the machine is.
    FactsKnown,
    /// About a run.
    Run {
        /// The run.
        run: RunId,
        /// Its app.
        app: Arc<str>,
        /// What.
        what: RunEvent,
    },
    /// About a daemon.
    Process {
        /// The daemon.
        process: ProcessId,
        /// Its app.
        app: Arc<str>,
        /// What.
        what: ProcessEvent,
    },
    /// About what is written down for the next host.
    Journal(JournalEvent),
    /// All that the next host needs to go on with the daemons is written down. What happens from
    /// here on, it may not know.
    LetGo(Follower),
    /// About an environment.
    Env {
        /// Its path.
        path: String,
        /// What.
        what: EnvEvent,
    },
}

impl Event {
    /// Whether who hears it has to act on it, and is told of it only here: the host waits for that.
    pub const fn is_call(&self) -> bool {
        matches!(self, Self::LetGo(_))
    }

    /// Whether it is what a process said, which is in a log as well.
    pub const fn is_output(&self) -> bool {
        matches!(
            self,
            Self::Process {
                what: ProcessEvent::Line(_) | ProcessEvent::Grew,
                ..
            } | Self::Run {
                what: RunEvent::Line { .. } | RunEvent::Grew,
                ..
            }
        )
    }
}

/// About a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RunEvent {
    /// It was accepted.
    Started,
    /// What the run itself tells, but for its output.
    Step(collodi_run::Event),
    /// A line of the output of its commands, or of the making of its environments.
    Line {
        /// The step.
        step: StepAt,
        /// The line.
        line: Line,
    },
    /// Its log grew: told instead of what its commands say when
    /// [nobody hears it](crate::Host::tell_lines). Notes, and what was unfinished, are told all
    /// the same.
    Grew,
    /// It ended.
    Ended(Arc<Outcome>),
    /// A step of another run started it, right after [`RunEvent::Started`].
    Called {
        /// The other run.
        by: RunId,
        /// The script's path.
        script: String,
    },
}

/// About a daemon.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ProcessEvent {
    /// A line of its log.
    Line(Line),
    /// Its log grew: told instead of what it says when
    /// [nobody hears it](crate::Host::tell_lines). Notes, and what was unfinished, are told all
    /// the same.
    Grew,
    /// What its supervisor tells.
    Supervision(collodi_restart::Event),
    /// It could not be started.
    SpawnFailed(collodi_action::Error),
    /// It answers at this address.
    Reachable(Url),
    /// The same life answered an earlier host at this address, and does so still.
    StillReachable(Url),
    /// It is being ended, and these of its processes still live.
    Lingers(Vec<Member>),
    /// It waits until those that it depends on are up.
    Waits(Vec<String>),
    /// Its supervision ended.
    Ended(Ended),
}

/// About what is written down for the next host.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum JournalEvent {
    /// What an earlier host has left was found.
    Recovered {
        /// The daemons that it had.
        daemons: usize,
        /// The trees whose leftovers were ended.
        trees: usize,
    },
    /// A file cannot be used, and was put aside.
    SetAside {
        /// The file, where it is kept.
        file: String,
        /// The daemon that it is about.
        process: Option<ProcessId>,
        /// Why.
        why: String,
        /// What became of what still ran.
        left: Left,
    },
    /// A daemon still ran of which nothing is written down any more. It is being ended.
    Lost {
        /// The file that was empty, or was not there.
        file: String,
        /// The daemon.
        process: ProcessId,
    },
    /// What is written down of a daemon was not read: it is left as it is, and so is its file.
    LeftAlone(LeftAlone),
    /// A daemon that was left alone has ended by itself. Its file stays.
    EndedAlone(LeftAlone),
    /// Somebody stopped a daemon that was left alone, and its file cannot be put aside.
    NotSetAside {
        /// The daemon.
        daemon: LeftAlone,
        /// Why.
        error: FileError,
    },
    /// A file could not be written, or read. It is tried again.
    NotWritten {
        /// The file.
        file: String,
        /// Why.
        error: FileError,
    },
    /// What an earlier host has left was killed, and does not end.
    NotEnded {
        /// So many trees.
        trees: usize,
    },
    /// What the next host needs to know was not written in time: it does not follow, and this
    /// one goes on.
    NotHandedOver,
}

/// What became of what still ran of a daemon, or of runs, when nobody could go on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It is being ended.
    Ended,
    /// Nothing ran any more.
    Nothing,
    /// Nobody knows whether something runs.
    Unknown,
}

/// About an environment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EnvEvent {
    /// Another program makes it, and is waited for.
    Waiting(Claim),
    /// Another program was ended while it made it. What it left is removed.
    Clearing(Claim),
    /// This command makes it.
    Creating(String),
    /// There is less room on its disk than there should be. It is made nevertheless.
    SpaceIsShort(Shortage),
    /// The making ended.
    Ended(Provisioned),
    /// It was deleted, or could not be.
    Deleted(Result<(), FileError>),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Detected(tools) => {
                let version = tools
                    .python
                    .as_ref()
                    .map_or("no python", |p| p.version.as_str());
                let uv = tools.uv.as_ref().map_or("no uv", |uv| uv.version.as_str());
                write!(f, "detected {version}, {uv}")
            }
            Self::FactsKnown => f.write_str("the machine is known"),
            Self::Run { run, what, .. } => write!(f, "{run} {what}"),
            Self::Process { process, what, .. } => write!(f, "{process} {what}"),
            Self::Env { path, what } => write!(f, "{path} {what}"),
            Self::Journal(what) => write!(f, "{what}"),
            Self::LetGo(follower) => write!(f, "let go for {follower}"),
        }
    }
}

impl fmt::Display for JournalEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recovered { daemons, trees } => recovered(f, *daemons, *trees),
            Self::SetAside {
                file,
                process,
                why,
                left,
            } => {
                let whose = process.as_ref().map_or("runs", ProcessId::as_str);
                write!(
                    f,
                    "state of {whose} is of no use: {why}; {left}; the file is kept as {file}"
                )
            }
            Self::Lost { file, process } => {
                let left = Left::Ended;
                write!(
                    f,
                    "state of {process} is lost; {left}; {file} is empty or not there"
                )
            }
            Self::LeftAlone(daemon) => write!(f, "{daemon}; {}", daemon.way_out()),
            Self::EndedAlone(LeftAlone { id, file, .. }) => {
                write!(
                    f,
                    "{id}, which was left as it was, has ended; {file} stays as it is"
                )
            }
            Self::NotSetAside { daemon, error } => write!(
                f,
                "{} was stopped, and its state stays as {}: it could not be moved: {error}; remove it",
                daemon.id, daemon.file
            ),
            Self::NotWritten { file, error } => write!(f, "state of {file} is not kept: {error}"),
            Self::NotEnded { trees } => write!(
                f,
                "what was left of {trees} runs or daemons was killed and does not end; \
                 look for processes in state D"
            ),
            Self::NotHandedOver => f.write_str(
                "not handed over: what the next server needs to know could not be written in time",
            ),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "what still ran of it is ended, run its app again",
            Self::Nothing => "nothing of it ran any more",
            Self::Unknown => "something of it may still run",
        })
    }
}

/// `1 daemon of an earlier server goes on; what was left of 2 runs is ended`
fn recovered(f: &mut fmt::Formatter<'_>, daemons: usize, trees: usize) -> fmt::Result {
    match daemons {
        0 if trees == 0 => f.write_str("nothing was left by an earlier server")?,
        0 => {}
        1 => f.write_str("1 daemon of an earlier server goes on")?,
        _ => write!(f, "{daemons} daemons of an earlier server go on")?,
    }
    if daemons > 0 && trees > 0 {
        f.write_str("; ")?;
    }
    match trees {
        0 => Ok(()),
        1 => f.write_str("what was left of 1 run is ended"),
        _ => write!(f, "what was left of {trees} runs is ended"),
    }
}

impl fmt::Display for RunEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started => f.write_str("started"),
            Self::Step(event) => fmt::Display::fmt(event, f),
            Self::Line { step, line } => {
                f.write_str("step ")?;
                fmt::Display::fmt(step, f)?;
                write!(f, " | {}", line.text)
            }
            Self::Grew => f.write_str("said more"),
            Self::Ended(outcome) => write!(f, "{outcome}"),
            Self::Called { by, script } => write!(f, "is {script}, called by {by}"),
        }
    }
}

impl fmt::Display for ProcessEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "| {}", line.text),
            Self::Grew => f.write_str("said more"),
            Self::Supervision(event) => write!(f, "{event}"),
            Self::SpawnFailed(error) => write!(f, "{error}"),
            Self::Reachable(url) => write!(f, "answers at {url}"),
            Self::StillReachable(url) => write!(f, "still answers at {url}"),
            Self::Lingers(members) => {
                f.write_str("still lives:")?;
                members.iter().try_for_each(|member| write!(f, " {member}"))
            }
            Self::Waits(names) => write!(f, "waits for {}", names.join(", ")),
            Self::Ended(ended) => write!(f, "{ended}"),
        }
    }
}

impl fmt::Display for EnvEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting(claim) => write!(f, "waiting for {claim}, which makes it"),
            Self::Clearing(claim) => write!(f, "removing what {claim} left half-made"),
            Self::Creating(command) => write!(f, "creating with {command}"),
            Self::SpaceIsShort(shortage) => write!(f, "{shortage}"),
            Self::Ended(provisioned) => write!(f, "{provisioned}"),
            Self::Deleted(Ok(())) => f.write_str("deleted"),
            Self::Deleted(Err(error)) => write!(f, "could not be deleted: {error}"),
        }
    }
}
