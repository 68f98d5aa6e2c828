//! Servers, and whether there can be one.

use super::FallbackArg;
use clap::{Args, FromArgMatches as _};
use std::{net::SocketAddr, path::PathBuf};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Where the API listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470")]
    pub(crate) listen: SocketAddr,
    /// Follows the server that runs in the workspace, at its address and with its token: that
    /// one lets go of its daemons and ends, this one goes on with them.
    #[arg(long, conflicts_with = "listen")]
    pub(crate) takeover: bool,
    /// Does not repeat what apps say: their logs have it.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Log what happens on standard error, for programs that collect logs: requests, runs,
    /// processes, refusals. Without it, what happens is shown for people.
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "json")]
    pub(crate) log_format: Option<crate::present::LogFormat>,
    /// How much is logged; COLLODI_LOG says it too, and without either it is info.
    #[arg(long, value_enum, value_name = "LEVEL", requires = "log_format")]
    pub(crate) log_level: Option<crate::present::LogLevel>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Where a server would listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8470")]
    pub(crate) listen: SocketAddr,
}

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub(crate) struct ServerArgs {
    /// What it runs on.
    #[arg(long, value_enum, value_name = "RUNTIME", default_value_t)]
    pub(crate) runtime: crate::runtime::Choice,
    /// The Python interpreter to make environments from; found by itself otherwise.
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) python: Option<String>,
    /// Use pip and venv even when uv is there.
    #[arg(long)]
    pub(crate) no_uv: bool,
    /// Always wait this long before a daemon is started again. Without it, the wait is a
    /// tenth of a second at first, and twice as long each time up to a minute.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = crate::duration::parse)]
    pub(crate) restart_delay: Option<std::time::Duration>,
    /// Start a daemon again at most so often in a row, or within a time: 5, or 5/1m.
    /// Without it, for ever.
    #[arg(long, value_name = "COUNT[/TIME]", value_parser = crate::give_up::parse)]
    pub(crate) give_up: Option<collodi_restart::GiveUp>,
    /// How long processes have between SIGTERM and SIGKILL.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, default_value = "3s", value_parser = crate::duration::parse)]
    pub(crate) grace_period: std::time::Duration,
    /// Pass on a host variable that the environment policy would keep back.
    #[arg(long = "grant", value_name = "NAME")]
    pub(crate) grants: Vec<String>,
    /// Let scripts fetch apps from repositories on this machine too (`file://`).
    #[arg(long)]
    pub(crate) local_repositories: bool,
    /// How far all apps are trusted, whatever the settings say: full, restricted or
    /// sandboxed. Below full, what cannot be kept in a sandbox does not run. Without it and
    /// without settings, full.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) sandbox: Option<collodi_sandbox::Level>,
    /// What may stand in for a sandbox where namespaces cannot be had.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) sandbox_fallback: Option<FallbackArg>,
    /// Refuse to run what this machine cannot keep as the level promises.
    #[arg(long)]
    pub(crate) sandbox_strict: bool,
    /// A further folder that sandboxed apps may read, as one of interpreters.
    #[arg(long, value_name = "DIR")]
    pub(crate) sandbox_read: Vec<PathBuf>,
    /// Let sandboxed apps use the GPUs.
    #[arg(long)]
    pub(crate) sandbox_gpu: bool,
    /// What scripts may do with the files of other apps, named as https://….git/path.
    #[arg(long, value_name = "WHAT", default_value = "read")]
    pub(crate) other_apps: OtherAppsArg,
}

impl ServerArgs {
    /// Nothing said: for commands that are no server, where the settings alone count.
    pub(crate) fn unsaid() -> Result<Self, clap::Error> {
        let command = Self::augment_args(clap::Command::new("collodi"));
        let matches = command.try_get_matches_from(["collodi"])?;
        Self::from_arg_matches(&matches)
    }

    /// Whether all is left as it is by itself.
    pub(crate) fn says_nothing(&self) -> bool {
        Self::unsaid().is_ok_and(|unsaid| unsaid == *self)
    }
}

/// What scripts may do with the files of other apps.
#[derive(Clone, Copy, Debug, clap::ValueEnum, PartialEq, Eq)]
pub(crate) enum OtherAppsArg {
    /// Nothing.
    None,
    /// Read them, and run commands in their folders.
    Read,
    /// Change them, too.
    Write,
}

impl From<OtherAppsArg> for collodi_run::OtherApps {
    fn from(arg: OtherAppsArg) -> Self {
        match arg {
            OtherAppsArg::None => Self::None,
            OtherAppsArg::Read => Self::Read,
            OtherAppsArg::Write => Self::Write,
        }
    }
}
