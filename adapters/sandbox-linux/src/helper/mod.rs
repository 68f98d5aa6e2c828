//! Sandboxes without namespaces: the program runs itself again, as somebody who takes its own
//! rights away and then becomes the command.
//!
//! There are two of it. The keeper stays, with its rights, and sees to it that nothing of the
//! command is left. The other one becomes the command.

mod become_command;
mod keeper;

use crate::{Ready, Status, bwrap, memory, note::Note};
use collodi_sandbox::{Domain, Enforcement, Job, Machine, Place, Profile, seccomp::Set};
use collodi_sandbox_look::{Refusal, temporary};
use std::{
    ffi::CString,
    os::fd::AsRawFd as _,
    sync::atomic::{AtomicBool, Ordering},
};

/// The first argument of the keeper.
const KEEPER: &str = "--collodi-sandbox-keeper";
/// The first argument of who becomes the command.
const COMMAND: &str = "--collodi-sandbox-command";
/// The program itself, whatever its file is called by now.
const SELF: &str = "/proc/self/exe";
/// What a sandbox ends with that could not be made.
const NOT_MADE: i32 = 125;
/// The version of Landlock below which sockets without a network are no sockets at all: those
/// of others with a path could be reached.
const PATH_SOCKETS: u32 = 9;

static AVAILABLE: AtomicBool = AtomicBool::new(false);

/// To be called first in a program's `main`, before there are threads. When the program was
/// started as the helper of a sandbox, this does not come back. Else it notes that the program
/// can be: without it there are no sandboxes without namespaces.
pub fn helper_main() {
    let mut args = std::env::args_os()
        .skip(1)
        .map(|arg| arg.into_string().ok());
    let (first, second) = (args.next().flatten(), args.next().flatten());
    let descriptor = second.and_then(|number| number.parse().ok());
    match (first.as_deref(), descriptor) {
        (Some(KEEPER), Some(note)) => std::process::exit(keeper::run(note)),
        (Some(COMMAND), Some(note)) => std::process::exit(become_command::run(note)),
        _ => AVAILABLE.store(true, Ordering::Relaxed),
    }
}

pub(crate) fn is_available() -> bool {
    AVAILABLE.load(Ordering::Relaxed)
}

/// Readies a job whose sandbox is made by Landlock and seccomp.
pub(crate) fn ready(
    job: &Job<'_>,
    machine: &Machine,
    landlock: u32,
    enforcement: Enforcement,
) -> Result<Ready, Refusal> {
    let temp = temporary(job.profile)?;
    let status = memory::empty().map_err(Refusal::system("hand a sandbox what it needs"))?;
    let env = job
        .variables(temp.as_str())
        .map(|(name, value)| format!("{name}={value}"));
    let note = Note {
        parent: std::process::id(),
        lifetime: job.lifetime,
        status: status.as_raw_fd(),
        landlock,
        domain: domain(job.profile, &temp, machine),
        set: Set::Alone {
            sockets: job.profile.has_network() || landlock >= PATH_SOCKETS,
        },
        env: env.collect(),
        command: std::iter::once(job.program.to_owned())
            .chain(job.args.iter().cloned())
            .collect(),
    };
    let note =
        memory::holding(&note.to_bytes()).map_err(Refusal::system("hand a sandbox its note"))?;
    let args = [
        "collodi".to_owned(),
        KEEPER.to_owned(),
        note.as_raw_fd().to_string(),
    ];
    Ok(Ready {
        program: CString::new(SELF).unwrap_or_default(),
        args: bwrap::words(args)?,
        env: Vec::new(),
        limits: bwrap::limits(job),
        status: Status::new(status),
        enforcement,
        handed: vec![note],
        domain: None,
        takes_terminal: false,
    })
}

fn domain(profile: &Profile, temp: &Place, machine: &Machine) -> Domain {
    let mut profile = profile.clone();
    profile.write.push(temp.clone());
    Domain::instead_of_namespaces(&profile, machine)
}

/// Says why there is no sandbox.
fn complain(what: &str) {
    eprintln!("collodi: the sandbox could not be made: {what}");
}
