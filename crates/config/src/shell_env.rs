//! `[sandbox.shell_env]`.

use crate::{Variables, names::VariableName};
use alloc::vec::Vec;
use collodi_env::{Glob, Grants, Inherit, Policy, Preset};

section! {
    /// `[sandbox.shell_env]`: the environment of every child.
    ShellEnv {
        /// Which of the host's variables are wanted: a word, or patterns. When absent, the
        /// list of the script's dialect.
        inherit: Option<Inherit> = None => "the list of the script's dialect",
        /// Lists that are wanted besides.
        presets: Vec<Preset> = Vec::new(),
        /// Patterns of names that nobody passes on without a grant.
        exclude: Vec<Glob> = Vec::new(),
        /// Whether the default excludes are left out.
        ignore_default_excludes: bool = false,
        /// Values that win over everything.
        set: Variables = Variables::default(),
        /// When given, nothing else is in the environment.
        include_only: Option<Vec<Glob>> = None => "all that is wanted",
        /// Excluded names that steps may set all the same.
        grant: Vec<VariableName> = Vec::new(),
        /// Excluded names that are passed on from the host.
        grant_from_host: Vec<VariableName> = Vec::new(),
    }
}

impl ShellEnv {
    /// The policy, where `default` is that of the script's dialect.
    pub fn over(&self, default: Policy) -> Policy {
        let wanted = self.inherit.value().clone().unwrap_or(default.inherit);
        Policy {
            inherit: with_presets(wanted, &self.presets),
            exclude: [default.exclude, self.exclude.value().clone()].concat(),
            default_excludes: !*self.ignore_default_excludes.value(),
            set: self.set.values().clone(),
            include_only: self.include_only.value().clone(),
            ..default
        }
    }

    /// The grants.
    pub fn grants(&self) -> Grants {
        let to_step = |grants: Grants, name: &VariableName| grants.to_step(name.as_str());
        let from_host = |grants: Grants, name: &VariableName| grants.from_host(name.as_str());
        let grants = self.grant.iter().fold(Grants::none(), to_step);
        self.grant_from_host.iter().fold(grants, from_host)
    }
}

fn with_presets(wanted: Inherit, presets: &[Preset]) -> Inherit {
    let own = match wanted {
        _ if presets.is_empty() => return wanted,
        Inherit::All => return Inherit::All,
        Inherit::Core => Preset::Core.globs().to_vec(),
        Inherit::None => Vec::new(),
        Inherit::Allow(globs) => globs,
    };
    let more = presets.iter().flat_map(|preset| preset.globs()).cloned();
    Inherit::Allow(own.into_iter().chain(more).collect())
}
