//! The processes in a sandbox, seen from outside.

use collodi_sandbox::Mechanism;
use rustix::{
    io::Errno,
    process::{Pid, Signal, kill_process},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// Sends a signal to the command of a sandbox and to all that it started, and not to what
/// holds the sandbox: that would end it at once. Where the command is not there yet, its
/// sandbox is ended.
///
/// # Errors
///
/// When a process may not be signalled.
pub fn signal_inside(sandbox: Pid, mechanism: Mechanism, signal: Signal) -> Result<(), Errno> {
    let table = table();
    let mut inside = descendants(&table, sandbox);
    if let Mechanism::Bwrap { .. } = mechanism {
        // The first process of its namespace takes no signals from outside.
        for first in table.get(&raw(sandbox)).into_iter().flatten() {
            inside.remove(first);
        }
    }
    if inside.is_empty() {
        return kill_process(sandbox, Signal::KILL);
    }
    for pid in inside.into_iter().filter_map(Pid::from_raw) {
        match kill_process(pid, signal) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// The processes whose parent is this one.
pub(crate) fn children(parent: Pid) -> Vec<Pid> {
    let children = table().remove(&raw(parent)).unwrap_or_default();
    children.into_iter().filter_map(Pid::from_raw).collect()
}

type Children = BTreeMap<i32, Vec<i32>>;

fn descendants(table: &Children, of: Pid) -> BTreeSet<i32> {
    let (mut found, mut next) = (BTreeSet::new(), vec![raw(of)]);
    while let Some(pid) = next.pop() {
        let children = table.get(&pid).into_iter().flatten();
        next.extend(children.filter(|child| found.insert(**child)));
    }
    found
}

fn table() -> Children {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let mut table = Children::new();
    for pid in pids {
        if let Some(parent) = parent_of(pid) {
            table.entry(parent).or_default().push(pid);
        }
    }
    table
}

/// The name of a program is in parentheses, and may have some in it.
fn parent_of(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

fn raw(pid: Pid) -> i32 {
    pid.as_raw_nonzero().get()
}
