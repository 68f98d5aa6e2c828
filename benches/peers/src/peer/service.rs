//! A service as a folder with the program `run` in it, as s6 and runit want it.

use crate::{load::Job, site::Site};
use anyhow::Result;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// The folder of a job's service.
pub(super) fn folder(site: &Site, job: &Job) -> PathBuf {
    site.path("scan").join(job.name())
}

/// Writes the service of a job, and that of its logger where there is one. A logger gets
/// the folder of the job's log as its last word.
pub(super) fn write(site: &Site, job: &Job, logger: Option<&str>) -> Result<()> {
    let folder = folder(site, job);
    run(&folder, &format!("exec {} 2>&1", job.line()))?;
    if let Some(logger) = logger {
        let log = site.log(job.number);
        fs::create_dir_all(&log)?;
        run(
            &folder.join("log"),
            &format!("exec {logger} {}", log.display()),
        )?;
    }
    Ok(())
}

fn run(folder: &Path, line: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    let file = folder.join("run");
    fs::write(&file, format!("#!/bin/sh\n{line}\n"))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
