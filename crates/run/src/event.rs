//! What a run tells.

use crate::Question;
use alloc::{string::String, sync::Arc};
use collodi_action::Progress;
use collodi_command::{Exit, Stream};
use collodi_logs::Mask;
use collodi_script::StepAt;
use collodi_web::Downloaded;
use core::fmt;

/// What a run tells. Steps are counted from 0; in its text with `{:#}` from 1, as people do.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A step begins.
    StepStarted {
        /// The step.
        step: StepAt,
        /// How many there are.
        total: usize,
        /// What it does.
        method: String,
    },
    /// A step is left out, because its `when` says so.
    StepSkipped {
        /// The step.
        step: StepAt,
    },
    /// A step runs this command.
    Command {
        /// The step.
        step: StepAt,
        /// The line, as the script says it.
        line: Arc<str>,
    },
    /// A command said something.
    Output {
        /// The step.
        step: StepAt,
        /// On which stream.
        stream: Stream,
        /// What.
        bytes: Arc<[u8]>,
    },
    /// A command ended.
    Exited {
        /// The step.
        step: StepAt,
        /// How.
        exit: Exit,
    },
    /// The script says something.
    Log {
        /// The step.
        step: StepAt,
        /// What.
        text: String,
    },
    /// Something that a person should know about a step.
    Note {
        /// The step.
        step: StepAt,
        /// What.
        text: String,
    },
    /// The script wants something shown that needs a screen: a page opened, a
    /// notification.
    Show {
        /// The step.
        step: StepAt,
        /// The method: `browser.open`, `notify`, …
        method: String,
        /// Its parameters as JSON.
        params: String,
    },
    /// A step is done.
    StepDone {
        /// The step.
        step: StepAt,
    },
    /// All steps are done, and the script stays up.
    Serving,
    /// What is left of the run is being ended.
    Ending,
    /// A step sends a request or downloads a file.
    Transfer {
        /// The step.
        step: StepAt,
        /// What it asks for, and where it goes.
        what: Arc<str>,
    },
    /// This much of a download is there.
    Transferred {
        /// The step.
        step: StepAt,
        /// Bytes that are there.
        done: u64,
        /// Bytes of the whole file, when that is known.
        total: Option<u64>,
    },
    /// A file is there, whole.
    Downloaded {
        /// The step.
        step: StepAt,
        /// What.
        file: Downloaded,
    },
    /// A step waits for somebody to answer.
    Asks(Arc<Question>),
    /// Its question is answered.
    Answered {
        /// The step.
        step: StepAt,
    },
}

impl Event {
    /// Hides what `mask` hides in the texts that come from commands. Output is left as it is:
    /// whoever makes lines of it hides what is in them.
    pub fn hide(&mut self, mask: &Mask) {
        match self {
            Self::Command { line: text, .. } | Self::Transfer { what: text, .. } => mask.hide(text),
            Self::Log { text, .. } | Self::Note { text, .. } | Self::Show { params: text, .. } => {
                mask.hide(text);
            }
            _ => {}
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(step) = self.step() {
            f.write_str("step ")?;
            fmt::Display::fmt(step, f)?;
            f.write_str(" ")?;
        }
        self.fmt_what(f)
    }
}

impl Event {
    /// The step that it is about.
    fn step(&self) -> Option<&StepAt> {
        match self {
            Self::Serving | Self::Ending => None,
            Self::Asks(question) => Some(&question.step),
            Self::StepStarted { step, .. }
            | Self::StepSkipped { step }
            | Self::Command { step, .. }
            | Self::Output { step, .. }
            | Self::Exited { step, .. }
            | Self::Log { step, .. }
            | Self::Note { step, .. }
            | Self::Show { step, .. }
            | Self::StepDone { step }
            | Self::Transfer { step, .. }
            | Self::Transferred { step, .. }
            | Self::Downloaded { step, .. }
            | Self::Answered { step } => Some(step),
        }
    }

    fn fmt_what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StepStarted { total, method, .. } => write!(f, "of {total}: {method}"),
            Self::StepSkipped { .. } => f.write_str("skipped"),
            Self::Command { line, .. } => write!(f, "runs {line}"),
            Self::Output { stream, bytes, .. } => {
                write!(f, "{stream} {:?}", String::from_utf8_lossy(bytes))
            }
            Self::Exited { exit, .. } => write!(f, "exited ({exit})"),
            Self::Log { text, .. } => write!(f, "logs {text:?}"),
            Self::Note { text, .. } => write!(f, "note: {text}"),
            Self::Show { method, params, .. } => write!(f, "shows {method} {params}"),
            Self::StepDone { .. } => f.write_str("done"),
            Self::Serving => f.write_str("serving"),
            Self::Ending => f.write_str("ending"),
            Self::Asks(question) => write!(f, "asks {question}"),
            Self::Answered { .. } => f.write_str("is answered"),
            Self::Transfer { what, .. } => write!(f, "asks: {what}"),
            Self::Transferred { done, total, .. } => {
                let (done, total) = (*done, *total);
                write!(f, "has {}", Progress::Transferred { done, total })
            }
            Self::Downloaded { file, .. } => write!(f, "{file}"),
        }
    }
}
