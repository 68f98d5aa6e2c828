//! Looking for text in lines.

use crate::{Line, plain};
#[cfg(test)]
use alloc::borrow::ToOwned;
use memchr::memmem::Finder;

/// A text to look for in what is visible of a line, for
/// [`Log::search`](crate::Log::search).
#[derive(Clone, Debug)]
pub struct Needle {
    text: Finder<'static>,
    ignore_case: bool,
}

impl Needle {
    /// Looks for exactly `text`. An empty one is in every line.
    pub fn new(text: &str) -> Self {
        Self {
            text: Finder::new(text).into_owned(),
            ignore_case: false,
        }
    }

    /// Looks for `text` in any mixture of upper and lower case.
    pub fn ignoring_case(text: &str) -> Self {
        Self {
            ignore_case: true,
            ..Self::new(&text.to_lowercase())
        }
    }

    /// Whether the text is in `line`.
    pub fn is_in(&self, line: &Line) -> bool {
        let seen = plain(&line.text);
        if self.ignore_case {
            self.text.find(seen.to_lowercase().as_bytes()).is_some()
        } else {
            self.text.find(seen.as_bytes()).is_some()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;
    use collodi_time::Instant;

    fn line(text: &str) -> Line {
        Line {
            seq: 0,
            at: Instant::ZERO,
            source: Source::Stdout,
            text: text.to_owned(),
            truncated: false,
            dropped: 0,
        }
    }

    #[test]
    fn finds_what_is_visible() {
        assert!(Needle::new("error").is_in(&line("an \x1b[31mer\x1b[0mror")));
        assert!(!Needle::new("[31m").is_in(&line("an \x1b[31merror")));
        assert!(!Needle::new("error").is_in(&line("ERROR")));
        assert!(Needle::ignoring_case("ErrÖr").is_in(&line("eRRöR")));
        assert!(Needle::new("").is_in(&line("")));
    }
}
