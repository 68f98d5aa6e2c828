//! `collodi serve`, which is driven through its REST API alone. Its server is up before
//! the children are asked for: one app, whose script has a daemon step a child.

use super::{Instance, Peer};
use crate::{
    cli::Cli,
    load::{GRACE, Job, Load},
    programs,
    site::{PATIENCE, Site},
    tools::Tools,
};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, fs, path::PathBuf, process::Command};
use ureq::Agent;

const APP: &str = "/python/apps/bench";

struct Collodi {
    program: PathBuf,
}

struct Running<'s> {
    load: &'s Load,
    pid: i32,
    agent: Agent,
    address: String,
    bearer: String,
    /// What the process of a job is called, once that was asked for.
    names: RefCell<BTreeMap<usize, String>>,
}

pub(super) fn obtain(_: &Tools, cli: &Cli) -> Result<Box<dyn Peer>> {
    let program = match &cli.collodi {
        Some(program) => program
            .canonicalize()
            .with_context(|| program.display().to_string())?,
        None => programs::collodi()?,
    };
    Ok(Box::new(Collodi { program }))
}

impl Peer for Collodi {
    fn name(&self) -> &'static str {
        "collodi"
    }

    fn ready<'s>(&'s self, site: &'s Site, load: &'s Load) -> Result<Box<dyn Instance + 's>> {
        site.folder("ws/.vatn/python/apps/bench")?;
        site.write(
            "ws/.vatn/python/apps/bench/pinokio.json",
            &script(load).to_string(),
        )?;
        let state = site.path("ws/.vatn/python/server.json");
        // One that was killed has left its own.
        let _ = fs::remove_file(&state);
        let grace = format!("{}ms", GRACE.as_millis());
        let mut command = Command::new(&self.program);
        command.arg("--workspace").arg(site.path("ws"));
        command.args(["serve", "--quiet", "--listen", "127.0.0.1:0"]);
        command.args(["--restart-delay", "0s"]);
        let pid = site.launch(command.args(["--grace-period", &grace]))?;
        site.wait("the server", PATIENCE, || Ok(state.exists()))?;
        let state: Value = serde_json::from_str(&fs::read_to_string(state)?)?;
        Running::new(load, pid, &state).map(|running| Box::new(running) as _)
    }
}

fn script(load: &Load) -> Value {
    let steps: Vec<Value> = load
        .jobs
        .iter()
        .map(|job| step(job, load.respawn))
        .collect();
    json!({ "dialect": "vatn", "run": steps })
}

/// `exec`, so that no shell stays between.
fn step(job: &Job, respawn: bool) -> Value {
    let message = format!("exec {}", job.line());
    let params = json!({ "message": message, "daemon": true, "autoRestart": respawn });
    json!({ "method": "shell.run", "params": params })
}

impl<'s> Running<'s> {
    fn new(load: &'s Load, pid: i32, state: &Value) -> Result<Self> {
        let text = |key| state.get(key).and_then(Value::as_str);
        let text = |key| text(key).with_context(|| format!("the server's state has no {key}"));
        let config = Agent::config_builder().http_status_as_error(false).build();
        Ok(Self {
            load,
            pid,
            agent: config.into(),
            address: text("address")?.to_owned(),
            bearer: format!("Bearer {}", text("token")?),
            names: RefCell::default(),
        })
    }

    fn get(&self, path: &str) -> Result<Value> {
        let request = self.agent.get(format!("http://{}{path}", self.address));
        read(request.header("Authorization", &self.bearer).call()?)
    }

    fn post(&self, path: &str) -> Result<Value> {
        let request = self.agent.post(format!("http://{}{path}", self.address));
        read(request.header("Authorization", &self.bearer).send_empty()?)
    }

    /// The processes of the app that have not ended.
    fn processes(&self) -> Result<Vec<Value>> {
        let all = self.get(&format!("{APP}/processes"))?;
        let all = all.get("processes").and_then(Value::as_array).cloned();
        let mut all = all.context("the answer has no processes")?;
        all.retain(|process| process.get("ended").is_none_or(Value::is_null));
        Ok(all)
    }

    fn process(&self, job: usize) -> Result<String> {
        if let Some(name) = self.names.borrow().get(&job) {
            return Ok(name.clone());
        }
        let name = self.find(job)?;
        self.names.borrow_mut().insert(job, name.clone());
        Ok(name)
    }

    fn find(&self, job: usize) -> Result<String> {
        let line = self
            .load
            .jobs
            .iter()
            .find(|j| j.number == job)
            .map(Job::line);
        let line = line.context("no such job")?;
        let is_it = |process: &&Value| {
            process
                .get("command")
                .and_then(Value::as_str)
                .is_some_and(|c| c.contains(&line))
        };
        let processes = self.processes()?;
        let id = processes
            .iter()
            .find(is_it)
            .and_then(|process| process.get("id")?.as_str());
        id.map(ToOwned::to_owned).context("the job has no process")
    }
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Result<Value> {
    let status = answer.status();
    let body: Value = answer.body_mut().read_json().unwrap_or_default();
    if !status.is_success() {
        bail!("the server says {status}: {body}");
    }
    Ok(body)
}

impl Instance for Running<'_> {
    /// What was taken over from a server that was killed is not started again.
    fn go(&mut self) -> Result<()> {
        if self.load.jobs.is_empty() || !self.processes()?.is_empty() {
            return Ok(());
        }
        self.post(&format!("{APP}/run")).map(drop)
    }

    fn roots(&self) -> Vec<i32> {
        vec![self.pid]
    }

    fn stop(&mut self) -> Result<()> {
        self.post(&format!("{APP}/stop")).map(drop)
    }

    fn known(&self) -> Result<Option<usize>> {
        let has_pid = |process: &Value| process.get("pid").and_then(Value::as_i64) > Some(0);
        let processes = self.processes()?;
        Ok(Some(processes.iter().filter(|p| has_pid(p)).count()))
    }

    /// By the newest lines of its log: the last one says that all came.
    fn captured(&self, _: &Site, job: usize, _: u64) -> Result<bool> {
        let status = self.get(&format!("/python/processes/{}/status", self.process(job)?))?;
        let lines = status.get("logs").and_then(Value::as_array);
        let is_last = |line: &Value| {
            line.as_str()
                .is_some_and(|line| line.starts_with("last line "))
        };
        Ok(lines.is_some_and(|lines| lines.iter().any(is_last)))
    }
}
