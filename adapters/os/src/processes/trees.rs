//! Whole trees: their members, signals to them, their end.

use crate::{
    Attempt, Children, Process, Reactor, Table, Watch, Watched as _, child::has_ended, signal,
    watch,
};
use collodi_backend::{Error, ErrorKind};
use collodi_command::{Signal, TreeId};
use futures::lock::Mutex;
use rustix::fd::{AsFd as _, OwnedFd};
use std::{
    collections::BTreeSet, future::poll_fn, io, marker::PhantomData, sync::Arc, time::Instant,
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
    reactor: PhantomData<R>,
}

impl<R: Reactor> Trees<R> {
    pub(super) fn new() -> Self {
        Self {
            children: Arc::default(),
            last: Mutex::default(),
            reactor: PhantomData,
        }
    }

    /// The processes of `tree` that live now.
    pub(super) async fn members(&self, tree: &TreeId) -> Result<Vec<Process>, Error> {
        let table = self
            .table()
            .await
            .map_err(|error| unreadable(tree, &error))?;
        Ok(self.children.groups().members(&table, tree))
    }

    /// Sends `signal` to all of `tree`: to its groups as one, and to each process that
    /// left them. Who is found by descent is found before its parents may end. A kill is
    /// over when nobody is found who did not get it: one who got it starts no more.
    pub(super) async fn signal(&self, tree: &TreeId, sent: Signal) -> Result<(), Error> {
        let mut members = self.members(tree).await?;
        let groups = self.children.groups().signal(tree, sent)?;
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
