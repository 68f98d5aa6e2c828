//! `collodi config`, and what the other commands make of a file that is wrong.

use crate::stage::Stage;
use insta::assert_snapshot;

const FILE: &str = "# ours\n[python]\nprefer_uv = true  # quick\n\n[node]\nport = 1\n";
const APP: &str = r#"{"dialect": "vatn", "run": [{"method": "log", "params": {"text": "hello"}}]}"#;

#[test]
fn settings_are_shown_with_their_sources() {
    let stage = Stage::new().file(".vatn/vatn.toml", FILE);
    assert_snapshot!(stage.call("config get python").shown());
    assert_snapshot!(stage.call("config get python.prefer_uv --json").shown());
    assert_snapshot!(stage.call("config get python.prefer_vu").shown());
}

#[test]
fn a_workspace_may_begin_with_its_settings() {
    let stage = Stage::new();
    let set = stage.call("config set python.prefer_uv false");
    assert_eq!(set.status, 0, "{}", set.shown());
    let file = std::fs::read_to_string(stage.root().join(".vatn/vatn.toml")).unwrap();
    assert_eq!(file, "[python]\nprefer_uv = false\n");
}

#[test]
fn a_change_keeps_all_else() {
    let stage = Stage::new().file(".vatn/vatn.toml", FILE);
    let file = || std::fs::read_to_string(stage.root().join(".vatn/vatn.toml")).unwrap();
    assert_snapshot!(stage.call("config set python.prefer_uv false").shown());
    assert_eq!(
        stage
            .call("config set sandbox.shell_env.exclude ['A_*']")
            .status,
        0
    );
    assert_eq!(stage.call("config unset node.port").status, 0);
    assert_snapshot!(stage.call("config unset python.envs_dir").shown());
    assert_snapshot!(file());
    let before = file();
    for wrong in [
        "python.prefer_uw 1",
        "python.prefer_uv maybe",
        "python.prefer_uv.quick 1",
        "sandbox.level none",
    ] {
        assert_snapshot!(stage.call(&format!("config set {wrong}")).shown());
        assert_eq!(file(), before);
    }
}

#[test]
fn a_file_that_is_wrong_is_to_be_corrected_before_it_is_changed() {
    let stage = Stage::new().file(".vatn/vatn.toml", "[python]\nprefer_uw = 1\n");
    assert_snapshot!(stage.call("config get python.prefer_uv").shown());
    assert_snapshot!(stage.call("config set python.prefer_uv true").shown());
}

/// It may ask for more protection than the defaults have, so nothing is started.
#[test]
fn nothing_starts_with_a_file_that_is_wrong() {
    for file in [
        "[sandbox.shell_env",
        "[sandbox]\nlevle = 'full'\n",
        "\u{fffd}",
    ] {
        let stage = Stage::new()
            .file(".vatn/vatn.toml", file)
            .file("app/pinokio.json", APP);
        for call in [
            "run app",
            "serve --listen 127.0.0.1:0",
            "plan app",
            "config",
            "env-plan",
        ] {
            let answer = stage.call(call);
            assert_eq!(answer.status, 2, "{call}: {}", answer.stderr);
            assert!(
                answer.stderr.contains("vatn.toml:1:") || answer.stderr.contains("vatn.toml:2:1:")
            );
        }
    }
}
