//! circus, of PyPI. Stops children of its children, which it does not by itself.

use super::{Instance, Peer};
use crate::{
    cli::Cli,
    load::{GRACE, Job, Load},
    site::Site,
    tools::Tools,
};
use anyhow::Result;
use std::{fmt::Write as _, path::PathBuf, process::Command};

struct Circus {
    bin: PathBuf,
}

struct Running<'s> {
    bin: &'s PathBuf,
    site: &'s Site,
    config: PathBuf,
    pid: i32,
}

pub(super) fn obtain(tools: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    let bin = tools.python("circus", "0.19.0")?;
    Ok(Box::new(Circus { bin }))
}

impl Peer for Circus {
    fn name(&self) -> &'static str {
        "circus"
    }

    fn ready<'s>(&'s self, site: &'s Site, load: &'s Load) -> Result<Box<dyn Instance + 's>> {
        site.logs()?;
        let dir = site.path("").display().to_string();
        let mut config = format!(
            "[circus]\nendpoint = ipc://{dir}c.sock\npubsub_endpoint = ipc://{dir}p.sock\n\
             umask = 022\n"
        );
        for job in &load.jobs {
            watcher(&mut config, site, job, load.respawn)?;
        }
        let config = site.write("circus.ini", &config)?;
        Ok(Box::new(Running {
            bin: &self.bin,
            site,
            config,
            pid: 0,
        }))
    }
}

fn watcher(config: &mut String, site: &Site, job: &Job, respawn: bool) -> Result<()> {
    let (name, line, log) = (job.name(), job.line(), site.log(job.number));
    let respawn = if respawn { "True" } else { "False" };
    write!(
        config,
        "[watcher:{name}]\ncmd = {line}\ncopy_env = True\nrespawn = {respawn}\n\
         max_retry = -1\nstop_children = True\ngraceful_timeout = {}\n\
         stdout_stream.class = FileStream\nstdout_stream.filename = {}\n",
        GRACE.as_secs(),
        log.display()
    )?;
    Ok(())
}

impl Instance for Running<'_> {
    fn go(&mut self) -> Result<()> {
        let mut command = Command::new(self.bin.join("circusd"));
        self.pid = self.site.launch(command.arg(&self.config))?;
        Ok(())
    }

    fn roots(&self) -> Vec<i32> {
        vec![self.pid]
    }

    fn stop(&mut self) -> Result<()> {
        let endpoint = format!("ipc://{}", self.site.path("c.sock").display());
        let mut command = Command::new(self.bin.join("circusctl"));
        command.args([
            "--endpoint",
            &endpoint,
            "--timeout",
            "60",
            "stop",
            "--waiting",
        ]);
        self.site.call(&mut command)
    }
}
