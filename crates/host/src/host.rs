//! The host.

use crate::{
    Accepted, Command, Event, HostOptions, Process, ProcessId, Refused, RunEntry, RunId,
    RunRequest,
    environment::EnvJob,
    event::EnvEvent,
    post::Post,
    process::Birth,
    shared::{Child, Owner, Role, Shared},
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_action::{Action, Completion, Progress};
use collodi_command::TreeId;
use collodi_contain::{ContainedPath, Name};
use collodi_env::Policy as EnvPolicy;
use collodi_file::FileOp;
use collodi_logs::Log;
use collodi_machine::{ActionId, Machine, Output, OutputOf, Stale};
use collodi_python::{Detect, DetectOptions, EnvDir, Installer, ProvisionOptions, Toolchain};
use collodi_restart::{Policy, Supervisor};
use collodi_run::{DaemonSpec, EnvRequest, RunOptions};
use collodi_script::Dialect;
use collodi_time::{Deadline, Duration, Instant};
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
    options: HostOptions,
    shared: Shared,
    detect: Detecting,
    runs: BTreeMap<RunId, RunEntry>,
    processes: BTreeMap<ProcessId, Process>,
    envs: BTreeMap<ContainedPath, EnvJob>,
    /// The order in which runs and processes ended, for retention.
    ended_runs: Vec<RunId>,
    ended_processes: Vec<ProcessId>,
    shutting_down: bool,
}

/// How far the search for tools is.
#[derive(Clone, Debug)]
enum Detecting {
    Searching(alloc::boxed::Box<Detect>),
    /// The stand-in for uv is being written.
    Writing(Arc<Toolchain>),
    Known {
        tools: Arc<Toolchain>,
        stand_ins: Option<ContainedPath>,
    },
}

impl Host {
    /// A host that begins with [`Input::Start`].
    pub fn new(options: HostOptions) -> Self {
        let mut shared = Shared::new(options.seed);
        let detect = Detect::new(DetectOptions {
            python_binary: options.python_binary.clone(),
            vars: own_vars(&options),
            cwd: options
                .layout
                .workspace()
                .at(collodi_contain::RelPath::root()),
            tree: TreeId::new(&format!("detect-{:016x}", shared.ids.seed())),
        });
        Self {
            options,
            shared,
            detect: Detecting::Searching(alloc::boxed::Box::new(detect)),
            runs: BTreeMap::new(),
            processes: BTreeMap::new(),
            envs: BTreeMap::new(),
            ended_runs: Vec::new(),
            ended_processes: Vec::new(),
            shutting_down: false,
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
        self.processes.values()
    }

    /// The daemon of this name.
    pub fn process(&self, id: &ProcessId) -> Option<&Process> {
        self.processes.get(id)
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

    /// Does something, or says why not.
    ///
    /// # Errors
    ///
    /// [`Refused`]; then nothing has changed.
    pub fn command(&mut self, now: Instant, command: Command) -> Result<Accepted, Refused> {
        if self.shutting_down && command.begins_something() {
            return Err(Refused::ShuttingDown);
        }
        let accepted = match command {
            Command::Run(request) => self.start_run(now, request)?,
            Command::CancelRun(id) => self.cancel_run(&id)?,
            Command::StopProcess(id) => self.supervise(&id, collodi_restart::Input::Stop)?,
            Command::RestartProcess(id) => self.supervise(&id, collodi_restart::Input::Restart)?,
            Command::StopApp(app) => self.stop_app(&app)?,
            Command::CreateEnv(name) => self.create_env(&self.options.layout.environment(&name)),
            Command::DeleteEnv(name) => self.delete_env(&name)?,
            Command::Shutdown(budget) => self.shut_down(now, budget),
            Command::Kill => self.kill(),
        };
        self.deliver(now);
        Ok(accepted)
    }

    fn start_run(&mut self, now: Instant, request: RunRequest) -> Result<Accepted, Refused> {
        if let Some(by) = self.busy_by(&request.app.name) {
            return Err(Refused::Busy {
                app: request.app.name,
                by,
            });
        }
        let id = self.shared.ids.run(&request.app.name);
        let entry = RunEntry::new(id.clone(), request, self.options.epoch + now.since_origin());
        entry.tell_started(&mut self.shared);
        self.runs.insert(id.clone(), entry);
        self.begin_waiting();
        Ok(Accepted::Run(id))
    }

    /// Begins the runs that waited for the machine to be known.
    fn begin_waiting(&mut self) {
        let Detecting::Known { tools, stand_ins } = &self.detect else {
            return;
        };
        let (tools, stand_ins) = (tools.clone(), stand_ins.clone());
        for (id, entry) in &mut self.runs {
            let Some(request) = entry.waiting() else {
                continue;
            };
            let tree = TreeId::new(&format!("{id}-{:016x}", self.shared.ids.seed()));
            entry.begin(run_options(
                &self.options,
                request,
                &tools,
                &stand_ins,
                tree,
            ));
            self.shared
                .post
                .push_back(Post::Run(id.clone(), collodi_run::Input::Start));
        }
    }

    fn cancel_run(&mut self, id: &RunId) -> Result<Accepted, Refused> {
        let Some(entry) = self.runs.get_mut(id) else {
            return Err(Refused::NoSuchRun(id.to_string()));
        };
        // A run that has ended well still has its daemons.
        self.shared
            .post
            .push_back(Post::StopDaemons(entry.daemons().to_vec()));
        self.end_run(id, collodi_run::Input::Cancel);
        Ok(Accepted::UnderWay)
    }

    /// Ends a run, also one that waits for its environment or was not begun.
    fn end_run(&mut self, id: &RunId, how: collodi_run::Input) {
        if let Some(entry) = self.runs.get_mut(id) {
            entry.abandon(&mut self.shared);
        }
        self.shared.post.push_back(Post::Run(id.clone(), how));
        for (env, job) in &mut self.envs {
            if job.runs().any(|run| run == id) && job.leave(id, &mut self.shared) {
                let cancel = collodi_python::Input::Cancel;
                self.shared.post.push_back(Post::Env(env.clone(), cancel));
            }
        }
    }

    fn supervise(
        &mut self,
        id: &ProcessId,
        input: collodi_restart::Input,
    ) -> Result<Accepted, Refused> {
        if !self.processes.contains_key(id) {
            return Err(Refused::NoSuchProcess(id.to_string()));
        }
        self.shared.post.push_back(Post::Process(id.clone(), input));
        Ok(Accepted::UnderWay)
    }

    fn stop_app(&mut self, app: &str) -> Result<Accepted, Refused> {
        if self.busy_by(app).is_none() {
            return Err(Refused::NothingRuns(app.to_string()));
        }
        let unfinished = |run: &&RunEntry| run.app() == app && run.outcome().is_none();
        let runs: Vec<_> = self
            .runs()
            .filter(unfinished)
            .map(|run| run.id().clone())
            .collect();
        for id in runs {
            self.end_run(&id, collodi_run::Input::Cancel);
        }
        let of_app = |p: &&Process| p.app() == app && !p.has_ended();
        let processes = self
            .processes()
            .filter(of_app)
            .map(|p| p.id().clone())
            .collect();
        self.shared.post.push_back(Post::StopDaemons(processes));
        Ok(Accepted::UnderWay)
    }

    fn create_env(&mut self, env: &EnvDir) -> Accepted {
        self.env_job(env, None).keep();
        let begin = collodi_python::Input::Timeout;
        self.shared
            .post
            .push_back(Post::Env(env.path().clone(), begin));
        Accepted::UnderWay
    }

    fn delete_env(&mut self, name: &Name) -> Result<Accepted, Refused> {
        let path = self.options.layout.environment(name).path().clone();
        if let Some(by) = self.env_user(&path) {
            return Err(Refused::EnvInUse {
                env: name.to_string(),
                by,
            });
        }
        let action = Action::File(FileOp::Remove { path: path.clone() });
        self.shared
            .ask(Child::EnvDeletion(path), None, Role::Plain, action);
        Ok(Accepted::UnderWay)
    }

    /// The app that uses an environment.
    fn env_user(&self, path: &ContainedPath) -> Option<String> {
        let (shown, job) = (
            path.absolute(),
            self.envs.get(path).map(|_| "its making".to_string()),
        );
        let run = self
            .runs()
            .find(|run| run.uses_env(path))
            .map(|run| run.app().to_string());
        let lives = |p: &&Process| !p.has_ended() && p.uses_env(&shown);
        let process = || self.processes().find(lives).map(|p| p.app().to_string());
        job.or(run).or_else(process)
    }

    /// The making of this environment, begun if it is not under way.
    fn env_job(&mut self, env: &EnvDir, version: Option<String>) -> &mut EnvJob {
        let tools = self.tools().cloned().unwrap_or_default();
        let options = &self.options;
        let tree = TreeId::new(&format!("env-{:016x}", self.shared.ids.seed()));
        self.envs.entry(env.path().clone()).or_insert_with(|| {
            EnvJob::new(ProvisionOptions {
                env: env.clone(),
                version,
                installer: tools.installer(options.prefer_uv),
                tools: (*tools).clone(),
                vars: own_vars(options),
                tree,
            })
        })
    }

    fn shut_down(&mut self, now: Instant, budget: Duration) -> Accepted {
        if self.is_over() {
            return Accepted::UnderWay;
        }
        self.shutting_down = true;
        let deadline = Deadline::new(now + budget, "shutdown");
        self.shared.wait(Child::Shutdown, Some(deadline));
        let runs: Vec<_> = self.runs.keys().cloned().collect();
        for id in runs {
            self.end_run(&id, collodi_run::Input::Cancel);
        }
        let processes = self.processes.keys().cloned().collect();
        self.shared.post.push_back(Post::StopDaemons(processes));
        let envs: Vec<_> = self.envs.keys().cloned().collect();
        for env in envs {
            self.shared
                .post
                .push_back(Post::Env(env, collodi_python::Input::Cancel));
        }
        self.detect_input(now, collodi_python::Input::Cancel);
        Accepted::UnderWay
    }

    fn kill(&mut self) -> Accepted {
        let runs: Vec<_> = self.runs.keys().cloned().collect();
        for id in runs {
            self.end_run(&id, collodi_run::Input::Kill);
        }
        for id in self.processes.keys() {
            let kill = collodi_restart::Input::Kill;
            self.shared.post.push_back(Post::Process(id.clone(), kill));
        }
        Accepted::UnderWay
    }

    /// Delivers the mail between the children until there is none.
    fn deliver(&mut self, now: Instant) {
        while let Some(post) = self.shared.post.pop_front() {
            match post {
                Post::Run(id, input) => self.run_input(now, &id, input),
                Post::Process(id, input) => self.process_input(now, &id, input),
                Post::Env(env, input) => self.env_input(now, &env, input),
                Post::WantEnv(run, action, request) => self.want_env(run, action, request),
                Post::WantDaemon(run, action, spec) => self.want_daemon(run, action, spec),
                Post::EnvLine(env, line) => self.env_line(now, &env, &line),
                Post::StopDaemons(ids) => {
                    let stop = |id| Post::Process(id, collodi_restart::Input::Stop);
                    self.shared.post.extend(ids.into_iter().map(stop));
                }
            }
        }
    }

    fn run_input(&mut self, now: Instant, id: &RunId, input: collodi_run::Input) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        if run.handle(now, input, &mut self.shared) {
            self.ended_runs.push(id.clone());
            let over = self
                .ended_runs
                .len()
                .saturating_sub(self.options.retention.runs);
            for old in self.ended_runs.drain(..over) {
                self.runs.remove(&old);
            }
        }
    }

    fn process_input(&mut self, now: Instant, id: &ProcessId, input: collodi_restart::Input) {
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        if process.has_ended() {
            return;
        }
        if process.handle(now, input, &mut self.shared) {
            self.ended_processes.push(id.clone());
            let over = self
                .ended_processes
                .len()
                .saturating_sub(self.options.retention.processes);
            for old in self.ended_processes.drain(..over) {
                self.processes.remove(&old);
            }
        }
    }

    fn env_input(&mut self, now: Instant, env: &ContainedPath, input: collodi_python::Input) {
        let Some(job) = self.envs.get_mut(env) else {
            return;
        };
        if job.handle(now, input, &mut self.shared) {
            self.envs.remove(env);
        }
    }

    fn want_env(&mut self, run: RunId, action: ActionId, request: EnvRequest) {
        let EnvRequest { env, version } = request;
        if let Some(entry) = self.runs.get_mut(&run) {
            entry.add_env(env.path().clone());
        }
        self.env_job(&env, version).add(run, action);
        let begin = collodi_python::Input::Timeout;
        self.shared
            .post
            .push_back(Post::Env(env.path().clone(), begin));
    }

    fn want_daemon(&mut self, run: RunId, action: ActionId, spec: DaemonSpec) {
        let Some(entry) = self.runs.get_mut(&run) else {
            return;
        };
        let id = self.shared.ids.process(entry.app());
        let seed = self.shared.ids.seed();
        let mut command = spec.command;
        command.tree = TreeId::new(&format!("{id}-{seed:016x}"));
        entry.add_daemon(id.clone());
        let policy = if spec.auto_restart {
            self.options.restart
        } else {
            Policy::never()
        };
        let supervisor = Supervisor::new(policy, self.options.stop.clone(), seed);
        let (app, line, auto_restart) = (entry.app().to_string(), spec.line, spec.auto_restart);
        let birth = Birth {
            id: id.clone(),
            app,
            run,
            line,
            auto_restart,
            command,
            starting: action,
        };
        let log = Log::new(self.options.log);
        let process = Process::new(birth, supervisor, log, self.options.epoch);
        self.processes.insert(id.clone(), process);
        self.shared
            .post
            .push_back(Post::Process(id, collodi_restart::Input::Start));
    }

    fn env_line(&mut self, now: Instant, env: &ContainedPath, line: &str) {
        let Some(job) = self.envs.get(env) else {
            return;
        };
        for run in job.runs() {
            if let Some(entry) = self.runs.get_mut(run) {
                entry.env_line(now, line, &mut self.shared);
            }
        }
    }

    fn detect_input(&mut self, now: Instant, input: collodi_python::Input) {
        let Detecting::Searching(detect) = &mut self.detect else {
            return;
        };
        // What is stale for the search has been completed for it already.
        let _ = detect.handle_input(now, input);
        loop {
            match detect.poll_output() {
                Output::Action(id, action) => {
                    self.shared
                        .ask(Child::Detect, Some(id), Role::Plain, action);
                }
                Output::Event(never) => match never {},
                Output::Wait(deadline) => return self.shared.wait(Child::Detect, deadline),
                Output::Done(tools) => return self.detected(Arc::new(tools)),
            }
        }
    }

    fn detected(&mut self, tools: Arc<Toolchain>) {
        self.shared.wait(Child::Detect, None);
        self.shared.out.event(Event::Detected(tools.clone()));
        let installer: Installer = tools.installer(self.options.prefer_uv);
        match installer.stand_in(&self.options.layout) {
            Some((write, _)) => {
                self.detect = Detecting::Writing(tools);
                self.shared
                    .ask(Child::StandIn, None, Role::Plain, Action::File(write));
            }
            None => self.known(tools, None),
        }
    }

    /// The stand-in was written, or could not be: then scripts do without.
    fn stand_in_written(&mut self, completion: &Completion) {
        let Detecting::Writing(tools) = &self.detect else {
            return;
        };
        let tools = tools.clone();
        let written = matches!(completion, Completion::File(Ok(_)));
        self.known(tools, written.then(|| self.options.layout.stand_ins()));
    }

    fn known(&mut self, tools: Arc<Toolchain>, stand_ins: Option<ContainedPath>) {
        self.detect = Detecting::Known { tools, stand_ins };
        self.begin_waiting();
    }

    fn progress(&mut self, now: Instant, id: ActionId, progress: Progress) -> Result<(), Stale> {
        self.shared.out.progress(id)?;
        let Some(Owner {
            child,
            id: Some(own),
            role,
        }) = self.shared.owners.get(&id).cloned()
        else {
            return Ok(());
        };
        match (child, role) {
            (Child::Detect, _) => {
                self.detect_input(now, collodi_python::Input::Progress(own, progress));
            }
            (Child::Env(env), _) => {
                self.env_input(now, &env, collodi_python::Input::Progress(own, progress));
            }
            (Child::Run(run), _) => {
                self.run_input(now, &run, collodi_run::Input::Progress(own, progress));
            }
            (Child::Process(process), Role::Life) => {
                if let Some(process) = self.processes.get_mut(&process) {
                    process.progress(now, progress, &mut self.shared);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn completed(
        &mut self,
        now: Instant,
        id: ActionId,
        completion: Completion,
    ) -> Result<(), Stale> {
        self.shared.out.complete(id)?;
        let Some(owner) = self.shared.owners.remove(&id) else {
            return Ok(());
        };
        match (&owner.child, owner.id) {
            (Child::Detect, Some(own)) => {
                self.detect_input(now, collodi_python::Input::Completed(own, completion));
            }
            (Child::Env(env), Some(own)) => {
                self.env_input(now, env, collodi_python::Input::Completed(own, completion));
            }
            (Child::Run(run), Some(own)) => {
                let completed = collodi_run::Completed::World(completion);
                self.run_input(now, run, collodi_run::Input::Completed(own, completed));
            }
            (Child::Process(process), _) => {
                if let Some(process) = self.processes.get_mut(process) {
                    process.completed(now, &owner, completion, &mut self.shared);
                }
            }
            (Child::Reach(process), _) => {
                let succeeded = matches!(completion, Completion::Connected(Ok(())));
                if let Some(process) = self.processes.get_mut(process) {
                    process.tried(now, succeeded, &mut self.shared);
                }
            }
            (Child::EnvDeletion(path), _) => {
                if let Completion::File(answer) = completion {
                    let what = EnvEvent::Deleted(answer.map(drop));
                    self.shared.out.event(Event::Env {
                        path: path.absolute(),
                        what,
                    });
                }
            }
            (Child::StandIn, _) => self.stand_in_written(&completion),
            _ => {}
        }
        Ok(())
    }

    /// Passes the time on to every child whose deadline has come.
    fn timeout(&mut self, now: Instant) {
        while let Some((child, _)) = self.shared.timers.pop_due(now) {
            match child {
                Child::Detect => self.detect_input(now, collodi_python::Input::Timeout),
                Child::Env(env) => self.env_input(now, &env, collodi_python::Input::Timeout),
                Child::Run(run) => self.run_input(now, &run, collodi_run::Input::Timeout),
                Child::Process(id) => {
                    self.process_input(now, &id, collodi_restart::Input::Timeout);
                }
                Child::Reach(id) => {
                    if let Some(process) = self.processes.get(&id) {
                        process.try_again(&mut self.shared);
                    }
                }
                Child::Shutdown => drop(self.kill()),
                Child::StandIn | Child::EnvDeletion(_) => {}
            }
            self.deliver(now);
        }
    }

    /// Whether everything has ended after a shutdown.
    fn is_over(&self) -> bool {
        self.shutting_down
            && self.shared.out.idle()
            && self.envs.is_empty()
            && self.runs().all(|run| run.outcome().is_some())
            && self.processes().all(Process::has_ended)
    }
}

/// The variables of the host's own commands: probes and the making of environments.
fn own_vars(options: &HostOptions) -> BTreeMap<String, String> {
    let policy = options.env_policy.clone().unwrap_or_else(EnvPolicy::vatn);
    let mut vars = policy
        .resolve(&options.host_vars, &BTreeMap::new(), &options.grants)
        .vars;
    vars.insert("PYTHONUTF8".into(), "1".into());
    vars
}

fn run_options(
    options: &HostOptions,
    request: RunRequest,
    tools: &Arc<Toolchain>,
    stand_ins: &Option<ContainedPath>,
    tree: TreeId,
) -> RunOptions {
    let dialect_policy = match request.script.dialect {
        Dialect::Vatn => EnvPolicy::vatn(),
        Dialect::Pinokio => EnvPolicy::pinokio(),
    };
    RunOptions {
        script: request.script,
        app: request.app,
        layout: options.layout.clone(),
        tools: tools.clone(),
        stand_ins: stand_ins.clone(),
        host_vars: options.host_vars.clone(),
        env_policy: options.env_policy.clone().unwrap_or(dialect_policy),
        grants: options.grants.clone(),
        args: request.args,
        global: collodi_value::Object::new(),
        facts: options.facts.clone(),
        tree,
        stop: options.stop.clone(),
        limits: collodi_run::Limits::default(),
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
            Input::Start => self.detect_input(now, collodi_python::Input::Timeout),
            // Who wants to know what came of it calls `command`.
            Input::Command(command) => drop(self.command(now, command)),
            Input::Progress(id, progress) => self.progress(now, id, progress)?,
            Input::Completed(id, completion) => self.completed(now, id, completion)?,
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
