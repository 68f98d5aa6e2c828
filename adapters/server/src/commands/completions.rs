//! `collodi completions`

use crate::cli::{Cli, CompletionsArgs};
use anyhow::Result;
use clap::CommandFactory as _;
use std::{io::Write as _, process::ExitCode};

/// Prints the script that completes the words of this program in a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "collodi", &mut script);
    // Whoever reads it may have enough before its end.
    let _ = std::io::stdout().write_all(&script);
    Ok(ExitCode::SUCCESS)
}
