//! The variables of a command, each with the rule that decided.

use crate::words::Words;
use collodi_api::PlannedVariable;
use collodi_command::CommandSpec;
use collodi_env::{Environment, Rule, Verdict, is_secret_name};
use collodi_run::Giver;
use std::collections::BTreeMap;

/// What became of each variable, sorted by name. What the policy takes for the step's may be of
/// another `giver`; `more` is the rule of those that it has not decided about.
pub(crate) fn variables(
    command: &CommandSpec,
    decided: &Environment,
    giver: impl Fn(&str, &str) -> Option<Giver>,
    more: &str,
    words: &mut Words,
) -> Vec<PlannedVariable> {
    for (name, value) in &command.env {
        words.secret(name, value);
    }
    let mut found = BTreeMap::new();
    for decision in &decided.decisions {
        let value = decided.vars.get(&decision.name);
        let giver = value.and_then(|value| giver(&decision.name, value));
        let rule = match (&decision.rule, giver) {
            (Rule::Step, Some(Giver::File)) => "set by ENVIRONMENT".to_owned(),
            (Rule::Step, Some(Giver::Workspace)) => "set by the workspace".to_owned(),
            (rule, _) => rule.to_string(),
        };
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
