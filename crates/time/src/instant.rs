//! A point in time, as a number.

use core::{fmt, ops::Add, str::FromStr, time::Duration};

const NANOS_PER_SEC: u64 = 1_000_000_000;

/// Nanoseconds since an origin that the caller chooses.
///
/// Arithmetic saturates: adding never goes back in time and never panics. The
/// range is about 584 years.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The origin.
    pub const ZERO: Self = Self(0);

    /// The instant `nanos` nanoseconds after the origin.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The instant `millis` milliseconds after the origin.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the origin.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Time since the origin.
    pub const fn since_origin(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// Time from `earlier` to `self`; zero when `earlier` is later.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        let nanos = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}

/// `t+1.500s`: milliseconds, and more digits only when they are needed.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (secs, nanos) = (self.0 / NANOS_PER_SEC, self.0 % NANOS_PER_SEC);
        if nanos.is_multiple_of(1_000_000) {
            write!(f, "t+{secs}.{:03}s", nanos / 1_000_000)
        } else if nanos.is_multiple_of(1_000) {
            write!(f, "t+{secs}.{:06}s", nanos / 1_000)
        } else {
            write!(f, "t+{secs}.{nanos:09}s")
        }
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not of the form `t+SECONDS.FRACTIONs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseInstantError;

impl fmt::Display for ParseInstantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant is written like t+1.500s")
    }
}

impl core::error::Error for ParseInstantError {}

impl FromStr for Instant {
    type Err = ParseInstantError;

    fn from_str(text: &str) -> Result<Self, ParseInstantError> {
        parse(text).ok_or(ParseInstantError)
    }
}

fn parse(text: &str) -> Option<Instant> {
    let number = text.strip_prefix("t+")?.strip_suffix('s')?;
    let (secs, fraction) = number.split_once('.').unwrap_or((number, ""));
    let nanos = fraction_nanos(fraction)?;
    digits(secs)?
        .checked_mul(NANOS_PER_SEC)?
        .checked_add(nanos)
        .map(Instant)
}

fn fraction_nanos(fraction: &str) -> Option<u64> {
    if fraction.is_empty() {
        return Some(0);
    }
    let scale = 9usize.checked_sub(fraction.len())?;
    Some(digits(fraction)? * 10u64.pow(u32::try_from(scale).ok()?))
}

fn digits(text: &str) -> Option<u64> {
    (text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn prints_as_many_digits_as_needed() {
        assert_eq!(Instant::from_millis(1_500).to_string(), "t+1.500s");
        assert_eq!(Instant::from_nanos(2_000).to_string(), "t+0.000002s");
        assert_eq!(Instant::from_nanos(1).to_string(), "t+0.000000001s");
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "t+",
            "t+s",
            "1.5s",
            "t+1.5",
            "t+-1.0s",
            "t+1.0000000001s",
            "t+1.s5",
        ] {
            assert_eq!(text.parse::<Instant>(), Err(ParseInstantError), "{text}");
        }
    }

    #[test]
    fn adding_saturates() {
        assert_eq!(
            Instant::from_nanos(u64::MAX) + Duration::MAX,
            Instant::from_nanos(u64::MAX)
        );
    }

    proptest! {
        #[test]
        fn text_and_back(nanos in 0..u64::MAX) {
            let instant = Instant::from_nanos(nanos);
            prop_assert_eq!(instant.to_string().parse(), Ok(instant));
        }
    }
}
