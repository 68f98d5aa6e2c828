//! The settings.

use super::{Answered, Shared};
use crate::{
    Surface, body,
    fault::{Fault, Kind},
    query::QueryString,
    views,
};
use axum::{Json, body::Bytes, extract::State};
use collodi_api::{Config, ConfigSaved, EnvPlan};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileKind, FileOp};
use collodi_host::Host;
use collodi_script::Dialect;
use collodi_settings::SettingsError;
use std::collections::BTreeMap;

const NOTE: &str = "settings take effect at the next start of the server, or by `collodi reload`, which \
    keeps daemons";

pub(crate) async fn config(State(surface): Shared) -> Answered<Config> {
    let settings = &surface.settings;
    let config = |host: &Host| {
        let options = host.options();
        let delay = options.restart.backoff.initial.as_millis();
        Config {
            envs_dir: options.layout.environments().absolute(),
            apps_dir: options.layout.apps().absolute(),
            toml_path: None,
            python_binary: options.python_binary.clone(),
            prefer_uv: options.prefer_uv,
            restart_delay_ms: u64::try_from(delay).unwrap_or(u64::MAX),
            max_log_lines: options.log.lines,
            note: NOTE.to_owned(),
            disk: None,
            settings: Vec::new(),
            foreign_sections: Vec::new(),
        }
    };
    Ok(Json(Config {
        toml_path: Some(surface.settings_file.path().absolute()),
        settings: settings.entries().into_iter().map(views::setting).collect(),
        foreign_sections: settings.foreign().to_vec(),
        disk: surface.inventory.disk().await,
        ..surface.host.query(config).await?
    }))
}

/// Writes what the body says into the file. The settings in force stay what they are.
pub(crate) async fn change_config(State(surface): Shared, bytes: Bytes) -> Answered<ConfigSaved> {
    let body::ConfigBody {
        changes,
        python,
        ignored,
    } = body::config(&bytes)?;
    if let Some(python) = python {
        can_be_python(&surface, &python).await?;
    }
    let files = surface.workspace.files();
    let changed = surface.settings_file.change(&**files, &changes).await;
    changed.map_err(not_changed)?;
    Ok(Json(ConfigSaved {
        status: "saved".to_owned(),
        restart_required: true,
        message: format!("saved; {NOTE}"),
        ignored,
    }))
}

/// An interpreter that is named by its path is there. Whether it is a Python shows when
/// the server starts the next time and asks it for its version.
async fn can_be_python(surface: &Surface, program: &str) -> Result<(), Fault> {
    let wrong = |why: &str| {
        Fault::new(Kind::BadSetting, format!("pythonBinary: {program:?} {why}"))
            .with(|problem| problem.pointer = Some("/pythonBinary".to_owned()))
    };
    let Some((folder, name)) = program.rsplit_once('/') else {
        return Ok(());
    };
    if !folder.starts_with('/') {
        return Err(wrong("is neither a name nor an absolute path"));
    }
    let path = Root::new(folder).contain_file(&RelPath::root(), name);
    let path = path.map_err(|error| wrong(&format!("is no path: {error}")))?;
    match surface
        .workspace
        .files()
        .perform(FileOp::Stat { path })
        .await
    {
        Ok(FileAnswer::Stat(Some(stat)))
            if matches!(stat.kind, FileKind::File | FileKind::Link) =>
        {
            Ok(())
        }
        _ => Err(wrong("is not there, or no file")),
    }
}

fn not_changed(error: SettingsError) -> Fault {
    match &error {
        SettingsError::Wrong(_, problems) => {
            let first = problems.iter().next();
            Fault::new(Kind::BadSetting, error.to_string()).with(|problem| {
                problem.line = first.map(|first| first.place.line);
                problem.column = first.map(|first| first.place.column);
            })
        }
        SettingsError::WouldBeWrong(_) => Fault::new(Kind::BadSetting, error.to_string()),
        SettingsError::Changed(_) => {
            Fault::new(Kind::Busy, error.to_string()).hint("send it again")
        }
        _ => Fault::new(Kind::FileFailed, error.to_string()),
    }
}

/// What a command of a script that sets nothing would get of this server's variables.
pub(crate) async fn environment(State(surface): Shared, query: QueryString) -> Answered<EnvPlan> {
    let dialect = match query.text("dialect")?.as_deref() {
        None | Some("vatn") => Dialect::Vatn,
        Some("pinokio") => Dialect::Pinokio,
        Some(other) => {
            let detail = format!("dialect is vatn or pinokio, not {other:?}");
            return Err(Fault::new(Kind::BadParameter, detail)
                .with(|problem| problem.pointer = Some("/dialect".to_owned())));
        }
    };
    let plan = move |host: &Host| {
        let options = host.options();
        let policy = options.env_policies.of(dialect);
        let decided = policy.resolve(&options.host_vars, &BTreeMap::new(), &options.grants);
        collodi_plan::env_plan(dialect.name(), &decided)
    };
    Ok(Json(surface.host.query(plan).await?))
}
