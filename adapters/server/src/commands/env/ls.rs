//! `collodi env ls`

use super::{size, store::EnvStore, users};
use anyhow::Result;
use collodi_api::Env;
use collodi_disk::human;
use collodi_logs::plain;
use std::process::ExitCode;

/// How wide a line is at most.
const COLUMNS: usize = 80;
/// How wide the column of names is at most.
const NAME: usize = 24;

pub(super) async fn ls(store: &EnvStore, json: bool) -> Result<ExitCode> {
    let envs = store.envs().await?;
    if json {
        for env in &envs {
            say!("{}", serde_json::to_string(env)?);
        }
        return Ok(ExitCode::SUCCESS);
    }
    match envs.is_empty() {
        true => say!("there are no environments"),
        false => table(&envs),
    }
    not_counted(&envs);
    Ok(ExitCode::SUCCESS)
}

fn table(envs: &[Env]) {
    let longest = envs.iter().map(|env| env.name.len()).max();
    let name = longest.unwrap_or_default().clamp(4, NAME);
    let line = |[of, python, size, freed, last, users]: [&str; 6]| {
        let of = cut(of, name);
        let start = format!("{of:name$}  {python:8}  {size:>10}  {freed:>10}  {last:10}  ");
        let room = COLUMNS.saturating_sub(start.chars().count()).max(7);
        say!("{start}{}", cut(users, room));
    };
    line(["NAME", "PYTHON", "SIZE", "FREED", "LAST USED", "USED BY"]);
    for env in envs {
        let version = env.python_version.as_deref().unwrap_or("-");
        let (size, freed) = match &env.size {
            Some(of) => (size(of), human(of.freed_bytes)),
            None => ("-".to_owned(), "-".to_owned()),
        };
        let last = env.last_used_at.as_deref().and_then(|at| at.get(..10));
        let users = plain(&users(env).join(", ")).into_owned();
        let users = if users.is_empty() { "-" } else { &users };
        line([
            &env.name,
            version,
            &size,
            &freed,
            last.unwrap_or("-"),
            users,
        ]);
    }
    if envs
        .iter()
        .any(|env| env.used_by.iter().any(collodi_api::EnvUse::lives))
    {
        say!("* lives");
    }
}

/// The text in so many columns.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// What is not in the figures.
fn not_counted(envs: &[Env]) {
    for env in envs {
        let Some(size) = &env.size else { continue };
        for left in &size.left_out {
            let (path, why) = (plain(&left.path), plain(&left.why));
            complain!("{}: {path} is not counted: {why}", env.name);
        }
        if let Some(note) = &size.note {
            complain!("{}: {}", env.name, plain(note));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn what_is_too_long_is_cut() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer", 5), "long…");
        assert_eq!(cut("äöüß", 3), "äö…");
    }
}
