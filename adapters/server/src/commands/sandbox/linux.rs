//! A command in a sandbox of Linux.

use super::{REFUSED, Refused, Request, refuse, tell};
use crate::cli::SandboxArgs;
use anyhow::{Context as _, Result};
use collodi_sandbox::{Mechanism, Profile};
use collodi_sandbox_linux::{Ready, Sandboxes, Tools, signal_inside};
use collodi_spawn::Plan;
use rustix::{
    fs::{Mode, OFlags, open},
    process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid},
};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    iterator::Signals,
};
use std::{io, os::fd::AsFd as _, process::ExitCode, thread};

pub(super) fn run(
    request: &Request,
    json: bool,
    profile: &Profile,
    args: &SandboxArgs,
) -> Result<ExitCode> {
    let sandboxes = Sandboxes::new(Tools {
        bwrap: args.bwrap.clone(),
        ..Tools::default()
    });
    let ready = sandboxes
        .ready(&request.job(profile))
        .map_err(Refused::from)?;
    tell(json, profile.confinement.into(), &ready.enforcement);
    // Nothing of what comes until it is there is lost.
    let signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT]).context("failed to listen for signals")?;
    let sandbox = start(request, &ready)?;
    pass_on(signals, sandbox, ready.enforcement.mechanism);
    let code = wait(sandbox)?;
    if has_run(code, &ready) {
        return Ok(ExitCode::from(u8::try_from(code).unwrap_or(REFUSED)));
    }
    refuse(
        json,
        "the sandbox failed to start, for the reason in its last line",
        None,
    );
    Ok(ExitCode::from(REFUSED))
}

/// On this thread, which lasts: with it the sandbox ends.
fn start(request: &Request, ready: &Ready) -> Result<Pid> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let cwd =
        open(request.cwd.as_str(), flags, Mode::empty()).context("failed to enter its folder")?;
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let started = collodi_spawn::spawn(&Plan {
        program: &ready.program,
        args: &ready.args,
        env: &ready.env,
        cwd: cwd.as_fd(),
        stdio: [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()],
        terminal: None,
        limits: &ready.limits,
        cgroup: None,
        kept: &ready.kept(),
        domain: ready.domain(),
    });
    Ok(started.context("failed to start the sandbox")?.pid)
}

/// The command gets the signals that this gets. The second time the sandbox is ended.
fn pass_on(mut signals: Signals, sandbox: Pid, mechanism: Mechanism) {
    thread::spawn(move || {
        for (count, signal) in signals.forever().enumerate() {
            let _ = match Signal::from_named_raw(signal).filter(|_| count == 0) {
                Some(signal) => signal_inside(sandbox, mechanism, signal),
                None => kill_process(sandbox, Signal::KILL),
            };
        }
    });
}

/// Nobody else waits for it.
fn wait(sandbox: Pid) -> Result<i32> {
    loop {
        match waitid(WaitId::Pid(sandbox), WaitIdOptions::EXITED) {
            Err(rustix::io::Errno::INTR) => {}
            status => {
                let status = status.context("failed to wait for the sandbox")?;
                let status = status.context("failed to wait for the sandbox")?;
                let signal = status.terminating_signal().map(|signal| 128 + signal);
                return Ok(signal
                    .or(status.exit_status())
                    .unwrap_or(i32::from(REFUSED)));
            }
        }
    }
}

/// The end of a command is told only when it was started. Who was killed told nothing.
fn has_run(code: i32, ready: &Ready) -> bool {
    code > 128 || ready.status.has_run()
}
