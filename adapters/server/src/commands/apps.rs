//! `collodi apps`

use super::{add::parse_name, env::size, outlived::Outlived};
use crate::{
    cli::AppsArgs,
    client::Client,
    local::{Local, refused},
    present::style::DIM,
};
use anyhow::Result;
use collodi_api::{App, AppDetail, AppMenuItem, AppScript, Apps};
use collodi_inventory::Inventory;
use collodi_logs::plain;
use futures::future;
use std::{path::Path, process::ExitCode, sync::Arc};

/// Shows the apps of the workspace and how much of each runs, or one app and what it has.
pub(crate) fn apps(workspace: &Path, json: bool, args: &AppsArgs) -> Result<ExitCode> {
    match &args.name {
        Some(name) => one(workspace, json, name),
        None => all(workspace, json),
    }
}

fn all(workspace: &Path, json: bool) -> Result<ExitCode> {
    if let Some(server) = Client::of_running(workspace)? {
        let Apps { apps, .. } = server.get_patiently("/python/apps?wait=true")?;
        return list(json, &apps, &[]);
    }
    Local::look(workspace, |local| async move {
        let workspace = local.apps.workspace().clone();
        let outlived = Outlived::of(&local).await?;
        let left = outlived.lines();
        let (inventory, worker) = Inventory::new(workspace, Arc::clone(&local.backends.clock));
        let asked = async move { inventory.apps(true, |app| outlived.living(app)).await };
        let (apps, ()) = future::join(asked, worker.work()).await;
        let mut apps = apps?;
        for app in &mut apps {
            let from = local.apps.provenance(&parse_name(&app.name)?).await;
            app.origin = from.as_ref().map(collodi_http::origin);
        }
        list(json, &apps, &left)
    })
}

/// Shows the apps, and below them what is said of daemons that a server which is gone has left.
fn list(json: bool, apps: &[App], left: &[String]) -> Result<ExitCode> {
    if json {
        for app in apps {
            say!("{}", serde_json::to_string(app)?);
        }
    } else if apps.is_empty() {
        say!("there are no apps; add one with `collodi add URL|DIR`, or `collodi new TEMPLATE`");
    } else {
        table(apps);
    }
    if !json {
        left.iter()
            .for_each(|line| say!("{DIM}{}{DIM:#}", plain(line)));
    }
    Ok(ExitCode::SUCCESS)
}

fn table(apps: &[App]) {
    let longest = apps.iter().map(|app| app.name.len()).max();
    let name = longest.unwrap_or_default().max("NAME".len());
    say!("{:name$}  {:>7}  {:>10}  FROM", "NAME", "RUNNING", "SIZE");
    for app in apps {
        let running = match app.has_script {
            true => app.running_processes.to_string(),
            false => "-".to_owned(),
        };
        let size = app.size.as_ref().map_or_else(|| "-".to_owned(), size);
        let from = app.origin.as_ref().map(|origin| origin.words.as_str());
        let from = plain(from.unwrap_or(&app.path));
        say!("{:name$}  {running:>7}  {size:>10}  {from}", app.name);
    }
}

fn one(workspace: &Path, json: bool, name: &str) -> Result<ExitCode> {
    let name = parse_name(name)?;
    if let Some(server) = Client::of_running(workspace)? {
        return show(json, &server.get(&format!("/python/apps/{name}"))?, &[]);
    }
    Local::look(workspace, |local| async move {
        let detail = local.apps.detail(&name).await.map_err(refused)?;
        let left = Outlived::of(&local).await?.of_app(name.as_str());
        let app = collodi_http::app_detail(&detail, left.living(name.as_str()));
        show(json, &app, &left.lines())
    })
}

fn show(json: bool, app: &AppDetail, left: &[String]) -> Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string(app)?);
        return Ok(ExitCode::SUCCESS);
    }
    say!("{}  {}", app.app.name, app.app.path);
    let origin = app.app.origin.as_ref().map(|origin| &origin.words);
    let facts = [
        ("title", &app.title),
        ("about", &app.description),
        ("icon", &app.icon),
        ("version", &app.version),
        ("from", &origin.cloned()),
    ];
    for (what, said) in facts {
        if let Some(said) = said {
            say!("  {what:8}{}", plain(said));
        }
    }
    scripts(app);
    menu(&app.menu);
    notes(app);
    left.iter()
        .for_each(|line| say!("  left    {}", plain(line)));
    Ok(ExitCode::SUCCESS)
}

/// Says which scripts an app has, and how they are.
pub(super) fn scripts(app: &AppDetail) {
    let longest = app.scripts.iter().map(|script| script.file.len()).max();
    let width = longest.unwrap_or_default();
    for script in &app.scripts {
        say!(
            "  script  {:width$}  {}",
            plain(&script.file),
            state(script)
        );
    }
}

fn state(script: &AppScript) -> String {
    let count = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        many => Some(format!("{many} {what}s")),
    };
    if script.needs_javascript {
        return "is a program in JavaScript, which is not run".to_owned();
    }
    let said = [
        count(script.steps, "step"),
        count(script.errors, "error"),
        count(script.warnings, "warning"),
    ];
    let said: Vec<_> = said.into_iter().flatten().collect();
    said.join(", ")
}

fn menu(items: &[AppMenuItem]) {
    for item in items {
        let indent = "  ".repeat(item.depth.min(10));
        let href = item.href.as_deref().map(|href| format!(" → {href}"));
        let chosen = if item.is_default { " (default)" } else { "" };
        let text = format!("{indent}{}{}{chosen}", item.text, href.unwrap_or_default());
        say!("  menu    {}", plain(&text));
    }
}

/// What an app has that is not used.
fn notes(app: &AppDetail) {
    if app.needs_javascript {
        say!("  note    the launcher pinokio.js is a program in JavaScript: its menu is not read");
    }
    if app.has_submodules {
        say!("  note    the repository has submodules, which are not fetched");
    }
}

/// Says that an app was added, what it has, and what to do next.
pub(super) fn added(json: bool, app: &AppDetail) -> Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string(app)?);
        return Ok(ExitCode::SUCCESS);
    }
    let origin = app.app.origin.as_ref().map_or("", |origin| &origin.words);
    say!("{} is added: {}", app.app.name, plain(origin));
    if let Some(about) = app.description.as_ref().or(app.title.as_ref()) {
        say!("  {}", plain(about));
    }
    scripts(app);
    notes(app);
    next(app);
    Ok(ExitCode::SUCCESS)
}

/// What to do with an app that has just come.
fn next(app: &AppDetail) {
    let name = &app.app.name;
    let usable = || app.scripts.iter().filter(|script| !script.needs_javascript);
    let own = usable().find(|script| script.file == "pinokio.json");
    if usable().any(|script| script.errors + script.warnings > 0) {
        say!("see what is wrong:  collodi check {}", app.app.path);
    }
    match (own, usable().next()) {
        (Some(_), _) => {
            say!("see what it does:   collodi plan {name}");
            say!("run it:             collodi run {name}");
        }
        (None, Some(first)) => {
            say!(
                "see what one does:  collodi plan {}/{}",
                app.app.path,
                first.file
            );
            say!(
                "run one:            collodi run {}/{}",
                app.app.path,
                first.file
            );
        }
        (None, None) => say!("it has no script that can be run"),
    }
}
