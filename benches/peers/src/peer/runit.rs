//! runit, of Debian: `runsvdir`, a `runsv` a child, and, where it is asked for, an
//! `svlogd` a child. Children are always started again.

use super::{Instance, Peer, service};
use crate::{
    cli::Cli,
    load::{GRACE, Job, Load},
    site::Site,
    tools::Tools,
};
use anyhow::Result;
use std::{env, fs, path::PathBuf, process::Command};

struct Runit {
    root: PathBuf,
    logs: bool,
}

struct Running<'s> {
    runit: &'s Runit,
    site: &'s Site,
    load: &'s Load,
    pid: i32,
}

pub(super) fn alone(tools: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    runit(tools, false)
}

pub(super) fn with_logs(tools: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    runit(tools, true)
}

fn runit(tools: &Tools, logs: bool) -> Result<Box<dyn Peer>> {
    let root = tools.unpacked("runit", "2.1.2-54")?;
    Ok(Box::new(Runit { root, logs }))
}

impl Runit {
    fn command(&self, program: &str) -> Command {
        let bin = self.root.join("usr/bin");
        let mut command = Command::new(bin.join(program));
        let path = env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", bin.display()));
        command
    }

    fn service(&self, site: &Site, job: &Job) -> Result<()> {
        service::write(site, job, self.logs.then_some("svlogd"))?;
        if self.logs {
            // One file, however long it gets.
            fs::write(site.log(job.number).join("config"), "s0\n")?;
        }
        Ok(())
    }
}

impl Peer for Runit {
    fn name(&self) -> &'static str {
        if self.logs { "svlogd" } else { "runit" }
    }

    fn captures(&self) -> bool {
        self.logs
    }

    fn ready<'s>(&'s self, site: &'s Site, load: &'s Load) -> Result<Box<dyn Instance + 's>> {
        site.folder("scan")?;
        for job in &load.jobs {
            self.service(site, job)?;
        }
        Ok(Box::new(Running {
            runit: self,
            site,
            load,
            pid: 0,
        }))
    }
}

impl Instance for Running<'_> {
    fn go(&mut self) -> Result<()> {
        let mut command = self.runit.command("runsvdir");
        command.arg("-P").arg(self.site.path("scan"));
        self.pid = self.site.launch(&mut command)?;
        Ok(())
    }

    fn roots(&self) -> Vec<i32> {
        vec![self.pid]
    }

    fn stop(&mut self) -> Result<()> {
        let mut command = self.runit.command("sv");
        command.args(["-w", &GRACE.as_secs().to_string(), "force-stop"]);
        command.args(
            self.load
                .jobs
                .iter()
                .map(|job| service::folder(self.site, job)),
        );
        self.site.call(&mut command)
    }
}
