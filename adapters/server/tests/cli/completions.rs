//! `collodi completions`

use crate::stage::Stage;
use std::{path::Path, process::Command};

#[test]
fn every_shell_has_a_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let answer = Stage::new().call(&format!("completions {shell}"));
        assert_eq!(answer.status, 0, "{}", answer.shown());
        assert!(answer.stdout.contains("COLLODI_COMPLETE"), "{shell}");
    }
}

/// A bash that has read the script completes what is typed.
#[test]
fn a_shell_knows_commands_options_and_what_the_workspace_has() {
    let stage = Stage::new()
        .file("ws/.vatn/python/apps/demo/pinokio.json", "{}")
        .file("ws/.vatn/python/apps/dream/pinokio.json", "{}")
        .file("ws/.vatn/python/envs/tools/bin/python", "")
        .file(
            "ws/.vatn/vatn.toml",
            "[webhooks.pager]\nurl = \"http://127.0.0.1:1\"\n",
        )
        .file("docs/readme.txt", "");
    let root = stage.root();
    let cases = [
        ("collodi resta", "restart"),
        ("collodi serve --list", "--listen"),
        ("collodi --workspace ws logs d", "demo dream"),
        ("collodi --workspace ws stop de", "demo"),
        ("collodi --workspace ws start d", ""),
        ("collodi --workspace ws run d", "demo docs/ dream"),
        ("collodi --workspace ws remove dr", "dream"),
        ("collodi --workspace ws audit --app de", "demo"),
        ("collodi --workspace ws env rm t", "tools"),
        ("collodi config get python.pre", "python.prefer_uv"),
        (
            "collodi --workspace ws config unset webhooks.pager.u",
            "webhooks.pager.url",
        ),
        ("collodi new gra", "gradio"),
        ("collodi --workspace nowhere logs d", ""),
    ];
    for (typed, expected) in cases {
        assert_eq!(completed(&root, typed), expected, "{typed}");
    }
}

/// What a bash in this folder offers for the last of the words that are typed.
fn completed(dir: &Path, typed: &str) -> String {
    let script = r#"
        source <(collodi completions bash)
        IFS=' ' read -r -a COMP_WORDS <<< "$1"
        [[ $1 != *' ' ]] || COMP_WORDS+=('')
        COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )) COMP_TYPE=9
        _clap_complete_collodi collodi "${COMP_WORDS[COMP_CWORD]}" ''
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let program = Path::new(env!("CARGO_BIN_EXE_collodi"));
    let folders = [
        program.parent().unwrap(),
        Path::new("/usr/bin"),
        Path::new("/bin"),
    ];
    let output = Command::new("bash")
        .args(["--norc", "-c", script, "bash", typed])
        .current_dir(dir)
        .env("PATH", std::env::join_paths(folders).unwrap())
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    let offered = String::from_utf8(output.stdout).unwrap();
    let mut words: Vec<_> = offered.split_whitespace().collect();
    words.sort_unstable();
    words.join(" ")
}
