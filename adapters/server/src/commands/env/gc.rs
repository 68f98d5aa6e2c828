//! `collodi env gc`

use super::{size, store::EnvStore};
use crate::failure::{ERROR, HINT};
use anyhow::Result;
use collodi_contain::Name;
use collodi_disk::human;
use collodi_inventory::{Leftover, leftovers};
use collodi_logs::plain;
use std::process::ExitCode;

pub(super) async fn gc(store: &EnvStore, json: bool, yes: bool) -> Result<ExitCode> {
    let envs = store.envs().await?;
    let found = leftovers(&store.workspace, envs, collodi_os::lives).await?;
    let (mut freed, mut failed) = (0, 0);
    for leftover in &found {
        let bytes = bytes(store, leftover).await;
        if !json {
            say!("{}", shown(leftover, bytes));
        }
        let result = match yes {
            true => delete(store, leftover).await,
            false => Ok(()),
        };
        if json {
            say!("{}", as_json(leftover, bytes, yes, result.as_ref().err()));
        }
        match result {
            Ok(()) => freed += bytes.unwrap_or_default(),
            Err(error) => {
                failed += 1;
                complain!("{ERROR}error:{ERROR:#} {error:#}");
            }
        }
    }
    if !json {
        conclude(found.len() - failed, freed, yes);
    }
    Ok(if failed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn conclude(count: usize, freed: u64, yes: bool) {
    let freed = human(freed);
    match (count, yes) {
        (0, _) => say!("nothing may go"),
        (_, true) => say!("deleted; {freed} were freed"),
        (_, false) => {
            say!("nothing was deleted; {freed} would be freed");
            complain!("{HINT}hint:{HINT:#} `collodi env gc --yes` deletes it");
        }
    }
}

async fn bytes(store: &EnvStore, leftover: &Leftover) -> Option<u64> {
    match leftover {
        Leftover::Unused(env) => env.size.as_ref().map(|size| size.freed_bytes),
        Leftover::HalfMade(name) => store.freed(name).await,
        Leftover::Temporary(_) => None,
    }
}

async fn delete(store: &EnvStore, leftover: &Leftover) -> Result<()> {
    match leftover {
        Leftover::Unused(env) => store.delete(&Name::parse(&env.name)?, false).await,
        Leftover::HalfMade(name) => store.delete(name, false).await,
        Leftover::Temporary(path) => store.remove_file(path.clone()).await,
    }
}

fn shown(leftover: &Leftover, bytes: Option<u64>) -> String {
    let frees = bytes.map_or_else(String::new, |bytes| format!(", frees {}", human(bytes)));
    match leftover {
        Leftover::Unused(env) => {
            let takes = env.size.as_ref().map_or_else(String::new, size);
            let last = env.last_used_at.as_deref().and_then(|at| at.get(..10));
            let last = last.unwrap_or("an unknown time");
            format!("unused     {}  {takes}{frees}, last used {last}", env.name)
        }
        Leftover::HalfMade(name) => format!("half-made  {name}{frees}"),
        Leftover::Temporary(path) => format!("temporary  {}", plain(&path.absolute())),
    }
}

fn as_json(
    leftover: &Leftover,
    freed: Option<u64>,
    deleted: bool,
    error: Option<&anyhow::Error>,
) -> serde_json::Value {
    let (kind, name) = match leftover {
        Leftover::Unused(env) => ("unused", env.name.clone()),
        Leftover::HalfMade(name) => ("half-made", name.to_string()),
        Leftover::Temporary(path) => ("temporary", path.absolute()),
    };
    serde_json::json!({
        "kind": kind,
        "name": name,
        "freedBytes": freed,
        "deleted": deleted && error.is_none(),
        "error": error.map(|error| format!("{error:#}")),
    })
}
