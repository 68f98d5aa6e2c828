//! Who stays beside the command.

use super::{COMMAND, NOT_MADE, SELF, complain};
use crate::{inside, note::Note};
use collodi_sandbox::Lifetime;
use rustix::{
    event::{PollFd, PollFlags, poll},
    fd::OwnedFd,
    io::Errno,
    process::{
        Pid, PidfdFlags, Signal, WaitOptions, WaitStatus, getpid, getppid, kill_process,
        pidfd_open, set_child_subreaper, wait, waitpid,
    },
};
use std::{
    fs::File,
    io::{Read as _, Seek as _, Write as _},
    process::{Command, Stdio},
    sync::{Arc, atomic::AtomicBool},
};

/// Signals that mean the command, which gets them as well, and not its keeper.
const COMMANDS: [i32; 4] = [
    signal_hook::consts::SIGTERM,
    signal_hook::consts::SIGINT,
    signal_hook::consts::SIGHUP,
    signal_hook::consts::SIGQUIT,
];
/// How often what is left is looked for. Each look kills all that the last one found.
const ROUNDS: usize = 1000;

/// Runs the command beside itself, and gives what to end with.
pub(super) fn run(descriptor: i32) -> i32 {
    match keep(descriptor) {
        Ok(code) => code,
        Err(what) => {
            complain(&what);
            NOT_MADE
        }
    }
}

fn keep(descriptor: i32) -> Result<i32, String> {
    let note = read(descriptor).ok_or("its note cannot be read")?;
    let said = |what: &'static str| move |error: Errno| format!("{what}: {error}");
    // Whoever the command leaves behind becomes a child of this.
    set_child_subreaper(Some(getpid())).map_err(said("becoming a subreaper"))?;
    for signal in COMMANDS {
        // A handler, unlike what is ignored, is not inherited.
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))
            .map_err(|error| format!("taking signals: {error}"))?;
    }
    let parent = parent(&note).map_err(said("watching its parent"))?;
    let child = Command::new(SELF)
        .args([COMMAND, &descriptor.to_string()])
        .env_clear()
        .stdin(Stdio::inherit())
        .spawn()
        .map_err(|error| format!("starting its command: {error}"))?;
    let child = Pid::from_child(&child);
    let status = until_ended(child, parent).map_err(said("waiting for its command"))?;
    if note.lifetime == Lifetime::Parent {
        sweep();
    }
    let Some(status) = status else {
        return Ok(NOT_MADE);
    };
    let code = code(status);
    tell(note.status, code);
    Ok(code)
}

pub(super) fn read(descriptor: i32) -> Option<Note> {
    let mut bytes = Vec::new();
    // Opened anew, it is read from its beginning by each of both.
    let mut file = File::open(format!("/proc/self/fd/{descriptor}")).ok()?;
    file.read_to_end(&mut bytes).ok()?;
    Note::read(&bytes)
}

/// A handle of who started this; none when the command is not to end with it. When it has
/// ended already, somebody else is the parent.
fn parent(note: &Note) -> Result<Option<OwnedFd>, Errno> {
    if note.lifetime == Lifetime::Own {
        return Ok(None);
    }
    let parent = getppid().ok_or(Errno::SRCH)?;
    let handle = pidfd_open(parent, PidfdFlags::empty())?;
    let is_it = u32::try_from(parent.as_raw_nonzero().get()) == Ok(note.parent)
        && getppid() == Some(parent);
    is_it.then_some(Some(handle)).ok_or(Errno::SRCH)
}

/// Waits for the command, or for the parent: then there is no status.
fn until_ended(child: Pid, parent: Option<OwnedFd>) -> Result<Option<WaitStatus>, Errno> {
    let handle = pidfd_open(child, PidfdFlags::empty())?;
    loop {
        let mut watched = vec![PollFd::new(&handle, PollFlags::IN)];
        watched.extend(
            parent
                .iter()
                .map(|parent| PollFd::new(parent, PollFlags::IN)),
        );
        match poll(&mut watched, None) {
            Err(Errno::INTR) => continue,
            ready => ready?,
        };
        let is_ready = |at: usize| watched.get(at).is_some_and(|fd| !fd.revents().is_empty());
        if is_ready(0) {
            return Ok(waitpid(Some(child), WaitOptions::empty())?.map(|(_, status)| status));
        }
        if is_ready(1) {
            return Ok(None);
        }
    }
}

/// Kills whatever is left of the command: its children are this one's when it is gone.
fn sweep() {
    for _ in 0..ROUNDS {
        for child in inside::children(getpid()) {
            let _ = kill_process(child, Signal::KILL);
        }
        match wait(WaitOptions::empty()) {
            Err(Errno::CHILD) => return,
            _ => while matches!(wait(WaitOptions::NOHANG), Ok(Some(_))) {},
        }
    }
}

fn code(status: WaitStatus) -> i32 {
    let signal = status.terminating_signal().map(|signal| 128 + signal);
    signal.or(status.exit_status()).unwrap_or(NOT_MADE)
}

/// Says that the command has ended, unless it was said that it never began.
fn tell(descriptor: i32, code: i32) {
    let file = File::options()
        .read(true)
        .append(true)
        .open(format!("/proc/self/fd/{descriptor}"));
    if let Ok(mut file) = file
        && file.stream_position().is_ok()
        && file.metadata().is_ok_and(|stat| stat.len() == 0)
    {
        let _ = writeln!(file, "{{ \"exit-code\": {code} }}");
    }
}
