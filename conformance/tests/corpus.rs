//! How real scripts end is what the committed report says, or better.

#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_conformance::corpus::{
    Committed, Ended, File, files, fixtures, fixtures_section, render, survey,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

#[test]
fn the_fixtures_end_as_the_report_says() {
    let committed = committed();
    let now = fixtures_section(&played());
    if blesses() {
        return;
    }
    assert!(
        committed.text().contains(&now),
        "run with COLLODI_BLESS=1 and look at the difference\n{now}"
    );
}

#[test]
fn the_corpus_ends_no_worse_than_the_report_says() {
    let committed = committed();
    let Some(files) = files().unwrap() else {
        println!("there is no corpus: COLLODI_CORPUS names its directory");
        return bless(committed.corpus());
    };
    let tally = survey(&files, tell).unwrap();
    bless(&tally.section());
    if blesses() {
        return;
    }
    if !committed.is_about(&tally) {
        println!("the report is about another corpus:\n{}", tally.section());
        return;
    }
    committed.compare(&tally).unwrap();
    if committed.corpus() != tally.section() {
        println!(
            "COLLODI_BLESS=1 writes what has changed:\n{}",
            tally.section()
        );
    }
}

#[test]
fn the_repositories_to_fetch_are_pinned() {
    let text = include_str!("../corpus.toml");
    let values = |key: &str| -> Vec<&str> {
        let value = |line| {
            str::strip_prefix(line, key)?
                .strip_prefix(" = \"")?
                .strip_suffix('"')
        };
        text.lines().filter_map(value).collect()
    };
    let (names, commits) = (values("name"), values("commit"));
    assert_eq!(names.len(), text.matches("[[repository]]").count());
    assert_eq!(names.len(), commits.len());
    for (name, commit) in names.iter().zip(commits) {
        let is_hash = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
        assert!(name.split('/').count() == 2 && is_hash, "{name} {commit}");
    }
}

fn played() -> Vec<(String, Ended)> {
    let play = |file: File| {
        let parsed = file.parse();
        let ended = file.play(parsed.script().unwrap(), &[]).unwrap();
        (file.name, ended)
    };
    fixtures().unwrap().into_iter().map(play).collect()
}

/// How a script ended, in its own words: `--nocapture` shows it.
fn tell(file: &File, [ended, without]: [&Ended; 2]) {
    println!("{}: {}", file.path, in_full(ended));
    println!("    without: {}", in_full(without));
}

fn in_full(ended: &Ended) -> String {
    let how = ended.failure.as_ref().unwrap_or(&ended.how);
    let remarks: BTreeSet<_> = ended.remarks.iter().collect();
    let remarks = remarks.iter().map(|remark| format!("\n        {remark}"));
    format!("{how}{}", remarks.collect::<String>())
}

fn bless(corpus: &str) {
    if blesses() {
        let text = render(&fixtures_section(&played()), corpus);
        std::fs::write(path(), text).unwrap();
    }
}

fn blesses() -> bool {
    std::env::var_os("COLLODI_BLESS").is_some()
}

fn committed() -> Committed {
    Committed::new(&std::fs::read_to_string(path()).unwrap_or_default())
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("CORPUS.md")
}
