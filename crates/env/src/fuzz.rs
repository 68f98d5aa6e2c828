//! What a fuzzer runs: any bytes, and what must hold for them.

use crate::{
    Decision, Environment, Glob, Grants, Inherit, MAX_VARIABLE_BYTES, Policy, Rule, Source,
    StepValue, StepVariables, Verdict, is_loader_name, is_secret_name,
};
use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("env_policy", policy)];

/// What the lines of a history of settings add up to.
#[derive(Default)]
struct Case {
    policy: Policy,
    host: BTreeMap<String, String>,
    step: StepVariables,
    grants: Grants,
}

/// Reads each line of `data` as a letter and what it adds to a policy, a host, a
/// step or the grants, and resolves them.
///
/// # Panics
///
/// When a name is not decided exactly once, when something refused is there, when a
/// secret or a loader variable passes without a grant, when a variable is there that
/// no process can be given, or when resolving again changes something.
pub fn policy(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut case = Case::default();
    text.lines().for_each(|line| case.line(line));
    let resolved = case.resolve(&case.host);
    case.decided_once(&resolved);
    for decision in &resolved.decisions {
        case.fair(decision, &resolved);
    }
    for (name, value) in &resolved.vars {
        assert!(
            !name.is_empty() && !name.contains(['=', '\0', '\n']),
            "{name:?}"
        );
        assert!(!value.contains('\0') && name.len() + value.len() <= MAX_VARIABLE_BYTES);
    }
    let prepends = |value: &StepValue| matches!(value, StepValue::Prepend(_));
    if !case.step.set.values().any(prepends) {
        assert_eq!(case.resolve(&resolved.vars).vars, resolved.vars, "again");
    }
    let line = resolved.removed().map(|line| line.to_string());
    assert!(line.is_none_or(|line| !line.contains('\n')));
}

impl Case {
    fn line(&mut self, line: &str) {
        let mut chars = line.chars();
        let (kind, rest) = (chars.next(), chars.as_str());
        let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
        let (name, value) = (name.to_owned(), value.to_owned());
        match kind {
            Some('h') => drop(self.host.insert(name, value)),
            Some('b') => drop(self.policy.base.insert(name, value)),
            Some('f') => drop(self.policy.set.insert(name, value)),
            Some('s') => drop(self.step.set.insert(name, StepValue::Text(value))),
            Some('p') => {
                let entries = value.split(',').map(ToOwned::to_owned).collect();
                self.step.set.insert(name, StepValue::Prepend(entries));
            }
            Some('r') => drop(self.step.remove.insert(name)),
            Some('G') => drop(self.grants.step.insert(name)),
            Some('H') => drop(self.grants.host.insert(name)),
            Some('i') => self.inherit(rest),
            Some('x') => self.policy.exclude.extend(Glob::new(rest)),
            Some('w') => self.policy.withhold.extend(Glob::new(rest)),
            Some('o') => {
                let only = self.policy.include_only.get_or_insert_default();
                only.extend(Glob::new(rest));
            }
            Some('d') => self.policy.default_excludes = false,
            Some('P') => self.policy = Policy::pinokio(),
            _ => {}
        }
    }

    fn inherit(&mut self, text: &str) {
        let globs = || text.split(',').filter_map(|glob| Glob::new(glob).ok());
        let words = text.parse::<Inherit>();
        self.policy.inherit = words.unwrap_or_else(|_| Inherit::Allow(globs().collect()));
    }

    fn resolve(&self, host: &BTreeMap<String, String>) -> Environment {
        self.policy.resolve_step(host, &self.step, &self.grants)
    }

    /// Each name that anyone mentioned with a value has one decision, in order.
    fn decided_once(&self, resolved: &Environment) {
        let policy = self.policy.base.keys().chain(self.policy.set.keys());
        let given = self.host.keys().chain(self.step.set.keys()).chain(policy);
        let mut given: Vec<&String> = given.collect();
        given.sort();
        given.dedup();
        assert!(resolved.decisions.iter().map(|d| &d.name).eq(given));
    }

    fn fair(&self, decision: &Decision, resolved: &Environment) {
        let name = decision.name.as_str();
        let value = resolved.vars.get(name);
        assert_eq!(value.is_some(), decision.verdict != Verdict::Dropped);
        if decision.verdict == Verdict::Kept {
            assert_eq!(value, self.host.get(name), "{decision}");
        }
        let guarded =
            is_loader_name(name) || (self.policy.default_excludes && is_secret_name(name));
        let free = match &decision.rule {
            _ if value.is_none() => true,
            Rule::Forced | Rule::Base => true,
            Rule::Granted(Source::Host) => self.grants.host.contains(name),
            Rule::Granted(Source::Step) => self.grants.step.contains(name),
            _ => !guarded,
        };
        assert!(free, "{decision}");
    }
}
