//! Talking to the server of a workspace.

mod stream;
mod wait;

use crate::{
    failure::Failure,
    state::{self, ServerState},
};
use anyhow::{Context as _, Error, Result};
use collodi_logs::plain;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};
use ureq::RequestBuilder;

pub(crate) use stream::Told;
pub(crate) use wait::{wait_at_most, wait_for};

/// The status of who has no token, or another server's.
const UNAUTHORIZED: u16 = 401;

/// The status of a server that is shutting down, or about to be replaced.
const SHUTTING_DOWN: u16 = 503;

/// The status of what the server does not know.
const NOT_FOUND: u16 = 404;

/// How long it is waited for what takes its time: the fetching of an app, for which the server
/// itself has a little less; the walk through large folders.
const PATIENCE: Duration = Duration::from_secs(16 * 60);

/// How long it is waited for what becomes of a server that answers no more.
const FATE: Duration = Duration::from_secs(5);

/// How long a server is asked again that is being replaced, as it gives that up itself then, and the wait
/// before its next life is asked once more.
const REPLACED: Duration = Duration::from_secs(20);
const BETWEEN: Duration = Duration::from_millis(20);

/// A connection to the server of a workspace.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    state: ServerState,
    /// Where it is asked: where its next life is, when that is another place.
    place: Mutex<ServerState>,
    workspace: PathBuf,
    patience: Duration,
}

/// What became of a server that answers no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It ended with all that it kept up: it leaves nothing of where it was.
    Ended,
    /// Its next life, or another server, goes on with what it kept up.
    GoesOn,
    /// It was killed, and what it kept up may live.
    Died,
}

impl Client {
    /// The server of the workspace, when one runs.
    pub(crate) fn of_running(workspace: &Path) -> Result<Option<Self>> {
        match state::is_held(workspace) {
            true => Self::connect(workspace).map(Some),
            false => Ok(None),
        }
    }

    /// Finds the server of the workspace.
    pub(crate) fn connect(workspace: &Path) -> Result<Self> {
        Self::connect_for(workspace, Duration::from_secs(30))
    }

    /// As [`connect`](Self::connect); no answer is waited for longer than `patience`.
    pub(crate) fn connect_for(workspace: &Path, patience: Duration) -> Result<Self> {
        let state = ServerState::read(workspace)?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(patience))
            .build();
        Ok(Self {
            agent: config.into(),
            place: Mutex::new(state.clone()),
            state,
            workspace: workspace.to_owned(),
            patience,
        })
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        read(self.ask(path))
    }

    /// As [`get`](Self::get), of what takes its time.
    pub(crate) fn get_patiently<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        read(self.answered_at_last(|| self.patiently(self.agent.get(self.url(path))).call()))
    }

    /// Deletes, which may take its time.
    pub(crate) fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        read(self.answered(|| self.patiently(self.agent.delete(self.url(path))).call()))
    }

    /// As [`get`](Self::get); none when the server has ended or is about to, or keeps it no longer.
    pub(crate) fn get_while_up<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>> {
        match self.ask(path) {
            Err(_) => Ok(None),
            Ok(answer) if [SHUTTING_DOWN, NOT_FOUND].contains(&answer.status().as_u16()) => {
                Ok(None)
            }
            answer => read(answer).map(Some),
        }
    }

    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        read(self.answered(|| {
            self.with_token(self.agent.post(self.url(path)))
                .send_empty()
        }))
    }

    /// As [`post`](Self::post), of what is not to be done by the next life as well.
    pub(crate) fn post_once<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let request = self.with_token(self.agent.post(self.url(path)));
        read(request.send_empty())
    }

    pub(crate) fn post_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        read(self.answered(|| {
            self.with_token(self.agent.post(self.url(path)))
                .send_json(body)
        }))
    }

    /// As [`post_json`](Self::post_json), for what takes its time.
    pub(crate) fn post_patiently<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        read(self.answered(|| {
            self.patiently(self.agent.post(self.url(path)))
                .send_json(body)
        }))
    }

    /// As [`post_json`](Self::post_json) of what takes its time: answers when it has begun.
    pub(crate) fn begin<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        read(self.answered(|| {
            let request = self.with_token(self.agent.post(self.url(path)));
            request.header("Prefer", "respond-async").send_json(body)
        }))
    }

    /// What the server tells of these topics, until it ends.
    pub(crate) fn events(&self, topics: &str) -> Result<impl Iterator<Item = Told> + use<>> {
        let path = format!("/python/events?topics={topics}");
        let answer = whole(self.answered_at_last(|| {
            let request = self.with_token(self.agent.get(self.url(&path)));
            request.config().timeout_global(None).build().call()
        }))?;
        Ok(stream::events(answer.into_body().into_reader()))
    }

    /// Where the server is.
    pub(crate) const fn server(&self) -> &ServerState {
        &self.state
    }

    /// Waits until the server is gone, or goes on as another; none when that takes too long.
    pub(crate) fn fate(&self) -> Result<Option<Fate>> {
        wait_at_most(
            self.patience.min(FATE),
            || Ok(self.fate_of(self.state.life)),
        )
    }

    /// Which life of the server was asked last.
    pub(crate) fn life(&self) -> u64 {
        self.place().life
    }

    /// How the server ends that was asked last, and that has to end all that it runs before.
    pub(crate) fn end(&self) -> Result<Option<Fate>> {
        let life = self.life();
        wait_for(|| Ok(self.fate_of(life)))
    }

    fn fate_of(&self, life: u64) -> Option<Fate> {
        let told = ServerState::read(&self.workspace).ok();
        match state::is_held(&self.workspace) {
            true => told
                .is_some_and(|told| told.life != life)
                .then_some(Fate::GoesOn),
            false if state::file(&self.workspace).exists() => Some(Fate::Died),
            false => Some(Fate::Ended),
        }
    }

    /// Whether the server has ended and left where it was, as one does that is killed.
    pub(crate) fn was_killed(&self) -> bool {
        !state::is_held(&self.workspace) && state::file(&self.workspace).exists()
    }

    /// Whoever goes on for the server that answers no more, when somebody does: whoever starts one
    /// anew after a death needs a moment.
    pub(crate) fn next_life(&self) -> Result<Option<Self>> {
        let fate = wait_at_most(self.patience.min(FATE), || {
            Ok(self.fate()?.filter(|fate| *fate != Fate::Died))
        })?;
        match fate {
            Some(Fate::GoesOn) => Self::connect_for(&self.workspace, self.patience).map(Some),
            Some(Fate::Ended | Fate::Died) | None => Ok(None),
        }
    }

    /// Whoever goes on for the server that could not be asked, for this reason; nobody when it has
    /// ended with all that it kept up.
    pub(crate) fn follow(&self, why: Error) -> Result<Option<Self>> {
        if let Some(next) = self.next_life()? {
            return Ok(Some(next));
        }
        match self.fate()? {
            Some(Fate::Ended) => Ok(None),
            Some(Fate::Died) => Self::connect_for(&self.workspace, self.patience).map(Some),
            Some(Fate::GoesOn) | None => Err(why),
        }
    }

    fn ask(&self, path: &str) -> Answer {
        self.answered_at_last(|| self.with_token(self.agent.get(self.url(path))).call())
    }

    /// What is answered. What a server that is just being replaced has not done, its next life is
    /// asked; itself, where it was not replaced.
    fn answered(&self, ask: impl Fn() -> Answer) -> Answer {
        self.asked(ask, is_undone)
    }

    /// As [`answered`](Self::answered), of a question: it may be asked twice.
    fn answered_at_last(&self, ask: impl Fn() -> Answer) -> Answer {
        self.asked(ask, |answer| {
            is_undone(answer) || matches!(answer, Err(ureq::Error::Io(_)))
        })
    }

    fn asked(&self, ask: impl Fn() -> Answer, is_lost: impl Fn(&Answer) -> bool) -> Answer {
        let mut answer = ask();
        let (until, mut is_known) = (Instant::now() + REPLACED, true);
        // Lives may follow each other fast; of one whose fate nobody knows it is asked once more.
        while is_known && is_lost(&answer) && Instant::now() < until {
            match self.fate() {
                Ok(Some(Fate::GoesOn)) => self.look_where_it_is(),
                Ok(None) => is_known = false,
                _ => break,
            }
            thread::sleep(BETWEEN);
            answer = ask();
        }
        answer
    }

    fn patiently<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        let request = self.with_token(request);
        request.config().timeout_global(Some(PATIENCE)).build()
    }

    fn with_token<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        request.header("Authorization", format!("Bearer {}", self.place().token))
    }

    fn url(&self, path: &str) -> String {
        self.place().url(path)
    }

    fn place(&self) -> MutexGuard<'_, ServerState> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that was killed may be followed by one at another address.
    fn look_where_it_is(&self) {
        if let Ok(told) = ServerState::read(&self.workspace) {
            *self.place() = told;
        }
    }
}

type Answered = Result<ureq::http::Response<ureq::Body>>;
type Answer = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

/// Whether a server was there no more for what it was asked.
fn is_undone(answer: &Answer) -> bool {
    match answer {
        Ok(answer) => answer.status().as_u16() == SHUTTING_DOWN,
        Err(ureq::Error::Io(error)) => error.kind() == ErrorKind::ConnectionRefused,
        Err(_) => false,
    }
}

fn read<T: DeserializeOwned>(answer: Answer) -> Result<T> {
    let mut answer = whole(answer)?;
    let read = answer.body_mut().read_json();
    read.context("the server's answer cannot be read")
}

/// An answer that is no refusal.
fn whole(answer: Answer) -> Answered {
    let mut answer = answer.context("the server does not answer")?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    if status.as_u16() == UNAUTHORIZED {
        return Err(stranger().into());
    }
    match answer.body_mut().read_json::<serde_json::Value>() {
        Ok(problem) => Err(refused(&problem).into()),
        Err(_) => Err(Failure::new(format!("the server says {status}")).into()),
    }
}

fn stranger() -> Failure {
    Failure::new("the server does not know the token of .vatn/python/server.json").hint(
        "the file is not that of the server, or was changed: end the server by its process id, \
         and start it again",
    )
}

fn refused(problem: &serde_json::Value) -> Failure {
    let text = |key: &str| problem.get(key).and_then(serde_json::Value::as_str);
    let what = text("detail").or_else(|| text("error"));
    let failure = Failure::new(plain(what.unwrap_or("it failed")));
    match text("hint") {
        Some(hint) => failure.hint(plain(hint)),
        None => failure,
    }
}
