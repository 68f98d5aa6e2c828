//! Whole trees: their members, signals to them, their end.

use super::tidy::tidy_later;
use crate::{
    Attempt, Children, Process, Reactor, Table, Watch, Watched as _, child::has_ended, signal,
    tree::usage, watch,
};
use collodi_backend::{Error, ErrorKind};
use collodi_command::{Signal, TreeId, Usage};
use futures::{channel::oneshot, future, lock::Mutex};
use rustix::fd::{AsFd as _, OwnedFd};
use std::{
    collections::BTreeSet,
    future::poll_fn,
    io,
    marker::PhantomData,
    pin::pin,
    sync::{Arc, PoisonError, Weak},
    time::Instant,
};

/// How often a tree that is killed is looked at for new processes. Each round kills all
/// that the last one found, so more are needed only against a tree that grows faster
/// than that.
const ROUNDS: usize = 256;

/// The trees of processes that are marked, and the groups that were started here.
#[derive(Debug)]
pub(super) struct Trees<R> {
    pub(super) children: Arc<Children>,
    /// The last process table that was read. Whoever waited while it was read uses it
    /// if reading began after they asked: many who ask at once share one or two.
    last: Mutex<Option<Arc<Table>>>,
    /// Keeps the task that wakes those who wait for control groups: it ends with this.
    waker: std::sync::Mutex<Option<oneshot::Sender<()>>>,
    reactor: PhantomData<R>,
}

impl<R: Reactor> Trees<R> {
    pub(super) fn of(children: Children) -> Self {
        Self {
            children: Arc::new(children),
            last: Mutex::default(),
            waker: std::sync::Mutex::default(),
            reactor: PhantomData,
        }
    }

    /// The processes of `tree` that live now.
    pub(super) async fn members(&self, tree: &TreeId) -> Result<Vec<Process>, Error> {
        if self.children.is_whole(tree) {
            return Ok(self.children.whole_members(tree));
        }
        let table = self
            .table()
            .await
            .map_err(|error| unreadable(tree, &error))?;
        Ok(self.children.members(&table, tree))
    }

    /// What `tree` uses; none when nobody is in it.
    pub(super) async fn usage(&self, tree: &TreeId) -> Result<Option<Usage>, Error> {
        if self.children.is_whole(tree) {
            return Ok(self.children.whole_usage(tree));
        }
        Ok(usage::of_processes(&self.members(tree).await?))
    }

    /// Sends `signal` to all of `tree`: to its groups as one, and to each process that
    /// left them. Who is found by descent is found before its parents may end. A kill is
    /// over when nobody is found who did not get it: one who got it starts no more.
    pub(super) async fn signal(&self, tree: &TreeId, sent: Signal) -> Result<(), Error> {
        if self.children.is_whole(tree) {
            return self.children.signal_whole(tree, sent);
        }
        let mut members = self.members(tree).await?;
        if sent == Signal::KILL {
            self.children.kill_grouped(tree)?;
        }
        let groups = self.children.groups().signal(tree, sent)?;
        members = self.children.groups().beside(members, &groups, sent);
        let mut reached = BTreeSet::new();
        for _ in 0..ROUNDS {
            members.retain(|p| !groups.contains(&p.group) && reached.insert((p.pid, p.started)));
            signal(tree, &members, sent)?;
            if sent != Signal::KILL {
                return Ok(());
            }
            members = self.members(tree).await?;
            if members
                .iter()
                .all(|p| reached.contains(&(p.pid, p.started)) || groups.contains(&p.group))
            {
                return Ok(());
            }
        }
        Err(Error::new(ErrorKind::Other, "kill", tree.as_str())
            .detail("it starts processes faster than they can be killed"))
    }

    /// Completes when nobody of `tree` is left. Between looks it waits for those it saw.
    pub(super) async fn empty(&self, tree: &TreeId) -> Result<(), Error> {
        if self.children.is_whole(tree) && self.wake().is_ok() {
            let empty = poll_fn(|cx| self.children.poll_empty(tree, cx)).await;
            tidy_later::<R>(&self.children);
            if empty.is_ok() {
                return Ok(());
            }
        }
        loop {
            let members = self.members(tree).await?;
            if members.is_empty() {
                return Ok(());
            }
            wait::<R>(&members)
                .await
                .map_err(|error| unwatchable(tree, &error))?;
        }
    }

    /// Lets a task wake those who wait for control groups; another one when the runtime
    /// of the last has ended.
    fn wake(&self) -> io::Result<()> {
        let mut waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if waker.as_ref().is_none_or(oneshot::Sender::is_canceled) {
            let handle = self.children.watcher().ok_or(io::ErrorKind::Unsupported)?;
            let watched = R::readable(handle.try_clone_to_owned()?)?;
            let (keep, kept) = oneshot::channel();
            let drain = drain::<R>(watched, Arc::downgrade(&self.children), kept);
            drop(R::detach(drain)?);
            *waker = Some(keep);
        }
        Ok(())
    }

    async fn table(&self) -> io::Result<Arc<Table>> {
        let asked = Instant::now();
        let mut last = self.last.lock().await;
        if let Some(table) = last.as_ref().filter(|table| table.read_at() > asked) {
            return Ok(Arc::clone(table));
        }
        let table = Arc::new(R::offload(Table::read).await??);
        *last = Some(Arc::clone(&table));
        Ok(table)
    }
}

/// Wakes whoever waits for what has changed, as long as it is kept.
async fn drain<R: Reactor>(
    watched: R::Watched<OwnedFd>,
    children: Weak<Children>,
    kept: oneshot::Receiver<()>,
) {
    let drain = |_: &OwnedFd| match children.upgrade() {
        Some(children) => {
            children.drain();
            Attempt::TooEarly
        }
        None => Attempt::Done(()),
    };
    let drained = poll_fn(|cx| watched.poll_until(cx, drain));
    future::select(pin!(drained), kept).await;
}

/// Waits until all of `processes`, or as many as can be watched, have ended.
async fn wait<R: Reactor>(processes: &[Process]) -> io::Result<()> {
    let handles = match watch(processes)? {
        Watch::Handles(handles) => handles,
        Watch::After(pause) => {
            R::sleep(pause).await;
            return Ok(());
        }
    };
    let watched: io::Result<Vec<_>> = handles.into_iter().map(R::readable).collect();
    for handle in watched? {
        poll_fn(|cx| handle.poll_until(cx, look)).await?;
    }
    Ok(())
}

fn look(handle: &OwnedFd) -> Attempt<()> {
    match has_ended(handle.as_fd()) {
        true => Attempt::Done(()),
        false => Attempt::TooEarly,
    }
}

fn unreadable(tree: &TreeId, error: &io::Error) -> Error {
    Error::new(ErrorKind::Other, "look for", tree.as_str()).detail(error.to_string())
}

fn unwatchable(tree: &TreeId, error: &io::Error) -> Error {
    Error::new(ErrorKind::Exhausted, "watch", tree.as_str()).detail(error.to_string())
}
