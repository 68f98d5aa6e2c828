//! `collodi update`

use super::{add::parse_name, apps, left_behind};
use crate::{
    cli::UpdateArgs,
    client::Client,
    local::{Local, refused},
};
use anyhow::Result;
use collodi_api::{AppUpdate, AppUpdated};
use collodi_apps::{Reference, git::Checkout};
use collodi_host::AppChange;
use collodi_logs::plain;
use std::{path::Path, process::ExitCode};

/// Brings an app to what its repository has by now.
pub(crate) fn update(workspace: &Path, json: bool, args: &UpdateArgs) -> Result<ExitCode> {
    let name = parse_name(&args.name)?;
    if let Some(server) = Client::of_running(workspace)? {
        let request = AppUpdate {
            commit: args.commit.clone(),
            discard: args.discard,
        };
        let path = format!("/python/apps/{name}/update");
        return show(json, &server.post_patiently(&path, &request)?);
    }
    let commit = args.commit.as_deref().map(Reference::parse).transpose();
    let commit = commit.map_err(|error| refused(error.into()))?;
    let checkout = match args.discard {
        true => Checkout::Discard,
        false => Checkout::Careful,
    };
    Local::alone(workspace, |local| async move {
        left_behind::refuse(&local, &name, AppChange::Update).await?;
        let (options, schemes) = (&local.options, &local.schemes);
        let updated = local.apps.update(options, &name, commit, checkout, schemes);
        let updated = updated.await.map_err(refused)?;
        let detail = local.apps.detail(&name).await.map_err(refused)?;
        let detail = collodi_http::app_detail(&detail, 0);
        show(json, &collodi_http::app_updated(updated, detail))
    })
}

fn show(json: bool, updated: &AppUpdated) -> Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string(updated)?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(kept) = &updated.kept {
        complain!("warning: {}", plain(kept));
    }
    let app = &updated.app.app;
    let now = app.origin.as_ref().map_or("", |origin| &origin.words);
    match updated.status.as_str() {
        "unchanged" => say!("{} is up to date: {now}", app.name),
        _ => {
            let had = updated.from.get(..12).unwrap_or(&updated.from);
            say!("{} was at {had}, and is {now}", app.name);
            apps::scripts(&updated.app);
        }
    }
    Ok(ExitCode::SUCCESS)
}
