//! Waiting for addresses, ports and files.

use super::{Pending, Step, query::address, wait::Waiting};
use crate::{
    Completed,
    context::{Context, contained},
    outcome::FailureKind,
    params::{Fault, at},
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileOp};
use collodi_time::{Deadline, Duration, Instant};
use collodi_value::Value;
use collodi_web::{FetchSpec, WebUrl};

/// The shortest time between two looks.
const OFTEN: Duration = Duration::from_millis(10);

/// How long one look may take, and the most of an answer that is read.
const PATIENCE: Duration = Duration::from_secs(30);
const ANSWER: u64 = 16 << 20;

/// Something that can be waited for.
#[derive(Clone, Debug)]
pub(super) enum Resource {
    /// An address that answers with success.
    Page(String, WebUrl),
    /// A port that accepts connections.
    Port(String, u16),
    /// A file.
    File(ContainedPath),
}

impl Resource {
    /// An address. A server that listens everywhere is asked on this machine.
    pub(super) fn page(pointer: &str, method: &str, text: &str) -> Result<Self, Fault> {
        let url = address(pointer, text)?;
        let local = collodi_logs::find_url(url.as_str()).filter(|found| found.text == url.as_str());
        let url = match local.filter(|found| found.connect_host() != found.host) {
            Some(found) => address(pointer, &found.to_connect())?,
            None => url,
        };
        Ok(Self::Page(method.to_string(), url))
    }

    /// `http://…` and `http-get://…`, `tcp:host:port` and `tcp:port`, `file:path` and a
    /// path.
    pub(super) fn read(cx: &Context, pointer: &str, text: &str) -> Result<Self, Fault> {
        let kind = text
            .split_once(':')
            .map_or(("file", text), |(kind, rest)| (kind, rest));
        match kind {
            ("http" | "https", _) => Self::page(pointer, "HEAD", text),
            ("http-get", rest) => Self::page(pointer, "GET", &format!("http:{rest}")),
            ("https-get", rest) => Self::page(pointer, "GET", &format!("https:{rest}")),
            ("tcp", rest) => port(text, rest),
            ("file", path) => contained(&cx.options.app.cwd(), "on", path).map(Self::File),
            _ => Err(at(
                "on",
                FailureKind::Unsupported("only http, tcp and file can be waited for"),
            )),
        }
    }

    fn ask(&self, cx: &mut Context) {
        let action = match self {
            Self::Page(method, url) => {
                let (method, timeout, limit) = (method.clone(), PATIENCE, ANSWER);
                Action::Fetch(FetchSpec {
                    method,
                    timeout,
                    limit,
                    ..FetchSpec::get(url.clone())
                })
            }
            Self::Port(host, port) => Action::Connect {
                host: host.clone(),
                port: *port,
            },
            Self::File(path) => Action::File(FileOp::Stat { path: path.clone() }),
        };
        cx.world(action);
    }

    fn name(&self) -> String {
        match self {
            Self::Page(_, url) => url.to_string(),
            Self::Port(host, port) => format!("{host}:{port}"),
            Self::File(path) => path.to_string(),
        }
    }
}

fn port(text: &str, rest: &str) -> Result<Resource, Fault> {
    let rest = rest.trim_start_matches("//");
    let (host, port) = rest.rsplit_once(':').unwrap_or(("127.0.0.1", rest));
    match port.parse() {
        Ok(port) if port > 0 && !host.is_empty() => Ok(Resource::Port(host.to_string(), port)),
        _ => {
            let (expected, found) = ("tcp:host:port", format!("{text:?}"));
            Err(at("on", FailureKind::Param { expected, found }))
        }
    }
}

/// Whether it is there.
fn is_there(completed: &Completed) -> bool {
    match completed {
        Completed::World(Completion::Fetched(Ok(answer))) => answer.is_success(),
        Completed::World(Completion::Connected(Ok(()))) => true,
        Completed::World(Completion::File(Ok(FileAnswer::Stat(stat)))) => stat.is_some(),
        _ => false,
    }
}

/// Looking for one thing after the other, again and again.
#[derive(Clone, Debug)]
pub(crate) struct Looking {
    resources: Vec<Resource>,
    /// The one at hand.
    at: usize,
    every: Duration,
    reversed: bool,
    until: Option<Instant>,
    /// When it is looked at again; someone looks without.
    again: Option<Instant>,
}

impl Looking {
    pub(super) fn new(resources: Vec<Resource>, every: Duration) -> Self {
        let every = every.max(OFTEN);
        Self {
            resources,
            at: 0,
            every,
            reversed: false,
            until: None,
            again: None,
        }
    }

    /// Gives up then.
    pub(super) fn until(mut self, until: Option<Instant>) -> Self {
        self.until = until;
        self
    }

    /// Waits until they are gone.
    pub(super) fn reversed(mut self, reversed: bool) -> Self {
        self.reversed = reversed;
        self
    }

    pub(super) fn begin(self, cx: &mut Context) -> Self {
        self.ask(cx);
        self
    }

    pub(super) fn begin_at(mut self, at: Instant) -> Self {
        self.again = Some(at);
        self
    }

    fn ask(&self, cx: &mut Context) {
        if let Some(resource) = self.resources.get(self.at) {
            resource.ask(cx);
        }
    }

    fn wait(self: Box<Self>) -> Step {
        Step::Wait(Pending::Wait(Waiting::For(self)))
    }

    pub(super) fn completed(
        mut self: Box<Self>,
        cx: &mut Context,
        now: Instant,
        completed: &Completed,
    ) -> Step {
        if self.again.is_some() {
            return self.wait();
        }
        if is_there(completed) == self.reversed {
            self.again = Some(now + self.every);
            return self.wait();
        }
        self.at += 1;
        if self.at >= self.resources.len() {
            return Step::Done(Value::Null);
        }
        self.ask(cx);
        self.wait()
    }

    pub(super) fn timeout(mut self: Box<Self>, cx: &mut Context, now: Instant) -> Step {
        if self.until.is_some_and(|until| until <= now) {
            let name = self
                .resources
                .get(self.at)
                .map(Resource::name)
                .unwrap_or_default();
            return Step::Fail(FailureKind::NotInTime(name).into());
        }
        if self.again.is_some_and(|at| at <= now) {
            self.again = None;
            self.ask(cx);
        }
        self.wait()
    }

    pub(super) fn deadline(&self) -> Option<Deadline> {
        match (self.again, self.until) {
            (Some(again), Some(until)) if until < again => {
                Some(Deadline::new(until, "process.wait"))
            }
            (Some(again), _) => Some(Deadline::new(again, "next look")),
            (None, Some(until)) => Some(Deadline::new(until, "process.wait")),
            (None, None) => None,
        }
    }
}
