//! `collodi completions`

use crate::{cli::CompletionsArgs, complete};
use anyhow::Result;
use std::{io::Write as _, process::ExitCode};

/// Prints the script that completes the words of this program in a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<ExitCode> {
    let script = complete::script(args.shell)?;
    // Whoever reads it may have enough before its end.
    let _ = std::io::stdout().write_all(&script);
    Ok(ExitCode::SUCCESS)
}
