//! The words of `collodi env`.

use crate::complete;
use clap::{Args, Subcommand};
use std::path::PathBuf;

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
    #[arg(required = true, value_name = "NAME", add = complete::envs())]
    pub(crate) names: Vec<String>,
    /// Also those that something lives in, which then does without.
    #[arg(long)]
    pub(crate) force: bool,
    /// Ask nothing.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EnvPlanArgs {
    /// The workspace whose settings count when no --policy is given.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// A settings file with the policy, as in `[sandbox.shell_env]`.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The variables of the host, as a JSON object; this program's own otherwise.
    #[arg(long, value_name = "FILE")]
    pub(crate) host_env: Option<PathBuf>,
    /// The variables that the step sets, as a JSON object; null removes one.
    #[arg(long, value_name = "FILE")]
    pub(crate) step_env: Option<PathBuf>,
    /// Let the step set this excluded variable. The host's value stays back.
    #[arg(long = "grant", value_name = "NAME")]
    pub(crate) grants: Vec<String>,
    /// Pass this excluded variable on from the host.
    #[arg(long = "grant-from-host", value_name = "NAME")]
    pub(crate) host_grants: Vec<String>,
    /// The dialect of the script.
    #[arg(long, value_name = "DIALECT", default_value = "vatn", value_parser = ["vatn", "pinokio"])]
    pub(crate) dialect: String,
}
