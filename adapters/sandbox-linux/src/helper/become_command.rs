//! Who becomes the command.

use super::{NOT_MADE, complain, keeper};
use crate::{domain, note::Note};
use collodi_sandbox::seccomp::{Architecture, Program};
use rustix::{
    io::Errno,
    thread::{
        CapabilitySet, CapabilitySets, clear_ambient_capability_set,
        remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
    },
};
use seccompiler::sock_filter;
use std::{fs::File, io::Write as _, os::unix::process::CommandExt as _, process::Command};

/// The first descriptor that is not a standard stream.
const FIRST: i32 = 3;

/// Does not come back when the command runs.
pub(super) fn run(descriptor: i32) -> i32 {
    let Some(note) = keeper::read(descriptor) else {
        complain("its note cannot be read");
        return NOT_MADE;
    };
    // Opened before there is nothing that may be opened, and closed by becoming the command.
    let mut status = File::options()
        .append(true)
        .open(format!("/proc/self/fd/{}", note.status))
        .ok();
    close_fds::set_fds_cloexec(FIRST, &[]);
    let what = match confine(&note) {
        Ok(()) => become_it(&note),
        Err(what) => what,
    };
    complain(&what);
    // Without it the keeper's word would be taken for the command's.
    if let Some(status) = &mut status {
        let _ = writeln!(status, "{{ \"failed\": true }}");
    }
    NOT_MADE
}

fn confine(note: &Note) -> Result<(), String> {
    let said = |what: &'static str| move |error: Errno| format!("{what}: {error}");
    set_no_new_privs(true).map_err(said("refusing new privileges"))?;
    drop_capabilities().map_err(said("dropping privileges"))?;
    domain::enter(&note.domain, note.landlock).map_err(|error| format!("Landlock: {error}"))?;
    seccompiler::apply_filter(&filter(note)?).map_err(|error| format!("seccomp: {error}"))
}

/// Root would have all of them again in the next program, but for what is bounded.
fn drop_capabilities() -> Result<(), Errno> {
    let none = CapabilitySet::empty();
    clear_ambient_capability_set()?;
    for number in 0..64 {
        match remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << number)) {
            // Not one of this kernel; or of a user who has none.
            Ok(()) | Err(Errno::INVAL | Errno::PERM) => {}
            Err(errno) => return Err(errno),
        }
    }
    set_capabilities(
        None,
        CapabilitySets {
            effective: none,
            permitted: none,
            inheritable: none,
        },
    )
}

fn filter(note: &Note) -> Result<Vec<sock_filter>, String> {
    let architecture = Architecture::named(std::env::consts::ARCH).ok_or("no seccomp program")?;
    let program = Program::of(note.set, architecture);
    let instructions = program.instructions().iter();
    Ok(instructions
        .map(|i| sock_filter {
            code: i.code,
            jt: i.jt,
            jf: i.jf,
            k: i.k,
        })
        .collect())
}

/// What kept it from being the command.
fn become_it(note: &Note) -> String {
    let Some((program, args)) = note.command.split_first() else {
        return "it has no command".to_owned();
    };
    let env = note
        .env
        .iter()
        .filter_map(|variable| variable.split_once('='));
    let error = Command::new(program)
        .args(args)
        .env_clear()
        .envs(env)
        .exec();
    format!("{program}: {error}")
}
