//! What a program does when it is started.

use crate::words::{self, Step, WordError};
use std::{fmt, sync::Arc};

/// What a program does when it is started, in [words](crate::words).
#[derive(Clone)]
pub struct Behaviour(Kind);

type Answer = dyn Fn(&[String]) -> String + Send + Sync;

#[derive(Clone)]
enum Kind {
    Fixed(Arc<str>),
    Answer(Arc<Answer>),
    Arguments,
    Shell,
}

impl Behaviour {
    /// These words, whatever the arguments are.
    pub fn words(words: &str) -> Self {
        Self(Kind::Fixed(words.into()))
    }

    /// The words that `answer` gives for the arguments.
    pub fn answer(answer: impl Fn(&[String]) -> String + Send + Sync + 'static) -> Self {
        Self(Kind::Answer(Arc::new(answer)))
    }

    /// Its arguments are the words, as for `collodi-child`.
    pub const fn arguments() -> Self {
        Self(Kind::Arguments)
    }

    /// A shell: it runs the line after `-c`, or the lines that it reads.
    pub const fn shell() -> Self {
        Self(Kind::Shell)
    }

    pub(crate) const fn is_shell(&self) -> bool {
        matches!(self.0, Kind::Shell)
    }

    pub(crate) fn steps(&self, args: &[String]) -> Result<Vec<Step>, WordError> {
        match &self.0 {
            Kind::Fixed(text) => words::parse(&words::split(text)),
            Kind::Answer(answer) => words::parse(&words::split(&answer(args))),
            Kind::Arguments => words::parse(args),
            Kind::Shell => Ok(Vec::new()),
        }
    }
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Fixed(words) => write!(f, "Behaviour({words})"),
            Kind::Answer(_) => f.write_str("Behaviour(answer)"),
            Kind::Arguments => f.write_str("Behaviour(arguments)"),
            Kind::Shell => f.write_str("Behaviour(shell)"),
        }
    }
}
