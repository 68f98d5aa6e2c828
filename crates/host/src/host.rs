//! The host.

use crate::{
    Accepted, Command, Event, HostOptions, Process, ProcessId, Refused, RunEntry, RunId,
    alike::Alike,
    changing::Changing,
    conda_names::Search,
    confine::Confining,
    detection::{Detecting, own_environment, own_vars},
    env_users::EnvChanges,
    environment::EnvJob,
    journal::Journal,
    order::Ties,
    purpose::decided,
    script_call::Calls,
    script_records::Records,
    shared::Shared,
    temporary::Temporary,
    turns::Turns,
};
use alloc::{
    boxed::Box,
    collections::BTreeMap,
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_action::{Action, Completion, Progress};
use collodi_command::TreeId;
use collodi_contain::{ContainedPath, RelPath};
use collodi_machine::{ActionId, Machine, Output, OutputOf, Stale};
use collodi_python::{Deletion, Detect, DetectOptions, Toolchain};
use collodi_time::{Instant, WallTime};
use core::fmt;

/// What can happen to a host.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// It shall begin: find out what the machine has.
    Start,
    /// Someone wants something done. [`Host::command`] also says what came of it.
    Command(Command),
    /// Something was heard of a command.
    Progress(ActionId, Progress),
    /// An action ended.
    Completed(ActionId, Completion),
    /// The deadline has come.
    Timeout,
}

/// Many runs and daemons on one machine.
#[derive(Clone, Debug)]
pub struct Host {
    pub(crate) options: HostOptions,
    pub(crate) shared: Shared,
    pub(crate) detect: Detecting,
    pub(crate) runs: BTreeMap<RunId, RunEntry>,
    pub(crate) processes: BTreeMap<ProcessId, Box<Process>>,
    pub(crate) alike: Alike,
    pub(crate) ties: Ties,
    pub(crate) changing: Changing,
    pub(crate) env_changes: EnvChanges,
    pub(crate) envs: BTreeMap<ContainedPath, EnvJob>,
    /// Searches for named conda environments, by the actions of runs that want them.
    pub(crate) searches: BTreeMap<(RunId, ActionId), Search>,
    /// Environments that are being deleted; who wants one waits until it is gone.
    pub(crate) deleting: BTreeMap<ContainedPath, Deletion>,
    /// When runs and processes ended, in this order, for retention.
    pub(crate) ended_runs: Vec<(Instant, RunId)>,
    pub(crate) ended_processes: Vec<(WallTime, ProcessId)>,
    pub(crate) forgotten_processes: u64,
    pub(crate) shutting_down: bool,
    /// What an earlier host has left of other apps than this one stays when this host ends.
    pub(crate) spares: Option<String>,
    pub(crate) calls: Calls,
    pub(crate) records: Records,
    pub(crate) turns: Turns,
}

impl Host {
    /// A host that begins with [`Input::Start`].
    pub fn new(options: HostOptions) -> Self {
        let journal = match options.journal {
            true => Journal::new(&options.layout, options.recordings),
            false => Journal::default(),
        };
        let mut shared = Shared::new(
            options.seed,
            journal,
            Confining::of(&options),
            Temporary::new(options.layout.temporary()),
            options.bounds,
            decided(&own_environment(&options)),
        );
        let detect = Detect::new(DetectOptions {
            python_binary: options.python_binary.clone(),
            vars: own_vars(&options),
            cwd: options.layout.workspace().at(RelPath::root()),
            tree: TreeId::new(&format!("detect-{:016x}", shared.ids.seed())),
        });
        Self {
            options,
            shared,
            detect: Detecting::Searching(Box::new(detect)),
            runs: BTreeMap::new(),
            processes: BTreeMap::new(),
            alike: Alike::default(),
            ties: Ties::default(),
            changing: Changing::default(),
            env_changes: EnvChanges::default(),
            envs: BTreeMap::new(),
            searches: BTreeMap::new(),
            deleting: BTreeMap::new(),
            ended_runs: Vec::new(),
            ended_processes: Vec::new(),
            forgotten_processes: 0,
            shutting_down: false,
            spares: None,
            calls: Calls::default(),
            records: Records::default(),
            turns: Turns::default(),
        }
    }

    /// What it was made with.
    pub const fn options(&self) -> &HostOptions {
        &self.options
    }

    /// What the machine has; none as long as it is being found out.
    pub const fn tools(&self) -> Option<&Arc<Toolchain>> {
        match &self.detect {
            Detecting::Searching(_) => None,
            Detecting::Writing(tools) | Detecting::Known { tools, .. } => Some(tools),
        }
    }

    /// What the machine has, and the programs that stand in for what it lacks, if there are
    /// any: what runs are begun with. None as long as it is being found out, or what the
    /// machine is.
    pub fn found(&self) -> Option<(&Arc<Toolchain>, Option<ContainedPath>)> {
        self.options.facts.as_ref()?;
        match &self.detect {
            Detecting::Searching(_) => None,
            Detecting::Writing(tools) => Some((tools, Some(self.options.layout.stand_ins()))),
            Detecting::Known { tools, stand_ins } => Some((tools, stand_ins.clone())),
        }
    }

    /// The runs, by name.
    pub fn runs(&self) -> impl Iterator<Item = &RunEntry> {
        self.runs.values()
    }

    /// The run of this name.
    pub fn run(&self, id: &RunId) -> Option<&RunEntry> {
        self.runs.get(id)
    }

    /// The daemons, by name; ended ones as long as they are kept.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.values().map(AsRef::as_ref)
    }

    /// How many daemons that ended are known no more as too many ended after them. Those that
    /// are known no more by their age are not counted.
    pub const fn forgotten_processes(&self) -> u64 {
        self.forgotten_processes
    }

    /// The daemon of this name.
    pub fn process(&self, id: &ProcessId) -> Option<&Process> {
        self.processes.get(id).map(AsRef::as_ref)
    }

    /// The run or daemon that keeps an app busy.
    pub fn busy_by(&self, app: &str) -> Option<String> {
        let run = self
            .runs()
            .find(|run| run.app() == app && run.outcome().is_none());
        let process = || self.processes().find(|p| p.app() == app && !p.has_ended());
        run.map(|run| run.id().to_string())
            .or_else(|| process().map(|p| p.id().to_string()))
    }

    /// Whether the lines of what runs and daemons say are told from now on, as they are from
    /// the beginning. Where nobody hears them, it is told that a log grew, and a flood of lines
    /// costs a fraction; logs are kept either way.
    pub const fn tell_lines(&mut self, whether: bool) {
        self.shared.tells_lines = whether;
    }

    /// Does something, or says why not.
    ///
    /// # Errors
    ///
    /// [`Refused`]; then nothing has changed.
    pub fn command(&mut self, now: Instant, command: Command) -> Result<Accepted, Refused> {
        if self.shutting_down && command.begins_something() {
            return Err(Refused::ShuttingDown);
        }
        let is_followed = self.shared.journal.follower.is_some() && command.begins_something();
        if is_followed || self.shared.journal.let_go.is_some() && !command.ends_all() {
            return Err(Refused::HandingOver);
        }
        let accepted = match command {
            Command::Run(request) => self.start_run(now, request)?,
            Command::RunFrom { request, from, of } => self.start_from(now, request, from, of)?,
            Command::CancelRun(id) => self.cancel_asked(now, &id)?,
            Command::StopProcess(id) => self.stop_process_asked(now, &id)?,
            Command::Signal(id, signal) => self.signal(&id, signal)?,
            Command::RestartProcess(id) => self.restart_process(now, &id)?,
            Command::StartProcess(id) => self.start_process(now, &id)?,
            Command::StopApp(app) => self.stop_app(now, &app)?,
            Command::RestartApp(app) => self.restart_app(now, &app)?,
            Command::ClaimApp { app, change } => self.claim_app(&app, change)?,
            Command::ReleaseApp(app) => self.release_app(&app),
            Command::CreateEnv(name) => self.create_env(&self.options.layout.environment(&name)),
            Command::ClearEnv(name) => self.clear_env(&name),
            Command::DeleteEnv { name, force } => self.delete_env(&name, force)?,
            Command::HandOver(follower) => self.hand_over_asked(now, follower)?,
            Command::Shutdown(budget) => self.shut_down(now, budget),
            Command::ShutdownOf { app, within } => self.shut_down_of(now, app, within),
            Command::Kill => self.kill(now),
            Command::Answer {
                run,
                step,
                question,
                values,
            } => self.answer(&run, step, question, values)?,
            Command::Write { to, bytes } => self.write(&to, bytes)?,
            Command::Know(facts) => self.know(facts),
        };
        self.deliver(now);
        Ok(accepted)
    }

    /// What the clock of the world shows.
    pub(crate) fn wall(&self, now: Instant) -> WallTime {
        self.options.epoch + now.since_origin()
    }

    /// Whether everything has ended after a shutdown.
    pub(crate) fn is_over(&self) -> bool {
        self.shutting_down
            && self.only_leaves_alone()
            && self.envs.is_empty()
            && self.runs().all(|run| run.outcome().is_some())
            && self.processes().all(Process::has_ended)
    }
}

impl Machine for Host {
    type Input = Input;
    type Action = Action;
    type Event = Event;
    type Outcome = Stopped;

    fn timeout() -> Input {
        Input::Timeout
    }

    fn handle_input(&mut self, now: Instant, input: Input) -> Result<(), Stale> {
        match input {
            Input::Start => self.begin_recovery(now),
            // Who wants to know what came of it calls `command`.
            Input::Command(command) => drop(self.command(now, command)),
            Input::Progress(id, progress) => self.progress(now, id, progress)?,
            Input::Completed(id, completion) => self.completed(now, id, completion)?,
            // What could not be written is not tried any more.
            Input::Timeout if self.is_over() => {}
            Input::Timeout => self.timeout(now),
        }
        self.deliver(now);
        Ok(())
    }

    fn poll_output(&mut self) -> OutputOf<Self> {
        match self.shared.out.pop() {
            Some(output) => output,
            None if self.is_over() => Output::Done(Stopped),
            None => Output::Wait(self.shared.timers.next_deadline()),
        }
    }
}

/// The host has shut down: nothing that it started is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped")
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("start"),
            Self::Command(command) => write!(f, "{command}"),
            Self::Progress(id, progress) => write!(f, "{id} {progress}"),
            Self::Completed(id, completion) => write!(f, "{id} {completion}"),
            Self::Timeout => f.write_str("timeout"),
        }
    }
}
