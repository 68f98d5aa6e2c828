//! Git at work for an app.

use super::{Apps, AppsError};
use crate::ask::{Said, heard};
use collodi_apps::Scheme;
use collodi_backend::{Error, ErrorKind};
use collodi_command::TreeId;
use collodi_contain::{ContainedPath, Name};
use collodi_host::{HostOptions, app_git};
use collodi_logs::plain;
use collodi_time::{Duration, Instant};
use futures::future::{Either, select};
use std::pin::pin;

/// How long all commands together may take.
const TIME: Duration = Duration::from_secs(15 * 60);
/// How much of what a command says is kept, in bytes.
const SAID: usize = 4 << 20;
/// How much of what a command that failed says is shown, in lines.
const SHOWN: usize = 6;

/// Commands for one app in one folder.
#[derive(Clone, Debug)]
pub(super) struct Git<'a> {
    apps: &'a Apps,
    options: &'a HostOptions,
    app: &'a Name,
    dir: ContainedPath,
    scheme: Scheme,
    tree: TreeId,
    end: Instant,
    /// Another index than the folder's.
    index: Option<String>,
}

impl<'a> Git<'a> {
    /// For `app`, in `dir`, with a repository that is reached by `scheme`. What it starts is
    /// in `tree`.
    pub(super) fn new(
        apps: &'a Apps,
        options: &'a HostOptions,
        app: &'a Name,
        dir: ContainedPath,
        scheme: Scheme,
        tree: TreeId,
    ) -> Self {
        let end = apps.backends.clock.now() + TIME;
        Self {
            apps,
            options,
            app,
            dir,
            scheme,
            tree,
            end,
            index: None,
        }
    }

    /// The same with this file as the index.
    pub(super) fn with_index(&self, file: String) -> Self {
        let index = Some(file);
        Self {
            index,
            ..self.clone()
        }
    }

    /// Has git do this; what it says on its standard output.
    pub(super) async fn run(&self, words: Vec<String>) -> Result<Vec<u8>, AppsError> {
        let (app, dir, tree) = (self.app.as_str(), self.dir.clone(), &self.tree);
        let mut spec = app_git(self.options, app, &words, dir, tree, self.scheme.word());
        if let Some(index) = &self.index {
            spec = spec.env("GIT_INDEX_FILE", index);
        }
        let line = format!("git {}", words.join(" "));
        let said = {
            let hearing = pin!(heard(&self.apps.backends, &spec, SAID));
            match select(hearing, self.apps.backends.clock.sleep_until(self.end)).await {
                Either::Left((said, _)) => Some(said.map_err(not_started)?),
                Either::Right(_) => None,
            }
        };
        let Some(said) = said else {
            self.apps.end(tree).await;
            return Err(AppsError::TooSlow(TIME));
        };
        match said.exit {
            // What is cut cannot be counted on.
            Some(exit) if exit.is_success() && said.stdout.len() >= SAID => Err(AppsError::Git {
                line,
                said: format!("it says more than {} MiB", SAID >> 20),
            }),
            Some(exit) if exit.is_success() => Ok(said.stdout.into_bytes()),
            _ => Err(AppsError::Git {
                line,
                said: last_lines(&said),
            }),
        }
    }
}

fn not_started(error: Error) -> AppsError {
    match error.kind {
        ErrorKind::ProgramNotFound => AppsError::NoGit,
        _ => AppsError::Spawn(error.to_string()),
    }
}

/// The end of what a command said that failed, or how it ended.
fn last_lines(said: &Said) -> String {
    let lines = said.stderr.lines().map(str::trim);
    let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(SHOWN));
    let last: Vec<_> = last.map(|line| plain(line).into_owned()).collect();
    match (last.is_empty(), said.exit) {
        (false, _) => last.join("; "),
        (true, Some(exit)) => exit.to_string(),
        (true, None) => "it ended without a word".to_owned(),
    }
}
