//! `collodi sandbox`

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// How far the command is trusted: full, restricted or sandboxed.
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: collodi_sandbox::Level,
    /// The folder that it may change.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) root: PathBuf,
    /// Where it runs; in its folder otherwise.
    #[arg(long, value_name = "DIR")]
    pub(crate) cwd: Option<PathBuf>,
    /// Its environment, NAME=VALUE a line. Without it: PATH, and what is said of language,
    /// terminal and time zone.
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// A further folder or file that it may read.
    #[arg(long, value_name = "PATH")]
    pub(crate) read: Vec<PathBuf>,
    /// A further folder that it may change.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Vec<PathBuf>,
    /// A folder or file that looks empty to it.
    #[arg(long, value_name = "PATH")]
    pub(crate) hide: Vec<PathBuf>,
    /// What it may not change below the folders that it may.
    #[arg(long, value_name = "PATH")]
    pub(crate) protect: Vec<PathBuf>,
    /// Give it the network, also where its level has none.
    #[arg(long)]
    pub(crate) network: bool,
    /// Give it the GPUs of this machine.
    #[arg(long)]
    pub(crate) gpu: bool,
    /// Refuse when this machine cannot hold all that the level promises.
    #[arg(long)]
    pub(crate) strict: bool,
    /// What may stand in where namespaces cannot be had.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) fallback: Option<FallbackArg>,
    /// The bubblewrap to make sandboxes with.
    #[arg(long, value_name = "PROGRAM", default_value = "/usr/bin/bwrap")]
    pub(crate) bwrap: PathBuf,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// What may stand in for namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FallbackArg {
    /// Landlock and seccomp.
    Landlock,
}
