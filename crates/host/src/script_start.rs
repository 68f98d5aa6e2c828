//! Scripts that a step starts, or starts again.

use crate::{
    Host, RunEntry, RunId, RunRequest,
    script_address::{identity, script_app},
    script_call::{Call, CallId, Stage, Want},
};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_action::Action;
use collodi_contain::ContainedPath;
use collodi_file::FileOp;
use collodi_run::{App, Outcome, Overrides, PreparedAnswers, ScriptFault, Status};
use collodi_script::{Document, Options, Parsed, Script, parse_bytes};
use collodi_time::Instant;
use collodi_value::Value;

/// How deep scripts may start scripts.
const MAX_DEPTH: usize = 32;
/// The largest script file, in bytes.
const SCRIPT_BYTES: u64 = 8 << 20;

impl Host {
    pub(crate) fn begin_start(&mut self, id: CallId, path: &ContainedPath) {
        let shown = path.absolute();
        let checked = self
            .may_start(id, &shown)
            .and_then(|()| self.app_at(id, path));
        match checked {
            Ok(app) => self.read_script(id, app),
            Err(fault) => self.finish(id, Err(fault)),
        }
    }

    fn app_at(&self, id: CallId, path: &ContainedPath) -> Result<App, ScriptFault> {
        let call = self.calls.all.get(&id).ok_or(ScriptFault::Cancelled)?;
        let app = script_app(&self.options.layout, &call.app, path)?;
        self.options.sandbox.may_call(&call.app, &app)?;
        Ok(app)
    }

    pub(crate) fn read_script(&mut self, id: CallId, app: App) {
        let refused = self.changing.refuse_step(&app.name);
        if let Err(fault) = refused.and_then(|()| self.refuse_beside(id, &app)) {
            return self.finish(id, Err(fault));
        }
        match app.cwd().join(&app.file) {
            Ok(path) => {
                let action = Action::File(FileOp::read(path, SCRIPT_BYTES));
                self.ask_for_call(id, Stage::Reading(app), action);
            }
            Err(_) => self.finish(id, Err(ScriptFault::NoSteps(app.file))),
        }
    }

    /// Nothing begins of an app of which a daemon is left alone, unless that app asks for it itself.
    fn refuse_beside(&self, id: CallId, app: &App) -> Result<(), ScriptFault> {
        let caller = self.calls.all.get(&id).map(|call| &call.app.name);
        match self.refuse_left_alone(&app.name) {
            Err(refused) if caller != Some(&app.name) => {
                Err(ScriptFault::LeftAlone(refused.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Whether the script at this path may be started by this call. Who waits for the
    /// caller cannot be waited for by it.
    fn may_start(&self, id: CallId, path: &str) -> Result<(), ScriptFault> {
        let call = self.calls.all.get(&id).ok_or(ScriptFault::Cancelled)?;
        let caller = self.runs.get(&call.run);
        if self.shutting_down && !caller.is_some_and(RunEntry::is_stopping) {
            return Err(ScriptFault::Cancelled);
        }
        if call.action.is_some() {
            let chain = self.callers(&call.run);
            if chain.iter().any(|caller| caller == path) {
                let chain = chain.into_iter().rev().chain([path.to_string()]);
                return Err(ScriptFault::Cycle(chain.collect()));
            }
            if chain.len() >= MAX_DEPTH {
                return Err(ScriptFault::TooDeep(MAX_DEPTH));
            }
        }
        if self.is_running(path) {
            return Err(ScriptFault::AlreadyRuns(path.to_string()));
        }
        if !self.has_room_for_a_run() {
            return Err(ScriptFault::TooMany(self.options.runs));
        }
        Ok(())
    }

    /// The script of a run, and those that wait for it, innermost first.
    fn callers(&self, run: &RunId) -> Vec<String> {
        let mut chain = Vec::new();
        let mut next = self.runs.get(run);
        while let Some(entry) = next.filter(|entry| entry.outcome().is_none()) {
            chain.push(entry.script_path().to_string());
            next = entry.caller().and_then(|caller| self.runs.get(caller));
            if chain.len() > MAX_DEPTH {
                break;
            }
        }
        chain
    }

    /// The runs that wait, one for the other, for this one.
    pub(crate) fn runs_that_wait_for(&self, run: &RunId) -> Vec<RunId> {
        let mut waiting = Vec::new();
        let caller_of = |run: &RunId| self.runs.get(run).and_then(RunEntry::caller).cloned();
        let mut next = caller_of(run);
        while let Some(caller) = next.filter(|_| waiting.len() < MAX_DEPTH) {
            next = caller_of(&caller);
            waiting.push(caller);
        }
        waiting
    }

    /// What was answered beforehand, and said over the script, holds for the scripts that are
    /// called, too.
    fn given_to_caller(&self, id: CallId) -> (Box<PreparedAnswers>, Arc<Overrides>) {
        let call = self.calls.all.get(&id);
        let caller = call.and_then(|call| self.runs.get(&call.run));
        let given = caller.map(|caller| (caller.answers().clone(), caller.overrides().clone()));
        let (answers, overrides) = given.unwrap_or_default();
        (Box::new(answers), overrides)
    }

    pub(crate) fn begin_run(&mut self, now: Instant, id: CallId, app: App, script: Script) {
        // Another may have started it meanwhile.
        if let Err(fault) = self.may_start(id, &identity(&app)) {
            return self.finish(id, Err(fault));
        }
        let (answers, overrides) = self.given_to_caller(id);
        let Some(call) = self.calls.all.get_mut(&id) else {
            return;
        };
        let (args, waits) = match &call.want {
            Want::Start(args) | Want::Restart { args, .. } => (args.clone(), call.action.is_some()),
            _ => (Value::Null, false),
        };
        let run = self.shared.ids.run(&app.name);
        let script = Arc::new(script);
        let request = RunRequest {
            app,
            script,
            args,
            answers,
            overrides,
            again: false,
        };
        let started = self.options.epoch + now.since_origin();
        let by = waits.then(|| call.run.clone());
        let asked = call.run.clone();
        let entry = RunEntry::new(run.clone(), request, started)
            .called(&call.origin, by)
            .keeping_secrets_of(self.runs.get(&asked));
        entry.tell_started(&mut self.shared);
        entry.tell_called(&asked, &mut self.shared);
        self.runs.insert(run.clone(), entry);
        if waits {
            call.stage = Stage::Calling(run);
        } else {
            self.forget(id);
        }
        self.begin_waiting();
    }

    /// A run has done its steps and serves, or has ended: who waits for it goes on.
    pub(crate) fn run_settled(&mut self, now: Instant, run: &RunId) {
        let waits = |(_, call): &(&CallId, &Call)| matches!(&call.stage, Stage::Calling(called) if called == run);
        let id = self.calls.all.iter().find(waits).map(|(id, _)| *id);
        self.tell_address(run);
        self.envs_changed_by(run);
        let answer = self.runs.get(run).and_then(RunEntry::answer);
        if let (Some(id), Some(answer)) = (id, answer) {
            self.finish(id, answer);
        }
        let serves = self.runs.get(run).is_some_and(RunEntry::is_serving);
        if serves && self.shutting_down {
            self.end_run(now, run, collodi_run::Input::Cancel);
        }
        self.restart_stopped(now);
    }

    pub(crate) fn begin_restart(
        &mut self,
        now: Instant,
        id: CallId,
        path: &ContainedPath,
        uri: String,
        args: Value,
    ) {
        let app = match self.app_at(id, path) {
            Ok(app) => app,
            Err(fault) => return self.finish(id, Err(fault)),
        };
        let Some(call) = self.calls.all.get_mut(&id) else {
            return;
        };
        let path = identity(&app);
        let is_self = path == identity(&call.app);
        call.stage = Stage::Stopping(app);
        let mut answered = call.clone();
        call.action = None;
        answered.stage = Stage::New;
        self.release_turn(id);
        self.stop_script(now, &path);
        self.tell_caller(answered, Ok(restarted(uri, is_self, args)));
        self.restart_stopped(now);
    }

    /// Starts the scripts that were to be started again and have ended.
    pub(crate) fn restart_stopped(&mut self, _now: Instant) {
        let stopped = |(id, call): (&CallId, &Call)| match &call.stage {
            Stage::Stopping(app) if !self.is_running(&identity(app)) => Some((*id, app.clone())),
            _ => None,
        };
        let stopped: Vec<_> = self.calls.all.iter().filter_map(stopped).collect();
        for (id, app) in stopped {
            self.read_script(id, app);
        }
    }
}

/// What a step hears that has a script, perhaps its own, started again with these `args`.
pub fn restarted(uri: String, is_self: bool, args: Value) -> Value {
    let fields = [
        ("uri", Value::from(uri)),
        ("scheduled", Value::from(true)),
        ("self", Value::from(is_self)),
        ("params", args),
    ];
    Value::Object(fields.into_iter().collect())
}

/// What the run of a script comes to for who started it.
pub(crate) fn result(script: &str, outcome: &Outcome) -> Result<Value, ScriptFault> {
    match &outcome.status {
        Status::Failed(failure) => Err(ScriptFault::Failed {
            script: script.to_string(),
            why: failure.to_string(),
        }),
        Status::Cancelled => Err(ScriptFault::Stopped(script.to_string())),
        _ => Ok(outcome.result.clone()),
    }
}

/// The script that these bytes are: the file of `app`.
///
/// # Errors
///
/// [`ScriptFault::Invalid`] with its first error, [`ScriptFault::NoSteps`] when it is
/// another kind of file.
pub fn parse_script(app: &App, bytes: &[u8]) -> Result<Script, ScriptFault> {
    let options = Options {
        base: app.dir.clone(),
        ..Options::for_file(&app.file)
    };
    let parsed: Parsed = parse_bytes(bytes, &options);
    if let Some(error) = parsed.errors().next() {
        return Err(ScriptFault::Invalid {
            script: identity(app),
            place: error.start,
            message: error.message.clone(),
        });
    }
    match parsed.document {
        Document::Script(script) => Ok(script),
        _ => Err(ScriptFault::NoSteps(identity(app))),
    }
}
