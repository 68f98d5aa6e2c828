//! Scripts that want something of other scripts.
//!
//! A call is what one step of a run wants. Its addresses are resolved one after the
//! other, which for repositories takes looks at the disk and perhaps a clone; then it
//! is done. A run waits for its call and hears one answer; a restart is answered at
//! once and goes on by itself.

use crate::{
    Host, RunEntry, RunId,
    checkout::Fetch,
    git::GitAddress,
    post::Post,
    script_address::{Address, app_that_holds},
    script_missing::missing,
    script_start::parse_script,
    shared::{Child, Role},
};
use alloc::{
    boxed::Box,
    collections::{BTreeMap, VecDeque},
    string::{String, ToString},
    vec::{IntoIter, Vec},
};
use collodi_action::{Action, Completion};
use collodi_contain::{ContainedPath, Name};
use collodi_file::{FileAnswer, FileOp};
use collodi_machine::ActionId;
use collodi_run::{App, Checkout, Completed, ScriptFault, ScriptQuestion, ScriptRequest};
use collodi_time::Instant;
use collodi_value::Value;

/// How many calls may be under way before the next is refused: restarts of scripts
/// that do not end wait without holding a run.
const MAX_CALLS: usize = 512;

/// The host's number for a call.
pub(crate) type CallId = u64;

/// The calls under way, and who has the turn to work on repositories.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    last: CallId,
    pub(crate) all: BTreeMap<CallId, Call>,
    /// One call at a time clones or updates.
    pub(crate) turn: Option<CallId>,
    pub(crate) queue: VecDeque<CallId>,
}

/// What a step of a run wants.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) run: RunId,
    /// The run's action; none when it is answered.
    pub(crate) action: Option<ActionId>,
    /// The run that someone asked for, from which this one comes.
    pub(crate) origin: RunId,
    /// The app and script of the run.
    pub(crate) app: App,
    pub(crate) want: Want,
    pub(crate) checkout: Checkout,
    /// The addresses that are not resolved.
    uris: VecDeque<String>,
    found: Vec<ContainedPath>,
    pub(crate) stage: Stage,
}

#[derive(Clone, Debug)]
pub(crate) enum Want {
    Start(Value),
    Download(String),
    Stop,
    Restart { uri: String, args: Value },
    Ask(ScriptQuestion),
}

/// What a call waits for.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Its beginning.
    New,
    /// Its turn to work on repositories.
    Queued(GitAddress),
    /// The names of the apps.
    Listing(GitAddress),
    /// What one of the apps is a checkout of.
    Comparing(Box<Comparing>),
    /// A repository.
    Fetching(Box<Fetch>),
    /// Whether a file is there.
    Looking,
    /// The text of a script.
    Reading(App),
    /// What is beside a script that is not there.
    Missing(App),
    /// A run.
    Calling(RunId),
    /// The end of a script that is to be started again.
    Stopping(App),
    /// Nobody wants it any more; what is in flight is waited for.
    Abandoned,
}

/// A search for the checkout of a repository.
#[derive(Clone, Debug)]
pub(crate) struct Comparing {
    pub(crate) address: GitAddress,
    /// The names in the apps' folder, in lower case.
    pub(crate) taken: Vec<String>,
    pub(crate) left: IntoIter<Name>,
    pub(crate) at: Option<Name>,
}

impl Calls {
    fn add(&mut self, call: Call) -> CallId {
        self.last += 1;
        self.all.insert(self.last, call);
        self.last
    }
}

impl Host {
    /// A run wants something of other scripts.
    pub(crate) fn want_script(
        &mut self,
        now: Instant,
        run: &RunId,
        action: ActionId,
        request: ScriptRequest,
    ) {
        let Some(entry) = self.runs.get(run) else {
            return;
        };
        let call = Call::new(entry, action, request);
        if entry.is_ending() && !entry.is_stopping() {
            return self.tell_caller(call, Err(ScriptFault::Cancelled));
        }
        if self.calls.all.len() >= MAX_CALLS {
            return self.tell_caller(call, Err(ScriptFault::TooManyCalls(MAX_CALLS)));
        }
        let id = self.calls.add(call);
        self.resolve(now, id);
    }

    /// Resolves the next address of a call, or does the call when all are.
    pub(crate) fn resolve(&mut self, now: Instant, id: CallId) {
        while let Some(call) = self.calls.all.get_mut(&id) {
            let Some(uri) = call.uris.pop_front() else {
                return self.dispatch(now, id);
            };
            let files_too = self.options.local_repositories;
            match Address::read(&self.options.layout, &call.app, &uri, files_too) {
                Ok(Address::Path(path)) => call.found.push(path),
                Ok(Address::Git(address)) => return self.begin_search(id, address),
                Err(fault) => return self.unresolved(id, fault),
            }
        }
    }

    /// An address led somewhere.
    pub(crate) fn address_found(&mut self, now: Instant, id: CallId, path: ContainedPath) {
        if let Some(call) = self.calls.all.get_mut(&id) {
            call.found.push(path);
            self.resolve(now, id);
        }
    }

    /// An address leads nowhere. Who asks a question has an answer all the same.
    pub(crate) fn unresolved(&mut self, id: CallId, fault: ScriptFault) {
        let question = match self.calls.all.get(&id).map(|call| &call.want) {
            Some(Want::Ask(question)) => Some(*question),
            _ => None,
        };
        self.finish(id, question.map(ScriptQuestion::of_nothing).ok_or(fault));
    }

    fn dispatch(&mut self, now: Instant, id: CallId) {
        let Some(call) = self.calls.all.get(&id) else {
            return;
        };
        let found = call.found.clone();
        let first = found.first().cloned();
        match (call.want.clone(), first) {
            (Want::Start(_), Some(path)) => self.begin_start(id, &path),
            (Want::Restart { uri, args }, Some(path)) => {
                self.begin_restart(now, id, &path, uri, args);
            }
            (Want::Download(uri), Some(path)) => {
                let is_address = uri.contains("://");
                let place = if is_address { uri } else { path.absolute() };
                self.finish(id, Ok(Value::from(place)));
            }
            (Want::Ask(ScriptQuestion::Exists), Some(path)) => {
                self.ask_for_call(id, Stage::Looking, Action::File(FileOp::Stat { path }));
            }
            (Want::Ask(question), Some(path)) => {
                let answer = self.script_answer(question, &path.absolute());
                self.finish(id, Ok(answer));
            }
            (Want::Stop, _) => {
                let call = self.calls.all.remove(&id);
                for path in found {
                    self.stop_script(now, &path.absolute());
                }
                call.into_iter()
                    .for_each(|call| self.tell_caller(call, Ok(Value::Null)));
            }
            (_, None) => self.finish(id, Ok(Value::Null)),
        }
    }

    /// Asks the world something for a call.
    pub(crate) fn ask_for_call(&mut self, id: CallId, stage: Stage, mut action: Action) {
        if let Some(call) = self.calls.all.get_mut(&id) {
            call.stage = stage;
            if let Action::Exec(spec) = &mut action {
                let owner = app_that_holds(&self.options.layout, &spec.cwd.absolute());
                spec.purpose.app = Some(owner.map_or_else(|| call.app.name.clone(), Into::into));
            }
            self.shared.ask(Child::Call(id), None, Role::Plain, action);
        }
    }

    /// Something that a call asked the world is answered.
    pub(crate) fn call_completed(&mut self, now: Instant, id: CallId, completion: Completion) {
        let Some(call) = self.calls.all.get_mut(&id) else {
            return;
        };
        match (core::mem::replace(&mut call.stage, Stage::New), completion) {
            (Stage::Listing(address), Completion::File(answer)) => {
                self.listed(now, id, address, answer);
            }
            (Stage::Comparing(comparing), Completion::File(answer)) => {
                self.compared(now, id, *comparing, answer.ok());
            }
            (Stage::Fetching(fetch), completion) => self.fetched(now, id, *fetch, completion),
            (Stage::Looking, completion) => {
                let there = matches!(completion, Completion::File(Ok(FileAnswer::Stat(Some(_)))));
                self.finish(id, Ok(Value::from(there)));
            }
            (Stage::Reading(app), Completion::File(Ok(FileAnswer::Bytes(bytes)))) => {
                match parse_script(&app, &bytes) {
                    Ok(script) => self.begin_run(now, id, app, script),
                    Err(fault) => self.finish(id, Err(fault)),
                }
            }
            (Stage::Reading(app), Completion::File(Err(error))) => self.unreadable(id, app, error),
            (Stage::Missing(app), Completion::File(listed)) => {
                self.finish(id, Err(missing(&app, &listed)));
            }
            (Stage::Abandoned, _) => self.forget(id),
            (_, Completion::File(Err(error))) => self.finish(id, Err(ScriptFault::File(error))),
            // No answer to what was asked.
            _ => self.finish(id, Err(ScriptFault::Cancelled)),
        }
    }

    /// Ends a call with this answer.
    pub(crate) fn finish(&mut self, id: CallId, answer: Result<Value, ScriptFault>) {
        if let Some(call) = self.calls.all.remove(&id) {
            self.release_turn(id);
            self.tell_caller(call, answer);
        }
    }

    /// Who waits for the call hears the answer; else a fault is told to people.
    pub(crate) fn tell_caller(&mut self, call: Call, answer: Result<Value, ScriptFault>) {
        match (call.action, answer) {
            (Some(action), answer) => {
                let completed = Completed::Script(answer);
                let input = collodi_run::Input::Completed(action, completed);
                self.shared.post.push_back(Post::Run(call.run, input));
            }
            (None, Err(fault)) => {
                if let Some(entry) = self.runs.get_mut(&call.run) {
                    let text = alloc::format!("the script is not started again: {fault}");
                    entry.tell_note(text, &mut self.shared);
                }
            }
            (None, Ok(_)) => {}
        }
    }

    pub(crate) fn forget(&mut self, id: CallId) {
        self.calls.all.remove(&id);
        self.release_turn(id);
    }

    /// A run is to end: nobody waits for its calls, and what they wait for ends too.
    pub(crate) fn leave_calls(&mut self, now: Instant, run: &RunId, how: &collodi_run::Input) {
        let its = |call: &Call| call.run == *run && call.action.is_some();
        self.leave_all(now, its, how);
    }

    /// A run does not want what this action asks for any more.
    pub(crate) fn leave_call_of(&mut self, now: Instant, (run, action): &(RunId, ActionId)) {
        let its = |call: &Call| call.run == *run && call.action == Some(*action);
        self.leave_all(now, its, &collodi_run::Input::Cancel);
    }

    /// Scripts of these that are to be started again are not.
    pub(crate) fn leave_restarts(&mut self, now: Instant, is_one: impl Fn(&App) -> bool) {
        let its = |call: &Call| match &call.stage {
            Stage::Stopping(of) | Stage::Reading(of) | Stage::Missing(of) => {
                call.action.is_none() && is_one(of)
            }
            _ => false,
        };
        self.leave_all(now, its, &collodi_run::Input::Cancel);
    }

    fn leave_all(&mut self, now: Instant, its: impl Fn(&Call) -> bool, how: &collodi_run::Input) {
        let all = self.calls.all.iter().filter(|(_, call)| its(call));
        let ids: Vec<_> = all.map(|(id, _)| *id).collect();
        for id in ids {
            self.leave_call(now, id, how);
        }
    }

    fn leave_call(&mut self, now: Instant, id: CallId, how: &collodi_run::Input) {
        let Some(call) = self.calls.all.get_mut(&id) else {
            return;
        };
        if let Some(action) = call.action.take() {
            let cancelled = Completed::Script(Err(ScriptFault::Cancelled));
            let input = collodi_run::Input::Completed(action, cancelled);
            self.shared
                .post
                .push_back(Post::Run(call.run.clone(), input));
        }
        match core::mem::replace(&mut call.stage, Stage::Abandoned) {
            Stage::Calling(run) => {
                self.shared.post.push_back(Post::EndRun(run, how.clone()));
                self.forget(id);
            }
            Stage::New | Stage::Queued(_) | Stage::Stopping(_) => self.forget(id),
            Stage::Fetching(fetch) => self.stop_fetch(now, id, *fetch),
            _ => {}
        }
    }
}

impl Call {
    fn new(entry: &RunEntry, action: ActionId, request: ScriptRequest) -> Self {
        let own = entry.script_path().to_string();
        let (want, uris, checkout) = match request {
            ScriptRequest::Start {
                uri,
                args,
                checkout,
            } => (Want::Start(args), [uri].into(), checkout),
            ScriptRequest::Download { uri, checkout } => {
                (Want::Download(uri.clone()), [uri].into(), checkout)
            }
            ScriptRequest::Stop(uris) => (Want::Stop, uris.into(), Checkout::default()),
            ScriptRequest::Restart { uri, args } => {
                let uri = uri.unwrap_or(own);
                let args = args.unwrap_or_else(|| entry.args().clone());
                let want = Want::Restart {
                    uri: uri.clone(),
                    args,
                };
                (want, [uri].into(), Checkout::default())
            }
            ScriptRequest::Ask(question, uri) => {
                (Want::Ask(question), [uri].into(), Checkout::default())
            }
            _ => (Want::Stop, VecDeque::new(), Checkout::default()),
        };
        Self {
            run: entry.id().clone(),
            action: Some(action),
            origin: entry.origin().clone(),
            app: App::clone(entry.app_info()),
            want,
            checkout,
            uris,
            found: Vec::new(),
            stage: Stage::New,
        }
    }
}
