//! A command in a sandbox of macOS.

use super::{Refused, Request, tell};
use anyhow::{Context as _, Result};
use collodi_sandbox::{Job, Lifetime, Profile};
use collodi_sandbox_macos::{Refusal, Sandboxes};
use std::{
    convert::Infallible,
    ffi::{CString, OsStr},
    os::unix::{ffi::OsStrExt as _, process::CommandExt as _},
    process::Command,
};

/// What makes the sandbox becomes the command, so this becomes what makes the sandbox.
pub(super) fn run(request: &Request, json: bool, profile: &Profile) -> Result<Infallible> {
    let job = Job {
        profile,
        cwd: &request.cwd,
        program: &request.program,
        args: &request.args,
        env: &request.env,
        lifetime: Lifetime::Parent,
        terminal: false,
    };
    let ready = Sandboxes::default().ready(&job).map_err(Refused::from)?;
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

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            why: refusal.to_string(),
            cure: refusal.cure(),
        }
    }
}
