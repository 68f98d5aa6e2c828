//! A workspace whose apps this program changes by itself, beside its server or without one.

use crate::{
    audit,
    cli::ServerArgs,
    failure::Failure,
    home::Home,
    interrupts::{Held, Interrupts},
    node,
    runtime::{Choice, Runtime},
    state::{Hold, is_held},
};
use anyhow::{Error, Result};
use collodi_apps::Scheme;
use collodi_backend::Backends;
use collodi_driver::{Apps, AppsError, Workspace};
use collodi_host::HostOptions;
use futures::future::{Either, select};
use std::{future::Future, path::Path, pin::pin};

/// What it takes to see and change the apps of a workspace.
#[derive(Debug)]
pub(crate) struct Local {
    pub(crate) apps: Apps,
    pub(crate) backends: Backends,
    pub(crate) options: HostOptions,
    /// How repositories may be reached.
    pub(crate) schemes: Vec<Scheme>,
}

impl Local {
    /// Opens the workspace, and looks at it with `work`: nothing is made, and nothing run.
    pub(crate) fn look<T, F>(workspace: &Path, work: impl FnOnce(Self) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        Choice::default().run(|runtime| async move {
            let (home, options, backends) = open(&*runtime, workspace).await?;
            work(Self::new(home, options, backends)).await
        })
    }

    /// Opens the workspace, and adds to it with `work`: where it has no server, none may begin
    /// meanwhile. What git does is written down as what a server does is. A signal gives it up,
    /// which is an error.
    pub(crate) fn run<T, F>(workspace: &Path, work: impl FnOnce(Self) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        Self::hold(
            workspace,
            |dir| (!is_held(dir)).then(|| Hold::take(dir)).transpose(),
            work,
        )
    }

    /// As [`run`](Self::run), for what changes apps that are there: nothing of them may run, so
    /// no server may be there.
    pub(crate) fn alone<T, F>(workspace: &Path, work: impl FnOnce(Self) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        Self::hold(workspace, |dir| Hold::take(dir).map(Some), work)
    }

    fn hold<T, F>(
        workspace: &Path,
        hold: impl FnOnce(&Path) -> Result<Option<Hold>>,
        work: impl FnOnce(Self) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let held = Held::now()?;
        Choice::default().run(|runtime| async move {
            let (home, options, backends) = open(&*runtime, workspace).await?;
            let _hold = hold(&home.dir)?;
            node::make_directories(&home.layout)?;
            let ledger = audit::open(&home.dir, &backends)?;
            let backends = audit::over(backends, &ledger);
            let mut interrupts = Interrupts::listen(held);
            let local = Self::new(home, options, backends);
            let apps = local.apps.clone();
            let ended = match select(pin!(work(local)), pin!(interrupts.next())).await {
                Either::Left((ended, _)) => ended,
                Either::Right((signal, _)) => Err(interrupted(signal).into()),
            };
            // What was under way is given up by now, with what git has fetched.
            let swept = apps.tidy().await;
            ledger.flush();
            swept?;
            ended
        })
    }

    fn new(home: Home, options: HostOptions, backends: Backends) -> Self {
        let workspace = Workspace::new(home.layout, backends.files.clone());
        Self {
            apps: Apps::new(workspace, backends.clone(), options.seed),
            backends,
            schemes: home.settings.python.app_schemes.value().clone(),
            options,
        }
    }
}

async fn open(runtime: &dyn Runtime, workspace: &Path) -> Result<(Home, HostOptions, Backends)> {
    let backends = runtime.backends();
    let args = ServerArgs::unsaid()?;
    let home = Home::open(workspace, &*backends.files, &args).await?;
    let options = node::options(&home, &backends, &args)?;
    Ok((home, options, backends))
}

/// As a shell says of a program that a signal has ended.
fn interrupted(signal: u8) -> Failure {
    Failure::new("interrupted; what was under way is given up")
        .status(128_u8.saturating_add(signal))
}

/// What a person sees when an app could not be had or changed.
pub(crate) fn refused(error: AppsError) -> Error {
    let failure = Failure::new(&error);
    match error.hint() {
        Some(hint) => failure.hint(hint).into(),
        None => failure.into(),
    }
}
