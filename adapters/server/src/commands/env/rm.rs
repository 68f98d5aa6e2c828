//! `collodi env rm`

use super::{
    size,
    store::{EnvStore, in_use},
    users,
};
use crate::{
    cli::EnvRmArgs,
    failure::{Failure, MISUNDERSTOOD},
    sure::sure,
};
use anyhow::Result;
use collodi_api::{Env, EnvUse};
use collodi_contain::Name;
use collodi_disk::human;
use std::{collections::BTreeMap, process::ExitCode};

/// An environment to delete, and what is known of it; nothing of one that is half-made.
type Doomed = (Name, Option<Env>);

pub(super) async fn rm(store: &EnvStore, json: bool, args: &EnvRmArgs) -> Result<ExitCode> {
    let doomed = doomed(store, args).await?;
    if !args.force {
        let refuse = |one: &Doomed| refuse_used(one, store.is_served());
        doomed.iter().try_for_each(refuse)?;
    }
    if !json && !args.yes {
        doomed.iter().for_each(show);
    }
    let things = if doomed.len() == 1 { "it" } else { "them" };
    let otherwise = "say --yes to delete without a question";
    if !args.yes && !sure(&format!("Delete {things}?"), otherwise)? {
        complain!("nothing was deleted");
        return Ok(ExitCode::FAILURE);
    }
    for one in &doomed {
        delete(store, json, args, one).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Who is not asked is shown what has gone: that an environment is being made, and may not go, is
/// said by the server alone.
async fn delete(store: &EnvStore, json: bool, args: &EnvRmArgs, one: &Doomed) -> Result<()> {
    let (name, env) = one;
    store.delete(name, args.force).await?;
    if json {
        let freed = env.as_ref().and_then(|env| env.size.as_ref());
        let freed = freed.map(|size| size.freed_bytes);
        let told = serde_json::json!({"deleted": name.as_str(), "freedBytes": freed});
        say!("{told}");
        return Ok(());
    }
    if args.yes {
        show(one);
    }
    say!("deleted {name}");
    Ok(())
}

/// All of them are there, or nothing is done.
async fn doomed(store: &EnvStore, args: &EnvRmArgs) -> Result<Vec<Doomed>> {
    let envs = store.envs().await?.into_iter();
    let mut envs: BTreeMap<_, _> = envs.map(|env| (env.name.clone(), env)).collect();
    let mut doomed: Vec<Doomed> = Vec::new();
    for text in &args.names {
        let name = Name::parse(text)
            .map_err(|error| Failure::new(format!("{error}: {text:?}")).status(MISUNDERSTOOD))?;
        if doomed.iter().any(|(other, _)| *other == name) {
            continue;
        }
        let env = envs.remove(text);
        if env.is_none() && !store.is_half_made(&name).await {
            return Err(Failure::new(format!("there is no environment {name}"))
                .hint("`collodi env ls` shows those that are there")
                .into());
        }
        doomed.push((name, env));
    }
    Ok(doomed)
}

fn refuse_used((name, env): &Doomed, is_served: bool) -> Result<()> {
    let users = env.iter().flat_map(|env| &env.used_by);
    let living: Vec<_> = users
        .filter(|user| user.lives())
        .map(EnvUse::shown)
        .collect();
    match living.is_empty() {
        true => Ok(()),
        false => Err(in_use(name.as_str(), &living.join(", "), is_served).into()),
    }
}

fn show((name, env): &Doomed) {
    let Some(env) = env else {
        return say!("{name}  half-made");
    };
    let takes = env.size.as_ref().map_or_else(
        || "of unknown size".to_owned(),
        |of| format!("{}, frees {}", size(of), human(of.freed_bytes)),
    );
    let users = users(env).join(", ");
    let users = if users.is_empty() { "nobody" } else { &users };
    say!("{name}  {takes}; used by {}", collodi_logs::plain(users));
}
