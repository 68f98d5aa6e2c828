//! Why a variable is there, or is not.

use crate::Glob;
use alloc::string::String;
use core::fmt;

/// What became of one name, and which rule decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The variable.
    pub name: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The rule that decided.
    pub rule: Rule,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.name.escape_debug(),
            self.verdict,
            self.rule
        )
    }
}

/// What became of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It has the host's value.
    Kept,
    /// It has a value from the step or the policy.
    Set,
    /// It is not in the environment.
    Dropped,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept => "kept",
            Self::Set => "set",
            Self::Dropped => "dropped",
        })
    }
}

/// Whose value it is, or would have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The host's.
    Host,
    /// The step's.
    Step,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "the host",
            Self::Step => "the step",
        })
    }
}

/// The rule that decided about a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// Everything is inherited.
    InheritAll,
    /// The pattern of the list of what is inherited.
    Inherit(Glob),
    /// Nothing in the list of what is inherited fits.
    NotInherited,
    /// The pattern withholds the host's value.
    Withheld(Glob),
    /// The step sets it.
    Step,
    /// The policy gives it, and the step does not replace it.
    Base,
    /// The policy sets it over everything else.
    Forced,
    /// A grant releases it.
    Granted(Source),
    /// It chooses code to load, and nobody granted it.
    Loader(Source, Glob),
    /// A default exclude, without a grant.
    DefaultExclude(Source, Glob),
    /// An exclude of the policy, without a grant.
    Exclude(Source, Glob),
    /// The step removes it.
    Removed,
    /// `include_only` does not name it.
    NotIncluded,
    /// The name is not letters, digits and `_`, or starts with a digit.
    InvalidName,
    /// The value has a NUL, which no environment can hold.
    NulInValue,
    /// Name and value have more than [`MAX_VARIABLE_BYTES`](crate::MAX_VARIABLE_BYTES).
    TooLong,
}

impl Rule {
    /// The rule in a word that stays, for programs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::InheritAll => "inherit-all",
            Self::Inherit(_) => "inherit",
            Self::NotInherited => "not-inherited",
            Self::Withheld(_) => "withheld",
            Self::Step => "step",
            Self::Base => "base",
            Self::Forced => "set",
            Self::Granted(_) => "granted",
            Self::Loader(..) => "loader",
            Self::DefaultExclude(..) => "default-exclude",
            Self::Exclude(..) => "exclude",
            Self::Removed => "removed",
            Self::NotIncluded => "not-included",
            Self::InvalidName => "invalid-name",
            Self::NulInValue => "nul-in-value",
            Self::TooLong => "too-long",
        }
    }

    /// The pattern that decided, where one did.
    pub const fn glob(&self) -> Option<&Glob> {
        match self {
            Self::Inherit(glob)
            | Self::Withheld(glob)
            | Self::Loader(_, glob)
            | Self::DefaultExclude(_, glob)
            | Self::Exclude(_, glob) => Some(glob),
            _ => None,
        }
    }

    /// Whose value it was about, where both could be meant.
    pub const fn about(&self) -> Option<Source> {
        match self {
            Self::Granted(source)
            | Self::Loader(source, _)
            | Self::DefaultExclude(source, _)
            | Self::Exclude(source, _) => Some(*source),
            _ => None,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InheritAll => f.write_str("everything is inherited"),
            Self::Inherit(glob) => write!(f, "inherited by {glob}"),
            Self::NotInherited => f.write_str("not in the list of what is inherited"),
            Self::Withheld(glob) => write!(f, "withheld from the host by {glob}"),
            Self::Step => f.write_str("set by the step"),
            Self::Base => f.write_str("given by the policy"),
            Self::Forced => f.write_str("forced by the policy"),
            Self::Granted(Source::Host) => f.write_str("granted from the host"),
            Self::Granted(Source::Step) => f.write_str("granted to the step"),
            Self::Loader(source, glob) => {
                write!(f, "{source} needs a grant for what loads code ({glob})")
            }
            Self::DefaultExclude(source, glob) => {
                write!(f, "{source} needs a grant, excluded by default ({glob})")
            }
            Self::Exclude(source, glob) => write!(f, "{source} needs a grant, excluded ({glob})"),
            Self::Removed => f.write_str("removed by the step"),
            Self::NotIncluded => f.write_str("not among those that are included"),
            Self::InvalidName => f.write_str("not a variable's name"),
            Self::NulInValue => f.write_str("the value has a NUL"),
            Self::TooLong => f.write_str("too long"),
        }
    }
}
