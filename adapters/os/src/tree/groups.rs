//! The process groups that were started here.

use super::{Process, Table, handle};
use crate::signal::to_system;
use collodi_backend::{Error, ErrorKind};
use collodi_command::{Signal, TreeId};
use rustix::{
    io::Errno,
    process::{Pid, Signal as System},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Instant,
};

/// The process groups that were started here, by tree.
///
/// A group is named by the id of the child that leads it. As long as the child is not
/// reaped nobody else can have that id; [`Groups::reap`] is where it is reaped, so a
/// signal and a reap cannot cross.
#[derive(Debug, Default)]
pub struct Groups(Mutex<BTreeMap<i32, Group>>);

#[derive(Debug)]
struct Group {
    tree: TreeId,
    session: i32,
    /// When its leader was reaped; others of the group may still be there.
    reaped: Option<Instant>,
}

impl Groups {
    /// Notes the group that the new child `leader` leads.
    pub fn started(&self, tree: &TreeId, leader: u32) {
        let Some(leader) = leader_id(leader) else {
            return;
        };
        let group = Group {
            tree: tree.clone(),
            session: session_of(0),
            reaped: None,
        };
        self.lock().insert(leader, group);
    }

    /// Calls `wait`, which reaps `leader` if it has ended, while nobody sends signals.
    pub fn reap<T>(&self, leader: u32, wait: impl FnOnce() -> Poll<T>) -> Poll<T> {
        let mut groups = self.lock();
        let reaped = wait();
        if reaped.is_ready() {
            forget_leader(&mut groups, leader);
        }
        reaped
    }

    /// Sends `signal` to the groups of `tree` whose leader is not reaped, and says which.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a signal that this system does not have; `PermissionDenied`.
    pub fn signal(&self, tree: &TreeId, signal: Signal) -> Result<BTreeSet<i32>, Error> {
        let system = system_signal(tree, signal)?;
        let groups = self.lock();
        let led = groups
            .iter()
            .filter(|(_, group)| group.tree == *tree && group.reaped.is_none());
        let mut sent = BTreeSet::new();
        for (leader, _) in led {
            send_to_group(*leader, system).map_err(|errno| failed(tree, errno))?;
            sent.insert(*leader);
        }
        Ok(sent)
    }

    /// Kills the group of `leader`; whatever cannot be killed is left. Pending when the
    /// leader is reaped already and others may be left: [`Groups::kill_left_behind`]
    /// finds them.
    pub fn kill(&self, leader: u32) -> Poll<()> {
        let groups = self.lock();
        let Some((id, group)) = leader_id(leader).and_then(|id| groups.get_key_value(&id)) else {
            return Poll::Ready(());
        };
        if group.reaped.is_some() {
            return Poll::Pending;
        }
        let _ = send_to_group(*id, System::KILL);
        Poll::Ready(())
    }

    /// Kills who is left in the group of `leader`, by the process table.
    pub fn kill_left_behind(&self, leader: u32) {
        let tree = |id| self.lock().get(&id).map(|group| group.tree.clone());
        let Some((id, tree)) = leader_id(leader).and_then(|id| Some((id, tree(id)?))) else {
            return;
        };
        let Ok(table) = Table::read() else {
            return;
        };
        let members = self.members(&table, &tree);
        for process in members.iter().filter(|process| process.group == id) {
            let _ = handle::send(process, System::KILL);
        }
    }

    /// The processes of `tree` in `table`.
    pub fn members(&self, table: &Table, tree: &TreeId) -> Vec<Process> {
        let mut groups = self.lock();
        groups.retain(|id, group| !is_over(group, table.read_at()) || table.has_group(*id));
        let ours = groups.iter().filter(|(_, group)| group.tree == *tree);
        let ours = ours.map(|(id, group)| (*id, group.session)).collect();
        table.members(tree, &ours).into_iter().cloned().collect()
    }

    /// A panic elsewhere does not make the list of groups wrong.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<i32, Group>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends `signal` to each of `processes`, members of `tree`, if it is still who it was.
///
/// # Errors
///
/// As [`Groups::signal`]; all of them get the signal before one's error is told.
pub fn signal(tree: &TreeId, processes: &[Process], signal: Signal) -> Result<(), Error> {
    let system = system_signal(tree, signal)?;
    let sent = processes
        .iter()
        .map(|process| handle::send(process, system));
    let failures: Vec<Errno> = sent.filter_map(Result::err).collect();
    match failures.first() {
        None => Ok(()),
        Some(errno) => Err(failed(tree, *errno)),
    }
}

/// The session of a process; that of this one for 0.
pub(super) fn session_of(pid: i32) -> i32 {
    let session = rustix::process::getsid(Pid::from_raw(pid));
    session.map_or(0, |session| session.as_raw_nonzero().get())
}

/// A group without members has no id that is kept for it.
fn forget_leader(groups: &mut BTreeMap<i32, Group>, leader: u32) {
    let Some(leader) = leader_id(leader) else {
        return;
    };
    let left = Pid::from_raw(leader).map(rustix::process::test_kill_process_group);
    if let Some(Err(Errno::SRCH)) = left {
        groups.remove(&leader);
    } else if let Some(group) = groups.get_mut(&leader) {
        group.reaped = Some(Instant::now());
    }
}

fn leader_id(leader: u32) -> Option<i32> {
    i32::try_from(leader).ok().filter(|id| *id > 0)
}

fn is_over(group: &Group, read_at: Instant) -> bool {
    group.reaped.is_some_and(|reaped| reaped < read_at)
}

fn send_to_group(leader: i32, signal: System) -> Result<(), Errno> {
    let leader = Pid::from_raw(leader).ok_or(Errno::SRCH)?;
    match rustix::process::kill_process_group(leader, signal) {
        Err(Errno::SRCH) => Ok(()),
        sent => sent,
    }
}

fn system_signal(tree: &TreeId, signal: Signal) -> Result<System, Error> {
    to_system(signal).ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "signal", tree.as_str()).detail(signal.to_string())
    })
}

fn failed(tree: &TreeId, errno: Errno) -> Error {
    let kind = match errno {
        Errno::PERM | Errno::ACCESS => ErrorKind::PermissionDenied,
        Errno::MFILE | Errno::NFILE | Errno::NOMEM => ErrorKind::Exhausted,
        _ => ErrorKind::Other,
    };
    let detail = std::io::Error::from(errno).to_string();
    Error::new(kind, "signal", tree.as_str()).detail(detail)
}
