//! `collodi reload`

use crate::{
    client::{Client, wait_for},
    failure::Failure,
    home,
    runtime::Choice,
    state::{self, ServerState},
};
use anyhow::Result;
use collodi_api::{Answer, Config, Setting};
use collodi_logs::plain;
use collodi_settings::SettingsFile;
use serde_json::json;
use std::{path::Path, process::ExitCode};

/// Has the server replaced by its next life, which reads the settings anew and goes on with the
/// daemons; returns when that answers. Settings that are wrong leave it as it is.
pub(crate) fn reload(workspace: &Path, json: bool) -> Result<ExitCode> {
    let client = Client::connect(workspace)?;
    can_be_read(workspace)?;
    let life = client.server().life;
    let before: Config = client.get("/python/config")?;
    client.post_once::<Answer>("/python/server/handover")?;
    let next = next_life(workspace, life)?;
    let after: Config = next.get("/python/config")?;
    show(json, next.server(), &before.settings, &after.settings);
    Ok(ExitCode::SUCCESS)
}

/// What is wrong with the settings is said with its place, before anybody is asked.
fn can_be_read(workspace: &Path) -> Result<()> {
    Choice::default().run(|runtime| async move {
        let files = runtime.backends().files;
        let file = SettingsFile::of(&home::root(&home::absolute(workspace)?)?);
        let read = file.read(&*files).await;
        read.map(drop).map_err(|error| {
            Failure::new(error)
                .hint("correct the file; the server goes on with the settings that it has")
                .status(crate::failure::MISUNDERSTOOD)
                .into()
        })
    })
}

/// The server's next life, once it answers.
fn next_life(workspace: &Path, before: u64) -> Result<Client> {
    let next = wait_for(|| {
        // It keeps the workspace while it becomes its next life.
        if !state::is_held(workspace) {
            return Err(no_next_life(workspace).into());
        }
        let told = ServerState::read(workspace).ok();
        if told.is_none_or(|state| state.life == before) {
            return Ok(None);
        }
        let client = Client::connect(workspace)?;
        let answers = client.get::<serde_json::Value>("/livez").is_ok();
        Ok(answers.then_some(client))
    })?;
    next.ok_or_else(|| no_next_life(workspace).into())
}

fn no_next_life(workspace: &Path) -> Failure {
    let hint = match state::is_held(workspace) {
        true => "it goes on as before; what it says tells why",
        false => "it has ended; `collodi serve` goes on with its daemons",
    };
    Failure::new("no next life of the server answers").hint(hint)
}

fn show(json: bool, server: &ServerState, before: &[Setting], after: &[Setting]) {
    let changed: Vec<_> = changes(before, after).collect();
    if json {
        let changed: Vec<_> = changed
            .iter()
            .map(|(key, old, new)| json!({"key": key, "before": old, "after": new}))
            .collect();
        say!("{}", json!({"status": "reloaded", "changed": changed}));
        return;
    }
    for (key, old, new) in &changed {
        say!("{}", plain(&format!("{key}: {old} -> {new}")));
    }
    let what = match changed.is_empty() {
        true => "with the same settings",
        false => "with these settings",
    };
    let ServerState { pid, address, .. } = server;
    say!("the server goes on {what} (pid {pid}, http://{address})");
}

type Change<'a> = (&'a str, serde_json::Value, serde_json::Value);

/// The settings whose values differ. One that is not there is null.
fn changes<'a>(before: &'a [Setting], after: &'a [Setting]) -> impl Iterator<Item = Change<'a>> {
    let value = |of: &[Setting], key: &str| {
        let found = of.iter().find(|setting| setting.key == key);
        found
            .map(|setting| setting.value.clone())
            .unwrap_or_default()
    };
    let known = |key: &str| before.iter().any(|setting| setting.key == key);
    let fresh = after.iter().filter(move |setting| !known(&setting.key));
    let keys = before
        .iter()
        .chain(fresh)
        .map(|setting| setting.key.as_str());
    keys.map(move |key| (key, value(before, key), value(after, key)))
        .filter(|(_, old, new)| old != new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(key: &str, value: i32) -> Setting {
        let setting = json!({"key": key, "value": value, "source": "file"});
        serde_json::from_value(setting).unwrap()
    }

    #[test]
    fn what_came_went_and_became_another_is_a_change() {
        let before = [setting("a", 1), setting("b", 2), setting("c", 3)];
        let after = [setting("b", 2), setting("c", 4), setting("d", 5)];
        let told: Vec<_> = changes(&before, &after)
            .map(|(key, old, new)| format!("{key} {old} {new}"))
            .collect();
        assert_eq!(told, ["a 1 null", "c 3 4", "d null 5"]);
    }
}
