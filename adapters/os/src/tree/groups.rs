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

/// A process group that was started here, and no other: when it is over, its leader's id may be
/// somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupId {
    leader: i32,
    number: u64,
}

#[derive(Debug, Default)]
struct Known {
    groups: BTreeMap<i32, Group>,
    /// How many were started.
    started: u64,
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
    number: u64,
    session: i32,
    /// When its leader was reaped; others of the group may still be there.
    reaped: Option<Instant>,
}

impl Groups {
    /// Notes the session and the group that the new child `leader` leads.
    pub fn started(&self, tree: &TreeId, leader: u32) -> Option<GroupId> {
        self.note(tree, leader, None)
    }

    /// Notes the group of a process that was started elsewhere, whose id is not ours to keep.
    pub(crate) fn adopted(&self, tree: &TreeId, leader: u32) -> Option<GroupId> {
        self.note(tree, leader, Some(Instant::now()))
    }

    fn note(&self, tree: &TreeId, leader: u32, reaped: Option<Instant>) -> Option<GroupId> {
        let leader = leader_id(leader)?;
        let mut known = self.lock();
        known.started += 1;
        let number = known.started;
        let group = Group {
            tree: tree.clone(),
            number,
            session: leader,
            reaped,
        };
        known.groups.insert(leader, group);
        Some(GroupId { leader, number })
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

    /// The group of `tree` whose leader was this one, and is reaped.
    pub(crate) fn without_leader(&self, tree: &TreeId, leader: u32) -> Option<GroupId> {
        let leader = leader_id(leader)?;
        let known = self.lock();
        let found = known.groups.get(&leader);
        let group = found.filter(|group| group.tree == *tree && group.reaped.is_some())?;
        let number = group.number;
        Some(GroupId { leader, number })
    }

    /// The tree of a group, unless that is over.
    pub(crate) fn tree_of(&self, group: GroupId) -> Option<TreeId> {
        let known = self.lock();
        known.find(group).map(|group| group.tree.clone())
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

    /// Kills a group, unless it is over; whatever cannot be killed is left. Pending when its
    /// leader is reaped already and others may be left: [`Groups::kill_left_behind`]
    /// finds them.
    pub fn kill(&self, group: GroupId) -> Poll<()> {
        let known = self.lock();
        let Some(found) = known.find(group) else {
            return Poll::Ready(());
        };
        if found.reaped.is_some() {
            return Poll::Pending;
        }
        if known.wrappers.contains(&group.leader) {
            kill_children(group.leader);
        }
        let _ = send_to_group(group.leader, System::KILL);
        Poll::Ready(())
    }

    /// Kills who is left in a group, by the process table.
    pub fn kill_left_behind(&self, group: GroupId) {
        // The group is looked for after the reading, which is then of none that has its id since.
        let (Ok(table), Some(tree)) = (Table::read(), self.tree_of(group)) else {
            return;
        };
        let members = self.members(&table, &tree, &BTreeSet::new());
        for process in members.iter().filter(|it| group.has(it)) {
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

impl GroupId {
    /// Whether this process of its tree is in it.
    pub(crate) const fn has(self, process: &Process) -> bool {
        process.group == self.leader
    }
}

impl Known {
    /// A group, unless it is over.
    fn find(&self, group: GroupId) -> Option<&Group> {
        let found = self.groups.get(&group.leader);
        found.filter(|found| found.number == group.number)
    }

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
            number: 1,
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
    fn who_has_the_id_of_a_group_that_is_over_is_not_killed_for_it() {
        use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
        let mut sleep = std::process::Command::new("sleep");
        let mut child = sleep.arg("1000").process_group(0).spawn().unwrap();
        let groups = Groups::default();
        let start = |tree| groups.started(&TreeId::new(tree), child.id()).unwrap();
        let (over, lives) = (start("a"), start("b"));
        assert_eq!(groups.kill(over), Poll::Ready(()));
        groups.kill_left_behind(over);
        groups.signal(&TreeId::new("b"), Signal::TERM).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(15));
        assert_eq!(groups.kill(lives), Poll::Ready(()));
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
