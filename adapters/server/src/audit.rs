//! The record of everything that is executed in a workspace.

use crate::{aside, failure::Failure};
use anyhow::Result;
use collodi_api::AuditPage;
use collodi_audit::{Query, Rotation, State};
use collodi_backend::{Backends, BoxFuture};
use collodi_ledger::{Audited, Ledger};
use futures::channel::oneshot;
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The folder of it.
pub(crate) fn dir(workspace: &Path) -> PathBuf {
    workspace.join(".vatn/python/audit")
}

/// Opens the record. The session is named after the process and its start: a process that
/// replaces itself begins another one.
pub(crate) fn open(workspace: &Path, backends: &Backends) -> Result<Arc<Ledger>> {
    let (dir, pid) = (dir(workspace), std::process::id());
    let started = backends.clock.wall().as_duration().as_millis();
    let session = format!("{started:x}-{pid}");
    let path = dir.display().to_string();
    let tell = move |error: &io::Error| {
        aside::warn(
            "audit",
            &format!("{path} lacks what is executed as long as it cannot be written: {error}"),
        );
    };
    let ledger = Ledger::open(&dir, Rotation::default(), session, tell).map_err(|error| {
        Failure::new(format!("failed to open {}: {error}", dir.display()))
            .hint("nothing is executed that is not written down")
    })?;
    Ok(Arc::new(ledger))
}

/// The same backends, with everything that they start written down.
pub(crate) fn over(backends: Backends, ledger: &Arc<Ledger>) -> Backends {
    let (clock, ledger) = (Arc::clone(&backends.clock), Arc::clone(ledger));
    let audited = Audited::new(Arc::clone(&backends.process), clock, ledger);
    Backends {
        process: Arc::new(audited),
        ..backends
    }
}

/// Answers questions about it, beside the program: the files may be large.
pub(crate) fn asked(
    ledger: Arc<Ledger>,
) -> impl Fn(Query) -> BoxFuture<'static, io::Result<AuditPage>> + Send + Sync {
    move |query| {
        let ledger = Arc::clone(&ledger);
        let (answer, answered) = oneshot::channel();
        let work = move || drop(answer.send(page(&ledger, &query)));
        let begun = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(work);
        Box::pin(async move {
            begun?;
            answered
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into()))
        })
    }
}

fn page(ledger: &Ledger, query: &Query) -> io::Result<AuditPage> {
    let book = ledger.book()?;
    Ok(collodi_ledger::page(&book, query, |entry| {
        entry.state(Some(ledger.session()), ledger.is_adopted(&entry.opened.id))
    }))
}

/// The same where no server runs: then nothing does.
pub(crate) fn read(workspace: &Path, query: &Query) -> io::Result<AuditPage> {
    let book = collodi_ledger::read(&dir(workspace), Rotation::default())?;
    let state = |entry: &collodi_audit::Entry| -> State { entry.state(None, false) };
    Ok(collodi_ledger::page(&book, query, state))
}
