//! Headers.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

/// Names and values, in order. Shown, the values are left out: keys are among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Sets a header, unless its name or value cannot be one. Whether it was set.
    pub fn set(&mut self, name: &str, value: &str) -> bool {
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        let field = |b: u8| b == b'\t' || (b >= b' ' && b != 0x7f);
        let good = !name.is_empty() && name.bytes().all(token) && value.bytes().all(field);
        if good {
            self.0.retain(|(old, _)| !old.eq_ignore_ascii_case(name));
            self.0.push((name.to_owned(), value.trim().to_string()));
        }
        good
    }

    /// The value of a header, whatever the case of its name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn values_are_not_shown() {
        let mut headers = Headers::default();
        assert!(headers.set("Authorization", "Bearer secret"));
        assert_eq!(format!("{headers:?}"), "{\"Authorization\"}");
        assert_eq!(headers.get("authorization"), Some("Bearer secret"));
    }

    #[test]
    fn a_header_ends_no_line() {
        let mut headers = Headers::default();
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a:", "x"),
            ("a", "x\r\nb: c"),
            ("a", "\0"),
        ] {
            assert!(!headers.set(name, value), "{name:?}: {value:?}");
        }
        assert_eq!(headers.iter().count(), 0);
    }

    #[test]
    fn the_last_one_counts() {
        let mut headers = Headers::default();
        headers.set("Accept", "a");
        headers.set("accept", "b");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("accept", "b")]);
    }
}
