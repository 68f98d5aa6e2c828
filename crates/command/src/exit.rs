//! How a process ended.

use crate::Signal;
use core::{fmt, str::FromStr};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// It returned this code.
    Code(i32),
    /// This signal ended it.
    Signal(Signal),
    /// Its sandbox could not be made, so it did not run.
    NoSandbox,
    /// It is gone, and nobody can say how: it was not our child.
    Unknown,
}

impl Exit {
    /// Whether it returned zero.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Code(0))
    }

    /// The code as a shell reports it: 128 + n for a signal, 125 when it did
    /// not run for want of its sandbox; none when unknown.
    pub const fn shell_code(self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(code),
            Self::Signal(signal) => Some(128 + signal.number()),
            Self::NoSandbox => Some(125),
            Self::Unknown => None,
        }
    }

    /// As it is written down: `exit 3`, `signal 9`, `no-sandbox` or `unknown`, which
    /// [`parse`](str::parse) reads again.
    pub const fn written(self) -> WrittenExit {
        WrittenExit(self)
    }
}

/// An exit [as it is written down](Exit::written).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenExit(Exit);

impl fmt::Display for WrittenExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Exit::Code(code) => write!(f, "exit {code}"),
            Exit::Signal(signal) => write!(f, "signal {}", signal.number()),
            Exit::NoSandbox => f.write_str("no-sandbox"),
            Exit::Unknown => f.write_str("unknown"),
        }
    }
}

/// The text is no exit that was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnExit;

impl fmt::Display for NotAnExit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exit is `exit CODE`, `signal NUMBER`, `no-sandbox` or `unknown`")
    }
}

impl core::error::Error for NotAnExit {}

impl FromStr for Exit {
    type Err = NotAnExit;

    fn from_str(text: &str) -> Result<Self, NotAnExit> {
        let (word, number) = text.split_once(' ').unwrap_or((text, ""));
        let read = |number: &str| number.parse().map_err(|_| NotAnExit);
        match (word, number) {
            ("no-sandbox", "") => Ok(Self::NoSandbox),
            ("unknown", "") => Ok(Self::Unknown),
            ("exit", code) => Ok(Self::Code(read(code)?)),
            ("signal", number) => {
                let signal = Signal::from_number(read(number)?);
                signal.map(Self::Signal).ok_or(NotAnExit)
            }
            _ => Err(NotAnExit),
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "killed by {signal}"),
            Self::NoSandbox => f.write_str("did not run: its sandbox could not be made"),
            Self::Unknown => f.write_str("ended, status unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Exit, NotAnExit};
    use crate::Signal;
    use alloc::string::ToString as _;

    #[test]
    fn what_is_written_down_is_read_again() {
        let exits = [
            Exit::Code(0),
            Exit::Code(-1),
            Exit::Signal(Signal::KILL),
            Exit::NoSandbox,
            Exit::Unknown,
        ];
        for exit in exits {
            assert_eq!(exit.written().to_string().parse(), Ok(exit));
        }
        for text in ["", "exit", "exit x", "signal 0", "unknown 1", "exit 1 2"] {
            assert_eq!(text.parse::<Exit>(), Err(NotAnExit), "{text:?}");
        }
    }
}
