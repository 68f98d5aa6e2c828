//! Reading the process table through `ps`, where there is no `/proc`.
//!
//! Other processes' environments cannot be read this way, so a tree is what is in its
//! process groups and what descends from them.

use super::{Process, Table};
use rustix::process::Pid;
use std::{io, process::Command, time::Instant};

impl Table {
    /// Reads the process table.
    ///
    /// # Errors
    ///
    /// When `ps` cannot be run.
    pub fn read() -> io::Result<Self> {
        let read_at = Instant::now();
        let listed = ps(&["-A"])?;
        let processes = listed.lines().filter_map(parse);
        Ok(Self {
            read_at,
            processes: processes.map(|p| (p.pid, p)).collect(),
        })
    }
}

/// The session of a process.
fn session_of(pid: i32) -> i32 {
    let session = rustix::process::getsid(Pid::from_raw(pid));
    session.map_or(0, |session| session.as_raw_nonzero().get())
}

/// Whether the processes that are read are those that we see: `ps` asks the system.
pub(crate) const fn is_ours() -> bool {
    true
}

/// The process with this id as it is now; none when there is none or it is a zombie.
pub(crate) fn process(pid: i32) -> Option<Process> {
    ps(&["-p", &pid.to_string()]).ok()?.lines().find_map(parse)
}

/// When the process with this id started.
pub(crate) fn started(pid: i32) -> Option<u64> {
    Some(process(pid)?.started)
}

/// The system does not say it before somebody has waited for it.
pub(crate) const fn exit_status(_: i32) -> Option<i32> {
    None
}

fn ps(which: &[&str]) -> io::Result<String> {
    let mut command = Command::new("/bin/ps");
    command.env_clear().env("LC_ALL", "C").args(which);
    let output = command
        .args(["-o", "pid=,ppid=,pgid=,stat=,lstart=,comm="])
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Four fields, five of the start time, and the program.
fn parse(line: &str) -> Option<Process> {
    let mut fields = line.split_whitespace();
    let mut id = || fields.next()?.parse::<i32>().ok();
    let (pid, parent, group) = (id()?, id()?, id()?);
    if fields.next()?.starts_with('Z') {
        return None;
    }
    let started: Vec<&str> = fields.by_ref().take(5).collect();
    let program = fields.collect::<Vec<_>>().join(" ");
    Some(Process {
        pid,
        parent,
        group,
        session: session_of(pid),
        started: fingerprint(&started),
        name: program.rsplit('/').next().unwrap_or_default().to_owned(),
        tree: None,
    })
}

/// A number that differs when the start time does.
fn fingerprint(started: &[&str]) -> u64 {
    let bytes = started.iter().flat_map(|field| field.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
