//! From policy, host and step to an environment.

use crate::{
    Decision, Environment, Glob, Grants, Inherit, LOADERS, Policy, Preset, Rule, Source,
    StepVariables, Verdict, loaders::SEARCH_PATHS, secrets::default_exclude,
};
use alloc::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
};

/// The most bytes of a name and its value together. With pages of 4 KiB Linux
/// starts no program with a longer one.
pub const MAX_VARIABLE_BYTES: usize = 128 * 1024 - 2;

/// The environment, by deciding about each name on its own.
pub(crate) fn resolve(
    policy: &Policy,
    host: &BTreeMap<String, String>,
    step: &StepVariables,
    grants: &Grants,
) -> Environment {
    let layers = Layers {
        policy,
        host,
        step,
        grants,
    };
    let mut environment = Environment::default();
    for name in layers.names() {
        layers.decide(name, &mut environment);
    }
    environment
}

/// A value and the rule that lets it in, or the rule that keeps it out.
type Fate<'a> = Result<Passed<'a>, Rule>;

struct Passed<'a> {
    value: Cow<'a, str>,
    verdict: Verdict,
    rule: Rule,
}

struct Layers<'a> {
    policy: &'a Policy,
    host: &'a BTreeMap<String, String>,
    step: &'a StepVariables,
    grants: &'a Grants,
}

impl<'a> Layers<'a> {
    fn names(&self) -> BTreeSet<&'a str> {
        let policy = self.policy.base.keys().chain(self.policy.set.keys());
        let all = self.host.keys().chain(self.step.set.keys()).chain(policy);
        all.map(String::as_str).collect()
    }

    fn decide(&self, name: &str, environment: &mut Environment) {
        let (verdict, rule) = match self.fate(name) {
            Ok(passed) => {
                let value = passed.value.into_owned();
                environment.vars.insert(name.to_string(), value);
                (passed.verdict, passed.rule)
            }
            Err(rule) => (Verdict::Dropped, rule),
        };
        environment.decisions.push(Decision {
            name: name.to_string(),
            verdict,
            rule,
        });
    }

    fn fate(&self, name: &str) -> Fate<'a> {
        if !is_variable_name(name) {
            return Err(Rule::InvalidName);
        }
        let passed = match self.forced(name) {
            Some(forced) => forced?,
            None if self.step.remove.contains(name) => return Err(Rule::Removed),
            None => self.unforced(name)?,
        };
        match &self.policy.include_only {
            Some(globs) if Glob::find(globs, name).is_none() => Err(Rule::NotIncluded),
            _ => Ok(passed),
        }
    }

    fn forced(&self, name: &str) -> Option<Fate<'a>> {
        let value = self.policy.set.get(name)?;
        Some(pass(name, value.into(), Verdict::Set, Rule::Forced))
    }

    /// The step's value if it may pass, else what would be there without the step.
    fn unforced(&self, name: &str) -> Fate<'a> {
        let below = self.base(name).or_else(|| self.inherited(name));
        match self.stepped(name, below.as_ref()) {
            Some(Ok(passed)) => Ok(passed),
            Some(Err(refused)) => below.and_then(Result::ok).ok_or(refused),
            None => below.unwrap_or(Err(Rule::NotInherited)),
        }
    }

    fn stepped(&self, name: &str, below: Option<&Fate<'a>>) -> Option<Fate<'a>> {
        let given = self.step.set.get(name)?;
        let below = below.and_then(|fate| fate.as_ref().ok()).map(|p| &*p.value);
        let value = given.over(below, self.step.separator);
        let rule = match self.excluded(name, Source::Step) {
            None => Rule::Step,
            Some(_) if self.grants.step.contains(name) => Rule::Granted(Source::Step),
            Some(excluded) => return Some(Err(excluded)),
        };
        Some(pass(name, value.into(), Verdict::Set, rule))
    }

    fn base(&self, name: &str) -> Option<Fate<'a>> {
        let value = self.policy.base.get(name)?;
        Some(pass(name, value.into(), Verdict::Set, Rule::Base))
    }

    fn inherited(&self, name: &str) -> Option<Fate<'a>> {
        let value = self.host.get(name)?;
        let rule = if self.grants.host.contains(name) {
            Ok(Rule::Granted(Source::Host))
        } else {
            self.wanted(name)
        };
        Some(rule.and_then(|rule| pass(name, value.into(), Verdict::Kept, rule)))
    }

    /// Whether the host's variable passes without a grant. Excludes are asked
    /// first: they are the better reason to give.
    fn wanted(&self, name: &str) -> Result<Rule, Rule> {
        if let Some(excluded) = self.excluded(name, Source::Host) {
            return Err(excluded);
        }
        let withheld =
            Glob::find(SEARCH_PATHS, name).or_else(|| Glob::find(&self.policy.withhold, name));
        if let Some(glob) = withheld {
            return Err(Rule::Withheld(glob.clone()));
        }
        let listed = match &self.policy.inherit {
            Inherit::All => return Ok(Rule::InheritAll),
            Inherit::None => None,
            Inherit::Core => Glob::find(Preset::Core.globs(), name),
            Inherit::Allow(globs) => Glob::find(globs, name),
        };
        listed.cloned().map(Rule::Inherit).ok_or(Rule::NotInherited)
    }

    fn excluded(&self, name: &str, from: Source) -> Option<Rule> {
        if let Some(glob) = Glob::find(LOADERS, name) {
            return Some(Rule::Loader(from, glob.clone()));
        }
        let default = default_exclude(name).filter(|_| self.policy.default_excludes);
        if let Some(glob) = default {
            return Some(Rule::DefaultExclude(from, glob.clone()));
        }
        let glob = Glob::find(&self.policy.exclude, name)?;
        Some(Rule::Exclude(from, glob.clone()))
    }
}

fn pass<'a>(name: &str, value: Cow<'a, str>, verdict: Verdict, rule: Rule) -> Fate<'a> {
    if value.contains('\0') {
        return Err(Rule::NulInValue);
    }
    if name.len() + value.len() > MAX_VARIABLE_BYTES {
        return Err(Rule::TooLong);
    }
    Ok(Passed {
        value,
        verdict,
        rule,
    })
}

/// Letters, digits and `_`, not starting with a digit: what every shell can read back.
fn is_variable_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}
