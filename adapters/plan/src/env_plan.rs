//! The environment of a child as it is shown.

use collodi_api::{EnvPlan, EnvVariable, EnvVerdict};
use collodi_env::{Decision, Environment, Source, Verdict, is_secret_name};
use collodi_logs::Mask;
use std::collections::BTreeMap;

/// What became of each variable, without secrets: values of names that are secrets' are left
/// out, and are hidden in other values, as are the names and passwords in addresses.
pub fn env_plan(dialect: &str, decided: &Environment) -> EnvPlan {
    let is_secret = |(name, _): &(&String, &String)| is_secret_name(name);
    let (secrets, others): (Vec<_>, Vec<_>) = decided.vars.iter().partition(is_secret);
    let mask = Mask::new(secrets.iter().map(|(_, value)| value));
    let shown = |(name, value): (&String, &String)| {
        let value = without_login(&mask.apply(value));
        (name.clone(), value)
    };
    let environment: BTreeMap<String, String> = others.into_iter().map(shown).collect();
    let decisions = decided.decisions.iter();
    EnvPlan {
        dialect: dialect.to_owned(),
        variables: decisions.map(|d| variable(d, &environment)).collect(),
        secrets: secrets.into_iter().map(|(name, _)| name.clone()).collect(),
        removed: decided.removed().map(|line| line.to_string()),
        environment,
    }
}

fn variable(decision: &Decision, shown: &BTreeMap<String, String>) -> EnvVariable {
    let Decision {
        name,
        verdict,
        rule,
    } = decision;
    let about = rule.about().map(|about| match about {
        Source::Host => "host",
        Source::Step => "step",
    });
    EnvVariable {
        name: name.clone(),
        kept: *verdict != Verdict::Dropped,
        verdict: match verdict {
            Verdict::Kept => EnvVerdict::Kept,
            Verdict::Set => EnvVerdict::Set,
            Verdict::Dropped => EnvVerdict::Dropped,
        },
        rule: rule.word().to_owned(),
        pattern: rule.glob().map(|glob| glob.as_str().to_owned()),
        about: about.map(str::to_owned),
        reason: rule.to_string(),
        secret: is_secret_name(name),
        value: shown.get(name).cloned(),
    }
}

/// `http://name:password@host` as `http://***@host`.
fn without_login(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://***@{host}{path}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_env::{Grants, Policy, StepVariables};

    #[test]
    fn no_secret_is_in_it() {
        let host = [
            ("PATH", "/bin"),
            ("HTTPS_PROXY", "http://me:hunter22@proxy:8080/x"),
            ("LANG", "s3cr3t-value"),
            ("HF_TOKEN", "hf_of_the_host"),
        ];
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let host = host.map(own).into();
        let step = StepVariables::new().set("API_KEY", "s3cr3t-value");
        let grants = Grants::none().to_step("API_KEY");
        let decided = Policy::vatn().resolve_step(&host, &step, &grants);
        let plan = env_plan("vatn", &decided);
        assert_eq!(plan.secrets, ["API_KEY"]);
        assert_eq!(plan.environment["LANG"], "***");
        assert_eq!(plan.environment["HTTPS_PROXY"], "http://***@proxy:8080/x");
        let text = format!("{plan:?}");
        for secret in ["hunter22", "s3cr3t", "hf_of"] {
            assert!(!text.contains(secret), "{secret}");
        }
        let token = plan.variables.iter().find(|v| v.name == "HF_TOKEN");
        let token = token.map(|v| (v.kept, v.rule.as_str(), v.pattern.as_deref()));
        assert_eq!(token, Some((false, "default-exclude", Some("*_TOKEN"))));
    }
}
