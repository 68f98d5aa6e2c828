//! The words of `[sandbox]`.

use crate::form::{Fault, Form, text, word};
use alloc::{borrow::ToOwned, string::String};
use collodi_sandbox::Level;
use collodi_value::Value;
use toml::{Spanned, de::DeValue};

/// A setting that is one of some words, in either case.
macro_rules! word_setting {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            const WORDS: &[(&str, Self)] = &[$(($word, Self::$variant),)+];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl Form for $name {
            fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
                word(value, Self::WORDS)
            }

            fn shown(&self) -> Value {
                self.as_str().into()
            }
        }
    };
}

/// A word that is no level is refused: no mistake makes a level wider.
impl Form for Level {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        word(value, &Self::ALL.map(|level| (level.word(), level)))
    }

    fn shown(&self) -> Value {
        self.word().into()
    }
}

word_setting! {
    /// Which network programs reach.
    Network {
        /// None: a loopback of their own is all there is.
        None = "none",
        /// A loopback of their own, not this machine's. The same as none, by the name that
        /// says what works.
        Loopback = "loopback",
        /// Whatever this machine reaches.
        Full = "full",
    }
}

word_setting! {
    /// What is done where the sandbox that is wanted cannot be had.
    Fallback {
        /// The step fails before anything is started.
        Refuse = "refuse",
        /// Landlock and seccomp alone, where they hold the level.
        Landlock = "landlock",
    }
}

/// An absolute path, as the operator wrote it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AbsolutePath(String);

impl AbsolutePath {
    /// The path, when it is one: from `/` on, without `..` and control characters.
    pub fn parse(path: &str) -> Option<Self> {
        let odd = path.contains(char::is_control) || path.split('/').any(|part| part == "..");
        (path.starts_with('/') && !odd).then(|| Self(path.to_owned()))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Form for AbsolutePath {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let path = Self::parse(text(value)?);
        path.ok_or_else(|| Fault::bad(value, "a folder is named from / on, without .."))
    }

    fn shown(&self) -> Value {
        self.as_str().into()
    }
}
