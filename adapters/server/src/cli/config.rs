//! `collodi config`

use crate::complete;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) what: Option<ConfigCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print a setting, or those of a section, and what they are.
    Get {
        /// The setting, as python.prefer_uv, or a section.
        #[arg(add = complete::settings())]
        key: String,
    },
    /// Change a setting in the file; all else in the file stays as it is.
    Set {
        /// The setting.
        #[arg(add = complete::settings())]
        key: String,
        /// Its value as TOML writes it; anything else is a text.
        value: String,
    },
    /// Remove a setting from the file: the default counts again.
    Unset {
        /// The setting.
        #[arg(add = complete::settings())]
        key: String,
    },
    /// Print where the file is.
    Path,
}
