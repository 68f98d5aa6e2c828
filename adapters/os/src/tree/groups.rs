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
pub struct Groups(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    groups: BTreeMap<i32, Group>,
    /// Those of the leaders that hold the sandbox of a command.
    wrappers: BTreeSet<i32>,
    strays: BTreeMap<i32, Stray>,
}

/// A process that was found by descent alone: when its parents are gone, only that we
/// saw it says whose it is.
#[derive(Debug)]
struct Stray {
    tree: TreeId,
    started: u64,
    /// When the reading began that it was last seen in.
    seen: Instant,
}

#[derive(Debug)]
struct Group {
    tree: TreeId,
    session: i32,
    /// When its leader was reaped; others of the group may still be there.
    reaped: Option<Instant>,
}

impl Groups {
    /// Notes the session and the group that the new child `leader` leads.
    pub fn started(&self, tree: &TreeId, leader: u32) {
        let Some(leader) = leader_id(leader) else {
            return;
        };
        let group = Group {
            tree: tree.clone(),
            session: leader,
            reaped: None,
        };
        self.lock().groups.insert(leader, group);
    }

    /// Notes the group of a process that was started elsewhere, whose id is not ours to keep.
    pub(crate) fn adopted(&self, tree: &TreeId, leader: u32) {
        self.started(tree, leader);
        let mut known = self.lock();
        if let Some(group) = leader_id(leader).and_then(|id| known.groups.get_mut(&id)) {
            group.reaped = Some(Instant::now());
        }
    }

    /// Notes that `leader` is not its command but holds the sandbox of it: what is sent to a
    /// tree passes it over, as it would end the command at once.
    pub(crate) fn wrapped(&self, leader: u32) {
        self.lock().wrappers.extend(leader_id(leader));
    }

    /// Those of `processes` who are to get a signal one by one, after the groups in
    /// `reached` got it. Who holds a sandbox gets it when nobody is in there yet.
    pub(crate) fn beside(
        &self,
        processes: Vec<Process>,
        reached: &BTreeSet<i32>,
        signal: Signal,
    ) -> Vec<Process> {
        let wrappers = match signal {
            Signal::KILL => BTreeSet::new(),
            _ => self.lock().wrappers.clone(),
        };
        // The first process of a sandbox is no command either.
        let is_inside = |p: &Process| !wrappers.contains(&p.pid) && !wrappers.contains(&p.parent);
        let is_full = processes.iter().any(is_inside);
        let is_meant = |p: &Process| !is_full || !wrappers.contains(&p.pid);
        let others = processes
            .into_iter()
            .filter(|p| !reached.contains(&p.group));
        others.filter(is_meant).collect()
    }

    /// The tree of the group that `leader` leads.
    pub(crate) fn tree(&self, leader: u32) -> Option<TreeId> {
        let id = leader_id(leader)?;
        self.lock().groups.get(&id).map(|group| group.tree.clone())
    }

    /// Calls `wait`, which reaps `leader` if it has ended, while nobody sends signals.
    pub fn reap<T>(&self, leader: u32, wait: impl FnOnce() -> Poll<T>) -> Poll<T> {
        let mut known = self.lock();
        let reaped = wait();
        if reaped.is_ready() {
            forget_leader(&mut known.groups, leader);
            known.wrappers.retain(|id| leader_id(leader) != Some(*id));
        }
        reaped
    }

    /// Sends `signal` to all of `tree`, which are `pids`, as groups. False when that would not reach each
    /// of them: one leads no group, or holds a sandbox, or is reaped.
    ///
    /// # Errors
    ///
    /// As [`signal`](Self::signal).
    pub(crate) fn signal_leaders(
        &self,
        tree: &TreeId,
        pids: &BTreeSet<i32>,
        signal: Signal,
    ) -> Result<bool, Error> {
        let system = system_signal(tree, signal)?;
        let known = self.lock();
        if !pids.iter().all(|pid| known.is_led_by(tree, *pid)) {
            return Ok(false);
        }
        let sent = pids.iter().try_for_each(|pid| send_to_group(*pid, system));
        sent.map_err(|errno| failed(tree, errno))?;
        Ok(true)
    }

    /// Sends `signal` to the groups of `tree` whose leader is not reaped, and says which.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a signal that this system does not have; `PermissionDenied`.
    pub fn signal(&self, tree: &TreeId, signal: Signal) -> Result<BTreeSet<i32>, Error> {
        let system = system_signal(tree, signal)?;
        let known = self.lock();
        let led = known
            .groups
            .iter()
            .filter(|(_, group)| group.tree == *tree && group.reaped.is_none())
            .filter(|(leader, _)| signal == Signal::KILL || !known.wrappers.contains(leader));
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
        let known = self.lock();
        let found = leader_id(leader).and_then(|id| known.groups.get_key_value(&id));
        let Some((id, group)) = found else {
            return Poll::Ready(());
        };
        if group.reaped.is_some() {
            return Poll::Pending;
        }
        if known.wrappers.contains(id) {
            kill_children(*id);
        }
        let _ = send_to_group(*id, System::KILL);
        Poll::Ready(())
    }

    /// Kills who is left in the group of `leader`, by the process table.
    pub fn kill_left_behind(&self, leader: u32) {
        let (Some(id), Some(tree), Ok(table)) =
            (leader_id(leader), self.tree(leader), Table::read())
        else {
            return;
        };
        let members = self.members(&table, &tree, &BTreeSet::new());
        for process in members.iter().filter(|process| process.group == id) {
            let _ = handle::send(process, System::KILL);
        }
    }

    /// The processes of `tree` in `table`, of which these are some.
    pub(crate) fn members(
        &self,
        table: &Table,
        tree: &TreeId,
        some: &BTreeSet<i32>,
    ) -> Vec<Process> {
        let mut known = self.lock();
        known.forget_the_gone(table);
        let is_known = |p: &Process| some.contains(&p.pid) || known.has(tree, p);
        let members = table.members(tree, is_known);
        known.note_strays(table, tree, &members);
        members.into_iter().cloned().collect()
    }

    /// A panic elsewhere does not make the list of groups wrong.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether the process leads a group of `tree`, and its id is kept.
    fn is_led_by(&self, tree: &TreeId, pid: i32) -> bool {
        let group = self.groups.get(&pid);
        let is_its = group.is_some_and(|group| group.tree == *tree && group.reaped.is_none());
        is_its && !self.wrappers.contains(&pid)
    }

    /// Whether a process without a marker is of `tree`, by its group or because it was
    /// seen to be.
    fn has(&self, tree: &TreeId, process: &Process) -> bool {
        let group = self.groups.get(&process.group);
        let stray = self.strays.get(&process.pid);
        group.is_some_and(|group| group.tree == *tree && group.session == process.session)
            || stray.is_some_and(|stray| stray.tree == *tree && stray.started == process.started)
    }

    /// Forgets what is not in `table`, if it should be.
    fn forget_the_gone(&mut self, table: &Table) {
        let read_at = table.read_at();
        self.groups
            .retain(|id, group| !is_over(group, read_at) || table.has_group(*id));
        self.strays.retain(|pid, stray| {
            stray.seen >= read_at || table.started(*pid) == Some(stray.started)
        });
    }

    fn note_strays(&mut self, table: &Table, tree: &TreeId, members: &[&Process]) {
        for process in members.iter().filter(|process| process.tree.is_none()) {
            let stray = Stray {
                tree: tree.clone(),
                started: process.started,
                seen: table.read_at(),
            };
            if !self.groups.contains_key(&process.group) {
                self.strays.insert(process.pid, stray);
            }
        }
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

/// Kills the children of a process whose id is kept: they need not be in its group.
fn kill_children(parent: i32) {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let pids = text.split_whitespace().filter_map(|pid| pid.parse().ok());
    for pid in pids.filter_map(Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, System::KILL);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table(processes: &[(i32, i32, u64)]) -> Table {
        let process = |&(pid, parent, started): &(i32, i32, u64)| Process {
            pid,
            parent,
            group: pid,
            session: 1,
            started,
            name: String::new(),
            tree: None,
        };
        Table {
            read_at: Instant::now(),
            processes: processes.iter().map(|p| (p.0, process(p))).collect(),
        }
    }

    fn groups(session: i32, reaped: Option<Instant>) -> Groups {
        let tree = TreeId::new("a");
        let group = Group {
            tree,
            session,
            reaped,
        };
        let groups = Groups::default();
        groups.lock().groups.insert(10, group);
        groups
    }

    fn pids(groups: &Groups, table: &Table) -> Vec<i32> {
        let members = groups.members(table, &TreeId::new("a"), &BTreeSet::new());
        members.iter().map(|p| p.pid).collect()
    }

    #[test]
    fn a_group_of_another_session_was_reused() {
        let table = table(&[(10, 1, 0)]);
        assert_eq!(pids(&groups(1, None), &table), [10]);
        assert_eq!(pids(&groups(2, None), &table), Vec::<i32>::new());
    }

    #[test]
    fn a_stray_stays_known_until_its_id_is_anothers() {
        let groups = groups(1, None);
        assert_eq!(pids(&groups, &table(&[(10, 1, 0), (11, 10, 5)])), [10, 11]);
        assert_eq!(pids(&groups, &table(&[(11, 1, 5)])), [11]);
        assert_eq!(pids(&groups, &table(&[(11, 1, 6)])), Vec::<i32>::new());
        assert!(groups.lock().strays.is_empty());
    }

    #[test]
    fn an_empty_group_is_forgotten_when_its_leader_was_reaped_before_the_reading() {
        let early = table(&[]);
        let groups = groups(1, Some(Instant::now()));
        pids(&groups, &early);
        assert_eq!(
            groups.lock().groups.len(),
            1,
            "the reading says nothing about it"
        );
        pids(&groups, &table(&[]));
        assert_eq!(groups.lock().groups.len(), 0);
    }
}
