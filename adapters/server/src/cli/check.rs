//! Scripts, and what they can say.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Script files, folders to look through for scripts, or `-` for standard input.
    #[arg(required_unless_present_any = ["schema", "explain"], value_name = "FILE|DIR")]
    pub(crate) paths: Vec<PathBuf>,
    /// How to say it.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CheckFormat,
    /// What ends with status 1 besides errors.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
    /// The app's root, in which paths must stay; found by itself otherwise.
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Prints the JSON Schema of scripts, for editors.
    #[arg(long)]
    pub(crate) schema: bool,
    /// Says what a code means, with an example.
    #[arg(long, value_name = "CODE")]
    pub(crate) explain: Option<String>,
}

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum CheckFormat {
    /// With excerpts, for people.
    #[default]
    Human,
    /// An object a line.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

/// What is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Deny {
    /// Warnings.
    Warnings,
}

#[derive(Debug, Args)]
pub(crate) struct MethodsArgs {
    /// The method, or the code of a diagnostic; all of them when absent.
    pub(crate) name: Option<String>,
}
