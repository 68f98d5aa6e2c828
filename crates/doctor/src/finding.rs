//! What was found.

use alloc::string::String;
use core::fmt;

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about, in a word or two.
    pub about: &'static str,
    /// How it is.
    pub state: State,
    /// What was seen, in a line.
    pub seen: String,
    /// What can be done about it.
    pub hint: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be, or nobody needs it.
    Ok,
    /// It works less well than it could.
    Warning,
    /// It does not work, or does not protect.
    Problem,
}

impl Finding {
    pub(crate) fn new(about: &'static str, state: State, seen: impl Into<String>) -> Self {
        Self {
            about,
            state,
            seen: seen.into(),
            hint: None,
        }
    }

    pub(crate) fn ok(about: &'static str, seen: impl Into<String>) -> Self {
        Self::new(about, State::Ok, seen)
    }

    pub(crate) fn warning(about: &'static str, seen: impl Into<String>) -> Self {
        Self::new(about, State::Warning, seen)
    }

    pub(crate) fn problem(about: &'static str, seen: impl Into<String>) -> Self {
        Self::new(about, State::Problem, seen)
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        let hint = Some(hint.into());
        Self { hint, ..self }
    }
}

impl State {
    /// A warning, or a problem when it is needed.
    pub(crate) const fn unless(is_needed: bool) -> Self {
        match is_needed {
            true => Self::Problem,
            false => Self::Warning,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:7}  {:14}  {}", self.state, self.about, self.seen)
    }
}
