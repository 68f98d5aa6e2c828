//! Talking to the server of a workspace.

use crate::{failure::Failure, state::ServerState};
use anyhow::{Context as _, Result};
use collodi_logs::plain;
use serde::{Serialize, de::DeserializeOwned};
use std::{path::Path, time::Duration};

/// The status of a server whose host has shut down.
const SHUTTING_DOWN: u16 = 503;

/// How long it is waited for what takes its time: the walk through large folders.
const PATIENCE: Duration = Duration::from_secs(600);

/// A connection to the server of a workspace.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    state: ServerState,
}

impl Client {
    /// Finds the server of the workspace.
    pub(crate) fn connect(workspace: &Path) -> Result<Self> {
        let state = ServerState::read(workspace)?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Ok(Self {
            agent: config.into(),
            state,
        })
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        read(self.ask(path))
    }

    /// As [`get`](Self::get), of what takes its time.
    pub(crate) fn get_patiently<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let request = self.agent.get(self.state.url(path));
        let request = request.header("Authorization", self.bearer());
        let request = request.config().timeout_global(Some(PATIENCE)).build();
        read(request.call())
    }

    /// Deletes, which may take its time.
    pub(crate) fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let request = self.agent.delete(self.state.url(path));
        let request = request.header("Authorization", self.bearer());
        let request = request.config().timeout_global(Some(PATIENCE)).build();
        read(request.call())
    }

    /// As [`get`](Self::get); none when the server has ended or is about to.
    pub(crate) fn get_while_up<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>> {
        match self.ask(path) {
            Err(_) => Ok(None),
            Ok(answer) if answer.status() == SHUTTING_DOWN => Ok(None),
            answer => read(answer).map(Some),
        }
    }

    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let url = self.state.url(path);
        let answer = self
            .agent
            .post(&url)
            .header("Authorization", self.bearer())
            .send_empty();
        read(answer)
    }

    pub(crate) fn post_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let url = self.state.url(path);
        let answer = self
            .agent
            .post(&url)
            .header("Authorization", self.bearer())
            .send_json(body);
        read(answer)
    }

    fn ask(&self, path: &str) -> Answer {
        let request = self.agent.get(self.state.url(path));
        request.header("Authorization", self.bearer()).call()
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.state.token)
    }
}

type Answer = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn read<T: DeserializeOwned>(answer: Answer) -> Result<T> {
    let mut answer = answer.context("the server does not answer")?;
    if answer.status().is_success() {
        return answer
            .body_mut()
            .read_json()
            .context("the server's answer cannot be read");
    }
    let status = answer.status();
    match answer.body_mut().read_json::<serde_json::Value>() {
        Ok(problem) => Err(refused(&problem).into()),
        Err(_) => Err(Failure::new(format!("the server says {status}")).into()),
    }
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
