//! What a child's environment is to be.

use crate::{Environment, Glob, Preset, StepVariables, masked::Masked, resolve};
use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::{fmt, str::FromStr};

/// What a child's environment is made of. Plain data: settings fill it field by
/// field, and every field left alone keeps its documented default.
///
/// The [crate documentation](crate) has the order in which the fields apply.
#[derive(Clone, PartialEq, Eq)]
pub struct Policy {
    /// Which of the host's variables are wanted.
    pub inherit: Inherit,
    /// Names that are not inherited although `inherit` wants them. A step may still set them.
    pub withhold: Vec<Glob>,
    /// Whether [`DEFAULT_EXCLUDES`](crate::DEFAULT_EXCLUDES) apply.
    pub default_excludes: bool,
    /// Names that neither the host nor a step passes on without a grant.
    pub exclude: Vec<Glob>,
    /// Values below those of the step: they replace the host's, and a step may replace them.
    pub base: BTreeMap<String, String>,
    /// Values that win over everything: host, step and grants.
    pub set: BTreeMap<String, String>,
    /// When given, nothing else is in the environment, whoever set it.
    pub include_only: Option<Vec<Glob>>,
}

impl Default for Policy {
    /// The documented default: [`Policy::vatn`].
    fn default() -> Self {
        Self::vatn()
    }
}

impl Policy {
    /// An allow-list: the presets `basic`, `proxy` and `windows`, with the default excludes.
    pub fn vatn() -> Self {
        Self {
            inherit: Inherit::presets(&[Preset::Basic, Preset::Proxy, Preset::Windows]),
            withhold: Vec::new(),
            default_excludes: true,
            exclude: Vec::new(),
            base: BTreeMap::new(),
            set: BTreeMap::new(),
            include_only: None,
        }
    }

    /// Everything but a deny list, as Pinokio does it: what a surrounding conda,
    /// CUDA toolkit, SSH or OpenSSL set-up has left behind is withheld, and a few
    /// values are given. Unlike there, the default excludes apply.
    pub fn pinokio() -> Self {
        Self {
            inherit: Inherit::All,
            withhold: PINOKIO_WITHHOLD.to_vec(),
            base: owned(PINOKIO_BASE),
            ..Self::vatn()
        }
    }

    /// The policy that gives nothing but what steps, `base` and `set` give.
    pub fn empty() -> Self {
        Self {
            inherit: Inherit::None,
            ..Self::vatn()
        }
    }

    /// The environment of a child of a step that sets `step`, on a host with `host`.
    ///
    /// Linear in the number of variables and patterns. Equal inputs give equal
    /// outputs, and putting the result in as the host again changes nothing.
    pub fn resolve(
        &self,
        host: &BTreeMap<String, String>,
        step: &BTreeMap<String, String>,
        grants: &Grants,
    ) -> Environment {
        self.resolve_step(host, &StepVariables::from(step), grants)
    }

    /// As [`Policy::resolve`], for a step that also prepends to lists such as
    /// `PATH` and removes variables.
    pub fn resolve_step(
        &self,
        host: &BTreeMap<String, String>,
        step: &StepVariables,
        grants: &Grants,
    ) -> Environment {
        resolve::resolve(self, host, step, grants)
    }
}

/// Values of secret names are not shown.
impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("inherit", &self.inherit)
            .field("withhold", &self.withhold)
            .field("default_excludes", &self.default_excludes)
            .field("exclude", &self.exclude)
            .field("base", &Masked(&self.base))
            .field("set", &Masked(&self.set))
            .field("include_only", &self.include_only)
            .finish()
    }
}

/// Which of the host's variables are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inherit {
    /// All of them.
    All,
    /// Those of [`Preset::Core`].
    Core,
    /// None of them.
    None,
    /// Those that fit one of the patterns.
    Allow(Vec<Glob>),
}

impl Inherit {
    /// The variables of all these presets.
    pub fn presets(presets: &[Preset]) -> Self {
        let globs = presets.iter().flat_map(|preset| preset.globs());
        Self::Allow(globs.cloned().collect())
    }
}

/// `all`, `core` or `none`; a list is [`Inherit::Allow`].
impl FromStr for Inherit {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "all" => Ok(Self::All),
            "core" => Ok(Self::Core),
            "none" => Ok(Self::None),
            _ => Err(UnknownWord),
        }
    }
}

/// The word is none of those that settings know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord;

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the word is not a known one")
    }
}

impl core::error::Error for UnknownWord {}

/// Exact names that pass although they are excluded or choose code to load.
///
/// A grant for a step releases the value that the step gives, never the host's:
/// allowing an app to set `HF_TOKEN` does not hand it the operator's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Names that a step may set.
    pub step: BTreeSet<String>,
    /// Names that are passed on from the host, wanted by [`Inherit`] or not.
    pub host: BTreeSet<String>,
}

impl Grants {
    /// No grants.
    pub const fn none() -> Self {
        Self {
            step: BTreeSet::new(),
            host: BTreeSet::new(),
        }
    }

    /// Lets a step set `name`.
    #[must_use]
    pub fn to_step(mut self, name: &str) -> Self {
        self.step.insert(name.to_owned());
        self
    }

    /// Passes `name` on from the host.
    #[must_use]
    pub fn from_host(mut self, name: &str) -> Self {
        self.host.insert(name.to_owned());
        self
    }
}

const PINOKIO_WITHHOLD: &[Glob] = &[
    Glob::fixed("BLUEFAIRY_*"),
    Glob::fixed("CONDA_PREFIX*"),
    Glob::fixed("CONDA_DEFAULT_ENV"),
    Glob::fixed("CONDA_PROMPT_MODIFIER"),
    Glob::fixed("CONDA_SHLVL"),
    Glob::fixed("CONDA_EXE"),
    Glob::fixed("CONDA_PYTHON_EXE"),
    Glob::fixed("_CE_CONDA"),
    Glob::fixed("_CE_M"),
    Glob::fixed("_CONDA_*"),
    Glob::fixed("CMAKE_MAKE_PROGRAM"),
    Glob::fixed("CMAKE_GENERATOR"),
    Glob::fixed("CUDA*"),
    Glob::fixed("*SSH*"),
    Glob::fixed("*SSL*"),
];

const PINOKIO_BASE: &[(&str, &str)] = &[
    ("CONDA_SHORTCUTS", "0"),
    ("CMAKE_OBJECT_PATH_MAX", "1024"),
    ("PYTORCH_ENABLE_MPS_FALLBACK", "1"),
    ("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1"),
];

fn owned(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}
