//! What fuzzers have learnt, replayed: `fuzz/corpus/TARGET/` holds inputs for each target.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_conformance::fuzz;
use std::{collections::BTreeSet, fs, path::PathBuf};

fn corpus() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz"))
}

fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(corpus().join(folder)).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    entries.map(|entry| name(entry.unwrap())).collect()
}

#[test]
fn every_target_holds_for_what_is_kept() {
    for (name, body) in fuzz::targets() {
        let mut inputs = 0;
        for entry in fs::read_dir(corpus().join("corpus").join(name)).unwrap() {
            body(&fs::read(entry.unwrap().path()).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{name} has no corpus");
    }
}

/// A body that no fuzzer is given, or a folder that nothing replays, would go unnoticed.
#[test]
fn bodies_targets_and_folders_have_the_same_names() {
    let bodies: BTreeSet<String> = fuzz::targets().map(|(name, _)| name.to_owned()).collect();
    let targets = names("fuzz_targets");
    let targets: BTreeSet<String> = targets.iter().map(|file| file.replace(".rs", "")).collect();
    assert_eq!(targets, bodies);
    assert_eq!(names("corpus"), bodies);
}
