//! Versions of programs.

use std::fmt;

/// Major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// The first word of what a program says about itself that looks like a
    /// version: `uv 0.9.2 (x86_64)`, `v20.1.0`, `Python 3.11`.
    pub(crate) fn find(said: &str) -> Option<Self> {
        said.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.trim_start_matches('v').splitn(3, '.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        let digits = |part: &str| {
            part.split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        };
        Some(Self(
            major,
            minor,
            parts.next().and_then(digits).unwrap_or(0),
        ))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_found() {
        let cases = [
            (
                "uv 0.9.2 (x86_64-unknown-linux-gnu)",
                Some(Version(0, 9, 2)),
            ),
            ("v20.11.1\n", Some(Version(20, 11, 1))),
            ("cargo-deny 0.18.3-beta", Some(Version(0, 18, 3))),
            ("Python 3.11", Some(Version(3, 11, 0))),
            ("no version here", None),
            ("", None),
        ];
        for (said, expected) in cases {
            assert_eq!(Version::find(said), expected, "{said:?}");
        }
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(Version(0, 10, 0) > Version(0, 9, 9));
        assert_eq!(Version(1, 2, 3).to_string(), "1.2.3");
    }
}
