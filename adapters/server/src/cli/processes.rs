//! What runs and what ran.

use crate::complete;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// Only what this app executed.
    #[arg(long, value_name = "APP", add = complete::apps())]
    pub(crate) app: Option<String>,
    /// Only from then on: how long ago (2h), or a time (2026-01-31T12:00:00Z).
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only what this level of the sandbox was asked for.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: Option<String>,
    /// Also what the program started to look what is there, as `python3 --version`.
    #[arg(long)]
    pub(crate) all: bool,
    /// How many entries; the newest, or with --since the first.
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// The process, by its id or as APP/NAME; or the app.
    #[arg(add = complete::processes())]
    pub(crate) name: String,
    /// How many of the last lines to show; what is no line yet counts as one.
    #[arg(short = 'n', long, default_value_t = 50)]
    pub(crate) lines: usize,
    /// Goes on showing lines as they come.
    #[arg(short, long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// The app; or the process, by its id or as APP/NAME; or the run.
    #[arg(add = complete::processes())]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// The process, by its id or as APP/NAME; or the app.
    #[arg(add = complete::ended())]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct RestartArgs {
    /// The process, by its id or as APP/NAME; or the app.
    #[arg(add = complete::processes())]
    pub(crate) name: String,
}
