//! What whoever asks for a run says over its script.

use crate::Restart;
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use collodi_env::{Decision, Grants, Policy, Rule, Source, StepValue, StepVariables};
use collodi_restart::RestartClass;
use collodi_time::Duration;
use core::fmt;

/// What whoever asks for a run says over its script, for this run alone. Scripts that it
/// starts are run so, too.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Variables of its commands, over those that a step sets.
    pub env: BTreeMap<String, String>,
    /// After which deaths its daemons are started again.
    pub restart: Option<RestartClass>,
    /// Their first delay.
    pub restart_delay: Option<Duration>,
}

impl Overrides {
    /// What `later` says, and of these what it leaves open.
    #[must_use]
    pub fn with(mut self, later: Self) -> Self {
        self.env.extend(later.env);
        Self {
            env: self.env,
            restart: later.restart.or(self.restart),
            restart_delay: later.restart_delay.or(self.restart_delay),
        }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The variables that a policy does not let a step set, each with the rule that says so.
    /// No command of a run gets one of those.
    pub fn refused(&self, policy: &Policy, grants: &Grants) -> Vec<Decision> {
        let step = StepVariables::from(&self.env);
        let decided = policy.resolve_step(&BTreeMap::new(), &step, grants);
        let is_refused = |decision: &Decision| {
            let allowed = matches!(decision.rule, Rule::Step | Rule::Granted(Source::Step));
            self.env.contains_key(&decision.name) && !allowed
        };
        decided.decisions.into_iter().filter(is_refused).collect()
    }

    /// Over what a step says about the variables of its commands.
    pub(crate) fn over(&self, mut step: StepVariables) -> StepVariables {
        for (name, value) in &self.env {
            step.remove.remove(name);
            let value = StepValue::Text(value.clone());
            step.set.insert(name.clone(), value);
        }
        step
    }

    /// Over what a script says about a daemon.
    pub(crate) fn over_restart(&self, restart: Restart) -> Restart {
        Restart {
            class: self.restart.unwrap_or(restart.class),
            delay: self.restart_delay.or(restart.delay),
            ..restart
        }
    }
}

/// Values may be secrets: names will do.
impl fmt::Debug for Overrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overrides")
            .field("env", &self.env.keys().collect::<BTreeSet<_>>())
            .field("restart", &self.restart)
            .field("restart_delay", &self.restart_delay)
            .finish()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned as _, format};
    use collodi_env::Glob;

    fn given(vars: &[(&str, &str)]) -> Overrides {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Overrides {
            env: vars.iter().map(owned).collect(),
            ..Overrides::default()
        }
    }

    #[test]
    fn what_a_run_is_given_is_over_what_a_step_sets_extends_and_removes() {
        let step = StepVariables::new()
            .set("SIZE", "small")
            .prepend("LIST", &["a"])
            .set("GONE", "x")
            .remove("GONE");
        let step = given(&[("SIZE", "large"), ("LIST", "b"), ("GONE", "back")]).over(step);
        let vars = Policy::empty().resolve_step(&BTreeMap::new(), &step, &Grants::none());
        let shown: Vec<_> = vars
            .vars
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(shown, ["GONE=back", "LIST=b", "SIZE=large"]);
    }

    /// The operator's word is over that of who asks for a run.
    #[test]
    fn what_the_policy_keeps_to_itself_is_refused_with_the_rule() {
        let mut policy = Policy::vatn();
        policy.set.insert("CI".to_owned(), "true".to_owned());
        policy.exclude.push(Glob::new("PRIVATE_*").unwrap());
        let asked = given(&[
            ("SIZE", "large"),
            ("PATH", "/bin"),
            ("CI", "false"),
            ("LD_PRELOAD", "x"),
            ("PRIVATE_X", "1"),
            ("API_KEY", "k"),
            ("HF_TOKEN", "t"),
            ("with space", "1"),
            ("NUL", "\0"),
        ]);
        let refused = asked.refused(&policy, &Grants::none().to_step("HF_TOKEN"));
        let told: Vec<_> = refused
            .iter()
            .map(|one| format!("{}: {}", one.name, one.rule.word()))
            .collect();
        let expected = [
            "API_KEY: default-exclude",
            "CI: set",
            "LD_PRELOAD: loader",
            "NUL: nul-in-value",
            "PRIVATE_X: exclude",
            "with space: invalid-name",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_value_is_not_printed() {
        let debug = format!("{:?}", given(&[("HF_TOKEN", "hush")]));
        assert!(
            debug.contains("HF_TOKEN") && !debug.contains("hush"),
            "{debug}"
        );
        assert!(given(&[]).is_empty());
    }
}
