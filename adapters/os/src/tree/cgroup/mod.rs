//! Trees as control groups: whoever is in one cannot leave it by forking, by changing its
//! session or by clearing its environment.

mod bounds;
mod place;
mod vacant;
mod watcher;

use super::{
    Process,
    small::{list, small_text},
};
use collodi_command::{Bounds, TreeId, Usage};
use rustix::{
    fd::{BorrowedFd, OwnedFd},
    fs::{Access, Mode, OFlags},
};
use std::{
    collections::{BTreeSet, VecDeque},
    fs, io,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError, atomic::AtomicBool},
    task::{Poll, Waker},
};

pub(crate) use bounds::{Bound, Joined};
pub(crate) use watcher::Watcher;

/// The directory, below that of this process, whose directories are the trees.
const DIRECTORY: &str = "collodi";
/// The most trees that are remembered to have been whole; of others the process table is
/// read.
const MOST_KNOWN: usize = 4096;
/// The most control groups below one tree that are looked at.
const MOST_BELOW: usize = 1024;

/// The control groups (version 2) that trees are. They are named by their trees alone, so
/// whoever comes after us finds them.
#[derive(Debug)]
pub(crate) struct Cgroups {
    base: String,
    bounds: bounds::Controllers,
    /// Made when somebody first waits.
    watcher: OnceLock<Option<Watcher>>,
    wholes: Mutex<Wholes>,
    vacant: vacant::Vacant,
    /// Whether what an earlier life left is removed.
    is_swept: AtomicBool,
}

/// The trees that are known to be in their control groups with all that they are.
#[derive(Debug, Default)]
struct Wholes {
    trees: BTreeSet<TreeId>,
    oldest_first: VecDeque<TreeId>,
}

/// What is seen of the control group of a tree.
enum Look {
    Gone,
    Empty {
        /// Whoever comes into it does not run.
        frozen: bool,
    },
    Populated,
}

impl Cgroups {
    /// Those of this machine; none where control groups cannot be made, entered at the start
    /// of a process, and killed.
    pub(crate) fn find() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let home = place::unified(&mounts, &own)?;
        let base = format!("{home}/{DIRECTORY}");
        make(&base).ok()?;
        let may = |path: String, how| rustix::fs::access(path, how).ok();
        may(format!("{home}/cgroup.procs"), Access::WRITE_OK)?;
        may(base.clone(), Access::WRITE_OK)?;
        may(format!("{base}/cgroup.kill"), Access::EXISTS)?;
        (collodi_spawn::can_join() && super::is_ours()).then_some(())?;
        Some(Self {
            bounds: bounds::Controllers::find(&mounts, &own, &home, &base),
            watcher: OnceLock::new(),
            base,
            wholes: Mutex::default(),
            vacant: vacant::Vacant::default(),
            is_swept: AtomicBool::new(false),
        })
    }

    /// Whether the tree is in its control group with all that it is.
    pub(crate) fn is_whole(&self, tree: &TreeId) -> bool {
        self.wholes().trees.contains(tree)
    }

    /// The control group of the tree, which is made when it is not there.
    pub(crate) fn open(&self, tree: &TreeId) -> io::Result<OwnedFd> {
        let path = self.path(tree).ok_or(io::ErrorKind::InvalidInput)?;
        if self.renew(tree, &path)
            && let Ok(stayed) = directory(&path)
        {
            return Ok(stayed);
        }
        if make_anew(&path).is_err() {
            make(&self.base)?;
            make(&path)?;
        }
        directory(&path)
    }

    /// What a process of the tree is, from now on, in that control group.
    pub(crate) fn note(&self, tree: &TreeId) {
        self.count_before(tree);
        let mut wholes = self.wholes();
        if wholes.trees.insert(tree.clone()) {
            wholes.oldest_first.push_back(tree.clone());
        }
        if wholes.oldest_first.len() > MOST_KNOWN
            && let Some(oldest) = wholes.oldest_first.pop_front()
        {
            wholes.trees.remove(&oldest);
        }
    }

    /// Something of the tree is not in its control group.
    pub(crate) fn forget(&self, tree: &TreeId) {
        let mut wholes = self.wholes();
        wholes.trees.remove(tree);
        wholes.oldest_first.retain(|other| other != tree);
    }

    /// Whether the process behind the handle is in the control group of the tree, or below it.
    pub(crate) fn holds(&self, tree: &TreeId, pid: i32, handle: BorrowedFd<'_>) -> bool {
        let is_in = |path: String| is_at(&path, handle);
        self.path(tree).is_some_and(is_in) || self.pids(tree).contains(&pid)
    }

    /// The processes in the control group of the tree and in those below it.
    pub(crate) fn pids(&self, tree: &TreeId) -> BTreeSet<i32> {
        let groups = self.path(tree).map(below).unwrap_or_default();
        groups.iter().flat_map(|group| members(group)).collect()
    }

    pub(crate) fn members(&self, tree: &TreeId) -> Vec<Process> {
        let pids = self.pids(tree);
        pids.into_iter().filter_map(super::process).collect()
    }

    /// What those in the control group of the tree use; none when there are none.
    pub(crate) fn usage(&self, tree: &TreeId) -> Option<Usage> {
        super::usage::of_group(
            &self.path(tree)?,
            &self.members(tree),
            self.used_before(tree),
        )
    }

    /// Kills all that is in the control group of the tree, and what that is just starting.
    pub(crate) fn kill(&self, tree: &TreeId) -> io::Result<()> {
        let Some(path) = self.path(tree) else {
            return Ok(());
        };
        self.spend(tree);
        match fs::write(format!("{path}/cgroup.kill"), "1") {
            Err(error) if is_gone(&error) => Ok(()),
            killed => killed,
        }
    }

    /// Who is in the control group of the tree.
    fn look(&self, tree: &TreeId) -> Look {
        let look = |text: &str| {
            let says = |line: &str| text.lines().any(|l| l == line);
            Some(match says("populated 1") {
                true => Look::Populated,
                false => Look::Empty {
                    frozen: says("frozen 1"),
                },
            })
        };
        let seen = |path| small_text(&format!("{path}/cgroup.events"), look);
        self.path(tree).and_then(seen).unwrap_or(Look::Gone)
    }

    /// The descriptor that says when somebody of the waiting is to be woken.
    pub(crate) fn watcher(&self) -> Option<&Watcher> {
        let made = self.watcher.get_or_init(|| Watcher::new(&self.base).ok());
        made.as_ref()
    }

    /// Whether nobody is in the control group of the tree, which is vacant then. If somebody
    /// is, `waker` is woken when that may have changed.
    pub(crate) fn poll_empty(&self, tree: &TreeId, waker: &Waker) -> Poll<io::Result<()>> {
        let Some(path) = self.path(tree).filter(|_| !self.has_left(tree)) else {
            return Poll::Ready(Ok(()));
        };
        let watched = self
            .watcher()
            .map(|watcher| watcher.watch(tree.as_str(), &format!("{path}/cgroup.events"), waker));
        match watched {
            Some(Ok(())) if !self.has_left(tree) => Poll::Pending,
            Some(Err(error)) if !is_gone(&error) => Poll::Ready(Err(error)),
            None => Poll::Ready(Err(io::ErrorKind::Unsupported.into())),
            _ => Poll::Ready(Ok(())),
        }
    }

    /// Whether nobody of the tree is left. Who came into a group that somebody froze would not
    /// run.
    fn has_left(&self, tree: &TreeId) -> bool {
        match self.look(tree) {
            Look::Populated => return false,
            Look::Empty { frozen: false } => self.leave(tree, vacant::Seen::Empty),
            Look::Empty { frozen: true } => self.remove(tree),
            Look::Gone => {}
        }
        true
    }

    /// Removes what belongs to the tree, if nobody is in it.
    pub(crate) fn remove(&self, tree: &TreeId) {
        let Some(path) = self.path(tree) else {
            return;
        };
        let removed = fs::remove_dir(&path);
        // What a process of it made below is empty as well.
        let is_left = removed.is_err_and(|error| !is_gone(&error));
        if is_left && matches!(self.look(tree), Look::Empty { .. }) {
            let groups = below(path);
            groups
                .iter()
                .rev()
                .for_each(|group| drop(fs::remove_dir(group)));
        }
        if matches!(self.look(tree), Look::Gone) {
            self.has_gone(tree);
            self.bounds.retire(tree);
        }
    }

    /// Whether trees can be bounded in this way.
    pub(crate) fn can(&self, bound: Bound) -> bool {
        self.bounds.can(bound)
    }

    /// Bounds a tree whose control group is there. What is given back is to be kept while
    /// a process is started into it.
    pub(crate) fn bound(&self, tree: &TreeId, bounds: &Bounds) -> io::Result<Joined> {
        let path = self.path(tree).ok_or(io::ErrorKind::InvalidInput)?;
        self.spend(tree);
        self.bounds.apply(&path, tree, bounds)
    }

    fn path(&self, tree: &TreeId) -> Option<String> {
        (!tree.as_str().is_empty()).then(|| format!("{}/{tree}", self.base))
    }

    /// A panic elsewhere does not make the list wrong.
    fn wholes(&self) -> MutexGuard<'_, Wholes> {
        self.wholes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn directory(path: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

/// Whether that is where the process is, as far as the kernel says.
fn is_at(path: &str, handle: BorrowedFd<'_>) -> bool {
    let id = collodi_spawn::control_group(handle);
    id.is_some_and(|id| rustix::fs::stat(path).is_ok_and(|stat| stat.st_ino == id))
}

/// The processes in a control group.
fn members(path: &str) -> impl Iterator<Item = i32> + use<> {
    let list = list(&format!("{path}/cgroup.procs")).unwrap_or_default();
    let pids: Vec<_> = list.lines().filter_map(|line| line.parse().ok()).collect();
    pids.into_iter()
}

/// A control group and those below it, each after the one that it is in.
fn below(path: String) -> Vec<String> {
    let mut groups = vec![path];
    let mut next = 0;
    while let Some(group) = groups.get(next).filter(|_| groups.len() < MOST_BELOW) {
        let inside = directories(group);
        groups.extend(inside);
        next += 1;
    }
    groups
}

/// Whether there are groups in a control group. A directory has a link of its own and of its
/// name, and one of each directory in it.
fn has_groups(path: &str) -> bool {
    !rustix::fs::stat(path).is_ok_and(|stat| stat.st_nlink == 2)
}

/// The control groups in one.
fn directories(path: &str) -> Vec<String> {
    if !has_groups(path) {
        return Vec::new();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    directories
        .filter_map(|entry| entry.path().into_os_string().into_string().ok())
        .collect()
}

/// Makes a control group, also in place of one that an earlier life left and nobody is in: that may
/// be spent.
fn make_anew(path: &str) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let _ = fs::remove_dir(path);
            make(path)
        }
        made => made,
    }
}

fn make(path: &str) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Removes the trees that an earlier life left and nobody is in.
fn remove_empty(base: &str) {
    for tree in directories(base) {
        let _ = fs::remove_dir(tree);
    }
}

/// A control group that is removed says this in two ways.
fn is_gone(error: &io::Error) -> bool {
    let errno = rustix::io::Errno::from_io_error(error);
    error.kind() == io::ErrorKind::NotFound || errno == Some(rustix::io::Errno::NODEV)
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use rustix::{
        fd::AsFd as _,
        process::{PidfdFlags, getpid, pidfd_open},
    };

    /// Where the kernel does not say, its list does.
    #[test]
    fn a_process_is_at_its_control_group_and_at_no_other() {
        let text = |path| fs::read_to_string(path).unwrap_or_default();
        let (mounts, own) = (text("/proc/self/mountinfo"), text("/proc/self/cgroup"));
        let Some(home) = place::unified(&mounts, &own) else {
            return;
        };
        let own = pidfd_open(getpid(), PidfdFlags::empty()).unwrap();
        let is_said = collodi_spawn::control_group(own.as_fd()).is_some();
        assert_eq!(is_at(&home, own.as_fd()), is_said);
        assert!(!is_at("/proc/self", own.as_fd()));
        let pid = getpid().as_raw_nonzero().get();
        assert!(members(&home).any(|member| member == pid));
    }
}
