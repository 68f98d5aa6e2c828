//! Git at work for an app.

use super::{Apps, AppsError};
use collodi_apps::Scheme;
use collodi_backend::{ChildEvent, ErrorKind};
use collodi_command::{CommandSpec, Exit, Stream, TreeId};
use collodi_contain::{ContainedPath, Name};
use collodi_host::{HostOptions, app_git};
use collodi_logs::plain;
use collodi_time::{Duration, Instant};
use futures::future::{Either, select};
use std::pin::pin;

/// How long all commands together may take.
const TIME: Duration = Duration::from_secs(15 * 60);
/// How much of what a command says is kept, in bytes.
const SAID: usize = 64 << 10;
/// How much of what a command that failed says is shown, in lines.
const SHOWN: usize = 6;

/// Commands for one app in one folder.
#[derive(Debug)]
pub(super) struct Git<'a> {
    apps: &'a Apps,
    options: &'a HostOptions,
    app: &'a Name,
    dir: ContainedPath,
    scheme: Scheme,
    tree: TreeId,
    end: Instant,
}

/// What a command said, and how it ended.
#[derive(Debug, Default)]
struct Heard {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    exit: Option<Exit>,
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
        }
    }

    /// Has git do this; what it says on its standard output.
    pub(super) async fn run(&self, words: Vec<String>) -> Result<Vec<u8>, AppsError> {
        let (app, dir, tree) = (self.app.as_str(), self.dir.clone(), &self.tree);
        let spec = app_git(self.options, app, &words, dir, tree, self.scheme.word());
        let line = format!("git {}", words.join(" "));
        let heard = {
            let hearing = pin!(self.hear(&spec));
            match select(hearing, self.apps.backends.clock.sleep_until(self.end)).await {
                Either::Left((heard, _)) => Some(heard?),
                Either::Right(_) => None,
            }
        };
        let Some(heard) = heard else {
            self.apps.end(tree).await;
            return Err(AppsError::TooSlow(TIME));
        };
        match heard.exit {
            Some(exit) if exit.is_success() => Ok(heard.stdout),
            _ => Err(AppsError::Git {
                line,
                said: heard.last_lines(),
            }),
        }
    }

    async fn hear(&self, spec: &CommandSpec) -> Result<Heard, AppsError> {
        let spawned = self.apps.backends.process.spawn(spec).await;
        let mut child = spawned.map_err(|error| match error.kind {
            ErrorKind::ProgramNotFound => AppsError::NoGit,
            _ => AppsError::Spawn(error.to_string()),
        })?;
        let mut heard = Heard::default();
        while let Some(event) = child.next_event().await {
            match event {
                ChildEvent::Output { stream, bytes } => heard.keep(stream, &bytes),
                ChildEvent::Exited(exit) => heard.exit = Some(exit),
                ChildEvent::Closed { .. } => {}
            }
        }
        Ok(heard)
    }
}

impl Heard {
    fn keep(&mut self, stream: Stream, bytes: &[u8]) {
        let kept = match stream {
            Stream::Stdout => &mut self.stdout,
            _ => &mut self.stderr,
        };
        let room = SAID.saturating_sub(kept.len());
        kept.extend(bytes.iter().take(room));
    }

    fn last_lines(&self) -> String {
        let text = String::from_utf8_lossy(&self.stderr);
        let lines: Vec<_> = text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        let last = lines.iter().skip(lines.len().saturating_sub(SHOWN));
        let last: Vec<_> = last.map(|line| plain(line).into_owned()).collect();
        match (last.is_empty(), self.exit) {
            (false, _) => last.join("; "),
            (true, Some(exit)) => exit.to_string(),
            (true, None) => "it ended without a word".to_owned(),
        }
    }
}
