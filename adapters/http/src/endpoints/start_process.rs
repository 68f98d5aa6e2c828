//! Processes that are to run: those that have ended, and those that live.

use super::{
    Answered, Shared,
    processes::{answer, find},
};
use crate::{
    Surface,
    fault::{Fault, Kind},
    names::{PathId, PathName},
    views,
};
use axum::extract::State;
use collodi_api::{Answer, ProcessStatus};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_host::{Command, Host, Process, ProcessId};
use std::collections::BTreeMap;

/// A process that has ended is supervised anew. One that lives is left alone: who makes sure
/// that it runs need not look before.
pub(crate) async fn start_process(State(surface): Shared, PathId(id): PathId) -> Answered<Answer> {
    let told = find(&surface, &id, Told::of).await?;
    told.can_start(&surface).await?;
    let process = ProcessId::from_text(&id);
    surface.host.command(Command::StartProcess(process)).await?;
    Ok(answer(told.begun(), id))
}

/// The next life of a process begins, also of one that has ended.
pub(crate) async fn restart_process(
    State(surface): Shared,
    PathId(id): PathId,
) -> Answered<Answer> {
    let told = find(&surface, &id, Told::of).await?;
    told.can_start(&surface).await?;
    let process = ProcessId::from_text(&id);
    let restart = Command::RestartProcess(process);
    surface.host.command(restart).await?;
    Ok(answer("restarting", id))
}

/// The next lives of all living processes of an app begin, in the order of what depends on what.
pub(crate) async fn restart_app(
    State(surface): Shared,
    PathName(name): PathName,
) -> Answered<Answer> {
    let id = name.to_string();
    let app = id.clone();
    let starting = surface.host.query(move |host| {
        let living = host
            .processes()
            .filter(|p| p.app() == app && !p.has_ended());
        let starting = living.flat_map(|process| Starting::all_of(process, host));
        let by_id = starting.map(|one| (one.id.clone(), one));
        by_id.collect::<BTreeMap<_, _>>()
    });
    for one in starting.await?.values() {
        one.can_start(&surface).await?;
    }
    surface
        .host
        .command(Command::RestartApp(id.clone()))
        .await?;
    Ok(answer("restarting", id))
}

/// A process that is told to run.
struct Told {
    status: ProcessStatus,
    /// What starts for that: it, and those that it depends on.
    starting: Vec<Starting>,
}

impl Told {
    fn of(process: &Process, host: &Host) -> Self {
        Self {
            status: views::process(process, host).status,
            starting: Starting::all_of(process, host).collect(),
        }
    }

    async fn can_start(&self, surface: &Surface) -> Result<(), Fault> {
        for one in &self.starting {
            one.can_start(surface).await?;
        }
        Ok(())
    }

    /// What it does when it was told to run.
    const fn begun(&self) -> ProcessStatus {
        match self.status {
            ProcessStatus::Stopped | ProcessStatus::Crashed | ProcessStatus::Stopping => {
                ProcessStatus::Starting
            }
            other => other,
        }
    }
}

/// A process that has ended and is to start.
struct Starting {
    id: String,
    app: String,
    folder: ContainedPath,
    /// Its environment, where that is in its folder's root or in the workspace.
    environment: Option<ContainedPath>,
}

impl Starting {
    /// It, and those that it depends on, as far as they have ended.
    fn all_of(process: &Process, host: &Host) -> impl Iterator<Item = Self> {
        let starting = host.startable_with(process).into_iter();
        starting.map(|one| Self::of(one, host))
    }

    fn of(process: &Process, host: &Host) -> Self {
        let folder = process.folder().clone();
        let workspace = host.options().layout.workspace();
        let environment = process.environment().and_then(|path| {
            let mut roots = [workspace, folder.root()].into_iter();
            roots.find_map(|root| root.contain(&Default::default(), path).ok())
        });
        Self {
            id: process.id().to_string(),
            app: process.app().to_owned(),
            folder,
            environment,
        }
    }

    /// Whether what it ran with is there yet: without its environment it would run with another
    /// interpreter, and nobody would be told.
    async fn can_start(&self, surface: &Surface) -> Result<(), Fault> {
        let environment = self.environment.as_ref().map(|path| ("environment", path));
        for (what, path) in [("folder", &self.folder)].into_iter().chain(environment) {
            if !is_there(surface, path).await? {
                return Err(self.misses(what, path));
            }
        }
        Ok(())
    }

    fn misses(&self, what: &str, path: &ContainedPath) -> Fault {
        let (id, app) = (&self.id, &self.app);
        let detail = format!("process {id} cannot run: its {what} {path} is gone");
        Fault::new(Kind::CannotStart, detail).hint(format!(
            "a run of its app makes what it needs, if that is there: `collodi run {app}` (POST /python/apps/{app}/run)"
        ))
    }
}

async fn is_there(surface: &Surface, path: &ContainedPath) -> Result<bool, Fault> {
    let path = path.clone();
    match surface
        .workspace
        .files()
        .perform(FileOp::Stat { path })
        .await
    {
        Ok(FileAnswer::Stat(found)) => Ok(found.is_some()),
        Err(error) if error.kind != FileErrorKind::NotFound => Err(error.into()),
        _ => Ok(false),
    }
}
