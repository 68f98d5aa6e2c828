//! pm2, of npm. Its daemon is up before the children are asked for; it is told to stop by
//! SIGTERM, as the others do, and not to count restarts.

use super::{Instance, Peer};
use crate::{
    cli::Cli,
    load::{GRACE, Job, Load},
    site::Site,
    tools::Tools,
};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, process::Command};

struct Pm2 {
    program: PathBuf,
}

struct Running<'s> {
    program: &'s PathBuf,
    site: &'s Site,
    apps: PathBuf,
    has_jobs: bool,
}

pub(super) fn obtain(tools: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    let program = tools.node("pm2", "7.0.4")?.join("pm2");
    Ok(Box::new(Pm2 { program }))
}

impl Peer for Pm2 {
    fn name(&self) -> &'static str {
        "pm2"
    }

    fn ready<'s>(&'s self, site: &'s Site, load: &'s Load) -> Result<Box<dyn Instance + 's>> {
        site.logs()?;
        let apps: Vec<Value> = load
            .jobs
            .iter()
            .map(|job| app(site, job, load.respawn))
            .collect();
        let apps = site.write("apps.json", &json!({ "apps": apps }).to_string())?;
        let has_jobs = !load.jobs.is_empty();
        let running = Running {
            program: &self.program,
            site,
            apps,
            has_jobs,
        };
        running.pm2(&["ping"])?;
        Ok(Box::new(running))
    }
}

fn app(site: &Site, job: &Job, respawn: bool) -> Value {
    let log = site.log(job.number);
    json!({
        "name": job.name(),
        "script": job.words.first(),
        "args": job.words.get(1..),
        "interpreter": "none",
        "exec_mode": "fork",
        "cwd": site.path(""),
        "autorestart": respawn,
        "max_restarts": 1_000_000,
        "kill_timeout": GRACE.as_millis(),
        "out_file": log,
        "error_file": log,
        "merge_logs": true,
    })
}

impl Running<'_> {
    fn pm2(&self, words: &[&str]) -> Result<()> {
        let mut command = Command::new(self.program);
        command
            .env("PM2_HOME", self.home())
            .env("PM2_KILL_SIGNAL", "SIGTERM");
        self.site.call(command.args(words))
    }

    fn home(&self) -> PathBuf {
        self.site.path("pm2")
    }
}

impl Instance for Running<'_> {
    /// What was saved comes back where it was killed.
    fn go(&mut self) -> Result<()> {
        if !self.has_jobs {
            return Ok(());
        }
        if self.home().join("dump.pm2").exists() {
            return self.pm2(&["resurrect"]);
        }
        self.pm2(&["start", &self.apps.display().to_string()])?;
        self.pm2(&["save"])
    }

    fn roots(&self) -> Vec<i32> {
        let pid = fs::read_to_string(self.home().join("pm2.pid")).context("no pid");
        pid.ok()
            .and_then(|pid| pid.trim().parse().ok())
            .into_iter()
            .collect()
    }

    fn stop(&mut self) -> Result<()> {
        self.pm2(&["stop", "all"])
    }
}
