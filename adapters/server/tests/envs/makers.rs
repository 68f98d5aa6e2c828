//! Who makes an environment, and what becomes of it when they are ended.

use crate::stage::{Stage, Tool, told};
use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    process::Child,
    time::{Duration, Instant},
};

/// Says from where its Python comes.
const SCRIPT: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {
        "message": "python -c 'import sys, pip; print(\"prefix\", sys.prefix)'", "venv": "./shared"}}
]}"#;

#[test]
fn eight_programs_make_one_environment() {
    for tool in Tool::all() {
        let stage = Stage::new(tool, SCRIPT);
        let all: Vec<Child> = (0..8)
            .map(|number| stage.start_in(format!("w{number}")))
            .collect();
        let all: Vec<_> = all.into_iter().map(told).collect();
        for told in &all {
            assert!(told.success, "{tool:?}: {}", told.text);
            let prefix = format!("prefix {}", stage.path("demo/shared").display());
            assert!(told.text.contains(&prefix), "{tool:?}: {}", told.text);
        }
        let texts = all.iter().map(|told| told.text.as_str());
        let made = texts
            .clone()
            .filter(|text| text.contains("creating environment"));
        let all = texts.clone().collect::<Vec<_>>().join("\n---\n");
        assert_eq!(made.count(), 1, "{tool:?}: {all}");
        assert_eq!(stage.leftovers(), [""; 0], "{tool:?}");
    }
}

/// Nobody need want the environment again. A marker that a living program holds is its own.
#[test]
fn what_killed_makers_left_is_removed_when_a_server_starts() {
    let stage = Stage::new(Tool::Venv, SCRIPT);
    for name in ["cut", "living", "whole"] {
        fs::create_dir_all(stage.env(name).join("bin")).unwrap();
        fs::write(stage.env(name).join("bin/python"), "").unwrap();
    }
    fs::write(stage.envs().join(".cut.creating"), "4711\n\n").unwrap();
    let held = File::create(stage.envs().join(".living.creating")).unwrap();
    held.lock().unwrap();
    let named = |name: &str| {
        told(stage.call(&["env", "gc"]))
            .text
            .contains(&format!(" {name}"))
    };
    assert!(named("cut") && !named("living"));
    let mut server = stage.serve();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let path = stage.env("cut").display().to_string();
    let is_gone = |line: &str| line.contains(&path) && line.contains("half-made is removed");
    let mut told = Vec::new();
    while !told.last().is_some_and(|line: &String| is_gone(line)) {
        told.push(lines.next().expect("the server says it").unwrap());
    }
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(
        told.iter()
            .any(|line| line.contains("removing what process 4711")),
        "{told:?}"
    );
    assert!(!stage.env("cut").exists());
    assert!(stage.env("living").exists() && stage.env("whole").exists());
    assert_eq!(stage.leftovers(), [".living.creating"]);
}

#[test]
fn whatever_moment_a_maker_is_killed_at_the_next_run_works() {
    // Every 50 ms of a creation when all moments are asked for; a handful else.
    let every = std::env::var_os("COLLODI_EVERY_MOMENT").is_some();
    for tool in Tool::all() {
        let span = duration(tool);
        let step = match every {
            true => Duration::from_millis(50),
            false => span / 4,
        };
        let mut moment = Duration::ZERO;
        while moment < span {
            killed_at(tool, moment);
            moment += step;
        }
    }
}

/// How long a first run takes.
fn duration(tool: Tool) -> Duration {
    let stage = Stage::new(tool, SCRIPT);
    let start = Instant::now();
    let told = stage.run();
    assert!(told.success, "{tool:?}: {}", told.text);
    start.elapsed()
}

fn killed_at(tool: Tool, moment: Duration) {
    let stage = Stage::new(tool, SCRIPT);
    // The next one knows nothing of this one but what is beside the environment.
    let mut maker = stage.start_in("killed");
    std::thread::sleep(moment);
    maker.kill().unwrap();
    maker.wait().unwrap();
    let next = stage.run();
    assert!(next.success, "{tool:?} at {moment:?}: {}", next.text);
    let prefix = format!("prefix {}", stage.path("demo/shared").display());
    assert!(
        next.text.contains(&prefix),
        "{tool:?} at {moment:?}: {}",
        next.text
    );
    assert_eq!(stage.leftovers(), [""; 0], "{tool:?} at {moment:?}");
}
