//! What the server has to work with.

use super::Shared;
use crate::{Scope, fault::Fault, wait::known};
use axum::{Extension, extract::State, response::Response};
use collodi_api::Status;
use collodi_host::{Host, Process};
use collodi_python::{Interpreter, Toolchain};
use collodi_value::Value;
use std::{collections::BTreeMap, sync::Arc};

/// The facts of a machine that a person wants to see.
const FACTS: [&str; 6] = ["platform", "arch", "ram", "gpu", "gpu_model", "vram"];

const NOT_FOUND: &str = "not found";

pub(crate) async fn status(
    State(surface): Shared,
    Extension(scope): Extension<Scope>,
) -> Result<Response, Fault> {
    let seen = match surface.seen.ask(&surface.host).await? {
        Some(seen) => seen,
        None => known(&surface.host, self::seen).await?,
    };
    let mlx = match seen.apple_silicon {
        true => surface.inventory.mlx().await?,
        false => None,
    };
    let facts = Facts {
        seen,
        mlx,
        env_count: surface.inventory.env_count().await?,
        scope,
    };
    let platform = surface.workspace.layout().platform();
    let answer = |facts: &Facts| facts.status(platform.is_apple_silicon());
    Ok(surface.status.of(facts, answer))
}

/// What a status is made of that changes, or differs from caller to caller.
#[derive(Debug)]
pub(crate) struct Facts {
    seen: Seen,
    /// The environment that has MLX, and which.
    mlx: Option<(String, String)>,
    env_count: usize,
    scope: Scope,
}

impl Facts {
    fn status(&self, is_apple: bool) -> Status {
        let seen = &*self.seen;
        let (mlx_env, mlx) = match &self.mlx {
            Some((env, version)) => (Some(env.clone()), version.clone()),
            None => (None, seen.mlx.clone()),
        };
        Status {
            mlx,
            mlx_env,
            env_count: self.env_count,
            scope: self.scope.to_string(),
            apple_silicon: seen.apple_silicon || is_apple,
            ..seen.clone()
        }
    }
}

/// What was seen at once is the same, and nothing else is looked at.
impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.seen, &other.seen)
            && (&self.mlx, self.env_count, self.scope) == (&other.mlx, other.env_count, other.scope)
    }
}

/// What a host knows of a status.
pub(crate) type Seen = Arc<Status>;

/// What the host knows of it; none as long as it does not know what the machine has.
pub(crate) fn seen(host: &Host) -> Option<Seen> {
    let running = host.processes().filter(|p| !Process::has_ended(p));
    let silicon = apple_silicon(host);
    Some(Arc::new(Status {
        process_count: host.processes().count(),
        running_count: running.count(),
        machine: machine(host),
        apple_silicon: silicon.is_some(),
        mlx: silicon.unwrap_or_else(|| "n/a".to_owned()),
        ..found(host.tools()?)
    }))
}

/// What the host was told that the machine is, in short.
fn machine(host: &Host) -> BTreeMap<String, String> {
    let Some(facts) = &host.options().facts else {
        return BTreeMap::new();
    };
    let told = |name: &&str| match facts.get(name)? {
        Value::Null => None,
        value => Some(((*name).to_owned(), value.to_text())),
    };
    FACTS.iter().filter_map(told).collect()
}

/// What a Mac with Apple's processor has of MLX, in a word; none on other machines, and as
/// long as the host was not told what the machine is.
fn apple_silicon(host: &Host) -> Option<String> {
    let Value::Object(system) = host.options().facts.as_ref()?.get("system")? else {
        return None;
    };
    system.get("appleSilicon").filter(|is| is.is_truthy())?;
    let version = system.get("mlx").and_then(Value::as_str);
    Some(version.unwrap_or("not installed").to_owned())
}

fn found(tools: &Toolchain) -> Status {
    let python = |read: fn(&Interpreter) -> &String| {
        let python = tools.python.as_ref().map(read);
        python.map_or(NOT_FOUND, String::as_str).to_owned()
    };
    let uv = tools.uv.as_ref().map(|uv| uv.version.as_str());
    let conda = tools.conda.as_ref().map(|_| "available");
    Status {
        python: python(|python| &python.program),
        version: python(|python| &python.version),
        healthy: tools.python.is_some(),
        uv: uv.unwrap_or(NOT_FOUND).to_owned(),
        conda: conda.unwrap_or(NOT_FOUND).to_owned(),
        apple_silicon: false,
        mlx: "n/a".to_owned(),
        mlx_env: None,
        env_count: 0,
        process_count: 0,
        running_count: 0,
        machine: BTreeMap::new(),
        scope: String::new(),
    }
}
