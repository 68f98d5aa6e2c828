//! What words of a command line may be, for shells that ask: options and commands, and the names
//! that the workspace has and its server knows.

use crate::{
    cli::Cli,
    client::Client,
    commands::called,
    home::{self, Home},
    runtime::Choice,
};
use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use clap_complete::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, Shell,
    engine::ValueCompleter as _,
    env::{CompleteEnv, Shells},
};
use collodi_api::{Process, Processes, Runs};
use collodi_config::Settings;
use collodi_driver::Workspace;
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};

/// The variable with which a shell asks, and says which it is.
const ASKS: &str = "COLLODI_COMPLETE";

/// Who types does not wait longer for a server.
const PATIENCE: Duration = Duration::from_millis(500);

/// Answers a shell that asks, and ends the program then. To be called before there are threads.
pub(crate) fn answer_shells() {
    CompleteEnv::with_factory(Cli::command).var(ASKS).complete();
}

/// The script that has a shell ask this program, as the shell finds it.
pub(crate) fn script(shell: Shell) -> Result<Vec<u8>> {
    let shells = Shells::builtins();
    let shell = shells
        .completer(&shell.to_string())
        .with_context(|| format!("there are no completions for {shell}"))?;
    let mut script = Vec::new();
    shell.write_registration(ASKS, "collodi", "collodi", "collodi", &mut script)?;
    Ok(script)
}

/// The apps of the workspace.
pub(crate) fn apps() -> ArgValueCandidates {
    of(app_names)
}

/// The same, and whatever file or folder begins so.
pub(crate) fn apps_and_files() -> ArgValueCompleter {
    ArgValueCompleter::new(|begun: &OsStr| {
        let text = begun.to_string_lossy();
        let apps = app_names().unwrap_or_default().into_iter();
        let apps = apps.filter(|name| name.starts_with(&*text));
        let files = PathCompleter::any().complete(begun);
        apps.map(CompletionCandidate::new).chain(files).collect()
    })
}

/// The apps, and the processes that the server keeps.
pub(crate) fn processes() -> ArgValueCandidates {
    of(|| {
        let known = asked::<Processes>("/python/processes").map(|known| known.processes);
        let known = known.unwrap_or_default().into_iter().flat_map(names_of);
        Ok(app_names()?.into_iter().chain(known).collect())
    })
}

/// The processes that have ended, and their apps.
pub(crate) fn ended() -> ArgValueCandidates {
    of(|| {
        let known = asked::<Processes>("/python/processes")?
            .processes
            .into_iter();
        let ended = known.filter(|process| process.ended.is_some());
        let names = ended.flat_map(|process| {
            let app = process.app_id.clone();
            names_of(process).chain([app])
        });
        Ok(names.collect::<BTreeSet<_>>().into_iter().collect())
    })
}

fn names_of(process: Process) -> impl Iterator<Item = String> {
    let called = called(&process).filter(|name| !name.contains(char::is_control));
    [process.id].into_iter().chain(called)
}

/// The apps, and the runs that the server keeps.
pub(crate) fn runs() -> ArgValueCandidates {
    of(|| {
        let known = asked::<Runs>("/python/runs").map(|known| known.runs);
        let known = known.unwrap_or_default().into_iter().map(|known| known.id);
        Ok(app_names()?.into_iter().chain(known).collect())
    })
}

/// The environments of the workspace.
pub(crate) fn envs() -> ArgValueCandidates {
    of(|| {
        looked(|workspace| async move {
            let envs = workspace.environments().await?.into_iter();
            Ok(envs.map(|env| env.name.to_string()).collect())
        })
    })
}

/// The settings of the workspace.
pub(crate) fn settings() -> ArgValueCandidates {
    of(|| {
        let entries = read().map_or_else(
            |_| Settings::default().entries(),
            |settings| settings.entries(),
        );
        Ok(entries.into_iter().map(|entry| entry.key).collect())
    })
}

/// The templates of apps.
pub(crate) fn templates() -> ArgValueCandidates {
    of(|| {
        let templates = collodi_apps::templates().iter();
        Ok(templates.map(|template| template.name.to_owned()).collect())
    })
}

/// A shell is told nothing of what goes wrong: it would be in the middle of what is typed.
fn of(names: fn() -> Result<Vec<String>>) -> ArgValueCandidates {
    ArgValueCandidates::new(move || {
        let names = names().unwrap_or_default();
        names.into_iter().map(CompletionCandidate::new).collect()
    })
}

fn app_names() -> Result<Vec<String>> {
    looked(|workspace| async move {
        let apps = workspace.apps().await?.into_iter();
        Ok(apps.map(|app| app.name.to_string()).collect())
    })
}

/// What is seen in the workspace.
fn looked<F>(look: impl FnOnce(Workspace) -> F) -> Result<Vec<String>>
where
    F: Future<Output = Result<Vec<String>>>,
{
    Choice::default().run(|runtime| async move {
        let files = runtime.backends().files;
        let home = Home::read(&workspace(), &*files).await?;
        look(Workspace::new(home.layout, files)).await
    })
}

fn read() -> Result<Settings> {
    Choice::default().run(|runtime| async move {
        let home = Home::read(&workspace(), &*runtime.backends().files).await?;
        Ok(home.settings)
    })
}

/// What the server of the workspace answers; an error when there is none.
fn asked<T: DeserializeOwned>(path: &str) -> Result<T> {
    let dir = home::absolute(&workspace())?;
    Client::connect_for(&dir, PATIENCE)?.get(path)
}

/// The workspace that the words so far name.
fn workspace() -> PathBuf {
    let mut words = std::env::args_os().skip_while(|word| word != "--").skip(1);
    while let Some(word) = words.next() {
        let word = word.to_string_lossy();
        match word.strip_prefix("--workspace") {
            Some("") => return words.next().unwrap_or_default().into(),
            Some(rest) if rest.starts_with('=') => {
                return PathBuf::from(rest.trim_start_matches('='));
            }
            _ => {}
        }
    }
    Path::new(".").to_owned()
}
