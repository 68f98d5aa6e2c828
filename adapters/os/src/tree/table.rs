//! The process table at one moment, as data.

use collodi_backend::Member;
use collodi_command::TreeId;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

/// What the process table says about a process that lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: i32,
    /// The id of the process that started it, or of who took it over.
    pub parent: i32,
    /// Its process group.
    pub group: i32,
    /// Its session.
    pub session: i32,
    /// When it started, in the system's own unit: with the id, it names the process
    /// for as long as the machine runs.
    pub started: u64,
    /// The name of its program.
    pub name: String,
    /// The tree its environment says it belongs to.
    pub tree: Option<TreeId>,
}

impl Process {
    /// The process as others see it.
    pub fn member(&self) -> Member {
        Member {
            pid: self.pid.unsigned_abs(),
            name: self.name.clone(),
        }
    }
}

/// All processes that lived while the table was read, zombies not counted.
#[derive(Clone, Debug)]
pub struct Table {
    /// When reading began.
    pub(super) read_at: Instant,
    pub(super) processes: BTreeMap<i32, Process>,
}

impl Table {
    /// When reading began: what happened before it is in it.
    pub const fn read_at(&self) -> Instant {
        self.read_at
    }

    /// The processes of `tree`: those that carry its marker, those without a marker that
    /// `is_known`, and all that descend from them.
    pub(super) fn members(
        &self,
        tree: &TreeId,
        is_known: impl Fn(&Process) -> bool,
    ) -> Vec<&Process> {
        let (mut found, mut rest): (Vec<_>, Vec<_>) =
            self.processes.values().partition(|p| match &p.tree {
                Some(marked) => marked == tree,
                None => is_known(p),
            });
        let mut known: BTreeSet<i32> = found.iter().map(|p| p.pid).collect();
        loop {
            let (below, other): (Vec<_>, Vec<_>) =
                rest.into_iter().partition(|p| known.contains(&p.parent));
            if below.is_empty() {
                break;
            }
            known = below.iter().map(|p| p.pid).collect();
            found.extend(below);
            rest = other;
        }
        found.sort_by_key(|p| p.pid);
        found
    }

    /// When the process with this id started.
    pub(super) fn started(&self, pid: i32) -> Option<u64> {
        self.processes.get(&pid).map(|process| process.started)
    }

    /// Whether a process is in this process group.
    pub(super) fn has_group(&self, group: i32) -> bool {
        self.processes.values().any(|p| p.group == group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: i32, parent: i32, group: i32, tree: Option<&str>) -> (i32, Process) {
        let process = Process {
            pid,
            parent,
            group,
            session: 1,
            started: 0,
            name: String::new(),
            tree: tree.map(TreeId::new),
        };
        (pid, process)
    }

    fn members(
        processes: impl IntoIterator<Item = (i32, Process)>,
        group: Option<i32>,
    ) -> Vec<i32> {
        let table = Table {
            read_at: Instant::now(),
            processes: processes.into_iter().collect(),
        };
        let found = table.members(&TreeId::new("a"), |p| Some(p.group) == group);
        found.iter().map(|p| p.pid).collect()
    }

    #[test]
    fn by_marker_by_group_and_by_descent() {
        let table = [
            process(1, 0, 1, None),
            process(10, 1, 10, Some("a")),
            process(11, 1, 10, None),
            process(12, 11, 12, None),
            process(13, 12, 12, Some("b")),
            process(9, 13, 9, None),
            process(20, 1, 20, Some("b")),
            process(21, 20, 10, Some("b")),
        ];
        assert_eq!(members(table.clone(), Some(10)), [9, 10, 11, 12, 13]);
        assert_eq!(members(table, None), [10]);
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let table = [process(2, 3, 2, Some("a")), process(3, 2, 3, None)];
        assert_eq!(members(table, None), [2, 3]);
    }
}
