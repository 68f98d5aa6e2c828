//! `collodi config`

use crate::{
    cli::{ConfigArgs, ConfigCommand},
    failure::{Failure, MISUNDERSTOOD},
    home,
    present::style::DIM,
    runtime::Choice,
    state,
};
use anyhow::{Context as _, Result};
use collodi_backend::FileSystem;
use collodi_config::{Entry, Origin, Settings};
use collodi_settings::{Change, NewValue, SettingsError, SettingsFile, edited};
use serde_json::json;
use std::{fs, path::Path, process::ExitCode};

/// Shows or changes the settings of the workspace.
pub(crate) fn config(workspace: &Path, json: bool, args: &ConfigArgs) -> Result<ExitCode> {
    Choice::default().run(|runtime| async move {
        let files = runtime.backends().files;
        let dir = home::absolute(workspace)?;
        let file = SettingsFile::of(&home::root(&dir)?);
        match &args.what {
            None => show(&read(&file, &*files).await?, "", json),
            Some(ConfigCommand::Get { key }) => show(&read(&file, &*files).await?, key, json),
            Some(ConfigCommand::Set { key, value }) => {
                let change = change(key, Some(NewValue::meant(value)));
                save(&file, &*files, change, &dir, json).await
            }
            Some(ConfigCommand::Unset { key }) => {
                if !is_set(&file, &*files, key).await? {
                    return Err(not_set(&file, key).into());
                }
                save(&file, &*files, change(key, None), &dir, json).await
            }
            Some(ConfigCommand::Path) => {
                say!("{}", file.path());
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

async fn read(file: &SettingsFile, files: &dyn FileSystem) -> Result<Settings> {
    let read = file.read(files).await;
    read.map_err(|error| {
        misunderstood(
            error,
            "correct the file; `run` and `serve` wait for that too",
        )
    })
}

fn change(key: &str, value: Option<NewValue>) -> Change {
    Change::new(&key.split('.').collect::<Vec<_>>(), value)
}

/// Shows the setting, or all of the section, that is called `key`.
fn show(settings: &Settings, key: &str, json: bool) -> Result<ExitCode> {
    let inside = |entry: &Entry| {
        let rest = entry.key.strip_prefix(key);
        key.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut entries = settings.entries();
    entries.retain(inside);
    if entries.is_empty() {
        return Err(unknown(settings, key));
    }
    for entry in entries {
        match json {
            true => say!("{}", as_json(&entry)),
            false => say_entry(&entry, !key.is_empty()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What counts, and where it comes from; below what the setting is, where it is explained.
fn say_entry(entry: &Entry, explained: bool) {
    if explained {
        say!("{DIM}# {}{DIM:#}", entry.about);
    }
    let value = match entry.counts {
        Some(counts) => counts.to_owned(),
        None => entry.value.to_json(),
    };
    say!("{} = {value}  ({})", entry.key, origin(entry));
}

fn as_json(entry: &Entry) -> serde_json::Value {
    let value: serde_json::Value = serde_json::from_str(&entry.value.to_json()).unwrap_or_default();
    let place = match entry.origin {
        Origin::File(place) => Some(place),
        _ => None,
    };
    json!({
        "key": entry.key,
        "value": value,
        "counts": entry.counts,
        "about": entry.about,
        "source": entry.origin.to_string(),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
    })
}

fn origin(entry: &Entry) -> String {
    match entry.origin {
        Origin::File(place) => format!("file, {place}"),
        other => other.to_string(),
    }
}

fn unknown(settings: &Settings, key: &str) -> anyhow::Error {
    let entries = settings.entries();
    let keys = entries.iter().map(|entry| entry.key.as_str());
    let failure = Failure::new(format!("there is no setting {key:?}")).status(MISUNDERSTOOD);
    match collodi_script::nearest(key, keys) {
        Some(meant) => failure.hint(format!("did you mean {meant}?")).into(),
        None => failure.hint("`collodi config` lists them all").into(),
    }
}

/// Whether the file says something of this key; of a section, whatever it is.
async fn is_set(file: &SettingsFile, files: &dyn FileSystem, key: &str) -> Result<bool> {
    let text = file.text(files).await.map_err(not_saved)?;
    let text = text.unwrap_or_default();
    let without = edited(&text, &[change(key, None)]);
    // What cannot be changed says why when it is.
    Ok(without.map_or(true, |without| without != text))
}

fn not_set(file: &SettingsFile, key: &str) -> Failure {
    Failure::new(format!("{} does not set {key}", file.path()))
        .hint("its default counts, which `collodi config` shows")
}

/// Changes the file. A server that runs goes on with what it has read.
async fn save(
    file: &SettingsFile,
    files: &dyn FileSystem,
    change: Change,
    dir: &Path,
    json: bool,
) -> Result<ExitCode> {
    // A workspace begins with its settings, perhaps.
    if let Some(folder) = Path::new(&file.path().absolute()).parent() {
        let made = fs::create_dir_all(folder);
        made.with_context(|| format!("failed to make {}", folder.display()))?;
    }
    let changed = file.change(files, &[change]).await;
    changed.map_err(not_saved)?;
    let restart = state::is_held(dir);
    match json {
        true => say!(
            "{}",
            json!({"status": "saved", "file": file.path().absolute(), "restartRequired": restart})
        ),
        false if restart => {
            say!(
                "saved in {}; it takes effect at the next start of the server that runs here, or by `collodi reload`, which keeps daemons",
                file.path()
            );
        }
        false => say!("saved in {}", file.path()),
    }
    Ok(ExitCode::SUCCESS)
}

fn not_saved(error: SettingsError) -> anyhow::Error {
    let hint = match error {
        SettingsError::Wrong(..) => "correct the file first; it is as it was",
        SettingsError::WouldBeWrong(_) => "nothing is changed; `collodi config` shows all settings",
        _ => "nothing is changed",
    };
    misunderstood(error, hint)
}

fn misunderstood(error: SettingsError, hint: &str) -> anyhow::Error {
    let failure = Failure::new(error).hint(hint);
    failure.status(MISUNDERSTOOD).into()
}

#[cfg(test)]
mod tests {
    use collodi_config::Settings;
    use collodi_contain::Root;
    use collodi_host::HostOptions;
    use collodi_python::{Layout, Platform};
    use collodi_run::Limits;

    /// Who reads a file does not know what counts without it: here the words meet the numbers.
    #[test]
    fn what_is_said_to_count_counts() {
        let limits = Limits::default();
        let layout = Layout::new(Root::new("/srv"), Platform::LINUX_X64);
        let runs = HostOptions::new(layout, 0).runs;
        let mib = |bytes: usize| format!("{} MiB", bytes >> 20);
        let file = usize::try_from(limits.file_bytes).unwrap();
        for (key, counts) in [
            ("python.limits.runs", runs.to_string()),
            ("python.limits.steps", limits.steps.to_string()),
            ("python.limits.output", mib(limits.output_bytes)),
            ("python.limits.file", mib(file)),
            (
                "python.limits.download",
                format!("{} TiB", limits.download_bytes >> 40),
            ),
        ] {
            let entries = Settings::default().entries();
            let entry = entries.iter().find(|entry| entry.key == key).unwrap();
            assert_eq!(entry.counts, Some(&*counts), "{key}");
        }
    }
}
