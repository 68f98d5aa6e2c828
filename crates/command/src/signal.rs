//! Signals by number and name.

use core::{fmt, str::FromStr};

/// A signal, by its Linux number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(i32);

macro_rules! signals {
    ($($name:ident = $number:literal: $doc:literal;)*) => {
        impl Signal {
            $(#[doc = $doc] pub const $name: Self = Self($number);)*

            const NAMED: &'static [(&'static str, Self)] = &[$((stringify!($name), Self::$name)),*];
        }
    };
}

signals! {
    HUP = 1: "The terminal is gone, or: read your settings again.";
    INT = 2: "Interrupt, as Ctrl-C sends it.";
    QUIT = 3: "Quit with a core.";
    ABRT = 6: "Abort.";
    KILL = 9: "End now; cannot be caught.";
    USR1 = 10: "The program's own.";
    SEGV = 11: "Bad memory access.";
    USR2 = 12: "The program's own.";
    PIPE = 13: "Nobody reads.";
    TERM = 15: "Please end.";
    CONT = 18: "Go on.";
    STOP = 19: "Pause; cannot be caught.";
}

impl Signal {
    /// The signal with this number, 1 to 64.
    pub const fn from_number(number: i32) -> Option<Self> {
        if number >= 1 && number <= 64 {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number.
    pub const fn number(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMED.iter().find(|(_, signal)| signal == self) {
            Some((name, _)) => write!(f, "SIG{name}"),
            None => write!(f, "signal {}", self.0),
        }
    }
}

/// The text is neither a signal's name nor its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseSignalError;

impl fmt::Display for ParseSignalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signal is written like TERM, SIGTERM or 15")
    }
}

impl core::error::Error for ParseSignalError {}

impl FromStr for Signal {
    type Err = ParseSignalError;

    fn from_str(text: &str) -> Result<Self, ParseSignalError> {
        let name = text.strip_prefix("SIG").unwrap_or(text);
        let named = Self::NAMED
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, signal)| *signal);
        named
            .or_else(|| Self::from_number(text.parse().ok()?))
            .ok_or(ParseSignalError)
    }
}
