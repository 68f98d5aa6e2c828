//! What is known to go wrong with a settings file and the policy in it, one test a defect.
//! The names are those of the list in `SECURITY.md`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use collodi_config::Settings;
use collodi_env::{Environment, Rule, Source, StepVariables};
use collodi_script::Dialect;
use std::collections::BTreeMap;

fn host() -> BTreeMap<String, String> {
    [
        ("PATH", "/bin"),
        ("AWS_PROFILE", "prod"),
        ("HF_TOKEN", "hf_host"),
        ("github_token", "ghp"),
        ("DB_PASSWORD", "pw"),
        ("SSH_AUTH_SOCK", "/run/agent"),
        ("XDG_RUNTIME_DIR", "/run/user/1"),
        ("CORP_ID", "7"),
        ("EDITOR", "vi"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn resolve(file: &str, step: StepVariables) -> Environment {
    let settings = Settings::read(file).unwrap();
    let policy = settings.policy(Dialect::Vatn);
    policy.resolve_step(&host(), &step, &settings.shell_env.grants())
}

fn names(file: &str) -> Vec<String> {
    let environment = resolve(file, StepVariables::new());
    environment.vars.into_keys().collect()
}

fn with(lines: &str) -> String {
    format!("[sandbox.shell_env]\n{lines}\n")
}

#[test]
fn e1_a_list_over_several_lines_is_a_list() {
    let file = with("inherit = \"all\"\nexclude = [\n  \"CORP_*\",  # ours\n  \"EDITOR\",\n]");
    assert_eq!(names(&file), ["PATH"]);
}

#[test]
fn e2_single_quotes_are_quotes() {
    assert!(names(&with("inherit = 'none'")).is_empty());
    assert_eq!(
        names(&with("inherit = \"all\"\nexclude = ['CORP_*']")),
        ["EDITOR", "PATH"]
    );
}

#[test]
fn e3_every_way_to_write_a_section_is_read() {
    let ways = [
        "[sandbox.shell_env] # comment\ninherit = \"none\"",
        "[ sandbox.shell_env ]\ninherit = \"none\"",
        "[sandbox]\nshell_env.inherit = \"none\"",
        "sandbox.shell_env.inherit = \"none\"",
        "[sandbox.\"shell_env\"]\n\"inherit\" = \"none\"",
        "[sandbox]\nshell_env = { inherit = \"none\" }",
        "[sandbox.shell_env.set]\nX = \"1\"\n[sandbox.shell_env]\ninherit = \"none\"",
    ];
    for way in ways {
        let expected: &[&str] = if way.contains("set") { &["X"] } else { &[] };
        assert_eq!(names(way), expected, "{way}");
    }
}

#[test]
fn e4_a_corrupt_file_is_refused_and_never_means_fewer_excludes() {
    for file in [
        "[sandbox.shell_env",
        "[sandbox.shell_env]\nexclude = [\"A\"",
        "\u{fffd}",
    ] {
        assert!(Settings::read(file).is_err(), "{file}");
    }
    // A section without `exclude` keeps the default ones.
    assert_eq!(
        names(&with("inherit = \"all\"")),
        ["CORP_ID", "EDITOR", "PATH"]
    );
}

#[test]
fn e5_a_key_is_its_whole_name() {
    for key in ["inherit_from = \"all\"", "exclude_also = []", "setup = {}"] {
        let problems = Settings::read(&with(key)).unwrap_err().to_string();
        assert!(
            problems.starts_with("2:1: ") && problems.contains("unknown key"),
            "{problems}"
        );
    }
}

#[test]
fn e6_patterns_know_case_question_marks_and_nothing_else() {
    let all = "inherit = \"all\"\n";
    assert!(!names(&with(all)).contains(&"github_token".to_owned()));
    assert!(!names(&with(&format!("{all}exclude = ['EDIT?R']"))).contains(&"EDITOR".to_owned()));
    // No name has these, so who writes them means something else by them.
    for odd in ["[A-Z]*", "(CORP_ID)", "E+DITOR", "*("] {
        let problems = Settings::read(&with(&format!("exclude = ['{odd}']"))).unwrap_err();
        assert!(problems.to_string().starts_with("2:12: "), "{problems}");
    }
    // Linear: a backtracking matcher does not end with this one.
    let slow = format!("{all}include_only = ['{}b']", "*A".repeat(60));
    let host = BTreeMap::from([("A".repeat(100_000), "x".to_owned())]);
    let policy = Settings::read(&with(&slow)).unwrap().policy(Dialect::Vatn);
    let none = policy.resolve(&host, &BTreeMap::new(), &Default::default());
    assert!(none.vars.is_empty());
}

#[test]
fn e7_a_line_break_in_a_name_escapes_nothing() {
    let policy = Settings::read(&with("inherit = 'all'\nexclude = ['A*']")).unwrap();
    let host = BTreeMap::from([("A\nB".to_owned(), "x".to_owned())]);
    let none = policy
        .policy(Dialect::Vatn)
        .resolve(&host, &BTreeMap::new(), &Default::default());
    assert!(none.vars.is_empty());
}

#[test]
fn e8_the_step_is_not_measured_by_inherit_and_set_beats_grants() {
    let step = StepVariables::new().set("PIP_NO_CACHE_DIR", "1");
    let environment = resolve(&with("inherit = 'core'"), step);
    assert_eq!(environment.vars["PIP_NO_CACHE_DIR"], "1");
    let file = with("set = { HF_TOKEN = 'operator' }\ngrant = ['HF_TOKEN']");
    let environment = resolve(&file, StepVariables::new().set("HF_TOKEN", "script"));
    assert_eq!(environment.vars["HF_TOKEN"], "operator");
}

#[test]
fn e8_a_grant_to_a_step_does_not_release_the_hosts_value() {
    let file = with("inherit = 'all'\ngrant = ['HF_TOKEN']");
    assert!(!names(&file).contains(&"HF_TOKEN".to_owned()));
    let environment = resolve(&file, StepVariables::new().set("HF_TOKEN", "script"));
    assert_eq!(environment.vars["HF_TOKEN"], "script");
    let rule = &environment.decision("HF_TOKEN").unwrap().rule;
    assert_eq!(*rule, Rule::Granted(Source::Step));
}

#[test]
fn e9_include_only_and_more_default_excludes() {
    assert_eq!(
        names(&with("inherit = 'all'\ninclude_only = ['P*']")),
        ["PATH"]
    );
    let all = names(&with("inherit = 'all'"));
    for name in ["DB_PASSWORD", "SSH_AUTH_SOCK", "AWS_PROFILE"] {
        assert!(!all.contains(&name.to_owned()), "{name}");
    }
    let open = names(&with("inherit = 'all'\nignore_default_excludes = true"));
    assert!(open.contains(&"DB_PASSWORD".to_owned()));
}

#[test]
fn e10_the_doors_to_the_users_session_are_not_core() {
    let core = names(&with("inherit = 'core'"));
    assert!(!core.contains(&"XDG_RUNTIME_DIR".to_owned()));
}

#[test]
fn presets_widen_what_is_inherited() {
    let policy = |file: &str| Settings::read(&with(file)).unwrap().policy(Dialect::Vatn);
    let host = BTreeMap::from([("CUDA_HOME".to_owned(), "/cuda".to_owned())]);
    for (file, there) in [
        ("", false),
        ("presets = ['cuda']", true),
        ("inherit = 'none'\npresets = ['cuda']", true),
        ("inherit = 'core'\npresets = ['python']", false),
    ] {
        let vars = policy(file).resolve(&host, &BTreeMap::new(), &Default::default());
        assert_eq!(vars.vars.contains_key("CUDA_HOME"), there, "{file}");
    }
}

/// The plugin's own list, in place of ours; the excludes apply to it too.
#[test]
fn allowed_env_vars_are_what_is_inherited() {
    let file = "[python]\nallowed_env_vars = ['EDITOR', 'HF_TOKEN']\n";
    assert_eq!(names(file), ["EDITOR"]);
    let both = format!("{file}{}", with("inherit = 'none'"));
    assert!(names(&both).is_empty());
}
