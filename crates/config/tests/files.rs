//! Files, and what they come to.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use collodi_config::{Origin, Settings};
use collodi_contain::Name;
use collodi_sandbox::Level;
use proptest::prelude::*;

/// Each problem, one a line.
fn problems(text: &str) -> String {
    Settings::read(text).unwrap_err().to_string()
}

/// Settings that somebody gave, with where.
fn given(text: &str) -> String {
    let settings = Settings::read(text).unwrap();
    let given = settings.entries().into_iter().filter_map(|entry| {
        let Origin::File(place) = entry.origin else {
            return None;
        };
        Some(format!(
            "{place} {} = {}\n",
            entry.key,
            entry.value.to_json()
        ))
    });
    given.collect()
}

/// The settings of the plugin, with comments after the values.
#[test]
fn the_file_of_the_plugin_is_read_as_it_is() {
    let file = r#"
# Python runtime
[python]
python_binary = "python3.12"          # instead of searching
envs_dir      = ".vatn/python/envs"   # one venv each
apps_dir      = '.vatn/python/apps'
prefer_uv     = false                 # pip

[sandbox.shell_env]
inherit = "core"   # all, core, none
exclude = ["AWS_*", "*_KEY"]
set = { CI = "true" }
"#;
    insta::assert_snapshot!(given(file), @r#"
    4:17 python.python_binary = "python3.12"
    5:17 python.envs_dir = ".vatn/python/envs"
    6:17 python.apps_dir = ".vatn/python/apps"
    7:17 python.prefer_uv = false
    10:11 sandbox.shell_env.inherit = "core"
    11:11 sandbox.shell_env.exclude = ["AWS_*","*_KEY"]
    12:7 sandbox.shell_env.set = {"CI":"true"}
    "#);
}

/// The plugin saves what a form sends as text.
#[test]
fn the_plugins_form_saved_booleans_as_texts() {
    let settings = Settings::read("[python]\nprefer_uv = \"False\"\n").unwrap();
    assert!(!settings.python.prefer_uv.value());
}

#[test]
fn every_setting_has_a_default_and_says_so() {
    let settings = Settings::read("").unwrap();
    assert_eq!(settings, Settings::default());
    let table: String = settings
        .entries()
        .iter()
        .map(|entry| {
            assert!(entry.about.ends_with(['.', '`']), "{}", entry.about);
            let value = entry.value.to_json();
            let counts = entry.counts.map(|counts| format!(": {counts}"));
            assert_eq!(value == "null", counts.is_some(), "{}", entry.key);
            let counts = counts.unwrap_or_default();
            format!("{} {} = {value}{counts}\n", entry.origin, entry.key)
        })
        .collect();
    insta::assert_snapshot!(table);
}

#[test]
fn mistakes_are_told_with_their_places() {
    let file = r#"
inherit = "all"
[pyhton]
[python]
prefer_uf = true
prefer_uv = "yes"
max_log_lines = -1
restart_delay_ms = 3.5
python_binary = ""
[python.limits]
memory = "2 GB"
[sandbox]
level = "none"
read = ["relative"]
[sandbox.apps."../x"]
[sandbox.apps.demo]
levle = "full"
[sandbox.shell_env]
inherit = "core,all"
presets = ["cude"]
exclude = "AWS_*"
set = { CI = true }
grant = ["HF_*", "1X"]
"#;
    insta::assert_snapshot!(problems(file));
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let table: String = [
        "[python",
        "[python]\nprefer_uv = \n",
        "[python]\nprefer_uv = true\nprefer_uv = false\n",
        "[python]\n[python]\n",
        "a = \"x\ny\"",
        "\u{0}",
    ]
    .map(|text| format!("{text:?}\n  {}\n", problems(text)))
    .concat();
    insta::assert_snapshot!(table);
}

#[test]
fn a_file_has_a_largest_size_and_a_deepest_nesting() {
    let long = format!("#{}", "x".repeat(Settings::MAX_BYTES));
    assert!(problems(&long).contains("at most 262144 bytes"));
    let deep = format!("a = {}", "[".repeat(Settings::MAX_BYTES - 10));
    assert!(Settings::read(&deep).is_err());
    let dotted = format!("{}a = 1", "a.".repeat(10_000));
    let _ = Settings::read(&dotted);
}

/// Sections of other programs that share the file.
#[test]
fn sections_of_others_are_left_alone() {
    let settings = Settings::read("[node]\nport = 8080\n[[agents]]\n[agents.x]\n").unwrap_err();
    assert!(settings.to_string().starts_with("3:"), "{settings}");
    let settings = Settings::read("[node]\nport = 8080\n[http.tls]\nkey = 1\n").unwrap();
    assert_eq!(settings.foreign(), ["http", "node"]);
}

/// A policy that stands at the top would otherwise be somebody else's, and hold nothing.
#[test]
fn a_section_without_the_one_above_it_is_not_foreign() {
    insta::assert_snapshot!(problems("[shell_env]\ninherit = \"none\"\n[apps.demo]\n"), @r#"
    1:2: shell_env: unknown key; did you mean "sandbox.shell_env"?
    3:2: apps: unknown key; did you mean "sandbox.apps"?
    "#);
}

#[test]
fn a_file_of_ours_alone_has_no_foreign_sections() {
    let shared = "[http]\nport = 1\n[sandbox]\n[node]\n";
    let problems = Settings::read_alone(shared).unwrap_err();
    insta::assert_snapshot!(problems.to_string(), @r"
    1:2: http: unknown key
    4:2: node: unknown key
    ");
    assert!(Settings::read(shared).is_ok() && Settings::read_alone("[sandbox]\n").is_ok());
}

#[test]
fn an_app_has_settings_of_its_own() {
    let file = "[sandbox]\nlevel = \"RESTRICTED\"\n[sandbox.apps.demo]\nlevel = \"sandboxed\"\n";
    let settings = Settings::read(file).unwrap();
    assert_eq!(*settings.sandbox.level.value(), Some(Level::Restricted));
    let demo = settings.app(&Name::parse("demo").unwrap()).unwrap();
    assert_eq!(*demo.level.value(), Some(Level::Sandboxed));
    assert!(settings.app(&Name::parse("other").unwrap()).is_none());
}

#[test]
fn what_the_program_was_told_wins_over_the_file() {
    let mut settings = Settings::read("[python]\nprefer_uv = false\n").unwrap();
    settings.python.prefer_uv.overrule(None);
    assert!(matches!(
        settings.python.prefer_uv.origin(),
        Origin::File(_)
    ));
    settings.python.prefer_uv.overrule(Some(true));
    assert_eq!(settings.python.prefer_uv.origin(), Origin::Program);
    assert!(*settings.python.prefer_uv.value());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|\n){0,200}") {
        collodi_config::fuzz::settings(text.as_bytes());
    }

    /// Lines as people write them, some of them wrong.
    #[test]
    fn any_lines_are_read_or_refused(lines in prop::collection::vec(line(), 0..12)) {
        collodi_config::fuzz::settings(lines.join("\n").as_bytes());
    }
}

fn line() -> impl Strategy<Value = String> {
    let heads = prop::sample::select(vec![
        "[python]",
        "[sandbox]",
        "[sandbox.shell_env]",
        "[ sandbox.shell_env ] # c",
        "[sandbox.apps.a]",
        "sandbox.shell_env.inherit = 'all'",
        "[python.limits]",
    ]);
    let keys = prop::sample::select(vec![
        "inherit",
        "exclude",
        "set",
        "grant",
        "grant_from_host",
        "ignore_default_excludes",
        "include_only",
        "presets",
        "level",
        "prefer_uv",
        "allowed_env_vars",
        "nonsense",
    ]);
    let values = prop::sample::select(vec![
        "\"all\"",
        "'none'",
        "[\"*\"]",
        "[\n'HF_TOKEN',\n]",
        "true",
        "3",
        "{ HF_TOKEN = 'x' }",
        "[\"LD_PRELOAD\", \"DB_PASSWORD\"]",
        "\"core",
        "[]",
        "[\"cuda\"]",
    ]);
    prop_oneof![
        heads.prop_map(str::to_owned),
        (keys, values).prop_map(|(key, value)| format!("{key} = {value}")),
    ]
}

/// An address is shown without the secrets that it may have.
#[test]
fn webhooks_have_an_address_and_at_most_one_secret() {
    let file = r#"
[webhooks.pager]
url = "https://user:word@hooks.test/a?token=x"
events = ["gave_up"]
secret_env = "PAGER_SECRET"
"#;
    insta::assert_snapshot!(given(file), @r#"
    3:7 webhooks.pager.url = "https://hooks.test/…"
    4:10 webhooks.pager.events = ["gave_up"]
    5:14 webhooks.pager.secret_env = "PAGER_SECRET"
    "#);
    let wrong = r#"
[webhooks.one]
events = ["crash"]
[webhooks.two]
url = "ftp://hooks.test"
[webhooks.three]
url = "http://hooks.test"
secret_env = "A"
secret_file = "/etc/a"
[webhooks."../four"]
url = "http://hooks.test"
"#;
    insta::assert_snapshot!("webhooks_wrong", problems(wrong));
}
