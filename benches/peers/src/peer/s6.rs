//! s6, of Debian: a scanner, a supervisor a child, and, where it is asked for, a logger a
//! child with a supervisor of its own. Children are always started again.

use super::{Instance, Peer};
use crate::{
    cli::Cli,
    load::{GRACE, Job, Load},
    site::Site,
    tools::Tools,
};
use anyhow::Result;
use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

const PACKAGES: [&str; 4] = [
    "s6=2.11.3.2-1",
    "libs6-2.11=2.11.3.2-1",
    "libskarnet2.13=2.13.1.0-1",
    "libexecline2.9=2.9.2.1-1",
];

struct S6 {
    root: PathBuf,
    logs: bool,
}

struct Running<'s> {
    s6: &'s S6,
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
    let root = tools.debian("s6", &PACKAGES)?;
    Ok(Box::new(S6 { root, logs }))
}

impl S6 {
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.root.join("usr/bin").join(program));
        let bin = self.root.join("usr/bin").display().to_string();
        let path = env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{bin}:{path}"));
        let libraries = format!("usr/lib/{}-linux-gnu", env::consts::ARCH);
        command.env("LD_LIBRARY_PATH", self.root.join(libraries));
        command
    }

    fn service(&self, site: &Site, job: &Job) -> Result<()> {
        let dir = site.folder(&format!("scan/{}", job.name()))?;
        fs::write(dir.join("timeout-kill"), GRACE.as_millis().to_string())?;
        run_script(&dir, &format!("exec {} 2>&1", job.line()))?;
        if self.logs {
            let dir = site.folder(&format!("scan/{}/log", job.name()))?;
            let log = site.log(job.number);
            fs::create_dir_all(&log)?;
            // No log of these works is so long that it would begin a new file.
            run_script(
                &dir,
                &format!("exec s6-log -b n10 s268435455 {}", log.display()),
            )?;
        }
        Ok(())
    }
}

/// Writes the program that a service runs.
pub(super) fn run_script(dir: &Path, line: &str) -> Result<()> {
    let file = dir.join("run");
    fs::write(&file, format!("#!/bin/sh\n{line}\n"))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(())
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
        Ok(Box::new(Running {
            s6: self,
            site,
            load,
            pid: 0,
        }))
    }
}

impl Instance for Running<'_> {
    fn go(&mut self) -> Result<()> {
        let mut command = self.s6.command("s6-svscan");
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
            let mut command = self.s6.command("s6-svc");
            let service = self.site.path("scan").join(job.name());
            self.site.call(command.arg("-d").arg(service))?;
        }
        Ok(())
    }
}
