//! How far a client has heard.

use std::fmt;

/// The longest id that is read: that of a stream of as many logs as there may be.
const LONGEST: usize = 2048;

/// How far a client has heard: the id of each event. Asked for again with the same topics, a
/// stream goes on behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The life of the server, in which the numbers mean something.
    pub(super) life: u64,
    /// The number of the last change.
    pub(super) change: u64,
    /// The next line of each log, in the order of the topics.
    pub(super) lines: Vec<u64>,
}

impl Cursor {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut numbers = text.split('.');
        let life = u64::from_str_radix(numbers.next()?, 16).ok()?;
        let change = numbers.next()?.parse().ok()?;
        let lines = numbers.map(|number| number.parse().ok());
        Some(Self {
            life,
            change,
            lines: lines.collect::<Option<_>>()?,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{}", self.life, self.change)?;
        self.lines.iter().try_for_each(|line| write!(f, ".{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn ids_are_read_as_they_were_written() {
        let cursor = Cursor {
            life: 0x1f,
            change: 7,
            lines: vec![0, u64::MAX],
        };
        assert_eq!(cursor.to_string(), "1f.7.0.18446744073709551615");
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        let long = format!("1.1{}", ".1".repeat(2000));
        for wrong in [
            "",
            "1",
            "x.1",
            "1.x",
            "1.1.",
            "1.-1",
            "1.1.18446744073709551616",
            &long,
        ] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }
}
