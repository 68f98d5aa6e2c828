//! A run as the host keeps it.

mod birth;
mod course;
mod told;

use crate::{ProcessId, RunId, RunRequest, script_start::result};
use alloc::{boxed::Box, collections::BTreeSet, string::String, sync::Arc, vec::Vec};
use collodi_contain::ContainedPath;
use collodi_logs::{Log, Mask};
use collodi_run::{
    App, Known, Outcome, Overrides, PreparedAnswers, Question, Resume, Run, ScriptFault,
};
use collodi_script::{Method, Script, StepAt, Supervision};
use collodi_time::WallTime;
use collodi_value::{Object, Value};

/// A run as the host keeps it, also after its end.
#[derive(Clone, Debug)]
pub struct RunEntry {
    id: RunId,
    app: Arc<str>,
    file: String,
    started_at: WallTime,
    state: State,
    /// None of a run of an earlier host: it has no steps to come.
    script: Option<Arc<Script>>,
    steps: Vec<StepView>,
    log: Log,
    /// Values that its commands were given, or people answered, and that nobody is to read.
    secrets: BTreeSet<String>,
    mask: Mask,
    step: StepAt,
    daemons: Vec<ProcessId>,
    /// Those of them that were commands of the run.
    kept: Vec<ProcessId>,
    /// The directories of what its commands say that may become daemons.
    recordings: Vec<String>,
    supervision: Supervision,
    envs: BTreeSet<ContainedPath>,
    info: Arc<App>,
    args: Value,
    answers: PreparedAnswers,
    overrides: Arc<Overrides>,
    script_path: String,
    /// The run that someone asked for, from which this one comes.
    origin: RunId,
    /// The run that waits for this one.
    caller: Option<RunId>,
    /// Where it begins, until it does.
    resume: Resume,
    /// What it knew at its end.
    known: Known,
    /// Its variables that outlive it, when it has ended.
    global: Object,
    /// It was told to end.
    is_ending: bool,
}

#[derive(Clone, Debug)]
enum State {
    /// It waits until the host knows what the machine has.
    Waiting(RunRequest),
    Running(Box<Run>),
    /// It served when its host died; its commands that are daemons live on.
    Restored(Restored),
    Ended(Arc<Outcome>),
}

/// What is left of a run that an earlier host had.
#[derive(Clone, Debug)]
struct Restored {
    local: Object,
    /// Somebody wants it to end.
    is_cancelled: bool,
    /// Its commands that are daemons and have not ended.
    left: usize,
}

/// Where a run is in its life.
#[derive(Clone, Debug)]
pub enum RunPhase {
    /// It waits until the host knows what the machine has.
    Waiting,
    /// It is at one of its steps.
    Running,
    /// All its steps are done, and it stays up.
    Serving,
    /// It has ended.
    Ended(Arc<Outcome>),
}

/// A step of a run, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// Where it stands.
    pub at: StepAt,
    /// What it does.
    pub method: Method,
    /// How far it is.
    pub phase: StepPhase,
    /// The last command it ran.
    pub command: Option<Arc<str>>,
    /// The number of the first line of the log that may be of it, once it was begun or left
    /// out.
    pub log_from: Option<u64>,
}

/// How far a step is. A step that is run again starts over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StepPhase {
    /// Not begun.
    #[default]
    Pending,
    /// Begun.
    Running,
    /// Done.
    Done,
    /// Left out: by its `when`, or as the run began at a later step.
    Skipped,
    /// Failed.
    Failed,
}

impl RunEntry {
    /// Its name.
    pub const fn id(&self) -> &RunId {
        &self.id
    }

    /// The app it belongs to.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The script's file name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// When it was accepted.
    pub const fn started_at(&self) -> WallTime {
        self.started_at
    }

    /// Where it is in its life.
    pub fn phase(&self) -> RunPhase {
        match &self.state {
            State::Waiting(_) => RunPhase::Waiting,
            State::Running(run) if run.is_serving() => RunPhase::Serving,
            State::Restored(_) => RunPhase::Serving,
            State::Running(_) => RunPhase::Running,
            State::Ended(outcome) => RunPhase::Ended(outcome.clone()),
        }
    }

    /// The answers that came with it.
    pub(crate) const fn answers(&self) -> &PreparedAnswers {
        &self.answers
    }

    /// What was said over its script.
    pub const fn overrides(&self) -> &Arc<Overrides> {
        &self.overrides
    }

    /// What it asks of a person, as long as it waits for the answer.
    pub fn question(&self) -> Option<&Arc<Question>> {
        match &self.state {
            State::Running(run) => run.question(),
            _ => None,
        }
    }

    /// Whether a command of it reads what is written to it.
    pub fn reads(&self) -> bool {
        matches!(&self.state, State::Running(run) if run.reader().is_some())
    }

    /// How it ended.
    pub const fn outcome(&self) -> Option<&Arc<Outcome>> {
        if let State::Ended(outcome) = &self.state {
            Some(outcome)
        } else {
            None
        }
    }

    /// Its steps: those of `run`, and behind them those of the lists that were begun.
    pub fn steps(&self) -> &[StepView] {
        &self.steps
    }

    /// The output of its commands.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The daemons it started.
    pub fn daemons(&self) -> &[ProcessId] {
        &self.daemons
    }

    /// The path of its script.
    pub fn script_path(&self) -> &str {
        &self.script_path
    }

    /// The run that someone asked for, from which this one comes: itself, unless a
    /// step of another run started it.
    pub const fn origin(&self) -> &RunId {
        &self.origin
    }

    /// The run whose step waits for this one.
    pub(crate) const fn caller(&self) -> Option<&RunId> {
        self.caller.as_ref()
    }

    pub(crate) const fn app_info(&self) -> &Arc<App> {
        &self.info
    }

    pub(crate) const fn args(&self) -> &Value {
        &self.args
    }

    /// Whether all its steps are done and it stays up.
    pub(crate) fn is_serving(&self) -> bool {
        matches!(self.phase(), RunPhase::Serving)
    }

    /// Its variables, as long as it has not ended.
    pub(crate) fn local(&self) -> Option<&Object> {
        match &self.state {
            State::Restored(restored) => Some(&restored.local),
            _ => self.running().map(Run::local),
        }
    }

    /// Its variables that outlive it, as long as it has not ended.
    pub(crate) fn global(&self) -> Option<&Object> {
        self.running().map(Run::global)
    }

    fn running(&self) -> Option<&Run> {
        match &self.state {
            State::Running(run) => Some(run),
            _ => None,
        }
    }

    /// Whether it does what it does on its stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.running().is_some_and(Run::is_stopping)
    }

    /// What who started it hears, when it serves or has ended.
    pub(crate) fn answer(&self) -> Option<Result<Value, ScriptFault>> {
        match &self.state {
            State::Running(run) if run.is_serving() => Some(Ok(run.result().clone())),
            State::Restored(_) => Some(Ok(Value::Null)),
            State::Ended(outcome) => Some(result(&self.script_path, outcome)),
            _ => None,
        }
    }

    /// Takes out its variables that outlive it, when it has ended.
    pub(crate) fn take_global(&mut self) -> Object {
        core::mem::take(&mut self.global)
    }

    /// It is told to end.
    pub(crate) const fn set_ending(&mut self) {
        self.is_ending = true;
    }

    /// Whether it was told to end.
    pub(crate) const fn is_ending(&self) -> bool {
        self.is_ending
    }

    /// Takes out the request of a run that waits.
    pub(crate) fn waiting(&self) -> Option<RunRequest> {
        if let State::Waiting(request) = &self.state {
            Some(request.clone())
        } else {
            None
        }
    }

    /// Whether it is unfinished and has asked for this environment.
    pub(crate) fn uses_env(&self, env: &ContainedPath) -> bool {
        self.outcome().is_none() && self.envs.contains(env)
    }

    /// The environments that it has asked for.
    pub(crate) const fn envs(&self) -> &BTreeSet<ContainedPath> {
        &self.envs
    }

    pub(crate) fn add_env(&mut self, env: ContainedPath) {
        self.envs.insert(env);
    }

    pub(crate) fn add_daemon(&mut self, id: ProcessId) {
        self.daemons.push(id);
    }

    /// A command of the run is a daemon from here on.
    pub(crate) fn add_kept(&mut self, id: ProcessId) {
        if let State::Restored(restored) = &mut self.state {
            restored.left += 1;
        }
        self.kept.push(id.clone());
        self.daemons.push(id);
    }

    /// A daemon that was a command of the run is none any more.
    pub(crate) fn keep_no_more(&mut self, id: &ProcessId) {
        self.kept.retain(|kept| kept != id);
    }

    /// The daemons that were commands of the run: it serves as long as one lives.
    pub(crate) fn kept(&self) -> &[ProcessId] {
        &self.kept
    }

    /// Whether it says itself when this daemon is to end, once it is told to.
    pub(crate) fn ends_itself(&self, daemon: &ProcessId) -> bool {
        self.running().is_some() && self.kept.contains(daemon)
    }

    /// Whether it serves, and all that it serves with are daemons.
    pub(crate) fn is_all_kept(&self) -> bool {
        match &self.state {
            State::Running(run) => run.is_serving() && run.living() <= self.kept.len(),
            State::Restored(_) => true,
            _ => false,
        }
    }

    pub(crate) fn take_recordings(&mut self) -> Vec<String> {
        core::mem::take(&mut self.recordings)
    }

    pub(crate) const fn supervision(&self) -> Supervision {
        self.supervision
    }
}
