//! Environments.

use super::{Answered, Shared};
use crate::{
    Surface,
    fault::{Fault, Kind},
    names::PathName,
    wait::{next, tools},
};
use axum::{Json, extract::State, http::StatusCode};
use collodi_api::{Env, EnvCreated, EnvDeleted, Envs};
use collodi_contain::Name;
use collodi_driver::{EnvInfo, Notice};
use collodi_file::FileError;
use collodi_host::{Command, EnvEvent, Event};
use collodi_python::{ProvisionError, Provisioned};

pub(crate) async fn envs(State(surface): Shared) -> Answered<Envs> {
    Ok(Json(env_list(&surface).await?))
}

/// The environments that are there.
pub(crate) async fn env_list(surface: &Surface) -> Result<Envs, FileError> {
    let found = surface.workspace.environments().await?;
    let env = |env: EnvInfo| Env {
        name: env.name.to_string(),
        path: env.path,
    };
    Ok(Envs {
        count: found.len(),
        envs: found.into_iter().map(env).collect(),
    })
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
    let provisioned = told(&surface, Command::CreateEnv(name.clone()), &path, made).await?;
    let reused = match provisioned {
        Provisioned::Created => false,
        Provisioned::Reused => true,
        Provisioned::Failed(error) => return Err(failed(&error)),
    };
    let created = EnvCreated {
        name: name.to_string(),
        path,
        status: "created".to_owned(),
        reused,
    };
    Ok((StatusCode::CREATED, Json(created)))
}

pub(crate) async fn delete_env(
    State(surface): Shared,
    PathName(name): PathName,
) -> Answered<EnvDeleted> {
    let env = surface.workspace.layout().environment(&name);
    if !surface.workspace.is_environment(&env).await {
        return Err(Fault::new(
            Kind::NotFound,
            format!("there is no environment {name}"),
        ));
    }
    delete_known(&surface, &name).await?;
    Ok(Json(EnvDeleted {
        status: "deleted".to_owned(),
        name: name.to_string(),
    }))
}

/// Deletes an environment that is there.
pub(super) async fn delete_known(surface: &Surface, name: &Name) -> Result<(), Fault> {
    let env = surface.workspace.layout().environment(name);
    let path = env.path().absolute();
    Ok(told(surface, Command::DeleteEnv(name.clone()), &path, deleted).await??)
}

/// Has the host do something with the environment at `path`, and waits until it tells
/// how that ended. What may have been told unheard is asked for again: it is fine to
/// make what is there, and to delete what is not.
async fn told<T>(
    surface: &Surface,
    command: Command,
    path: &str,
    ending: fn(&EnvEvent) -> Option<T>,
) -> Result<T, Fault> {
    let mut events = surface.host.changes().await?;
    surface.host.command(command.clone()).await?;
    loop {
        match next(&mut events).await? {
            Notice::Missed(_) => drop(surface.host.command(command.clone()).await?),
            Notice::Event(event) => {
                if let Event::Env { path: of, what } = &*event
                    && of == path
                    && let Some(ending) = ending(what)
                {
                    return Ok(ending);
                }
            }
        }
    }
}

fn made(event: &EnvEvent) -> Option<Provisioned> {
    match event {
        EnvEvent::Ended(provisioned) => Some(provisioned.clone()),
        _ => None,
    }
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
