//! `collodi apps`

use crate::client::Client;
use anyhow::Result;
use collodi_api::{App, Apps};
use std::{path::Path, process::ExitCode};

/// Shows the apps of the workspace, and how much of each runs.
pub(crate) fn apps(workspace: &Path, json: bool) -> Result<ExitCode> {
    let Apps { apps, .. } = Client::connect(workspace)?.get("/python/apps")?;
    if json {
        for app in &apps {
            say!("{}", serde_json::to_string(app)?);
        }
    } else if apps.is_empty() {
        say!("there are no apps");
    } else {
        table(&apps);
    }
    Ok(ExitCode::SUCCESS)
}

fn table(apps: &[App]) {
    let longest = apps.iter().map(|app| app.name.len()).max();
    let name = longest.unwrap_or_default().max("NAME".len());
    say!("{:name$}  {:>7}  FOLDER", "NAME", "RUNNING");
    for app in apps {
        let running = match app.has_script {
            true => app.running_processes.to_string(),
            false => "-".to_owned(),
        };
        say!("{:name$}  {running:>7}  {}", app.name, app.path);
    }
}
