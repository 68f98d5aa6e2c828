//! Whole trees: their members, signals to them, their end.

use crate::{offload::offload, ready::Watched};
use collodi_backend::{Error, ErrorKind};
use collodi_command::{Signal, TreeId};
use collodi_os::{Children, Process, Table, Watch, signal, watch};
use std::{
    collections::BTreeSet,
    future::poll_fn,
    io,
    sync::{Arc, PoisonError, Weak},
    time::Instant,
};
use tokio::{sync::Mutex, task::JoinHandle};

/// How often a tree that is killed is looked at for new processes. Each round kills all
/// that the last one found, so more are needed only against a tree that grows faster
/// than that.
const ROUNDS: usize = 256;

/// The trees of processes that are marked, and the groups that were started here.
#[derive(Debug)]
pub(crate) struct Trees {
    pub(crate) children: Arc<Children>,
    /// The last process table that was read. Whoever waited while it was read uses it
    /// if reading began after they asked: many who ask at once share one or two.
    last: Mutex<Option<Arc<Table>>>,
    driver: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Trees {
    fn drop(&mut self) {
        let driver = self
            .driver
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = driver {
            driver.abort();
        }
    }
}

impl Trees {
    pub(crate) fn of(children: Children) -> Self {
        Self {
            children: Arc::new(children),
            last: Mutex::default(),
            driver: std::sync::Mutex::default(),
        }
    }

    /// The processes of `tree` that live now.
    pub(crate) async fn members(&self, tree: &TreeId) -> Result<Vec<Process>, Error> {
        if self.children.is_whole(tree) {
            return Ok(self.children.whole_members(tree));
        }
        let table = self
            .table()
            .await
            .map_err(|error| unreadable(tree, &error))?;
        Ok(self.children.members(&table, tree))
    }

    /// Sends `signal` to all of `tree`: to its groups as one, and to each process that
    /// left them. Who is found by descent is found before its parents may end. A kill is
    /// over when nobody is found who did not get it: one who got it starts no more.
    pub(crate) async fn signal(&self, tree: &TreeId, sent: Signal) -> Result<(), Error> {
        if self.children.is_whole(tree) {
            return self.children.signal_whole(tree, sent);
        }
        let mut members = self.members(tree).await?;
        if sent == Signal::KILL {
            self.children.kill_grouped(tree)?;
        }
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
    pub(crate) async fn empty(&self, tree: &TreeId) -> Result<(), Error> {
        if self.children.is_whole(tree) && self.drive().is_ok() {
            let empty = poll_fn(|cx| self.children.poll_empty(tree, cx)).await;
            if empty.is_ok() {
                return Ok(());
            }
        }
        loop {
            let members = self.members(tree).await?;
            if members.is_empty() {
                return Ok(());
            }
            wait(&members)
                .await
                .map_err(|error| unwatchable(tree, &error))?;
        }
    }

    /// Lets a task of this runtime wake those who wait for control groups.
    fn drive(&self) -> io::Result<()> {
        let mut driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        if driver.as_ref().is_none_or(JoinHandle::is_finished) {
            let handle = self.children.watcher().ok_or(io::ErrorKind::Unsupported)?;
            let watched = Watched::readable(handle.try_clone_to_owned()?)?;
            let children = Arc::downgrade(&self.children);
            *driver = Some(tokio::spawn(drain(watched, children)));
        }
        Ok(())
    }

    async fn table(&self) -> io::Result<Arc<Table>> {
        let asked = Instant::now();
        let mut last = self.last.lock().await;
        if let Some(table) = last.as_ref().filter(|table| table.read_at() > asked) {
            return Ok(Arc::clone(table));
        }
        let table = Arc::new(offload(Table::read).await??);
        *last = Some(Arc::clone(&table));
        Ok(table)
    }
}

async fn drain(watched: Watched, children: Weak<Children>) {
    while let Ok(mut readiness) = watched.ready().await {
        let Some(children) = children.upgrade() else {
            break;
        };
        readiness.clear_ready();
        children.drain();
    }
}

/// Waits until all of `processes`, or as many as can be watched, have ended.
async fn wait(processes: &[Process]) -> io::Result<()> {
    let handles = match watch(processes)? {
        Watch::Handles(handles) => handles,
        Watch::After(pause) => {
            tokio::time::sleep(pause).await;
            return Ok(());
        }
    };
    let watched: io::Result<Vec<_>> = handles.into_iter().map(Watched::readable).collect();
    for handle in watched? {
        let _ = handle.ready().await?;
    }
    Ok(())
}

fn unreadable(tree: &TreeId, error: &io::Error) -> Error {
    Error::new(ErrorKind::Other, "look for", tree.as_str()).detail(error.to_string())
}

fn unwatchable(tree: &TreeId, error: &io::Error) -> Error {
    Error::new(ErrorKind::Exhausted, "watch", tree.as_str()).detail(error.to_string())
}
