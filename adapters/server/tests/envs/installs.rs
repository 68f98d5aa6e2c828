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

/// `uv sync` does not look at `VIRTUAL_ENV`: left to itself it would make a `.venv`.
#[test]
fn what_a_project_says_is_synced_into_the_environment() {
    let line = "uv sync --no-index --find-links $W && demo-a && uv pip list";
    let script = format!("{{\"dialect\": \"vatn\", \"run\": [{}]}}", step(line));
    for tool in Tool::all() {
        synced(tool, &script);
    }
}

fn synced(tool: Tool, script: &str) {
    let stage = Stage::new(tool, script);
    wheel(&stage.path("demo/wheels"), "a");
    let project = "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.8\"\n\
        dependencies = [\"demo-a\"]\n";
    std::fs::write(stage.path("demo/pyproject.toml"), project).unwrap();
    let told = stage.run();
    assert!(told.success, "{}", told.text);
    let prefix = format!("prefix {}", stage.env("mine").display());
    assert!(told.text.contains(&prefix), "{}", told.text);
    assert!(!stage.path("demo/.venv").exists());
}

/// uv gets pip from an index; an environment of `venv` has it without.
#[test]
fn without_an_index_an_environment_is_made_all_the_same() {
    let line = "pip install --no-index --find-links $W demo-a && demo-a";
    let script = format!("{{\"dialect\": \"vatn\", \"run\": [{}]}}", step(line));
    for tool in Tool::all() {
        let stage = Stage::new(tool, &script);
        let cache = stage.path("no-cache").display().to_string();
        let stage = stage.with_variables(&[
            ("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple"),
            ("PIP_INDEX_URL", "http://127.0.0.1:9/simple"),
            ("UV_CACHE_DIR", &cache),
            ("UV_HTTP_RETRIES", "0"),
        ]);
        wheel(&stage.path("demo/wheels"), "a");
        let told = stage.run();
        assert!(told.success, "{tool:?}: {}", told.text);
        let prefix = format!("prefix {}", stage.env("mine").display());
        assert!(told.text.contains(&prefix), "{tool:?}: {}", told.text);
        assert_eq!(stage.leftovers(), [""; 0], "{tool:?}");
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
