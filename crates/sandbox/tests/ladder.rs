//! Which mechanism is used where.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod stage;

use collodi_sandbox::{
    BwrapFault, Confinement, Decision, Fallback, Features, Probe, Profile, decide,
};
use proptest::prelude::*;
use stage::place;

fn good() -> Probe {
    Probe {
        bwrap: Ok(Features::ALL),
        landlock: 7,
        domains: true,
        seccomp: true,
        helper: true,
        home: true,
    }
}

fn missing() -> Probe {
    Probe {
        bwrap: Err(BwrapFault::Missing("/usr/bin/bwrap".to_owned())),
        ..good()
    }
}

fn blocked() -> Probe {
    let line = "bwrap: setting up uid map: Permission denied".to_owned();
    Probe {
        bwrap: Err(BwrapFault::NamespacesBlocked(line)),
        ..good()
    }
}

fn say(profile: &Profile, probe: &Probe) -> String {
    let names = |all: &[collodi_sandbox::Protection]| {
        all.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    match decide(profile, probe) {
        Decision::Use(with) => {
            format!(
                "{:?}\n  missing: {}\n",
                with.mechanism,
                names(&with.missing)
            )
        }
        Decision::Refuse(why) => format!("refused: {why}\n  cure: {}\n", why.cure()),
    }
}

#[test]
fn every_rung() {
    let probes = [
        ("all is there", good()),
        (
            "no scopes",
            Probe {
                landlock: 5,
                ..good()
            },
        ),
        (
            "no domains",
            Probe {
                domains: false,
                ..good()
            },
        ),
        ("bwrap missing", missing()),
        ("namespaces blocked", blocked()),
        (
            "namespaces blocked, Landlock 4",
            Probe {
                landlock: 4,
                ..blocked()
            },
        ),
        (
            "namespaces blocked, Landlock 2",
            Probe {
                landlock: 2,
                ..blocked()
            },
        ),
        (
            "namespaces blocked, no Landlock",
            Probe {
                landlock: 0,
                ..blocked()
            },
        ),
        (
            "namespaces blocked, no helper",
            Probe {
                helper: false,
                ..blocked()
            },
        ),
        (
            "no seccomp",
            Probe {
                seccomp: false,
                ..good()
            },
        ),
    ];
    let mut text = String::new();
    for (name, probe) in &probes {
        for confinement in [Confinement::Restricted, Confinement::Sandboxed] {
            for fallback in [None, Some(Fallback::Landlock)] {
                let profile = Profile {
                    fallback,
                    ..Profile::new(confinement, place("/srv/app"))
                };
                let given = if fallback.is_some() {
                    " or landlock"
                } else {
                    ""
                };
                text.push_str(&format!(
                    "{name}: {confinement}{given}\n  {}",
                    say(&profile, probe)
                ));
            }
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn strictness_makes_a_refusal_of_what_is_missing() {
    let profile = Profile {
        strict: true,
        ..Profile::new(Confinement::Restricted, place("/srv/app"))
    };
    insta::assert_snapshot!(say(&profile, &Probe { landlock: 5, ..good() }), @r"
    refused: this machine cannot hold abstract-sockets
      cure: give the machine what is missing, or do not ask for strictness
    ");
    assert!(matches!(decide(&profile, &good()), Decision::Use(_)));
}

/// Who lives nowhere that is known has keys somewhere that is not known.
#[test]
fn keys_are_not_held_without_a_home() {
    let homeless = Probe {
        home: false,
        ..good()
    };
    let mut profile = Profile::new(Confinement::Restricted, place("/srv/app"));
    assert!(say(&profile, &homeless).contains("missing: credentials"));
    profile.strict = true;
    assert!(say(&profile, &homeless).starts_with("refused: this machine cannot hold credentials"));
    profile.confinement = Confinement::Sandboxed;
    assert!(matches!(decide(&profile, &homeless), Decision::Use(_)));
}

proptest! {
    /// Without the operator's word nothing stands in, and nothing is both held and missing.
    #[test]
    fn never_weaker_than_asked(
        works: bool, landlock in 0_u32..10, domains: bool, helper: bool, sandboxed: bool,
        network: Option<bool>, strict: bool, fallback: bool,
    ) {
        let confinement = if sandboxed { Confinement::Sandboxed } else { Confinement::Restricted };
        let profile = Profile {
            network, strict, fallback: fallback.then_some(Fallback::Landlock),
            ..Profile::new(confinement, place("/srv/app"))
        };
        let bwrap = if works { good().bwrap } else { missing().bwrap };
        let probe = Probe { bwrap, landlock, domains, helper, seccomp: true, home: true };
        match decide(&profile, &probe) {
            Decision::Use(with) => {
                prop_assert!(works || fallback);
                prop_assert!(!strict || with.missing.is_empty());
                prop_assert!(with.enforced.contains(&collodi_sandbox::Protection::Writes));
                prop_assert!(with.missing.iter().all(|p| !with.enforced.contains(p)));
            }
            Decision::Refuse(why) => prop_assert!(!why.cure().is_empty()),
        }
    }
}
