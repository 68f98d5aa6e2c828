//! Who waits for control groups to become empty.

use rustix::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::{
    collections::BTreeMap,
    io,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
};

/// One descriptor for all control groups that somebody waits for.
///
/// A group says that it is empty, but not more often than each ten milliseconds; when somebody
/// removes it before it has, it says nothing. So the directory of them all is watched as well.
#[derive(Debug)]
pub(crate) struct Watcher {
    handle: OwnedFd,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// By the name of the group.
    wakers: BTreeMap<String, Vec<Waker>>,
    /// The names of the groups that are watched.
    watched: BTreeMap<i32, String>,
}

impl Watcher {
    pub(crate) fn handle(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }

    /// A panic elsewhere does not make the list wrong.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, id: i32, name: &str, waker: &Waker) {
        self.watched.insert(id, name.to_owned());
        let wakers = self.wakers.entry(name.to_owned()).or_default();
        if !wakers.iter().any(|other| other.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use super::{Mutex, Waiting, Waker, Watcher, io};
    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
    use std::mem::MaybeUninit;

    impl Watcher {
        /// Watches the groups in the directory `base`.
        pub(crate) fn new(base: &str) -> io::Result<Self> {
            let handle = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
            inotify::add_watch(&handle, base, WatchFlags::DELETE)?;
            let waiting = Mutex::new(Waiting::default());
            Ok(Self { handle, waiting })
        }

        /// Wakes `waker` once the file of the group has changed, or the group is removed.
        /// What the file says is to be read after this.
        pub(crate) fn watch(&self, name: &str, file: &str, waker: &Waker) -> io::Result<()> {
            let mut waiting = self.waiting();
            let id = inotify::add_watch(&self.handle, file, WatchFlags::MODIFY)?;
            waiting.add(id, name, waker);
            Ok(())
        }

        /// Wakes whoever waits for what has changed; to be called when the handle is
        /// readable.
        pub(crate) fn drain(&self) {
            let mut buffer = [const { MaybeUninit::uninit() }; 4096];
            let mut events = inotify::Reader::new(&self.handle, &mut buffer);
            let mut waiting = self.waiting();
            let mut woken = Vec::new();
            while let Ok(event) = events.next() {
                let removed = event
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned());
                // It would keep the file in memory after its group is removed.
                let changed = waiting.watched.remove(&event.wd());
                if changed.is_some() {
                    let _ = inotify::remove_watch(&self.handle, event.wd());
                }
                let name = removed.or(changed).unwrap_or_default();
                woken.extend(waiting.wakers.remove(&name).unwrap_or_default());
            }
            drop(waiting);
            woken.into_iter().for_each(Waker::wake);
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod system {
    use super::{Waker, Watcher, io};

    impl Watcher {
        pub(crate) fn new(_: &str) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(crate) fn watch(&self, name: &str, _: &str, waker: &Waker) -> io::Result<()> {
            self.waiting().add(0, name, waker);
            Err(io::ErrorKind::Unsupported.into())
        }

        pub(crate) fn drain(&self) {
            self.waiting().wakers.clear();
        }
    }
}
