//! How far a process is trusted.

use core::{fmt, str::FromStr};

/// How far a process is trusted.
///
/// There is no default: whoever runs something says how far it is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// As far as the user who runs it. There is no sandbox.
    Full,
    /// It writes in its own folders alone, and has the network.
    Restricted,
    /// It writes in its own folder alone, sees the system and its folder, and has no network.
    Sandboxed,
}

/// A level below full trust: what a sandbox can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confinement {
    /// See [`Level::Restricted`].
    Restricted,
    /// See [`Level::Sandboxed`].
    Sandboxed,
}

impl Level {
    /// All levels, the most trusted first.
    pub const ALL: [Self; 3] = [Self::Full, Self::Restricted, Self::Sandboxed];

    /// What is to be made for it; none for full trust.
    pub const fn confinement(self) -> Option<Confinement> {
        match self {
            Self::Full => None,
            Self::Restricted => Some(Confinement::Restricted),
            Self::Sandboxed => Some(Confinement::Sandboxed),
        }
    }

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Restricted => "restricted",
            Self::Sandboxed => "sandboxed",
        }
    }
}

impl Confinement {
    /// Whether a process of this level has the network, unless something else is said.
    pub fn has_network(self, said: Option<bool>) -> bool {
        said.unwrap_or(self == Self::Restricted)
    }
}

impl From<Confinement> for Level {
    fn from(confinement: Confinement) -> Self {
        match confinement {
            Confinement::Restricted => Self::Restricted,
            Confinement::Sandboxed => Self::Sandboxed,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for Confinement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Level::from(*self).fmt(f)
    }
}

/// The word of a level in any case, or `none` for no trust at all, which is
/// [`Level::Sandboxed`]. Everything else is an error, the empty word too.
impl FromStr for Level {
    type Err = NotALevel;

    fn from_str(text: &str) -> Result<Self, NotALevel> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self::Sandboxed);
        }
        let mut all = Self::ALL.into_iter();
        all.find(|level| text.eq_ignore_ascii_case(level.word()))
            .ok_or(NotALevel)
    }
}

/// The text is no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALevel;

impl fmt::Display for NotALevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a level is full, restricted or sandboxed")
    }
}

impl core::error::Error for NotALevel {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_word_that_is_not_full_never_means_full() {
        for level in Level::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
            assert_eq!(level.to_string().to_uppercase().parse(), Ok(level));
        }
        assert_eq!("NONE".parse(), Ok(Level::Sandboxed));
        for text in [
            "", " ", "null", "fu", "full ", "fully", "trusted", "off", "0",
        ] {
            assert_eq!(text.parse::<Level>(), Err(NotALevel), "{text:?}");
        }
    }
}
