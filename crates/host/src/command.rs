//! What a host can be told to do.

use crate::{AppChange, EnvUser, LeftAlone, ProcessId, RunId};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_command::Signal;
use collodi_contain::Name;
use collodi_env::Decision;
use collodi_run::{AnswerError, App, Overrides, PreparedAnswers};
use collodi_script::{Script, StepAt};
use collodi_time::Duration;
use collodi_value::{Object, Value};
use core::fmt;

/// Something to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Command {
    /// Run a script.
    Run(RunRequest),
    /// Run a script from a step on. What an earlier run knew of its variables when it ended, this
    /// one begins with; its secrets stay secret. Of `input` it knows that of the step which the
    /// earlier one came to last.
    RunFrom {
        /// What is run.
        request: RunRequest,
        /// The step of `run` that is the first, counted from 0. From 0 on nothing is taken over.
        from: usize,
        /// The earlier run; none when nothing is known of one.
        of: Option<RunId>,
    },
    /// End a run, and the daemons it started.
    CancelRun(RunId),
    /// End a daemon. One that has ended is left alone.
    StopProcess(ProcessId),
    /// End the life of a daemon and start the next one at once, or when those that it depends on are up:
    /// of those, the ones that have ended are started. One whose supervision has ended is started, as by
    /// [`StartProcess`](Self::StartProcess).
    RestartProcess(ProcessId),
    /// The same for all daemons of an app that live: each is ended before those that it depends on, and
    /// started after them.
    RestartApp(String),
    /// Have a daemon run. One whose supervision has ended is supervised anew, and so are those
    /// that it depends on; one that waits for its next start is started at once; one that lives
    /// is left alone. Refused while it is being ended.
    StartProcess(ProcessId),
    /// Send a signal to all that lives of a daemon. What it does to it is a death as any
    /// other: the supervision decides what follows.
    Signal(ProcessId, Signal),
    /// End the app's runs and daemons.
    StopApp(String),
    /// Keep the app as it is, not running, for somebody who changes its files: until it is
    /// released, nothing of it begins. Refused while something of it lives or waits.
    ClaimApp {
        /// Its name.
        app: Name,
        /// What is done to it.
        change: AppChange,
    },
    /// Let the app run again. One that is not claimed is left alone.
    ReleaseApp(Name),
    /// Make a named environment, unless it is there.
    CreateEnv(Name),
    /// Remove what an ended program has left half-made of a named environment.
    ClearEnv(Name),
    /// Delete a named environment, whole or half-made.
    DeleteEnv {
        /// Its name.
        name: Name,
        /// Also when something uses it, which then does without.
        force: bool,
    },
    /// Get ready to be followed by another host, which goes on with the daemons: tells
    /// [`Event::LetGo`](crate::Event::LetGo) when all that it needs is written down.
    HandOver(Follower),
    /// End everything; kill what is left after this long.
    Shutdown(Duration),
    /// The same, but daemons of other apps than this one that an earlier host has left are left
    /// to the next one, as by [`HandOver`](Self::HandOver): when all else has ended,
    /// [`Event::LetGo`](crate::Event::LetGo) is told. Where there are none, it ends as usual.
    ShutdownOf {
        /// The app whose daemons end, whoever began them.
        app: String,
        /// What is left is killed after this long.
        within: Duration,
    },
    /// Kill everything; after [`ShutdownOf`](Self::ShutdownOf) all that this ends.
    Kill,
    /// Answer the open question of a run.
    Answer {
        /// The run.
        run: RunId,
        /// The step that asks; whichever asks, when there is none.
        step: Option<StepAt>,
        /// The number of the question; whichever is open, when there is none. With it
        /// no later question of the step takes the answer.
        question: Option<u64>,
        /// The answers, by the keys of the form's fields.
        values: Object,
    },
    /// Write to the command that reads: of a run the one that was started last, when
    /// several do. It gets the bytes as they are, so a line needs its end.
    Write {
        /// Whose command.
        to: Reader,
        /// What.
        bytes: Arc<[u8]>,
    },
    /// What the machine is: what templates can read of it. Runs wait for this when the
    /// options do not say it.
    Know(Object),
}

/// Who goes on with the daemons of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follower {
    /// Its own process, as the same or another program.
    SameProcess,
    /// Another process, which waits until this one has ended.
    OtherProcess,
}

/// Something whose commands may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A run: its step with `input`, or its open shell.
    Run(RunId),
    /// A daemon with `input`.
    Process(ProcessId),
}

impl Command {
    /// Whether it begins something that a host which shuts down would have to end.
    pub(crate) const fn begins_something(&self) -> bool {
        matches!(
            self,
            Self::Run(_)
                | Self::RunFrom { .. }
                | Self::RestartProcess(_)
                | Self::RestartApp(_)
                | Self::StartProcess(_)
                | Self::ClaimApp { .. }
                | Self::CreateEnv(_)
                | Self::ClearEnv(_)
                | Self::DeleteEnv { .. }
                | Self::HandOver(_)
        )
    }

    /// Whether it ends the host.
    pub(crate) const fn ends_all(&self) -> bool {
        matches!(
            self,
            Self::Shutdown(_) | Self::ShutdownOf { .. } | Self::Kill
        )
    }
}

/// A script to run.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The app it belongs to.
    pub app: App,
    /// The script, checked.
    pub script: Arc<Script>,
    /// What templates read as `args`.
    pub args: Value,
    /// Answers to what the script asks.
    pub answers: Box<PreparedAnswers>,
    /// What is said over the script, for this run and those that it starts.
    pub overrides: Arc<Overrides>,
    /// Whether it is run beside what runs of the app already.
    pub again: bool,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// A run has this name.
    Run(RunId),
    /// It is under way.
    UnderWay,
}

/// Why a command is not done. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The app has an unfinished run, or daemons that live.
    Busy {
        /// The app.
        app: String,
        /// The run or the process.
        by: String,
    },
    /// The daemon is left as it is, or one of the app is: nobody knows how to go on with it.
    LeftAlone(Box<LeftAlone>),
    /// Variables that the policy does not let a run be given, with the rules that say so.
    Variables(Vec<Decision>),
    /// So many runs have not ended, which is the most.
    TooManyRuns(usize),
    /// Somebody changes the app, and nothing of it begins meanwhile.
    Changing {
        /// The app.
        app: String,
        /// What is done to it.
        change: AppChange,
    },
    /// So many apps are being changed.
    TooManyChanges(usize),
    /// The environment is being made, or something that lives uses it.
    EnvInUse {
        /// The environment.
        env: String,
        /// What uses it.
        by: Vec<EnvUser>,
    },
    /// There is no such run.
    NoSuchRun(String),
    /// The script has no such step.
    NoSuchStep {
        /// Its number, from 0.
        step: usize,
        /// How many there are.
        steps: usize,
    },
    /// There is no such process.
    NoSuchProcess(String),
    /// Nothing of the process lives now: it has ended, or waits for its next start.
    NotAlive(String),
    /// The process is being ended.
    Stopping(String),
    /// Another run of its script has taken the place of the process.
    Replaced {
        /// The process.
        process: String,
        /// The app.
        app: String,
        /// The other run, or a daemon of it.
        by: String,
    },
    /// The process depends on a daemon of its run that is no longer known.
    NoGround {
        /// The process.
        process: String,
        /// What its script calls the other one.
        needs: String,
    },
    /// Nothing of the app runs.
    NothingRuns(String),
    /// The host is shutting down.
    ShuttingDown,
    /// Another host is about to go on with the daemons: what begins now would be lost.
    HandingOver,
    /// The host is still finding what an earlier one has left.
    Recovering,
    /// What runs cannot be gone on with by another host.
    UnderWay(String),
    /// The host writes nothing down that another could go on with.
    NoJournal,
    /// The run asks nothing, or something else.
    NothingAsked(String),
    /// Answers that will not do. The question stays open.
    Answers(Vec<AnswerError>),
    /// No command of the run or the process reads.
    NobodyReads(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { app, by } => write!(f, "app {app} is busy: {by} has not ended"),
            Self::LeftAlone(daemon) => write!(f, "{daemon}"),
            Self::Variables(refused) => {
                let why = |one: &Decision| format!("{} ({})", one.name.escape_debug(), one.rule);
                let why: Vec<_> = refused.iter().map(why).collect();
                write!(f, "a run cannot be given {}", why.join(", "))
            }
            Self::TooManyRuns(most) => {
                write!(f, "as many runs are under way as may be: {most}")
            }
            Self::Changing { app, change } => {
                write!(f, "app {app} is busy: its {change} is under way")
            }
            Self::TooManyChanges(most) => write!(f, "{most} apps are being changed already"),
            Self::EnvInUse { env, by } => {
                let by: Vec<_> = by.iter().map(ToString::to_string).collect();
                write!(f, "environment {env} is in use by {}", by.join(", "))
            }
            Self::NoSuchRun(id) => write!(f, "there is no run {id}"),
            Self::NoSuchStep { step, steps } => {
                let step = step.saturating_add(1);
                let plural = if *steps == 1 { "" } else { "s" };
                write!(
                    f,
                    "there is no step {step}: the script has {steps} step{plural}"
                )
            }
            Self::NoSuchProcess(id) => write!(f, "there is no process {id}"),
            Self::NotAlive(id) => write!(f, "nothing of process {id} lives"),
            Self::Stopping(id) => write!(f, "process {id} is being stopped"),
            Self::Replaced { process, app, by } => {
                write!(
                    f,
                    "{by} of app {app} has taken the place of process {process}"
                )
            }
            Self::NoGround { process, needs } => {
                write!(
                    f,
                    "process {process} depends on {needs}, which is not known any more"
                )
            }
            Self::NothingRuns(app) => write!(f, "nothing of app {app} runs"),
            Self::ShuttingDown => f.write_str("the host is shutting down"),
            Self::HandingOver => f.write_str("the next host is about to go on with the daemons"),
            Self::Recovering => f.write_str("the host is still finding what an earlier one left"),
            Self::UnderWay(what) => write!(f, "{what} is under way, and would be lost"),
            Self::NoJournal => f.write_str("the host keeps no state that another could go on with"),
            Self::NothingAsked(run) => write!(f, "{run} does not wait for this answer"),
            Self::Answers(errors) => {
                f.write_str("the answer will not do")?;
                errors.iter().try_for_each(|error| write!(f, "; {error}"))
            }
            Self::NobodyReads(id) => write!(f, "no command of {id} reads"),
        }
    }
}

impl core::error::Error for Refused {}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(request) => write!(f, "run {} of app {}", request.app.file, request.app.name),
            Self::RunFrom { request, from, .. } => {
                let (file, app) = (&request.app.file, &request.app.name);
                write!(f, "run {file} of app {app} from step {from} on")
            }
            Self::CancelRun(id) => write!(f, "cancel {id}"),
            Self::StopProcess(id) => write!(f, "stop {id}"),
            Self::RestartProcess(id) => write!(f, "restart {id}"),
            Self::StartProcess(id) => write!(f, "start {id}"),
            Self::RestartApp(app) => write!(f, "restart app {app}"),
            Self::Signal(id, signal) => write!(f, "send {signal} to {id}"),
            Self::StopApp(app) => write!(f, "stop app {app}"),
            Self::ClaimApp { app, change } => write!(f, "claim app {app} for its {change}"),
            Self::ReleaseApp(app) => write!(f, "release app {app}"),
            Self::CreateEnv(name) => write!(f, "create environment {name}"),
            Self::ClearEnv(name) => write!(f, "clear environment {name}"),
            Self::DeleteEnv { name, force: false } => write!(f, "delete environment {name}"),
            Self::DeleteEnv { name, force: true } => {
                write!(f, "delete environment {name}, used or not")
            }
            Self::Shutdown(budget) => write!(f, "shut down within {budget:?}"),
            Self::ShutdownOf { app, within } => write!(f, "shut down {app} within {within:?}"),
            Self::Kill => f.write_str("kill"),
            Self::HandOver(follower) => write!(f, "hand over to {follower}"),
            Self::Know(_) => f.write_str("know the machine"),
            Self::Answer { run, .. } => write!(f, "answer {run}"),
            Self::Write { to, bytes } => {
                write!(f, "write {:?} to {to}", String::from_utf8_lossy(bytes))
            }
        }
    }
}

impl fmt::Display for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameProcess => "the same process",
            Self::OtherProcess => "another process",
        })
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(id) => write!(f, "{id}"),
            Self::Process(id) => write!(f, "{id}"),
        }
    }
}
