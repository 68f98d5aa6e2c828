//! s6, of Debian: a scanner, a supervisor a child, and, where it is asked for, a logger a
//! child with a supervisor of its own. Children are always started again.

use super::{Instance, Peer, service};
use crate::{
    cli::Cli,
    load::{GRACE, Job, Load},
    site::Site,
    tools::Tools,
};
use anyhow::Result;
use std::{fs, process::Command};

struct S6 {
    logs: bool,
}

struct Running<'s> {
    site: &'s Site,
    load: &'s Load,
    pid: i32,
}

pub(super) fn alone(tools: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    s6(tools, false)
}

pub(super) fn with_logs(tools: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    s6(tools, true)
}

fn s6(tools: &Tools, logs: bool) -> Result<Box<dyn Peer>> {
    tools.installed("s6", "2.11.3.2-1")?;
    Ok(Box::new(S6 { logs }))
}

impl S6 {
    fn service(&self, site: &Site, job: &Job) -> Result<()> {
        // No log of these works is so long that it would begin a new file.
        let logger = self.logs.then_some("s6-log -b n10 s268435455");
        service::write(site, job, logger)?;
        let grace = service::folder(site, job).join("timeout-kill");
        fs::write(grace, GRACE.as_millis().to_string())?;
        Ok(())
    }
}

impl Peer for S6 {
    fn name(&self) -> &'static str {
        if self.logs { "s6-log" } else { "s6" }
    }

    fn captures(&self) -> bool {
        self.logs
    }

    fn ready<'s>(&'s self, site: &'s Site, load: &'s Load) -> Result<Box<dyn Instance + 's>> {
        site.folder("scan")?;
        for job in &load.jobs {
            self.service(site, job)?;
        }
        Ok(Box::new(Running { site, load, pid: 0 }))
    }
}

impl Instance for Running<'_> {
    fn go(&mut self) -> Result<()> {
        let mut command = Command::new("s6-svscan");
        command.args(["-c", "2000"]).arg(self.site.path("scan"));
        self.pid = self.site.launch(&mut command)?;
        Ok(())
    }

    fn roots(&self) -> Vec<i32> {
        vec![self.pid]
    }

    /// One command a service: it takes no more.
    fn stop(&mut self) -> Result<()> {
        for job in &self.load.jobs {
            let mut command = Command::new("s6-svc");
            let service = service::folder(self.site, job);
            self.site.call(command.arg("-d").arg(service))?;
        }
        Ok(())
    }
}
