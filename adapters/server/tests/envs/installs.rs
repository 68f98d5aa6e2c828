//! Every way to install lands in the environment of the step.

use crate::stage::{Stage, Tool, wheel};

/// The ways, each with a package of its own. `$W` is the folder of the wheels.
const WAYS: [(&str, &str); 4] = [
    ("a", "pip install --no-index --find-links $W demo-a"),
    ("b", "uv pip install --no-index --find-links $W demo-b"),
    (
        "c",
        "python -m pip install --no-index --find-links $W demo-c",
    ),
    (
        "d",
        "cd sub && python3 -m pip install --no-index --find-links $W demo-d",
    ),
];

#[test]
fn every_way_to_install_lands_in_the_environment() {
    for tool in Tool::all() {
        let lines: Vec<String> = WAYS
            .iter()
            .map(|(name, line)| step(&format!("{line} && demo-{name}")))
            .collect();
        let stage = Stage::new(
            tool,
            &format!("{{\"dialect\": \"vatn\", \"run\": [{}]}}", lines.join(",")),
        );
        std::fs::create_dir(stage.path("demo/sub")).unwrap();
        for (name, _) in WAYS {
            wheel(&stage.path("demo/wheels"), name);
        }
        let told = stage.run();
        assert!(told.success, "{tool:?}: {}", told.text);
        let prefix = format!("prefix {}", stage.env("mine").display());
        assert_eq!(
            told.text.matches(&prefix).count(),
            WAYS.len(),
            "{tool:?}: {}",
            told.text
        );
        for (name, _) in WAYS {
            assert!(
                stage.env("mine").join(format!("bin/demo-{name}")).exists(),
                "{tool:?} {name}"
            );
        }
    }
}

#[test]
fn an_environment_that_a_script_makes_itself_is_where_it_says() {
    for tool in Tool::all() {
        let line =
            "python -m venv own && ./own/bin/python -c 'import sys; print(\"prefix\", sys.prefix)'";
        let stage = Stage::new(
            tool,
            &format!("{{\"dialect\": \"vatn\", \"run\": [{}]}}", step(line)),
        );
        let told = stage.run();
        assert!(told.success, "{tool:?}: {}", told.text);
        let prefix = format!("prefix {}", stage.path("demo/own").display());
        assert!(told.text.contains(&prefix), "{tool:?}: {}", told.text);
    }
}

#[test]
fn without_an_environment_pip_does_not_reach_the_machine() {
    let line = "pip install --no-index --find-links wheels demo-a";
    let script = format!(
        r#"{{"dialect": "vatn", "run": [{{"method": "shell.run", "params": {{"message": "{line}"}}}}]}}"#
    );
    let stage = Stage::new(Tool::Venv, &script);
    wheel(&stage.path("demo/wheels"), "a");
    let told = stage.run();
    assert!(!told.success, "{}", told.text);
}

fn step(line: &str) -> String {
    let message = line.replace('"', "\\\"");
    let env = r#""env": {"W": "{{cwd}}/wheels"}"#;
    format!(
        r#"{{"method": "shell.run", "params": {{"message": "{message}", "venv": "mine", {env}}}}}"#
    )
}
