//! Asking before something goes for good.

use crate::failure::Failure;
use anyhow::Result;
use std::io::{IsTerminal as _, Write as _};

/// Whether the person at the terminal says yes. What is asked is no part of what a command
/// says on standard output.
///
/// # Errors
///
/// When nobody is there: `otherwise` is what to do about that.
pub(crate) fn sure(question: &str, otherwise: &str) -> Result<bool> {
    can_ask(otherwise)?;
    let stdin = std::io::stdin();
    let mut out = anstream::stderr();
    let _ = write!(out, "{question} [y/N] ");
    let _ = out.flush();
    let mut answer = String::new();
    stdin.read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Whether somebody is there who can be asked: to be called before it is said what goes.
///
/// # Errors
///
/// When nobody is there: `otherwise` is what to do about that.
pub(crate) fn can_ask(otherwise: &str) -> Result<()> {
    if std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(
        Failure::new("nothing was done: nobody can be asked, since standard input is no terminal")
            .hint(otherwise)
            .into(),
    )
}
