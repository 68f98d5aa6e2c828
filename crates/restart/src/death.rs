//! How a life can end, and rules about that.

use alloc::{borrow::ToOwned, string::String};
use collodi_command::{Exit, Signal};
use core::{fmt, str::FromStr};

/// How a life ended that nobody asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Death {
    /// The program ended.
    Exited(Exit),
    /// The program ended before it was up: see [`Startup`](crate::Startup).
    EndedEarly(Exit),
    /// It could not be started.
    SpawnFailed,
    /// It was not ready in time, and was ended.
    NotReady,
}

impl Death {
    /// Whether this is a failure: anything but an end with code 0 after it was up.
    pub const fn is_failure(self) -> bool {
        match self {
            Self::Exited(exit) => !exit.is_success(),
            Self::EndedEarly(_) | Self::SpawnFailed | Self::NotReady => true,
        }
    }

    /// How the program ended, if it was started and ended by itself.
    pub const fn exit(self) -> Option<Exit> {
        match self {
            Self::Exited(exit) | Self::EndedEarly(exit) => Some(exit),
            Self::SpawnFailed | Self::NotReady => None,
        }
    }

    /// As it is written down: an [exit](Exit::written), `early` before one, `spawn` or
    /// `readiness`, which [`parse`](str::parse) reads again.
    pub const fn written(self) -> WrittenDeath {
        WrittenDeath(self)
    }
}

/// A death [as it is written down](Death::written).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenDeath(Death);

impl fmt::Display for WrittenDeath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Death::Exited(exit) => write!(f, "{}", exit.written()),
            Death::EndedEarly(exit) => write!(f, "early {}", exit.written()),
            Death::SpawnFailed => f.write_str("spawn"),
            Death::NotReady => f.write_str("readiness"),
        }
    }
}

/// The text is no death that was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADeath;

impl fmt::Display for NotADeath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a death is an exit, `early` before one, `spawn` or `readiness`")
    }
}

impl core::error::Error for NotADeath {}

impl FromStr for Death {
    type Err = NotADeath;

    fn from_str(text: &str) -> Result<Self, NotADeath> {
        let exit = |text: &str| text.parse().map_err(|_| NotADeath);
        match (text, text.strip_prefix("early ")) {
            ("spawn", _) => Ok(Self::SpawnFailed),
            ("readiness", _) => Ok(Self::NotReady),
            (_, Some(early)) => exit(early).map(Self::EndedEarly),
            (_, None) => exit(text).map(Self::Exited),
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(exit) => write!(f, "{exit}"),
            Self::EndedEarly(exit) => write!(f, "{exit} before it was up"),
            Self::SpawnFailed => f.write_str("could not be started"),
            Self::NotReady => f.write_str("not ready in time"),
        }
    }
}

/// What to do after a certain death, whatever the restart class says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// The deaths it is about.
    pub on: On,
    /// What to do then.
    pub then: Verdict,
}

/// The deaths that a rule is about. As text: `0`, `64-78`, `SIGKILL`, `signal`, `spawn`,
/// `readiness`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum On {
    /// An exit code from the first to the last.
    Codes(i32, i32),
    /// Death by this signal.
    Signal(Signal),
    /// Death by any signal.
    AnySignal,
    /// A spawn that failed.
    SpawnFailed,
    /// Not ready in time.
    NotReady,
}

/// What a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Start it again, after the backoff's delay.
    Restart,
    /// Start it again at once, for it ended to be started anew. A life shorter than the
    /// backoff's first delay is backed off all the same.
    RestartNow,
    /// Leave it at that.
    Leave,
}

impl On {
    /// Whether `death` is one of these.
    pub fn matches(self, death: Death) -> bool {
        match (self, death, death.exit()) {
            (Self::Codes(first, last), _, Some(Exit::Code(code))) => (first..=last).contains(&code),
            (Self::Signal(signal), _, Some(Exit::Signal(by))) => signal == by,
            (Self::AnySignal, _, Some(Exit::Signal(_)))
            | (Self::SpawnFailed, Death::SpawnFailed, _)
            | (Self::NotReady, Death::NotReady, _) => true,
            _ => false,
        }
    }

    /// Whether these are all of the deaths that `other` is about.
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Codes(first, last), Self::Codes(from, to)) => first <= from && to <= last,
            (Self::AnySignal, Self::Signal(_)) => true,
            _ => self == other,
        }
    }
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Codes(first, last) if first == last => write!(f, "{first}"),
            Self::Codes(first, last) => write!(f, "{first}-{last}"),
            Self::Signal(signal) => write!(f, "{signal}"),
            Self::AnySignal => f.write_str("signal"),
            Self::SpawnFailed => f.write_str("spawn"),
            Self::NotReady => f.write_str("readiness"),
        }
    }
}

/// A text that names no deaths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseOnError(String);

impl fmt::Display for ParseOnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no exit code, range of codes, signal, `signal`, `spawn` or `readiness`",
            self.0
        )
    }
}

impl core::error::Error for ParseOnError {}

impl FromStr for On {
    type Err = ParseOnError;

    fn from_str(text: &str) -> Result<Self, ParseOnError> {
        let error = || ParseOnError(text.to_owned());
        let code = |text: &str| text.parse::<i32>().ok();
        match text {
            "signal" => return Ok(Self::AnySignal),
            "spawn" => return Ok(Self::SpawnFailed),
            "readiness" => return Ok(Self::NotReady),
            _ => {}
        }
        if let Some(code) = code(text) {
            return Ok(Self::Codes(code, code));
        }
        if let Some((first, last)) = text.split_once('-')
            && let (Some(first), Some(last)) = (code(first), code(last))
        {
            let range = (first <= last).then_some(Self::Codes(first, last));
            return range.ok_or_else(error);
        }
        let signal = text.parse().map(Self::Signal);
        signal.map_err(|_| error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec::Vec};

    #[test]
    fn texts_there_and_back() {
        for text in [
            "0",
            "-1",
            "64-78",
            "SIGKILL",
            "signal",
            "spawn",
            "readiness",
        ] {
            let on: On = text.parse().unwrap();
            assert_eq!(on.to_string(), text);
        }
        for text in ["", "5-3", "1-", "code", "SIGNOTHING", "1-2-3"] {
            assert!(text.parse::<On>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_down_is_read_again() {
        for (death, text) in [
            (Death::Exited(Exit::Code(0)), "exit 0"),
            (Death::Exited(Exit::Unknown), "unknown"),
            (Death::EndedEarly(Exit::Code(-1)), "early exit -1"),
            (
                Death::EndedEarly(Exit::Signal(Signal::KILL)),
                "early signal 9",
            ),
            (Death::SpawnFailed, "spawn"),
            (Death::NotReady, "readiness"),
        ] {
            assert_eq!(death.written().to_string(), text);
            assert_eq!(text.parse(), Ok(death));
        }
        for text in ["", "early", "early spawn", "early early exit 1", "exit"] {
            assert_eq!(text.parse::<Death>(), Err(NotADeath), "{text:?}");
        }
    }

    #[test]
    fn who_covers_whom() {
        let all = [
            "64-78",
            "70",
            "79",
            "signal",
            "SIGKILL",
            "spawn",
            "readiness",
        ];
        let on = |text: &str| text.parse::<On>().unwrap();
        let pairs = all.iter().flat_map(|a| all.map(|b| (*a, b)));
        let covered = pairs.filter(|(a, b)| a != b && on(a).covers(on(b)));
        let expected = [("64-78", "70"), ("signal", "SIGKILL")];
        assert_eq!(covered.collect::<Vec<_>>(), expected);
        assert!(all.iter().all(|text| on(text).covers(on(text))));
    }

    #[test]
    fn who_matches_whom() {
        let deaths = [
            Death::Exited(Exit::Code(0)),
            Death::EndedEarly(Exit::Code(70)),
            Death::Exited(Exit::Signal(Signal::KILL)),
            Death::Exited(Exit::Unknown),
            Death::SpawnFailed,
            Death::NotReady,
        ];
        let table = [
            ("0", "100000"),
            ("64-78", "010000"),
            ("SIGKILL", "001000"),
            ("SIGTERM", "000000"),
            ("signal", "001000"),
            ("spawn", "000010"),
            ("readiness", "000001"),
        ];
        for (text, expected) in table {
            let on: On = text.parse().unwrap();
            let matched = deaths.iter().map(|d| u8::from(on.matches(*d)).to_string());
            assert_eq!(matched.collect::<Vec<_>>().concat(), expected, "{text}");
        }
    }
}
