//! A command in a sandbox of macOS.

use super::{Refused, Request, tell};
use anyhow::{Context as _, Result};
use collodi_sandbox::Profile;
use collodi_sandbox_macos::Sandboxes;
use std::{
    convert::Infallible,
    ffi::{CString, OsStr},
    os::unix::{ffi::OsStrExt as _, process::CommandExt as _},
    process::Command,
};

/// What makes the sandbox becomes the command, so this becomes what makes the sandbox.
pub(super) fn run(request: &Request, json: bool, profile: &Profile) -> Result<Infallible> {
    let ready = Sandboxes::default()
        .ready(&request.job(profile))
        .map_err(Refused::from)?;
    tell(json, profile.confinement.into(), &ready.enforcement);
    let mut command = Command::new(text(&ready.program));
    command
        .args(ready.args.iter().skip(1).map(text))
        .env_clear()
        .envs(ready.env.iter().filter_map(variable))
        .current_dir(request.cwd.as_str());
    Err(command.exec()).context("failed to start the sandbox")
}

fn text(word: &CString) -> &OsStr {
    OsStr::from_bytes(word.as_bytes())
}

fn variable(word: &CString) -> Option<(&str, &str)> {
    word.to_str().ok()?.split_once('=')
}
