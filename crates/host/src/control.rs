//! Doing what a host is told.

use crate::{
    Accepted, EnvUser, Event, Host, HostOptions, Process, ProcessId, Reader, Refused, RunEntry,
    RunId, RunRequest,
    detection::{Detecting, own_vars},
    env_users::{env_deletion, maker},
    environment::EnvJob,
    post::Post,
    script_address::identity,
    shared::Child,
};
use alloc::{
    collections::btree_map::Entry,
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_command::{Signal, TreeId};
use collodi_contain::{ContainedPath, Name, RelPath};
use collodi_machine::ActionId;
use collodi_python::{Contents, EnvDir, Layout, ProvisionOptions, Toolchain};
use collodi_run::{App, EnvironmentFiles, EnvironmentLayer, Resume, RunOptions};
use collodi_script::Dialect;
use collodi_time::{Deadline, Duration, Instant};
use collodi_value::Object;

/// The variables that name folders of what is downloaded, each a folder of its name.
const CACHES: [&str; 5] = [
    "GRADIO_TEMP_DIR",
    "HF_HOME",
    "PIP_CACHE_DIR",
    "TORCH_HOME",
    "UV_CACHE_DIR",
];

impl Host {
    pub(crate) fn start_run(
        &mut self,
        now: Instant,
        request: RunRequest,
    ) -> Result<Accepted, Refused> {
        self.start(now, request, 0, None)
    }

    /// Starts a run that begins at a step, with what an earlier one knew.
    pub(crate) fn start_from(
        &mut self,
        now: Instant,
        request: RunRequest,
        from: usize,
        of: Option<RunId>,
    ) -> Result<Accepted, Refused> {
        let steps = request.script.steps.len();
        if from >= steps {
            return Err(Refused::NoSuchStep { step: from, steps });
        }
        if let Some(id) = of.as_ref().filter(|id| !self.runs.contains_key(*id)) {
            return Err(Refused::NoSuchRun(id.to_string()));
        }
        self.start(now, request, from, of.as_ref())
    }

    fn start(
        &mut self,
        now: Instant,
        request: RunRequest,
        from: usize,
        of: Option<&RunId>,
    ) -> Result<Accepted, Refused> {
        self.refuse_early()?;
        self.changing.refuse(&request.app.name)?;
        if let Some(by) = self.busy_by(&request.app.name).filter(|_| !request.again) {
            return Err(Refused::Busy {
                app: request.app.name,
                by,
            });
        }
        self.refuse_variables(&request)?;
        if !self.has_room_for_a_run() {
            return Err(Refused::TooManyRuns(self.options.runs));
        }
        self.forget_stopped(&request.app.name);
        let id = self.shared.ids.run(&request.app.name);
        let started = self.options.epoch + now.since_origin();
        let earlier = of.and_then(|id| self.runs.get(id));
        let entry = RunEntry::new(id.clone(), request, started).resuming(from, earlier);
        entry.tell_started(&mut self.shared);
        self.runs.insert(id.clone(), entry);
        self.begin_waiting();
        Ok(Accepted::Run(id))
    }

    /// What is said over the script has to be what a step of it could say.
    fn refuse_variables(&self, request: &RunRequest) -> Result<(), Refused> {
        let policy = self.options.env_policies.of(request.script.dialect);
        let refused = request.overrides.refused(policy, &self.options.grants);
        match refused.is_empty() {
            true => Ok(()),
            false => Err(Refused::Variables(refused)),
        }
    }

    /// Nothing begins before it is known what an earlier host has left.
    pub(crate) fn refuse_early(&self) -> Result<(), Refused> {
        match self.has_recovered() || !self.shared.journal.is_on() {
            true => Ok(()),
            false => Err(Refused::Recovering),
        }
    }

    /// Whether one more run may be under way.
    pub(crate) fn has_room_for_a_run(&self) -> bool {
        let unfinished = self.runs().filter(|run| run.outcome().is_none());
        unfinished.count() < self.options.runs
    }

    /// Begins the runs that waited for the machine to be known.
    pub(crate) fn begin_waiting(&mut self) {
        let Detecting::Known { tools, stand_ins } = &self.detect else {
            return;
        };
        if self.options.facts.is_none() {
            return;
        }
        let (tools, stand_ins) = (tools.clone(), stand_ins.clone());
        for (id, entry) in &mut self.runs {
            let Some(request) = entry.waiting() else {
                continue;
            };
            let seed = self.shared.ids.seed();
            let tree = TreeId::new(&format!("{id}-{seed:016x}"));
            let global = self.records.global(entry.script_path());
            let options = run_options(&self.options, request, &tools, &stand_ins, (tree, seed));
            let resume = entry.take_resume();
            entry.begin(RunOptions {
                global,
                resume,
                ..options
            });
            self.shared
                .post
                .push_back(Post::Run(id.clone(), collodi_run::Input::Start));
        }
    }

    /// Somebody has found out what the machine is. Runs that have begun keep what they know.
    pub(crate) fn know(&mut self, facts: Object) -> Accepted {
        self.options.facts = Some(facts);
        self.shared.out.event(Event::FactsKnown);
        self.begin_waiting();
        Accepted::UnderWay
    }

    /// Somebody ends a run: its script is not started again, either.
    pub(crate) fn cancel_asked(&mut self, now: Instant, id: &RunId) -> Result<Accepted, Refused> {
        let accepted = self.cancel_run(now, id)?;
        if let Some(path) = self.runs.get(id).map(|run| run.script_path().to_string()) {
            self.leave_restarts(now, |app| identity(app) == path);
        }
        Ok(accepted)
    }

    /// Ends a run and its daemons. Restarts of its script that are under way stay.
    pub(crate) fn cancel_run(&mut self, now: Instant, id: &RunId) -> Result<Accepted, Refused> {
        let Some(entry) = self.runs.get_mut(id) else {
            return Err(Refused::NoSuchRun(id.to_string()));
        };
        // A run that has ended well still has its daemons.
        let daemons = entry.daemons().to_vec();
        self.operator_stops(&daemons);
        self.end_daemons(daemons);
        self.end_run(now, id, collodi_run::Input::Cancel);
        Ok(Accepted::UnderWay)
    }

    /// Ends daemons with the runs that they belong to. What a run keeps is ended when that
    /// run has done what it does on its stop, for which its server may still be needed.
    fn end_daemons(&mut self, mut daemons: Vec<ProcessId>) {
        let is_left_to_run = |id: &ProcessId| {
            let process = self.process(id);
            let run = process.and_then(|process| self.runs.get(process.run()));
            run.is_some_and(|run| run.ends_itself(id))
        };
        daemons.retain(|id| !is_left_to_run(id));
        self.shared.post.push_back(Post::StopDaemons(daemons));
    }

    /// Ends a run, also one that waits for its environment or was not begun.
    pub(crate) fn end_run(&mut self, now: Instant, id: &RunId, how: collodi_run::Input) {
        let kept = self.runs.get(id).map(|entry| entry.kept().to_vec());
        let kept = kept.unwrap_or_default();
        if matches!(how, collodi_run::Input::Kill) {
            let kill = |id| Post::Process(id, collodi_restart::Input::Kill);
            self.shared.post.extend(kept.into_iter().map(kill));
        } else {
            self.end_daemons(kept);
        }
        let entry = self.runs.get_mut(id);
        if entry.is_some_and(|entry| {
            entry.set_ending();
            entry.abandon(now, &mut self.shared)
        }) {
            self.retire_run(now, id);
        }
        self.shared
            .post
            .push_back(Post::Run(id.clone(), how.clone()));
        self.leave_calls(now, id, &how);
        self.leave_envs(|(run, _)| run == id);
    }

    /// An action of a run does not want an environment any more.
    pub(crate) fn leave_env_of(&mut self, who: &(RunId, ActionId)) {
        self.leave_envs(|waiting| waiting == who);
    }

    fn leave_envs(&mut self, leaves: impl Fn(&(RunId, ActionId)) -> bool) {
        for (env, job) in &mut self.envs {
            if job.is_wanted_by(&leaves) && job.leave(&leaves, &mut self.shared) {
                let cancel = collodi_python::Input::Cancel;
                self.shared.post.push_back(Post::Env(env.clone(), cancel));
            }
        }
        self.leave_searches(leaves);
    }

    pub(crate) fn stop_process_asked(&mut self, id: &ProcessId) -> Result<Accepted, Refused> {
        let Some(process) = self.processes.get_mut(id) else {
            return Err(Refused::NoSuchProcess(id.to_string()));
        };
        (process.order.stop_asked, process.order.stop_told) = (true, true);
        self.operator_stops(core::slice::from_ref(id));
        let stop = Post::Process(id.clone(), collodi_restart::Input::Stop);
        self.shared.post.push_back(stop);
        Ok(Accepted::UnderWay)
    }

    /// Sends a signal to all that lives of a daemon.
    pub(crate) fn signal(&mut self, id: &ProcessId, signal: Signal) -> Result<Accepted, Refused> {
        let Some(process) = self.processes.get(id) else {
            return Err(Refused::NoSuchProcess(id.to_string()));
        };
        if !process.is_alive() {
            return Err(Refused::NotAlive(id.to_string()));
        }
        process.signal(signal, &mut self.shared);
        Ok(Accepted::UnderWay)
    }

    /// Somebody stops these: that is remembered, after they are told to end. A host that
    /// dies between the two runs them again, as one that dies before both.
    fn operator_stops(&mut self, ids: &[ProcessId]) {
        for id in ids {
            let process = self.processes.get_mut(id).filter(|p| !p.has_ended());
            if let Some(process) = process {
                process.stopped_by_operator = true;
                self.shared.to_note.push(id.clone());
            }
        }
    }

    pub(crate) fn write(&mut self, to: &Reader, bytes: Arc<[u8]>) -> Result<Accepted, Refused> {
        let nobody = || Refused::NobodyReads(to.to_string());
        match to {
            Reader::Run(id) => {
                let run = self.runs.get(id);
                let run = run.ok_or_else(|| Refused::NoSuchRun(id.to_string()))?;
                if !run.reads() {
                    return Err(nobody());
                }
                let write = collodi_run::Input::Write(bytes);
                self.shared.post.push_back(Post::Run(id.clone(), write));
            }
            Reader::Process(id) => {
                let process = self.processes.get(id);
                let process = process.ok_or_else(|| Refused::NoSuchProcess(id.to_string()))?;
                if !process.reads() {
                    return Err(nobody());
                }
                process.write(bytes, &mut self.shared);
            }
        }
        Ok(Accepted::UnderWay)
    }

    pub(crate) fn stop_app(&mut self, now: Instant, app: &str) -> Result<Accepted, Refused> {
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
            self.end_run(now, &id, collodi_run::Input::Cancel);
        }
        let of_app = |p: &&Process| p.app() == app && !p.has_ended();
        let processes: Vec<_> = self
            .processes()
            .filter(of_app)
            .map(|p| p.id().clone())
            .collect();
        self.operator_stops(&processes);
        self.end_daemons(processes);
        self.leave_restarts(now, |of| of.name == app);
        Ok(Accepted::UnderWay)
    }

    pub(crate) fn create_env(&mut self, env: &EnvDir) -> Accepted {
        self.env_job(None, env, Contents::Python(None)).keep();
        self.begin_env(env.path());
        Accepted::UnderWay
    }

    /// Begins the making of an environment, if it is not under way, as soon as nothing
    /// of an older one is left.
    pub(crate) fn begin_env(&mut self, env: &ContainedPath) {
        if self.envs.contains_key(env) && !self.deleting.contains_key(env) {
            let begin = collodi_python::Input::Timeout;
            self.shared.post.push_back(Post::Env(env.clone(), begin));
        }
    }

    /// A deletion that is under way already is the same one. One that is forced does not
    /// mind what uses the environment, but for its making, which would go on.
    pub(crate) fn delete_env(&mut self, name: &Name, force: bool) -> Result<Accepted, Refused> {
        let env = self.options.layout.environment(name);
        let mut by = self.env_users(env.path());
        by.retain(|user| !force || *user == EnvUser::Making);
        if !by.is_empty() {
            let env = name.to_string();
            return Err(Refused::EnvInUse { env, by });
        }
        if !self.deleting.contains_key(env.path()) {
            self.delete(env.path().clone(), env_deletion(env));
        }
        Ok(Accepted::UnderWay)
    }

    /// The making of this environment, begun if it is not under way.
    pub(crate) fn env_job(
        &mut self,
        app: Option<String>,
        env: &EnvDir,
        contents: Contents,
    ) -> &mut EnvJob {
        let tools = self.tools().cloned().unwrap_or_default();
        let options = &self.options;
        let tree = maker(self.shared.ids.seed());
        let options = ProvisionOptions {
            env: env.clone(),
            contents,
            installer: tools.installer(options.prefer_uv),
            tools: (*tools).clone(),
            vars: own_vars(options),
            tree,
        };
        match self.envs.entry(env.path().clone()) {
            Entry::Vacant(entry) => entry.insert(EnvJob::new(app, options)),
            Entry::Occupied(entry) => {
                let job = entry.into_mut();
                job.renew(app, options);
                job
            }
        }
    }

    /// Removes what an ended program has left half-made of an environment. What a living one
    /// is at is left to it, and what is whole stays.
    pub(crate) fn clear_env(&mut self, name: &Name) -> Accepted {
        let env = self.options.layout.environment(name);
        self.env_job(None, &env, Contents::Nothing);
        self.begin_env(env.path());
        Accepted::UnderWay
    }

    pub(crate) fn shut_down(&mut self, now: Instant, budget: Duration) -> Accepted {
        if self.is_over() {
            return Accepted::UnderWay;
        }
        self.shutting_down = true;
        // What ends has nobody who goes on with it.
        self.shared.journal.follower = None;
        let deadline = Deadline::new(now + budget, "shutdown");
        let earlier = self.shared.timers.get(&Child::Shutdown);
        self.shared
            .wait(Child::Shutdown, Deadline::earlier(earlier, Some(deadline)));
        let runs: Vec<_> = self.runs.keys().cloned().collect();
        for id in runs {
            self.end_run(now, &id, collodi_run::Input::Cancel);
        }
        self.end_daemons(self.processes.keys().cloned().collect());
        let envs: Vec<_> = self.envs.keys().cloned().collect();
        for env in envs {
            self.shared
                .post
                .push_back(Post::Env(env, collodi_python::Input::Cancel));
        }
        self.leave_restarts(now, |_| true);
        self.detect_input(now, collodi_python::Input::Cancel);
        Accepted::UnderWay
    }

    pub(crate) fn kill(&mut self, now: Instant) -> Accepted {
        let runs: Vec<_> = self.runs.keys().cloned().collect();
        for id in runs {
            self.end_run(now, &id, collodi_run::Input::Kill);
        }
        self.leave_restarts(now, |_| true);
        self.hurry_fetches(now);
        for (id, process) in &mut self.processes {
            process.order.stop_asked = true;
            if process.order.history.is_some() {
                continue;
            }
            let kill = collodi_restart::Input::Kill;
            self.shared.post.push_back(Post::Process(id.clone(), kill));
        }
        Accepted::UnderWay
    }
}

/// What a host with these options gives a run, where the machine has these tools. For those
/// who want to know what a run would do.
pub fn run_options(
    options: &HostOptions,
    request: RunRequest,
    tools: &Arc<Toolchain>,
    stand_ins: &Option<ContainedPath>,
    (tree, seed): (TreeId, u64),
) -> RunOptions {
    let env_policy = options.env_policies.of(request.script.dialect).clone();
    let (app, environment) = match request.script.dialect {
        Dialect::Vatn => (request.app, EnvironmentFiles::default()),
        Dialect::Pinokio => {
            let environment = environment_files(&options.layout, &request.app);
            (with_drive(&options.layout, request.app), environment)
        }
    };
    RunOptions {
        script: request.script,
        app: without_workspace(&options.layout, app),
        layout: options.layout.clone(),
        tools: tools.clone(),
        stand_ins: stand_ins.clone(),
        host_vars: options.host_vars.clone(),
        env_policy,
        grants: options.grants.clone(),
        args: request.args,
        resume: Resume::default(),
        global: collodi_value::Object::new(),
        facts: options.facts.clone().unwrap_or_default(),
        tree,
        stop: options.stop.clone(),
        limits: options.limits,
        answers: *request.answers,
        overrides: request.overrides,
        environment,
        epoch: options.epoch,
        seed,
        privileged: options.privileged,
        other_apps: options.other_apps,
        extra_roots: options.extra_roots.clone(),
    }
}

/// An app whose folder has the workspace in it may not change the settings there, nor read
/// what the host keeps.
fn without_workspace(layout: &Layout, app: App) -> App {
    let workspace = layout.workspace().as_str().trim_end_matches('/');
    let own = format!("{workspace}/.vatn");
    match app.root.contain(&RelPath::root(), &own) {
        Ok(path) if !path.rel().is_root() => App {
            root: app.root.without(&own),
            ..app
        },
        _ => app,
    }
}

/// Where the variables of an app are: in the workspace's file, and in its own. Models
/// and packages are kept in the workspace, unless the host says where.
fn environment_files(layout: &Layout, app: &App) -> EnvironmentFiles {
    let dir = layout.workspace().at(RelPath::root());
    let files = dir.join("ENVIRONMENT").into_iter().collect();
    let of_app = EnvironmentLayer::of_app(&app.root.at(RelPath::root()));
    let cache = |name: &&str| {
        Some((
            (*name).to_string(),
            layout.cache().join(name).ok()?.absolute(),
        ))
    };
    let token = layout.cache().join("HF_AUTH/token");
    let token = token.map(|path| ("HF_TOKEN_PATH".to_string(), path.absolute()));
    let analytics = ("GRADIO_ANALYTICS_ENABLED".to_string(), "False".to_string());
    EnvironmentFiles {
        defaults: CACHES
            .iter()
            .filter_map(cache)
            .chain(token)
            .chain([analytics])
            .collect(),
        layers: [EnvironmentLayer { dir, files }, of_app].into(),
    }
}

/// The app with its own part of the workspace's drive as an annex, and with the part
/// of those that name peers: links lead there. What other apps keep for themselves is
/// outside.
fn with_drive(layout: &Layout, app: App) -> App {
    let drive = layout.drive().absolute();
    let own = format!("{drive}/apps/{}", app.name);
    let root = app.root.with_annex(&own);
    let root = root.with_annex(&format!("{drive}/shared"));
    App { root, ..app }
}
