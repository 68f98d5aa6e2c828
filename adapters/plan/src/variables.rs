//! The variables of a command, each with the rule that decided.

use crate::words::Words;
use collodi_api::PlannedVariable;
use collodi_command::CommandSpec;
use collodi_env::{Environment, Verdict, is_secret_name};
use std::collections::BTreeMap;

/// What became of each variable, sorted by name. `more` is the rule of those that the policy
/// has not decided about.
pub(crate) fn variables(
    command: &CommandSpec,
    decided: &Environment,
    more: &str,
    words: &mut Words,
) -> Vec<PlannedVariable> {
    for (name, value) in &command.env {
        words.secret(name, value);
    }
    let mut found = BTreeMap::new();
    for decision in &decided.decisions {
        let rule = decision.rule.to_string();
        let passed = decision.verdict != Verdict::Dropped;
        found.insert(decision.name.clone(), (passed, rule));
    }
    for (name, value) in &command.env {
        if decided.vars.get(name) != Some(value) {
            found.insert(name.clone(), (true, more.to_owned()));
        }
    }
    let variable = |(name, (passed, rule)): (String, (bool, String))| {
        let value = command.env.get(&name).filter(|_| passed);
        let passed = value.is_some();
        let shown = value.filter(|_| !is_secret_name(&name));
        PlannedVariable {
            value: shown.map(|value| words.show(value)),
            passed,
            rule: if passed || !decided.vars.contains_key(&name) {
                rule
            } else {
                "taken away for Python".to_owned()
            },
            name,
        }
    };
    found.into_iter().map(variable).collect()
}
