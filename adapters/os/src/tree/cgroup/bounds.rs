//! Bounds of control groups, in either version.

use super::{make, place};
use collodi_command::{Bounds, TreeId};
use std::{
    collections::BTreeSet,
    fs, io,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What of a tree can be bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Memory,
    Processes,
    Cpu,
}

/// Microseconds in which a tree may use its share of the processors.
const PERIOD: u64 = 100_000;

impl Bound {
    const ALL: [Self; 3] = [Self::Memory, Self::Processes, Self::Cpu];

    /// The controller's name, the same in both versions.
    const fn controller(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Processes => "pids",
            Self::Cpu => "cpu",
        }
    }

    fn of(self, bounds: &Bounds) -> Option<u64> {
        match self {
            Self::Memory => bounds.memory,
            Self::Processes => bounds.processes.map(u64::from),
            Self::Cpu => bounds.cpu.map(|share| u64::from(share) * PERIOD / 100),
        }
    }

    /// What is written where in version 2. What need not be there comes last.
    fn unified(self, value: u64) -> Vec<(&'static str, String)> {
        match self {
            Self::Memory => vec![
                ("memory.max", value.to_string()),
                ("memory.swap.max", "0".to_owned()),
            ],
            Self::Processes => vec![("pids.max", value.to_string())],
            Self::Cpu => vec![("cpu.max", format!("{value} {PERIOD}"))],
        }
    }

    /// As [`Bound::unified`] in version 1.
    fn legacy(self, value: u64) -> Vec<(&'static str, String)> {
        match self {
            Self::Memory => vec![
                ("memory.limit_in_bytes", value.to_string()),
                ("memory.memsw.limit_in_bytes", value.to_string()),
            ],
            Self::Processes => vec![("pids.max", value.to_string())],
            Self::Cpu => vec![
                ("cpu.cfs_quota_us", value.to_string()),
                ("cpu.cfs_period_us", PERIOD.to_string()),
            ],
        }
    }
}

/// Where each bound can be set.
#[derive(Debug, Default)]
pub(super) struct Controllers(Vec<(Bound, Controller)>);

#[derive(Debug)]
enum Controller {
    /// In the control group that the tree is.
    Unified,
    /// In a hierarchy of its own.
    Legacy(Legacy),
}

/// A hierarchy of version 1.
#[derive(Debug)]
struct Legacy {
    /// The group of this process.
    home: String,
    /// The group whose groups are trees.
    base: String,
    /// The trees that have one.
    trees: Mutex<BTreeSet<String>>,
}

impl Controllers {
    pub(super) fn find(mounts: &str, own: &str, home: &str, base: &str) -> Self {
        let found = Bound::ALL.into_iter().filter_map(|bound| {
            let controller = unified(bound, home, base).or_else(|| legacy(bound, mounts, own))?;
            Some((bound, controller))
        });
        Self(found.collect())
    }

    pub(super) fn can(&self, bound: Bound) -> bool {
        self.0.iter().any(|(known, _)| *known == bound)
    }

    /// Sets what is asked for. Whoever starts the process is in the groups of version 1
    /// until what is given back is dropped, and so is what it starts: there is no other way
    /// to begin in one.
    pub(super) fn apply(&self, group: &str, tree: &TreeId, bounds: &Bounds) -> io::Result<Joined> {
        let mut joined = Joined::default();
        for (bound, controller) in &self.0 {
            let Some(value) = bound.of(bounds) else {
                continue;
            };
            match controller {
                Controller::Unified => set(group, &bound.unified(value))?,
                Controller::Legacy(legacy) => legacy.apply(&mut joined, tree, *bound, value)?,
            }
        }
        Ok(joined)
    }

    pub(super) fn retire(&self, tree: &TreeId) {
        for (_, controller) in &self.0 {
            if let Controller::Legacy(legacy) = controller {
                legacy.retire(tree);
            }
        }
    }
}

impl Legacy {
    fn apply(
        &self,
        joined: &mut Joined,
        tree: &TreeId,
        bound: Bound,
        value: u64,
    ) -> io::Result<()> {
        let group = format!("{}/{tree}", self.base);
        make(&self.base)?;
        make(&group)?;
        self.trees().insert(tree.as_str().to_owned());
        // We count as well as long as we are in it.
        let ours = u64::from(bound == Bound::Processes);
        set(&group, &bound.legacy(value + ours))?;
        joined.join(&self.home, &group)?;
        if ours > 0 {
            joined.after = Some((group, bound.legacy(value)));
        }
        Ok(())
    }

    fn retire(&self, tree: &TreeId) {
        if self.trees().remove(tree.as_str()) {
            let _ = fs::remove_dir(format!("{}/{tree}", self.base));
        }
    }

    /// A panic elsewhere does not make the list wrong.
    fn trees(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.trees.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A controller of version 2, which is passed on to the trees if that can be done: not
/// where processes are beside them, unless it is the root of all.
fn unified(bound: Bound, home: &str, base: &str) -> Option<Controller> {
    let name = bound.controller();
    for group in [home, base] {
        // What counts is whether it is there then.
        let _ = fs::write(
            format!("{group}/cgroup.subtree_control"),
            format!("+{name}"),
        );
    }
    let passed = fs::read_to_string(format!("{base}/cgroup.subtree_control")).ok()?;
    let has = passed.split_whitespace().any(|word| word == name);
    has.then_some(Controller::Unified)
}

fn legacy(bound: Bound, mounts: &str, own: &str) -> Option<Controller> {
    let home = place::legacy(mounts, own, bound.controller())?;
    let base = format!("{home}/{}", super::DIRECTORY);
    make(&base).ok()?;
    let may = |path: &str| rustix::fs::access(path, rustix::fs::Access::WRITE_OK).ok();
    may(&base)?;
    may(&format!("{home}/tasks"))?;
    super::remove_empty(&base);
    let name = |path: String| Some(path.rsplit_once('/')?.1.to_owned());
    let left = super::directories(&base).into_iter().filter_map(name);
    let trees = Mutex::new(left.collect());
    Some(Controller::Legacy(Legacy { home, base, trees }))
}

/// Writes the first, which must be there, and the rest where it is.
fn set(group: &str, values: &[(&str, String)]) -> io::Result<()> {
    let mut written = values
        .iter()
        .map(|(file, value)| fs::write(format!("{group}/{file}"), value));
    let first = written.next().unwrap_or(Ok(()));
    written.for_each(drop);
    first
}

/// The groups of version 1 that this thread is in, to leave them again. Both must be done
/// by the same thread.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    homes: Vec<String>,
    after: Option<(String, Vec<(&'static str, String)>)>,
    _same_thread: std::marker::PhantomData<*const ()>,
}

impl Joined {
    fn join(&mut self, home: &str, group: &str) -> io::Result<()> {
        enter(group)?;
        self.homes.push(home.to_owned());
        Ok(())
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        for home in &self.homes {
            let _ = enter(home);
        }
        if let Some((group, values)) = &self.after {
            let _ = set(group, values);
        }
    }
}

/// Moves this thread; zero stands for whoever writes it.
fn enter(group: &str) -> io::Result<()> {
    fs::write(format!("{group}/tasks"), "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let bounds = Bounds {
            memory: Some(1 << 20),
            processes: Some(7),
            cpu: Some(250),
            files: None,
        };
        let texts = |form: fn(Bound, u64) -> Vec<(&'static str, String)>| {
            let all = Bound::ALL.into_iter().flat_map(|bound| {
                let value = bound.of(&bounds).unwrap();
                form(bound, value)
            });
            all.map(|(file, value)| format!("{file} = {value}\n"))
                .collect::<String>()
        };
        insta::assert_snapshot!(texts(Bound::unified), @r"
        memory.max = 1048576
        memory.swap.max = 0
        pids.max = 7
        cpu.max = 250000 100000
        ");
        insta::assert_snapshot!(texts(Bound::legacy), @r"
        memory.limit_in_bytes = 1048576
        memory.memsw.limit_in_bytes = 1048576
        pids.max = 7
        cpu.cfs_quota_us = 250000
        cpu.cfs_period_us = 100000
        ");
    }
}
