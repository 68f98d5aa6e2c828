//! supervisord, of PyPI. Stops and kills groups, which it does not by itself.

use super::{Instance, Peer};
use crate::{
    cli::Cli,
    load::{GRACE, Job, Load},
    site::Site,
    tools::Tools,
};
use anyhow::Result;
use std::{fmt::Write as _, path::PathBuf, process::Command};

struct Supervisord {
    bin: PathBuf,
}

struct Running<'s> {
    bin: &'s PathBuf,
    site: &'s Site,
    config: PathBuf,
    pid: i32,
}

pub(super) fn obtain(tools: &Tools, _: &Cli) -> Result<Box<dyn Peer>> {
    let bin = tools.python("supervisor", "4.3.0")?;
    Ok(Box::new(Supervisord { bin }))
}

impl Peer for Supervisord {
    fn name(&self) -> &'static str {
        "supervisord"
    }

    fn ready<'s>(&'s self, site: &'s Site, load: &'s Load) -> Result<Box<dyn Instance + 's>> {
        let logs = site.logs()?.display().to_string();
        let dir = site.path("").display().to_string();
        let mut config = format!(
            "[supervisord]\nnodaemon=true\nminfds=8192\nlogfile={dir}supervisord.log\n\
             pidfile={dir}supervisord.pid\nchildlogdir={logs}\n\
             [unix_http_server]\nfile={dir}s.sock\n\
             [rpcinterface:supervisor]\n\
             supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\
             [supervisorctl]\nserverurl=unix://{dir}s.sock\n"
        );
        for job in &load.jobs {
            program(&mut config, site, job, load.respawn)?;
        }
        let config = site.write("supervisord.conf", &config)?;
        Ok(Box::new(Running {
            bin: &self.bin,
            site,
            config,
            pid: 0,
        }))
    }
}

fn program(config: &mut String, site: &Site, job: &Job, respawn: bool) -> Result<()> {
    let (name, line, log) = (job.name(), job.line(), site.log(job.number));
    // A child that dies at once is to be started again, too.
    let restart = if respawn {
        "autorestart=true\nstartsecs=0\nstartretries=1000000"
    } else {
        "autorestart=false"
    };
    write!(
        config,
        "[program:{name}]\ncommand={line}\n{restart}\nstopwaitsecs={}\n\
         stopasgroup=true\nkillasgroup=true\nredirect_stderr=true\n\
         stdout_logfile={}\nstdout_logfile_maxbytes=0\n",
        GRACE.as_secs(),
        log.display()
    )?;
    Ok(())
}

impl Instance for Running<'_> {
    fn go(&mut self) -> Result<()> {
        let mut command = Command::new(self.bin.join("supervisord"));
        self.pid = self.site.launch(command.arg("-c").arg(&self.config))?;
        Ok(())
    }

    fn roots(&self) -> Vec<i32> {
        vec![self.pid]
    }

    fn stop(&mut self) -> Result<()> {
        let mut command = Command::new(self.bin.join("supervisorctl"));
        self.site
            .call(command.arg("-c").arg(&self.config).args(["stop", "all"]))
    }
}
