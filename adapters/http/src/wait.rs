//! Waiting for what the host tells.

use crate::fault::{Fault, Kind};
use collodi_driver::{Events, Gone, HostHandle, Notice};
use collodi_host::{Event, Host, RunEntry, RunEvent, RunId, RunPhase};
use collodi_python::Toolchain;
use collodi_run::Outcome;
use futures::{
    StreamExt as _,
    future::{Either, select},
};
use std::{future::Future, pin::pin, sync::Arc};

/// Where a run has got to that no longer is at its steps.
#[derive(Clone, Debug)]
pub(crate) enum Through {
    /// Its commands stay up.
    Serving,
    /// It has ended.
    Ended(Arc<Outcome>),
}

/// The next thing that the host tells.
pub(crate) async fn next(events: &mut Events) -> Result<Notice, Gone> {
    events.next().await.ok_or(Gone)
}

/// What the machine has. Waits until the host knows.
pub(crate) async fn tools(host: &HostHandle) -> Result<Arc<Toolchain>, Gone> {
    known(host, |host| host.tools().cloned()).await
}

/// The answer to a question to which the host may have none yet. Who asks when there is one
/// need not listen to the host.
pub(crate) async fn known<T: Send + 'static>(
    host: &HostHandle,
    ask: fn(&Host) -> Option<T>,
) -> Result<T, Gone> {
    if let Some(answer) = host.query(ask).await? {
        return Ok(answer);
    }
    let mut events = host.changes().await?;
    loop {
        if let Some(answer) = host.query(ask).await? {
            return Ok(answer);
        }
        next(&mut events).await?;
    }
}

/// Waits until a run is through its steps. `events` must be older than the run.
pub(crate) async fn through(
    host: &HostHandle,
    events: &mut Events,
    id: &RunId,
) -> Result<Through, Fault> {
    loop {
        let through = match next(events).await? {
            Notice::Event(event) => told(&event, id),
            Notice::Missed(_) => seen(host, id).await?,
        };
        if let Some(through) = through {
            return Ok(through);
        }
    }
}

fn told(event: &Event, id: &RunId) -> Option<Through> {
    match event {
        Event::Run { run, what, .. } if run == id => match what {
            RunEvent::Step(collodi_run::Event::Serving) => Some(Through::Serving),
            RunEvent::Ended(outcome) => Some(Through::Ended(outcome.clone())),
            _ => None,
        },
        _ => None,
    }
}

async fn seen(host: &HostHandle, id: &RunId) -> Result<Option<Through>, Fault> {
    let sought = id.clone();
    let phase = move |host: &Host| host.run(&sought).map(RunEntry::phase);
    match host.query(phase).await? {
        Some(RunPhase::Waiting | RunPhase::Running) => Ok(None),
        Some(RunPhase::Serving) => Ok(Some(Through::Serving)),
        Some(RunPhase::Ended(outcome)) => Ok(Some(Through::Ended(outcome))),
        None => Err(Fault::new(
            Kind::NotFound,
            format!("run {id} has ended, and is no longer kept"),
        )),
    }
}

/// Does it, unless the host shuts down meanwhile: then it is given up.
pub(crate) async fn unless_gone<T>(
    host: &HostHandle,
    work: impl Future<Output = T>,
) -> Result<T, Gone> {
    let mut events = host.changes().await?;
    let gone = async move { while events.next().await.is_some() {} };
    match select(pin!(work), pin!(gone)).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right(_) => Err(Gone),
    }
}
