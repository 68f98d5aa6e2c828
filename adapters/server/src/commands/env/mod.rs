//! `collodi env`

mod gc;
mod ls;
mod rm;
mod store;

use crate::{
    cli::{EnvArgs, EnvCommand},
    runtime::Choice,
};
use anyhow::Result;
use collodi_api::{Env, EnvUseKind, Size};
use collodi_disk::human;
use std::{collections::BTreeSet, path::Path, process::ExitCode};

pub(super) use store::delete;

/// Shows or deletes environments of the workspace.
pub(crate) fn env(workspace: &Path, json: bool, args: &EnvArgs) -> Result<ExitCode> {
    Choice::default().run(|runtime| async move {
        let store = store::EnvStore::take(&*runtime, workspace).await?;
        match &args.what {
            EnvCommand::Ls => ls::ls(&store, json).await,
            EnvCommand::Rm(args) => rm::rm(&store, json, args).await,
            EnvCommand::Gc { yes } => gc::gc(&store, json, *yes).await,
        }
    })
}

/// What something takes; at least that, when not all of it could be counted.
pub(super) fn size(of: &Size) -> String {
    match of.whole {
        true => human(of.bytes),
        false => format!(">{}", human(of.bytes)),
    }
}

/// Who uses an environment: what lives with a star, then apps whose scripts name it.
fn users(env: &Env) -> Vec<String> {
    let living = env.used_by.iter().filter(|user| user.lives());
    let living = living.map(|user| match (&user.id, &user.app) {
        (Some(name), _) | (None, Some(name)) => format!("{name}*"),
        (None, None) => "its making*".to_owned(),
    });
    let named = env.used_by.iter().filter_map(|user| {
        let app = user.app.as_deref()?;
        match user.kind {
            EnvUseKind::Script => Some(app.to_owned()),
            EnvUseKind::MayBe => Some(format!("{app}?")),
            _ => None,
        }
    });
    let mut seen = BTreeSet::new();
    let all = living.chain(named);
    all.filter(|name| seen.insert(name.clone())).collect()
}
