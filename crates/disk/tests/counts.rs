//! What folders take, and what their deletion frees.

#![allow(clippy::unwrap_used)]

use collodi_disk::{Ended, Found, Limits, Pace, Space, Tally, Why, human};
use proptest::prelude::*;
use std::{collections::BTreeSet, fmt::Write as _, time::Duration};

const fn file(id: u64, links: u64, bytes: u64) -> Found {
    Found {
        id: (1, id),
        links,
        bytes,
        touched: 0,
    }
}

fn tally(found: &[Found]) -> Tally {
    let mut tally = Tally::new(Limits::default());
    found.iter().for_each(|found| tally.add(*found).unwrap());
    tally
}

/// Two environments that an installer linked from its cache, and the cache.
#[test]
fn linked_environments() {
    let a = tally(&[file(1, 3, 1000), file(2, 2, 100), file(10, 1, 7)]);
    let b = tally(&[file(1, 3, 1000), file(20, 1, 9)]);
    let cache = tally(&[file(1, 3, 1000), file(2, 2, 100)]);
    let mut text = String::new();
    let mut all = Tally::new(Limits::default());
    for (name, of) in [("a", &a), ("b", &b), ("cache", &cache)] {
        all.absorb(name, of);
        let (own, so_far) = (of.usage(), all.usage());
        writeln!(
            text,
            "{name:6} {own:24} shared {:5}  with those before: {so_far}",
            own.shared()
        )
        .unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn what_cannot_be_counted_is_named() {
    let limits = Limits {
        named: 2,
        ..Limits::default()
    };
    let mut of = Tally::new(limits);
    of.leave_out("lib/secret", Why::Unreadable("permission denied".into()));
    of.leave_out("", Why::TooDeep);
    of.leave_out("mnt", Why::Mount);
    let usage = of.usage();
    assert_eq!(usage.more_left_out, 1);
    assert!(!usage.is_whole());
    let mut all = Tally::new(limits);
    all.absorb("env", &of);
    let named: Vec<_> = all
        .usage()
        .left_out
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        named,
        ["env/lib/secret: permission denied", "env: too deep"]
    );
}

#[test]
fn a_count_that_is_over_says_so() {
    let mut of = Tally::new(Limits {
        entries: 2,
        ..Limits::default()
    });
    assert!(of.add(file(1, 1, 10)).is_ok());
    assert!(of.add(file(2, 2, 10)).is_ok());
    assert!(of.add(file(3, 1, 10)).is_err());
    of.end(Ended::Cancelled);
    assert_eq!(of.usage().ended, Ended::TooMuch);
    assert_eq!(of.usage().bytes, 20);
}

#[test]
fn sizes() {
    let table = [0, 1023, 1024, 1_600_000, (1 << 30) - 1, 5 << 30, u64::MAX];
    let shown: Vec<_> = table.into_iter().map(human).collect();
    insta::assert_debug_snapshot!(shown);
}

#[test]
fn shortages() {
    let free = |free| Space {
        free,
        total: 100 << 30,
    };
    let cases = [
        (2 << 30, 0),
        (300 << 20, 0),
        (5 << 30, 4 << 30),
        (9 << 30, 9 << 30),
        (1 << 20, 8 << 20),
    ];
    let told = cases.map(|(of, needed)| {
        let shortage = free(of).shortage(needed);
        shortage.map_or_else(|| "fine".to_owned(), |shortage| shortage.to_string())
    });
    insta::assert_debug_snapshot!(told);
}

#[test]
fn a_walk_is_followed_by_twenty_times_its_rest() {
    let pace = Pace::default();
    let keeps = |millis, changed| pace.keeps(Duration::from_millis(millis), changed);
    assert_eq!(keeps(100, false), Duration::from_secs(30));
    assert_eq!(keeps(3000, false), Duration::from_secs(60));
    assert_eq!(keeps(3000, true), Duration::from_millis(500));
}

fn names() -> impl Strategy<Value = Vec<(u64, bool)>> {
    prop::collection::vec((0_u64..12, any::<bool>()), 0..60)
}

proptest! {
    /// Names of twelve files in two folders: every file is counted once, and deletion frees
    /// exactly the files that have no name elsewhere.
    #[test]
    fn deletion_frees_what_has_no_other_name(names in names(), elsewhere in prop::collection::btree_set(0_u64..12, 0..6)) {
        let links = |id: u64| names.iter().filter(|(of, _)| *of == id).count() as u64 + u64::from(elsewhere.contains(&id));
        let of = |which: Option<bool>| -> Vec<Found> {
            let here = names.iter().filter(|(_, side)| which.is_none_or(|which| which == *side));
            here.map(|(id, _)| file(*id, links(*id), 1 << id)).collect()
        };
        let (left, right) = (tally(&of(Some(true))), tally(&of(Some(false))));
        let mut both = Tally::new(Limits::default());
        both.absorb("left", &left);
        both.absorb("right", &right);
        let at_once = tally(&of(None)).usage();
        prop_assert_eq!((both.usage().bytes, both.usage().freed), (at_once.bytes, at_once.freed));
        let ids: BTreeSet<u64> = names.iter().map(|(id, _)| *id).collect();
        let bytes: u64 = ids.iter().map(|id| 1 << id).sum();
        let freed: u64 = ids.iter().filter(|id| !elsewhere.contains(id)).map(|id| 1 << id).sum();
        prop_assert_eq!((at_once.bytes, at_once.freed), (bytes, freed));
        prop_assert!(left.usage().freed + right.usage().freed <= at_once.freed);
    }
}
