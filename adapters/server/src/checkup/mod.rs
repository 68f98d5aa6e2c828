//! A look at the machine and the workspace, for `collodi doctor` and its endpoint. Nothing of
//! it is waited for longer than its time.

mod daemons;
mod kernel;
mod places;
mod ports;
mod programs;

use crate::{home::Home, state};
use collodi_api::{Doctor, Finding, FindingState};
use collodi_backend::{Backends, BoxFuture, Capability, Clock};
use collodi_contain::RelPath;
use collodi_disk::Space;
use collodi_doctor::{ControlGroups, Gpu, Interpreter, Observed, Port, State, examine};
use collodi_driver::{detect, survey};
use collodi_facts::{Facts, Vendor};
use collodi_file::{FileAnswer, FileOp};
use collodi_host::HostOptions;
use collodi_python::Toolchain;
use collodi_settings::{SettingsError, SettingsFile};
use futures::{
    FutureExt as _,
    channel::oneshot,
    future::{self, Either},
    lock::Mutex,
};
use std::{
    collections::BTreeSet,
    future::Future,
    net::SocketAddr,
    path::PathBuf,
    pin::pin,
    sync::{Arc, PoisonError},
    thread,
    time::Duration,
};

/// How long a question to the system may take.
const TIME: Duration = Duration::from_secs(10);
/// How long the search for Python's tools may take. It asks several programs, gives each its
/// time, and ends it then; this is for one that cannot be ended.
const SEARCH_TIME: Duration = Duration::from_secs(120);

/// What is to be looked at.
#[derive(Clone, Debug)]
pub(crate) struct Checkup {
    pub(crate) backends: Backends,
    pub(crate) options: HostOptions,
    pub(crate) dir: PathBuf,
    pub(crate) settings: SettingsFile,
    /// Where a server would listen.
    pub(crate) listen: SocketAddr,
}

impl Checkup {
    pub(crate) fn of(
        home: &Home,
        backends: Backends,
        options: HostOptions,
        listen: SocketAddr,
    ) -> Self {
        Self {
            backends,
            options,
            dir: home.dir.clone(),
            settings: home.file.clone(),
            listen,
        }
    }

    /// What is well and what is not.
    pub(crate) async fn doctor(&self) -> Doctor {
        let findings = examine(&self.observe().await);
        let count = |state| {
            findings
                .iter()
                .filter(|finding| finding.state == state)
                .count()
        };
        Doctor {
            problems: count(State::Problem),
            warnings: count(State::Warning),
            findings: findings.into_iter().map(wire).collect(),
        }
    }

    async fn observe(&self) -> Observed {
        let clock = &*self.backends.clock;
        let (dir, listen) = (self.dir.clone(), self.listen);
        let python = self.python();
        let asked = future::join3(self.version("git"), self.version("bash"), self.settings());
        let system = future::join3(
            aside(clock, "sandboxes", kernel::sandboxes),
            aside(clock, "ports", move || ports::look(&dir, listen)),
            aside(clock, "places", self.places()),
        );
        // It ends in time by itself, with what has answered until then.
        let facts = survey(&self.backends, &self.options);
        let is_served = state::is_held(&self.dir);
        let files = future::join3(self.space(), self.left(is_served), self.unread(is_served));
        let (python, (git, bash, settings), (sandboxes, port, places), (facts, files)) =
            future::join4(python, asked, system, future::join(facts, files)).await;
        let (sandbox, seatbelt) = sandboxes.unwrap_or_else(kernel::silent);
        let (interpreter, uv, conda) = python;
        let (space, left, left_alone) = files;
        let places = places.unwrap_or_default();
        Observed {
            interpreter,
            uv,
            prefer_uv: self.options.prefer_uv,
            conda,
            git,
            bash,
            sandbox,
            seatbelt,
            sandbox_is_asked: self.asks_for_sandboxes(),
            control_groups: self.control_groups(),
            gpus: gpus(facts),
            space,
            port: port.unwrap_or(Port::Unknown),
            folders: places.folders,
            token: places.token,
            settings,
            left,
            left_alone,
            set_aside: places.set_aside,
        }
    }

    async fn python(&self) -> (Interpreter, collodi_doctor::Heard, collodi_doctor::Heard) {
        let search = detect(&self.backends, &self.options);
        let found = within(&*self.backends.clock, SEARCH_TIME, search).await;
        let in_time = found.is_some();
        let Toolchain {
            python,
            uv,
            conda,
            refused,
        } = found.unwrap_or_default();
        let venv = match &python {
            Some(python) => self.can_make_environments(&python.program).await,
            None => collodi_doctor::Heard::Silent,
        };
        let interpreter = Interpreter {
            found: python.map(|python| (python.program, python.version)),
            refused,
            venv,
        };
        let heard = |tool| programs::tool(tool, in_time);
        (interpreter, heard(uv), heard(conda))
    }

    async fn space(&self) -> Option<Space> {
        let path = self.options.layout.workspace().at(RelPath::root());
        let look = self.backends.files.perform(FileOp::Space { path });
        match within(&*self.backends.clock, TIME, look).await {
            Some(Ok(FileAnswer::Space(space))) => Some(space),
            _ => None,
        }
    }

    async fn settings(&self) -> Vec<String> {
        match self.settings.read(&*self.backends.files).await {
            Ok(_) => Vec::new(),
            Err(SettingsError::Wrong(path, problems)) => problems
                .iter()
                .map(|problem| format!("{path}:{problem}"))
                .collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    fn asks_for_sandboxes(&self) -> bool {
        let trust = &self.options.sandbox;
        trust.all.is_some() || trust.apps.values().any(Option::is_some)
    }

    fn control_groups(&self) -> ControlGroups {
        let can = self.backends.process.capabilities();
        ControlGroups {
            whole_trees: can.has(Capability::WholeTrees),
            memory: can.has(Capability::MemoryBounds),
            processes: can.has(Capability::ProcessBounds),
            cpu: can.has(Capability::CpuBounds),
        }
    }
}

/// Answers one request after the other: each starts a few programs.
pub(crate) fn asked(checkup: Checkup) -> impl Fn() -> BoxFuture<'static, Doctor> {
    let (checkup, turn) = (Arc::new(checkup), Arc::new(Mutex::new(())));
    move || {
        let (checkup, turn) = (Arc::clone(&checkup), Arc::clone(&turn));
        async move {
            let _turn = turn.lock().await;
            checkup.doctor().await
        }
        .boxed()
    }
}

/// What comes of it in this time.
async fn within<T>(clock: &dyn Clock, time: Duration, what: impl Future<Output = T>) -> Option<T> {
    let end = clock.sleep_until(clock.now() + time);
    match future::select(pin!(what), end).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// The questions that the system has not answered yet.
static UNANSWERED: std::sync::Mutex<BTreeSet<&str>> = std::sync::Mutex::new(BTreeSet::new());

/// A question to the system, until it is answered.
struct Question(&'static str);

impl Question {
    /// None as long as the same one is not answered: what hangs would hang again, with a
    /// thread for each.
    fn put(about: &'static str) -> Option<Self> {
        let is_new = unanswered().insert(about);
        is_new.then_some(Self(about))
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        unanswered().remove(self.0);
    }
}

fn unanswered() -> std::sync::MutexGuard<'static, BTreeSet<&'static str>> {
    UNANSWERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What comes in time of a question to the system, which may take as long as it likes.
async fn aside<T: Send + 'static>(
    clock: &dyn Clock,
    about: &'static str,
    question: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, answer) = oneshot::channel();
    let asked = Question::put(about)?;
    let ask = move || {
        let answer = question();
        drop(asked);
        // Nobody may want the answer any more.
        drop(sender.send(answer));
    };
    thread::Builder::new()
        .name("checkup".into())
        .spawn(ask)
        .ok()?;
    within(clock, TIME, answer).await?.ok()
}

fn gpus(facts: Facts) -> Vec<Gpu> {
    let gpu = |gpu: collodi_facts::Gpu| Gpu {
        is_nvidia: gpu.vendor == Vendor::Nvidia,
        model: gpu.model,
        driver: gpu.driver,
        memory: gpu.vram,
    };
    facts.gpus.into_iter().map(gpu).collect()
}

fn wire(finding: collodi_doctor::Finding) -> Finding {
    Finding {
        about: finding.about.to_owned(),
        state: match finding.state {
            State::Ok => FindingState::Ok,
            State::Warning => FindingState::Warning,
            State::Problem => FindingState::Problem,
        },
        seen: collodi_logs::plain(&finding.seen).into_owned(),
        hint: finding.hint,
    }
}
