//! The floor: `peers-raw`, alone and with the shell that a script's command is given to.

use super::{FLOOR, Instance, Peer};
use crate::{
    cli::Cli,
    load::{GRACE, Job, Load},
    measure::process,
    programs,
    site::{PATIENCE, Site},
    tools::Tools,
};
use anyhow::Result;
use rustix::process::Signal;
use std::{path::PathBuf, process::Command};

struct Raw {
    name: &'static str,
    program: PathBuf,
    shell: bool,
}

struct Running<'s> {
    raw: &'s Raw,
    site: &'s Site,
    load: &'s Load,
    pid: i32,
}

pub(super) fn direct(_: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    raw(FLOOR, false)
}

/// `bash -c 'exec CHILD'`: one more exec, and the start of a shell.
pub(super) fn through_a_shell(_: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    raw("shell", true)
}

fn raw(name: &'static str, shell: bool) -> Result<Box<dyn Peer>> {
    let program = programs::floor()?;
    Ok(Box::new(Raw {
        name,
        program,
        shell,
    }))
}

impl Raw {
    fn line(&self, job: &Job) -> String {
        if self.shell {
            return format!("bash\t-c\texec {}\n", job.line());
        }
        format!("{}\n", job.words.join("\t"))
    }
}

impl Peer for Raw {
    fn name(&self) -> &'static str {
        self.name
    }

    fn ready<'s>(&'s self, site: &'s Site, load: &'s Load) -> Result<Box<dyn Instance + 's>> {
        let jobs: String = load.jobs.iter().map(|job| self.line(job)).collect();
        site.write("jobs", &jobs)?;
        site.logs()?;
        Ok(Box::new(Running {
            raw: self,
            site,
            load,
            pid: 0,
        }))
    }
}

impl Instance for Running<'_> {
    fn go(&mut self) -> Result<()> {
        let mut command = Command::new(&self.raw.program);
        command.args([self.site.path("jobs"), self.site.logs()?]);
        command.arg(GRACE.as_millis().to_string());
        command.args(self.load.respawn.then_some("respawn"));
        self.pid = self.site.launch(&mut command)?;
        Ok(())
    }

    fn roots(&self) -> Vec<i32> {
        vec![self.pid]
    }

    fn stop(&mut self) -> Result<()> {
        process::signal(self.pid, Signal::TERM);
        self.site.wait("the floor to end", PATIENCE, || {
            Ok(!process::lives(self.pid))
        })
    }
}
