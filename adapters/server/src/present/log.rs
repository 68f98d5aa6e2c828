//! For programs that collect logs: a line for what happens to the server, on standard error.

use super::Presenter;
use crate::aside::Aside;
use collodi_driver::LoadedApp;
use collodi_host::{Event, ProcessEvent, RunEvent, RunId};
use collodi_restart::{Ended, Event as Supervision};
use collodi_run::{Event as Step, Status};
use std::{net::SocketAddr, path::Path};
use tracing::Level;
use tracing_subscriber::{filter::LevelFilter, fmt};

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// A line of text.
    Text,
    /// A JSON object a line.
    Json,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogLevel {
    /// What should not be.
    Error,
    /// And what may need somebody: restarts, refusals.
    Warn,
    /// And requests, runs, processes.
    #[default]
    Info,
    /// And the steps of runs.
    Debug,
    /// And all that apps say.
    Trace,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// Everything that is logged from here on is written so. A second call changes nothing.
pub(crate) fn write_logs(format: LogFormat, level: LogLevel) {
    let lines = fmt()
        .with_max_level(LevelFilter::from(level))
        .with_target(false)
        .with_writer(|| Aside);
    let begun = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(lines.finish()),
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_current_span(false);
            tracing::subscriber::set_global_default(lines.with_span_list(false).finish())
        }
    };
    // Then they are written already.
    let _ = begun;
}

/// Logs what happens.
#[derive(Debug)]
pub(super) struct Log;

impl Presenter for Log {
    fn diagnostics(&mut self, _app: &LoadedApp) {}

    fn listening(&mut self, address: SocketAddr, state_file: &Path) {
        tracing::info!(%address, state_file = %state_file.display(), "listening");
    }

    fn accepted(&mut self, _run: &RunId) {}

    fn event(&mut self, event: &Event) {
        match event {
            Event::Run { run, app, what } => {
                let (id, level) = (run.as_str(), level_of_run(what));
                log(level, "run", app, id, &format!("{what:#}"));
            }
            Event::Process { process, app, what } => {
                let (id, level) = (process.as_str(), level_of_process(what));
                log(level, "process", app, id, &what.to_string());
            }
            Event::Journal(what) => tracing::info!(what = "journal", "{what}"),
            other => tracing::info!("{other}"),
        }
    }

    fn missed(&mut self, events: u64) {
        tracing::warn!(events, "events are not logged: the output was too slow");
    }

    fn warning(&mut self, text: &str) {
        tracing::warn!("{text}");
    }

    fn interrupted(&mut self, again: bool) {
        tracing::info!(again, "stopping");
    }

    fn ended(&mut self, failed: bool) {
        tracing::info!(failed, "ended");
    }
}

/// An event's level is part of what it is made of: there is one for each.
fn log(level: Level, what: &str, app: &str, id: &str, text: &str) {
    match level {
        Level::ERROR => tracing::error!(what, app, id, "{text}"),
        Level::WARN => tracing::warn!(what, app, id, "{text}"),
        Level::INFO => tracing::info!(what, app, id, "{text}"),
        Level::DEBUG => tracing::debug!(what, app, id, "{text}"),
        _ => tracing::trace!(what, app, id, "{text}"),
    }
}

fn level_of_run(what: &RunEvent) -> Level {
    match what {
        RunEvent::Line { .. } => Level::TRACE,
        RunEvent::Step(Step::Serving) => Level::INFO,
        RunEvent::Step(_) => Level::DEBUG,
        RunEvent::Ended(outcome) => match outcome.status {
            Status::Failed(_) => Level::WARN,
            _ => Level::INFO,
        },
        _ => Level::INFO,
    }
}

const fn level_of_process(what: &ProcessEvent) -> Level {
    match what {
        ProcessEvent::Line(_) => Level::TRACE,
        ProcessEvent::SpawnFailed(_) | ProcessEvent::Ended(Ended::GaveUp(_)) => Level::ERROR,
        ProcessEvent::Ended(ended) if ended.is_failure() => Level::WARN,
        ProcessEvent::Supervision(
            Supervision::Restarting { .. } | Supervision::NotReady | Supervision::SpawnFailed,
        ) => Level::WARN,
        _ => Level::INFO,
    }
}
