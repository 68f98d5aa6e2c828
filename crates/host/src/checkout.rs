//! Repositories that scripts name: found among the apps, or fetched.

use crate::{
    Host,
    detection::own_vars,
    git::{self, Deed, GitAddress},
    script_call::{CallId, Comparing, Stage, Want},
    secrets::mask,
    shared::{Child, Role},
};
use alloc::{
    boxed::Box,
    collections::VecDeque,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion, ErrorKind, Progress};
use collodi_command::TreeId;
use collodi_contain::{Name, RelPath};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_logs::{Limits, Log, plain};
use collodi_restart::Escalation;
use collodi_run::{Checkout, ScriptFault};
use collodi_time::Instant;

/// The largest `.git/config` that is read, in bytes.
const CONFIG_BYTES: u64 = 64 << 10;
/// How many apps are looked at.
const MAX_APPS: usize = 2000;
/// How much of what git says is kept, in lines.
const TAIL: usize = 8;

/// A repository that is being fetched.
#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    address: GitAddress,
    /// The app that it is, or will be.
    name: Name,
    deeds: VecDeque<Deed>,
    /// The command at hand, for people.
    line: String,
    said: Log,
    tree: TreeId,
    stopping: Option<Escalation>,
}

/// Why a signal is sent to what fetches a repository.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Push {
    /// It is to end.
    Begin,
    /// It has had its time.
    Due,
    /// It gets no more time.
    Hurry,
}

impl Fetch {
    /// Whether the app of this name is fetched.
    pub(crate) fn is_of(&self, app: &str) -> bool {
        self.name.as_str() == app
    }
}

impl Host {
    /// Looks for a checkout of a repository. Who may change one waits for its turn.
    pub(crate) fn begin_search(&mut self, id: CallId, address: GitAddress) {
        let Some(call) = self.calls.all.get_mut(&id) else {
            return;
        };
        let changes = matches!(call.want, Want::Start(_) | Want::Download(_));
        if changes && self.calls.turn.is_some_and(|turn| turn != id) {
            call.stage = Stage::Queued(address);
            self.calls.queue.push_back(id);
            return;
        }
        if changes {
            self.calls.turn = Some(id);
        }
        let path = self.options.layout.apps();
        self.ask_for_call(
            id,
            Stage::Listing(address),
            Action::File(FileOp::List { path }),
        );
    }

    /// Who has the turn has done its work.
    pub(crate) fn release_turn(&mut self, id: CallId) {
        self.calls.queue.retain(|waiting| *waiting != id);
        if self.calls.turn != Some(id) {
            return;
        }
        self.calls.turn = None;
        let Some(next) = self.calls.queue.pop_front() else {
            return;
        };
        if let Some(call) = self.calls.all.get_mut(&next)
            && let Stage::Queued(address) = core::mem::replace(&mut call.stage, Stage::New)
        {
            self.begin_search(next, address);
        }
    }

    pub(crate) fn listed(
        &mut self,
        now: Instant,
        id: CallId,
        address: GitAddress,
        answer: Result<FileAnswer, FileError>,
    ) {
        let entries = match answer {
            Ok(FileAnswer::Entries(entries)) => entries,
            Err(error) if error.kind != FileErrorKind::NotFound => {
                return self.finish(id, Err(ScriptFault::File(error)));
            }
            _ => Vec::new(),
        };
        let names = entries
            .iter()
            .filter_map(|entry| Name::parse(&entry.name).ok());
        let names: Vec<_> = names.take(MAX_APPS).collect();
        let comparing = Comparing {
            address,
            taken: entries
                .iter()
                .map(|entry| entry.name.to_ascii_lowercase())
                .collect(),
            left: names.into_iter(),
            at: None,
        };
        self.compare_next(now, id, comparing);
    }

    fn compare_next(&mut self, now: Instant, id: CallId, mut comparing: Comparing) {
        let Some(name) = comparing.left.next() else {
            return self.not_there(now, id, &comparing);
        };
        let root = self.options.layout.app(&name);
        comparing.at = Some(name);
        match root.at(RelPath::root()).join(".git/config") {
            Ok(path) => self.ask_for_call(
                id,
                Stage::Comparing(Box::new(comparing)),
                Action::File(FileOp::read(path, CONFIG_BYTES)),
            ),
            Err(_) => self.not_there(now, id, &comparing),
        }
    }

    pub(crate) fn compared(
        &mut self,
        now: Instant,
        id: CallId,
        mut comparing: Comparing,
        answer: Option<FileAnswer>,
    ) {
        let is_it = match &answer {
            Some(FileAnswer::Bytes(bytes)) => comparing
                .address
                .is_origin_of(&String::from_utf8_lossy(bytes)),
            _ => false,
        };
        match comparing.at.take().filter(|_| is_it) {
            Some(name) => self.is_there(now, id, comparing.address, name),
            None => self.compare_next(now, id, comparing),
        }
    }

    /// The repository is an app of this name.
    fn is_there(&mut self, now: Instant, id: CallId, address: GitAddress, name: Name) {
        let Some(call) = self.calls.all.get(&id) else {
            return;
        };
        let dir = self.options.layout.app(&name).at(RelPath::root());
        match address.update(&call.checkout, &dir) {
            Ok(deeds) if self.calls.turn == Some(id) => {
                self.begin_fetch(now, id, address, name, deeds);
            }
            Ok(_) => self.fetched_all(now, id, &address, &name),
            Err(fault) => self.finish(id, Err(fault)),
        }
    }

    /// No app is a checkout of the repository.
    fn not_there(&mut self, now: Instant, id: CallId, comparing: &Comparing) {
        let Some(call) = self.calls.all.get(&id) else {
            return;
        };
        let address = comparing.address.clone();
        match (&call.want, self.calls.turn == Some(id)) {
            (_, true) => match self.clone_plan(&call.checkout, comparing) {
                Ok((name, deeds)) => self.begin_fetch(now, id, address, name, deeds),
                Err(fault) => self.finish(id, Err(fault)),
            },
            // What is not there does not run.
            (Want::Stop, false) => self.resolve(now, id),
            (_, false) => {
                let (uri, why) = (address.uri, "no app is a checkout of it");
                self.unresolved(id, ScriptFault::Address { uri, why });
            }
        }
    }

    fn clone_plan(
        &self,
        checkout: &Checkout,
        comparing: &Comparing,
    ) -> Result<(Name, Vec<Deed>), ScriptFault> {
        let address = &comparing.address;
        let no_name = || ScriptFault::Address {
            uri: address.uri.clone(),
            why: "there is no name for it among the apps",
        };
        let is_taken = |name: &str| comparing.taken.iter().any(|taken| taken == name);
        let name = address.app_name(is_taken).ok_or_else(no_name)?;
        let apps = self.options.layout.apps();
        let dir = apps.join(name.as_str()).map_err(|_| no_name())?;
        Ok((name, address.clone_into(checkout, &apps, dir)?))
    }

    fn begin_fetch(
        &mut self,
        now: Instant,
        id: CallId,
        address: GitAddress,
        name: Name,
        deeds: Vec<Deed>,
    ) {
        if let Err(fault) = self.changing.refuse_step(name.as_str()) {
            return self.finish(id, Err(fault));
        }
        let said = Log::new(Limits {
            lines: TAIL,
            ..Limits::default()
        })
        .with_mask(mask(&own_vars(&self.options)));
        let fetch = Fetch {
            address,
            name,
            deeds: deeds.into(),
            line: String::new(),
            said,
            tree: TreeId::new(&format!("git-{:016x}", self.shared.ids.seed())),
            stopping: None,
        };
        self.next_deed(now, id, fetch);
    }

    fn next_deed(&mut self, now: Instant, id: CallId, mut fetch: Fetch) {
        let action = match fetch.deeds.pop_front() {
            None => return self.fetched_all(now, id, &fetch.address, &fetch.name),
            Some(Deed::File(op) | Deed::Pull(op)) => Action::File(op),
            Some(Deed::Git(args, dir)) => {
                let (spec, _) = git::command(&self.options, &args, dir, &fetch.tree);
                fetch.line = spec.to_string();
                Action::Exec(spec)
            }
        };
        if let (Action::Exec(_), Some(call)) = (&action, self.calls.all.get(&id))
            && let Some(entry) = self.runs.get(&call.run)
        {
            entry.tell_command(&fetch.line, &mut self.shared);
        }
        self.ask_for_call(id, Stage::Fetching(Box::new(fetch)), action);
    }

    fn fetched_all(&mut self, now: Instant, id: CallId, address: &GitAddress, name: &Name) {
        self.release_turn(id);
        let dir = self.options.layout.app(name).at(RelPath::root());
        match dir.join(&address.path) {
            Ok(path) => self.address_found(now, id, path),
            Err(_) => {
                let (uri, why) = (address.uri.clone(), "the path leads out of the repository");
                self.finish(id, Err(ScriptFault::Address { uri, why }));
            }
        }
    }

    /// A deed is done, or a signal was sent, or the tree is empty.
    pub(crate) fn fetched(
        &mut self,
        now: Instant,
        id: CallId,
        fetch: Fetch,
        completion: Completion,
    ) {
        let is_over = fetch.stopping.is_some()
            && !matches!(completion, Completion::Signalled(_) | Completion::Exec(_));
        if is_over {
            self.shared.wait(Child::Call(id), None);
            return self.forget(id);
        }
        let fault = match completion {
            Completion::File(Ok(FileAnswer::Bytes(head))) => {
                let dir = self.options.layout.app(&fetch.name).at(RelPath::root());
                let mut fetch = fetch;
                fetch.deeds.push_front(git::pull(&head, &dir));
                return self.next_deed(now, id, fetch);
            }
            Completion::File(Ok(_)) => {
                return self.next_deed(now, id, fetch);
            }
            Completion::Exec(_) if fetch.stopping.is_some() => {
                let empty = Action::AwaitEmpty(fetch.tree.clone());
                return self.ask_for_call(id, Stage::Fetching(Box::new(fetch)), empty);
            }
            Completion::Exec(Ok(ended)) if ended.exit.is_success() => {
                return self.next_deed(now, id, fetch);
            }
            Completion::Signalled(_) => return self.keep_fetch(id, fetch),
            Completion::Exec(Err(error)) if error.kind == ErrorKind::ProgramNotFound => {
                ScriptFault::NoGit(error)
            }
            Completion::Exec(_) => fetch.failed(now),
            Completion::File(Err(error)) => ScriptFault::File(error),
            _ => ScriptFault::Cancelled,
        };
        self.finish(id, Err(fault));
    }

    fn keep_fetch(&mut self, id: CallId, fetch: Fetch) {
        if let Some(call) = self.calls.all.get_mut(&id) {
            call.stage = Stage::Fetching(Box::new(fetch));
        }
    }

    /// Something was heard of git. One that starts after it was told to stop is told
    /// again.
    pub(crate) fn call_progress(&mut self, now: Instant, id: CallId, progress: &Progress) {
        let Some(call) = self.calls.all.get_mut(&id) else {
            return;
        };
        let Stage::Fetching(fetch) = &mut call.stage else {
            return;
        };
        match progress {
            Progress::Output { stream, bytes } => {
                let entry = self.runs.get_mut(&call.run);
                let mut lines = Vec::new();
                fetch.said.push_with(now, *stream, bytes, |line| {
                    lines.push(plain(&line.text).into_owned());
                });
                if let Some(entry) = entry {
                    for line in lines {
                        entry.note_line(now, &line, &mut self.shared);
                    }
                }
            }
            Progress::Spawned { .. } if fetch.stopping.is_some() => {
                self.signal_fetch(now, id, Push::Begin);
            }
            _ => {}
        }
    }

    /// Nobody wants the repository any more.
    pub(crate) fn stop_fetch(&mut self, now: Instant, id: CallId, fetch: Fetch) {
        self.keep_fetch(id, fetch);
        self.signal_fetch(now, id, Push::Begin);
    }

    /// Sends the signal that is due.
    pub(crate) fn signal_fetch(&mut self, now: Instant, id: CallId, push: Push) {
        let Some(call) = self.calls.all.get_mut(&id) else {
            return;
        };
        let Stage::Fetching(fetch) = &mut call.stage else {
            return;
        };
        let signal = match (push, &mut fetch.stopping) {
            (Push::Begin, stopping) => {
                let (escalation, signal) = Escalation::begin(self.options.stop.clone(), now);
                *stopping = Some(escalation);
                Some(signal)
            }
            (Push::Due, Some(escalation)) => escalation.due(now),
            (Push::Hurry, Some(escalation)) => Some(escalation.hurry(now)),
            (_, None) => None,
        };
        let deadline = fetch.stopping.as_ref().map(Escalation::deadline);
        let tree = fetch.tree.clone();
        self.shared.wait(Child::Call(id), deadline);
        if let Some(signal) = signal {
            let action = Action::Signal(tree, signal);
            self.shared.ask(Child::Call(id), None, Role::Plain, action);
        }
    }

    /// Kills the commands of calls that nobody wants any more.
    pub(crate) fn hurry_fetches(&mut self, now: Instant) {
        let ids: Vec<_> = self.calls.all.keys().copied().collect();
        for id in ids {
            self.signal_fetch(now, id, Push::Hurry);
        }
    }
}

impl Fetch {
    fn failed(mut self, now: Instant) -> ScriptFault {
        self.said.close(now);
        let page = self.said.read(0, TAIL);
        let lines = page.lines.iter().map(|line| plain(&line.text).into_owned());
        ScriptFault::Git {
            tail: lines.collect::<Vec<_>>().join("; "),
            line: self.line,
        }
    }
}
