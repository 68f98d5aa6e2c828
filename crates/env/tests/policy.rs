//! The corpus of policies in `policy.cases`, as one table.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_types)]

use collodi_env::{
    Glob, Grants, Inherit, MAX_VARIABLE_BYTES, Policy, Rule, StepValue, StepVariables,
};
use std::{collections::BTreeMap, fmt::Write};

const CASES: &str = include_str!("policy.cases");

#[test]
fn cases() {
    let mut table = String::new();
    for block in CASES.split("\n== ").skip(1) {
        let (title, lines) = block.split_once('\n').unwrap();
        let mut case = Case::default();
        lines.lines().for_each(|line| case.line(line));
        case.render(title, &mut table);
    }
    insta::assert_snapshot!(table);
}

#[derive(Default)]
struct Case {
    policy: Policy,
    host: BTreeMap<String, String>,
    step: StepVariables,
    grants: Grants,
}

impl Case {
    fn line(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "" => {}
            "policy" => self.policy = named(rest),
            "inherit" => self.policy.inherit = rest.parse().unwrap_or(Inherit::Allow(globs(rest))),
            "withhold" => self.policy.withhold = globs(rest),
            "exclude" => self.policy.exclude = globs(rest),
            "include-only" => self.policy.include_only = Some(globs(rest)),
            "default-excludes" => self.policy.default_excludes = rest != "off",
            "base" => self.policy.base.extend([pair(rest)]),
            "set" => self.policy.set.extend([pair(rest)]),
            "host" => self.host.extend([pair(rest)]),
            "step" => {
                let (name, value) = pair(rest);
                self.step.set.insert(name, StepValue::Text(value));
            }
            "prepend" => {
                let (name, value) = pair(rest);
                let entries = value.split('|').map(Into::into).collect();
                self.step.set.insert(name, StepValue::Prepend(entries));
            }
            "remove" => self.step.remove.extend([rest.to_owned()]),
            "grant-step" => self.grants.step.extend([rest.to_owned()]),
            "grant-host" => self.grants.host.extend([rest.to_owned()]),
            other => panic!("what is {other:?}?"),
        }
    }

    fn render(&self, title: &str, table: &mut String) {
        let step = self.step.clone().spelled_as_in(&self.host);
        let environment = self.policy.resolve_step(&self.host, &step, &self.grants);
        writeln!(table, "== {title}").unwrap();
        for decision in &environment.decisions {
            match environment.vars.get(&decision.name) {
                Some(value) => writeln!(table, "{decision} = {}", value.escape_debug()).unwrap(),
                None => writeln!(table, "{decision}").unwrap(),
            }
        }
        let removed = environment.removed().map(|line| line.to_string());
        writeln!(
            table,
            "({})\n",
            removed.unwrap_or("nothing removed".to_owned())
        )
        .unwrap();
    }
}

fn named(name: &str) -> Policy {
    match name {
        "vatn" => Policy::vatn(),
        "pinokio" => Policy::pinokio(),
        "empty" => Policy::empty(),
        other => panic!("no policy {other:?}"),
    }
}

fn globs(list: &str) -> Vec<Glob> {
    Glob::list(&list.split(' ').collect::<Vec<_>>()).unwrap()
}

/// `NAME=VALUE`. The name may hold anything but `=`, unless it starts with one.
fn pair(text: &str) -> (String, String) {
    let split = text.get(1..).unwrap().find('=').unwrap() + 1;
    let (name, value) = text.split_at(split);
    (unescape(name), unescape(value.strip_prefix('=').unwrap()))
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\0", "\0")
}

/// Longer ones would keep the program from starting at all.
#[test]
fn the_longest_variable() {
    let fits = "x".repeat(MAX_VARIABLE_BYTES - "PATH".len());
    for (value, kept) in [(fits.clone(), true), (fits + "x", false)] {
        let host = BTreeMap::from([("PATH".to_owned(), value)]);
        let environment = Policy::default().resolve(&host, &BTreeMap::new(), &Grants::none());
        assert_eq!(environment.vars.contains_key("PATH"), kept);
        let too_long = environment.decision("PATH").unwrap().rule == Rule::TooLong;
        assert_eq!(too_long, !kept);
    }
}

/// The bound is Linux's own with pages of 4 KiB: one byte more and nothing starts.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn the_longest_variable_is_the_systems() {
    let start = |bytes: usize| {
        let value = "x".repeat(bytes - "A".len());
        let mut child = std::process::Command::new("/bin/true");
        child.env_clear().env("A", value).status().is_ok()
    };
    assert!(start(MAX_VARIABLE_BYTES));
    assert!(!start(MAX_VARIABLE_BYTES + 1));
}
