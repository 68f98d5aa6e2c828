//! What holds for every policy, host, step and grant.
#![allow(clippy::unwrap_used)]

use collodi_env::{
    Environment, Glob, Grants, Inherit, Policy, Preset, Rule, Source, Verdict, is_loader_name,
    is_secret_name,
};
use proptest::{collection::btree_map, collection::btree_set, collection::vec, prelude::*};
use std::collections::{BTreeMap, BTreeSet};

type Vars = BTreeMap<String, String>;

/// Few names, so that layers meet; some secret, some loaders, some not names.
fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "PATH",
        "Path",
        "HOME",
        "LANG",
        "HF_TOKEN",
        "hf_token",
        "OPENAI_API_KEY",
        "AWS_PROFILE",
        "LD_PRELOAD",
        "PYTHONPATH",
        "NODE_OPTIONS",
        "SSH_AUTH_SOCK",
        "CUDA_HOME",
        "A",
        "B",
        "X_KEY",
        "1A",
        "A=B",
        "",
        "A\nB",
        "DB_PASSWORD",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "[A-C_]{1,3}"]
}

fn vars() -> impl Strategy<Value = Vars> {
    btree_map(name(), "[a-z\0]{0,3}", 0..8)
}

fn glob() -> impl Strategy<Value = Glob> {
    "[A-CX*?_]{1,4}".prop_map(|text| Glob::new(&text).unwrap())
}

fn inherit() -> impl Strategy<Value = Inherit> {
    prop_oneof![
        3 => Just(Inherit::All),
        1 => Just(Inherit::Core),
        1 => Just(Inherit::None),
        1 => vec(glob(), 0..3).prop_map(Inherit::Allow),
        1 => Just(Inherit::presets(Preset::ALL)),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let globs = || vec(glob(), 0..2);
    let include = prop::option::weighted(0.2, vec(glob(), 0..4));
    (
        inherit(),
        globs(),
        globs(),
        any::<bool>(),
        vars(),
        vars(),
        include,
    )
        .prop_map(
            |(inherit, withhold, exclude, default_excludes, base, set, include_only)| Policy {
                inherit,
                withhold,
                default_excludes,
                exclude,
                base,
                set,
                include_only,
            },
        )
}

fn grants() -> impl Strategy<Value = Grants> {
    let names = || btree_set(name(), 0..4);
    (names(), names()).prop_map(|(step, host)| Grants { step, host })
}

fn names<'a>(maps: &[&'a Vars]) -> BTreeSet<&'a String> {
    maps.iter().flat_map(|map| map.keys()).collect()
}

fn resolve(policy: &Policy, host: &Vars, step: &Vars, grants: &Grants) -> Environment {
    policy.resolve(host, step, grants)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn each_name_is_decided_once_and_in_order(
        policy in policy(), host in vars(), step in vars(), grants in grants()
    ) {
        let environment = resolve(&policy, &host, &step, &grants);
        let decided: Vec<_> = environment.decisions.iter().map(|d| &d.name).collect();
        let given = names(&[&host, &step, &policy.base, &policy.set]);
        prop_assert_eq!(decided, given.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_is_dropped_is_not_there_and_everything_else_is(
        policy in policy(), host in vars(), step in vars(), grants in grants()
    ) {
        let environment = resolve(&policy, &host, &step, &grants);
        for decision in &environment.decisions {
            let there = environment.vars.contains_key(&decision.name);
            prop_assert_eq!(there, decision.verdict != Verdict::Dropped, "{}", decision);
        }
        prop_assert!(environment.vars.len() <= environment.decisions.len());
    }

    #[test]
    fn what_is_kept_has_the_hosts_value(
        policy in policy(), host in vars(), step in vars(), grants in grants()
    ) {
        let environment = resolve(&policy, &host, &step, &grants);
        for kept in environment.decisions.iter().filter(|d| d.verdict == Verdict::Kept) {
            prop_assert_eq!(environment.vars.get(&kept.name), host.get(&kept.name));
        }
    }

    #[test]
    fn resolving_again_changes_nothing(
        policy in policy(), host in vars(), step in vars(), grants in grants()
    ) {
        let once = resolve(&policy, &host, &step, &grants);
        let twice = resolve(&policy, &once.vars, &step, &grants);
        prop_assert_eq!(once.vars, twice.vars);
    }

    #[test]
    fn secrets_and_loaders_pass_only_by_a_grant_or_the_operator(
        policy in policy(), host in vars(), step in vars(), grants in grants()
    ) {
        let environment = resolve(&policy, &host, &step, &grants);
        for decision in environment.decisions.iter().filter(|d| d.verdict != Verdict::Dropped) {
            let name = decision.name.as_str();
            let guarded = is_loader_name(name) || (policy.default_excludes && is_secret_name(name));
            let free = match &decision.rule {
                Rule::Forced | Rule::Base => true,
                Rule::Granted(Source::Host) => grants.host.contains(name),
                Rule::Granted(Source::Step) => grants.step.contains(name),
                _ => !guarded,
            };
            prop_assert!(free, "{}", decision);
        }
    }

    #[test]
    fn what_the_operator_sets_is_so(
        policy in policy(), host in vars(), step in vars(), grants in grants()
    ) {
        let environment = resolve(&policy, &host, &step, &grants);
        for (name, value) in &policy.set {
            if let Some(there) = environment.vars.get(name) {
                prop_assert_eq!(there, value);
            }
        }
    }

    #[test]
    fn every_variable_can_be_handed_to_a_process(
        policy in policy(), host in vars(), step in vars(), grants in grants()
    ) {
        for (name, value) in resolve(&policy, &host, &step, &grants).vars {
            prop_assert!(!name.is_empty() && !name.contains(['=', '\0', '\n']), "{:?}", name);
            prop_assert!(!value.contains('\0'));
        }
    }

    #[test]
    fn more_grants_never_take_away(
        policy in policy(), host in vars(), step in vars(), grants in grants()
    ) {
        let without = resolve(&policy, &host, &step, &Grants::none());
        let with = resolve(&policy, &host, &step, &grants);
        prop_assert!(without.vars.keys().all(|name| with.vars.contains_key(name)));
    }

    #[test]
    fn debug_and_display_show_no_secret(mut host in vars(), step in vars()) {
        host.insert("MY_TOKEN".to_owned(), "Hush!1".to_owned());
        let mut policy = Policy { inherit: Inherit::All, default_excludes: false, ..Policy::default() };
        policy.set.insert("OTHER_SECRET".to_owned(), "Hush!2".to_owned());
        let environment = resolve(&policy, &host, &step, &Grants::none());
        prop_assert_eq!(environment.vars.get("MY_TOKEN").map(String::as_str), Some("Hush!1"));
        let shown = format!("{policy:?} {environment:?} {environment}");
        prop_assert!(!shown.contains("Hush!"), "{}", shown);
    }
}
