//! Environments.

use super::{Answered, Shared};
use crate::{
    Surface,
    fault::{Fault, Kind},
    names::PathName,
    query::QueryString,
    wait::{next, tools},
};
use axum::{Json, extract::State, http::StatusCode};
use collodi_api::{Env, EnvCreated, EnvDeleted, Envs};
use collodi_contain::{ContainedPath, Name};
use collodi_driver::Notice;
use collodi_file::FileError;
use collodi_host::{Command, EnvEvent, EnvUser, Event, Host, LeftAlone, Refused};
use collodi_inventory::{live_use, may_use, users_of};
use collodi_python::{ProvisionError, Provisioned};
use std::collections::BTreeMap;

pub(crate) async fn envs(State(surface): Shared, query: QueryString) -> Answered<Envs> {
    let wait = query.flag("wait")?;
    Ok(Json(env_list(&surface, wait).await?))
}

/// The environments that are there; with `wait`, when all is known of them.
pub(crate) async fn env_list(surface: &Surface, wait: bool) -> Result<Envs, Fault> {
    let changed = |host: &Host| {
        let changes = host.env_changes();
        changes.map(|(path, at)| (path.absolute(), at)).collect()
    };
    let changed: BTreeMap<_, _> = surface.host.query(changed).await?;
    let mut list = surface.inventory.envs(wait, &changed).await?;
    let paths: Vec<_> = list.envs.iter().map(|env| path_of(surface, env)).collect();
    let users = |path: Option<ContainedPath>, host: &Host| {
        let users = path.map(|path| host.env_users(&path)).unwrap_or_default();
        users.into_iter().map(live_use).collect::<Vec<_>>()
    };
    let users = move |host: &Host| paths.into_iter().map(|path| users(path, host)).collect();
    let users: Vec<Vec<_>> = surface.host.query(users).await?;
    for (env, users) in list.envs.iter_mut().zip(users) {
        env.used_by.splice(..0, users);
    }
    let alone = left_alone(surface).await?;
    may_use(&mut list.envs, alone.iter().map(|alone| &alone.id));
    Ok(list)
}

fn path_of(surface: &Surface, env: &Env) -> Option<ContainedPath> {
    let name = Name::parse(&env.name).ok()?;
    Some(surface.workspace.layout().environment(&name).path().clone())
}

/// Waits until the environment is there. It is made also when nobody waits any more.
pub(crate) async fn create_env(
    State(surface): Shared,
    PathName(name): PathName,
) -> Result<(StatusCode, Json<EnvCreated>), Fault> {
    // Before it is known what the machine has, nothing can be made.
    tools(&surface.host).await?;
    let path = surface
        .workspace
        .layout()
        .environment(&name)
        .path()
        .absolute();
    let mut warning = None;
    let made = |event: &EnvEvent| match event {
        EnvEvent::SpaceIsShort(shortage) => {
            warning = Some(shortage.to_string());
            None
        }
        // The clearing of what was left before.
        EnvEvent::Ended(Provisioned::Cleared) => None,
        EnvEvent::Ended(provisioned) => Some(provisioned.clone()),
        _ => None,
    };
    let provisioned = told(&surface, Command::CreateEnv(name.clone()), &path, made).await?;
    let reused = match provisioned {
        Provisioned::Created => false,
        Provisioned::Reused | Provisioned::Cleared => true,
        Provisioned::Failed(error) => return Err(failed(&error)),
    };
    let created = EnvCreated {
        name: name.to_string(),
        path,
        status: "created".to_owned(),
        reused,
        warning,
    };
    Ok((StatusCode::CREATED, Json(created)))
}

pub(crate) async fn delete_env(
    State(surface): Shared,
    PathName(name): PathName,
    query: QueryString,
) -> Answered<EnvDeleted> {
    let force = query.flag("force")?;
    let env = surface.workspace.layout().environment(&name);
    if !surface.workspace.is_environment(&env).await && !surface.workspace.is_half_made(&env).await
    {
        return Err(Fault::new(
            Kind::NotFound,
            format!("there is no environment {name}"),
        ));
    }
    delete_known(&surface, &name, force).await?;
    Ok(Json(EnvDeleted {
        status: "deleted".to_owned(),
        name: name.to_string(),
    }))
}

/// Deletes an environment that is there; one that something uses with `force` only.
pub(super) async fn delete_known(surface: &Surface, name: &Name, force: bool) -> Result<(), Fault> {
    if !force {
        refuse_left_alone(surface, name).await?;
    }
    let env = surface.workspace.layout().environment(name);
    let path = env.path().absolute();
    let delete = Command::DeleteEnv {
        name: name.clone(),
        force,
    };
    Ok(told(surface, delete, &path, deleted).await??)
}

/// Which environment a daemon lives in that is left alone, nobody knows: it may be each that its app
/// uses.
async fn refuse_left_alone(surface: &Surface, env: &Name) -> Result<(), Fault> {
    let alone = left_alone(surface).await?;
    if alone.is_empty() {
        return Ok(());
    }
    let apps = users_of(&surface.workspace, env).await;
    let its = |alone: &LeftAlone| apps.iter().any(|app| alone.id.is_of(app));
    let by = alone.into_iter().filter(its).map(|alone| EnvUser::Process {
        app: alone.id.app().unwrap_or_default().to_owned(),
        id: alone.id,
    });
    let (env, by) = (env.to_string(), by.collect::<Vec<_>>());
    match by.is_empty() {
        true => Ok(()),
        false => Err(Refused::EnvInUse { env, by }.into()),
    }
}

async fn left_alone(surface: &Surface) -> Result<Vec<LeftAlone>, Fault> {
    let all = |host: &Host| host.left_alone().cloned().collect();
    Ok(surface.host.query(all).await?)
}

/// Has the host do something with the environment at `path`, and waits until it tells
/// how that ended. What may have been told unheard is asked for again: it is fine to
/// make what is there, and to delete what is not.
async fn told<T>(
    surface: &Surface,
    command: Command,
    path: &str,
    mut ending: impl FnMut(&EnvEvent) -> Option<T>,
) -> Result<T, Fault> {
    let mut events = surface.host.changes().await?;
    surface.host.command(command.clone()).await?;
    let ended = loop {
        match next(&mut events).await? {
            Notice::Missed(_) => drop(surface.host.command(command.clone()).await?),
            Notice::Event(event) => {
                if let Event::Env { path: of, what } = &*event
                    && of == path
                    && let Some(ending) = ending(what)
                {
                    break ending;
                }
            }
        }
    };
    surface.inventory.recount();
    Ok(ended)
}

fn deleted(event: &EnvEvent) -> Option<Result<(), FileError>> {
    match event {
        EnvEvent::Deleted(result) => Some(result.clone()),
        _ => None,
    }
}

fn failed(error: &ProvisionError) -> Fault {
    let kind = collodi_run::FailureKind::Env {
        path: String::new(),
        error: error.clone(),
    };
    let fault = Fault::new(Kind::EnvFailed, error.to_string());
    match kind.hint() {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}
