//! What a person sees when something goes wrong: a line of cause and a hint.

use std::{fmt, process::ExitCode};

/// What the program ends with when its command line, or a file that it names, cannot be
/// understood.
pub(crate) const MISUNDERSTOOD: u8 = 2;

/// A failure with something to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    cause: String,
    hint: Option<String>,
    status: u8,
}

impl Failure {
    pub(crate) fn new(cause: impl fmt::Display) -> Self {
        Self {
            cause: cause.to_string(),
            hint: None,
            status: 1,
        }
    }

    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }
}

impl Failure {
    /// The program ends with this status.
    pub(crate) const fn status(mut self, status: u8) -> Self {
        self.status = status;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for Failure {}

/// What was to be said could not be written.
pub(crate) fn lost() -> anyhow::Error {
    Failure::new("failed to write to standard output")
        .hint("its disk may be full; what was written is not all there is")
        .into()
}

/// Says what went wrong on standard error.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    complain!("{ERROR}error:{ERROR:#} {error:#}");
    let failure = error.downcast_ref::<Failure>();
    if let Some(hint) = failure.and_then(|failure| failure.hint.as_ref()) {
        complain!("{HINT}hint:{HINT:#} {hint}");
    }
    failure.map_or(ExitCode::FAILURE, |failure| failure.status.into())
}

pub(crate) const ERROR: anstyle::Style = anstyle::AnsiColor::Red
    .on_default()
    .effects(anstyle::Effects::BOLD);
pub(crate) const HINT: anstyle::Style = anstyle::AnsiColor::Cyan.on_default();
