//! The words of `collodi env`.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    #[command(subcommand)]
    pub(crate) what: EnvCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EnvCommand {
    /// Show the environments: what each takes, what its deletion frees, who uses it.
    Ls,
    /// Delete environments, after a question.
    ///
    /// Shows what each takes and who uses it. One that something lives in is not deleted.
    Rm(EnvRmArgs),
    /// Say what may go, and delete it with --yes.
    ///
    /// Those are environments that no script of an app names and nothing uses, half-made
    /// ones, and temporary files of writes that a crash has cut.
    Gc {
        /// Delete it.
        #[arg(long, short)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct EnvRmArgs {
    /// The environments.
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Also those that something lives in, which then does without.
    #[arg(long)]
    pub(crate) force: bool,
    /// Ask nothing.
    #[arg(long, short)]
    pub(crate) yes: bool,
}
