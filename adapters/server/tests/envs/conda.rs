//! Conda for real, by a solver, from a channel in a folder.
//!
//! `cargo xtask tools` installs the solver into `.tools/`; without it these tests fail.

use crate::stage::{Stage, Told, Tool, told};
use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

const PYTHON: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../.tools/python/bin/python"
);

/// A stage whose `PATH` has a conda. `CHANNEL` in the script is the channel's address.
fn stage(script: &str) -> Stage {
    let stage = Stage::new(Tool::Venv, "{}");
    let channel = stage.path("channel");
    python("channel.py", &[&channel]);
    let address = format!("file://{}", channel.display());
    let script = script.replace("CHANNEL", &address);
    fs::write(stage.path("demo/pinokio.json"), script).unwrap();
    let bin = stage.path("bin");
    fs::create_dir(&bin).unwrap();
    let line = format!(
        "#!/bin/sh\nexec '{PYTHON}' '{}' '{}' \"$@\"\n",
        source("conda.py").display(),
        stage.path("conda").display()
    );
    fs::write(bin.join("conda"), line).unwrap();
    fs::set_permissions(bin.join("conda"), fs::Permissions::from_mode(0o755)).unwrap();
    stage.with_path(&bin)
}

fn source(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/envs")).join(name)
}

fn python(program: &str, words: &[&Path]) {
    let mut command = Command::new(PYTHON);
    let status = command.arg(source(program)).args(words).status();
    let status = status.expect("`cargo xtask tools` installs what this test needs");
    assert!(status.success());
}

fn step(params: &str) -> String {
    format!(r#"{{"method": "shell.run", "params": {{"message": "tinytool; python", {params}}}}}"#)
}

#[test]
fn a_missing_environment_is_made_with_what_the_script_says() {
    let table = [
        (
            r#""conda": {"path": "own env", "python": "3.11", "args": "tinytool -c CHANNEL"}"#,
            "demo/own env",
            "python 3.11.1",
        ),
        (
            r#""conda": {"name": "named", "args": ["tinytool", "-c", "CHANNEL"]}"#,
            "conda/envs/named",
            "python 3.10.1",
        ),
    ];
    for (params, place, version) in table {
        let one = step(params);
        let stage = stage(&format!(
            r#"{{"dialect": "pinokio", "run": [{one}, {one}]}}"#
        ));
        let told = stage.run();
        assert!(told.success, "{}", told.text);
        let place = stage.path(place);
        let place = place.display();
        let expected = format!("tinytool of {place}, active {place}");
        assert_eq!(told.text.matches(&expected).count(), 2, "{}", told.text);
        assert_eq!(
            told.text.matches(&format!("| {version}")).count(),
            2,
            "{}",
            told.text
        );
        assert_eq!(
            told.text.matches("linked tinytool").count(),
            1,
            "{}",
            told.text
        );
    }
}

#[test]
fn a_failed_making_ends_the_run_and_nothing_runs_on_the_machine() {
    let one = r#"{"method": "shell.run", "params": {"message": "touch ran", "conda": {"name": "x", "args": "no-such-package -c CHANNEL"}}}"#;
    let stage = stage(&format!(r#"{{"dialect": "pinokio", "run": [{one}]}}"#));
    let told = stage.run();
    assert!(!told.success, "{}", told.text);
    assert!(told.text.contains("no-such-package"), "{}", told.text);
    assert!(!stage.path("demo/ran").exists());
}

/// The plugin's dialect makes none.
#[test]
fn a_missing_environment_of_the_plugins_dialect_is_an_error() {
    let one = r#"{"method": "shell.run", "params": {"message": "touch ran", "conda": "science"}}"#;
    let stage = stage(&format!(r#"{{"dialect": "vatn", "run": [{one}]}}"#));
    let told = stage.run();
    assert!(!told.success, "{}", told.text);
    assert!(
        told.text.contains("EnvironmentLocationNotFound"),
        "{}",
        told.text
    );
    assert!(!stage.path("demo/ran").exists());
}

/// By path and by name: how a script says it, and where the environment is then.
const WAYS: [(&str, &str); 2] = [
    (r#""path": "shared""#, "demo/shared"),
    (r#""name": "shared""#, "conda/envs/shared"),
];

fn stage_of(way: &str) -> Stage {
    let one = step(&format!(
        r#""conda": {{{way}, "args": "tinytool -c CHANNEL"}}"#
    ));
    stage(&format!(r#"{{"dialect": "pinokio", "run": [{one}]}}"#))
}

fn uses_it(told: &Told, place: &Path) -> bool {
    let expected = format!("tinytool of {}", place.display());
    told.success && told.text.contains(&expected)
}

/// What is beside the environment.
fn leftovers(place: &Path) -> Vec<String> {
    let entries = fs::read_dir(place.parent().unwrap()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with('.')).collect()
}

#[test]
fn eight_programs_make_one_environment() {
    for (way, place) in WAYS {
        let stage = stage_of(way);
        let place = stage.path(place);
        let all: Vec<_> = (0..8)
            .map(|number| stage.start_in(format!("w{number}")))
            .collect();
        let all: Vec<_> = all.into_iter().map(told).collect();
        let text = all.iter().map(|told| told.text.as_str());
        let text = text.collect::<Vec<_>>().join("\n---\n");
        assert!(all.iter().all(|told| uses_it(told, &place)), "{text}");
        assert_eq!(text.matches("creating environment").count(), 1, "{text}");
        assert_eq!(leftovers(&place), [""; 0]);
    }
}

#[test]
fn one_that_a_script_removes_is_made_again() {
    let one = step(r#""conda": {"path": "shared", "args": "tinytool -c CHANNEL"}"#);
    let remove = r#"{"method": "fs.rm", "params": {"path": "shared"}}"#;
    let stage = stage(&format!(
        r#"{{"dialect": "pinokio", "run": [{one}, {remove}, {one}]}}"#
    ));
    let told = stage.run();
    assert!(uses_it(&told, &stage.path("demo/shared")), "{}", told.text);
    let made = told.text.matches("creating environment").count();
    assert_eq!(made, 2, "{}", told.text);
}

/// What conda has linked until then looks like an environment.
#[test]
fn one_whose_maker_was_killed_is_made_anew() {
    for (way, place) in WAYS {
        for linked in [None, Some("conda-meta")] {
            let stage = stage_of(way);
            let place = stage.path(place);
            let mut maker = stage.start_in("killed");
            let mut lines = BufReader::new(maker.stdout.take().unwrap()).lines();
            let begins =
                |line: std::io::Result<String>| line.unwrap().contains("creating environment");
            assert!(lines.any(begins));
            while linked.is_some_and(|linked| !place.join(linked).exists()) {
                std::thread::yield_now();
            }
            maker.kill().unwrap();
            maker.wait().unwrap();
            let next = stage.run();
            assert!(uses_it(&next, &place), "{way} {linked:?}: {}", next.text);
            assert!(next.text.contains("left half-made"), "{}", next.text);
            assert_eq!(leftovers(&place), [""; 0], "{way} {linked:?}");
        }
    }
}

/// Every 50 ms of a creation when all moments are asked for; a handful else.
#[test]
fn whatever_moment_a_maker_is_killed_at_the_next_run_works() {
    let every = std::env::var_os("COLLODI_EVERY_MOMENT").is_some();
    for (way, place) in WAYS {
        let (stage, start) = (stage_of(way), Instant::now());
        let first = stage.run();
        assert!(uses_it(&first, &stage.path(place)), "{}", first.text);
        let span = start.elapsed();
        let step = if every {
            Duration::from_millis(50)
        } else {
            span / 4
        };
        let mut moment = Duration::ZERO;
        while moment < span {
            let stage = stage_of(way);
            let place = stage.path(place);
            let mut maker = stage.start_in("killed");
            std::thread::sleep(moment);
            maker.kill().unwrap();
            maker.wait().unwrap();
            let next = stage.run();
            assert!(uses_it(&next, &place), "{way} {moment:?}: {}", next.text);
            assert_eq!(leftovers(&place), [""; 0], "{way} {moment:?}");
            moment += step;
        }
    }
}

/// What stands between, `conda run` and a shell, passes no signal on.
#[test]
fn an_interrupt_reaches_the_program_which_may_finish() {
    let params = r#""conda": {"name": "x", "args": "tinytool -c CHANNEL"}"#;
    let message =
        "trap 'echo finished > ended; exit 0' TERM; echo it is up; while :; do sleep 0.05; done";
    let one = format!(
        r#"{{"method": "shell.run", "params": {{"message": "{message}", "daemon": true, {params}}}}}"#
    );
    let stage = stage(&format!(r#"{{"dialect": "pinokio", "run": [{one}]}}"#));
    let mut collodi = stage.start_in("");
    let mut lines = BufReader::new(collodi.stdout.take().unwrap()).lines();
    let is_up = |line: &std::io::Result<String>| {
        let line = line.as_ref().unwrap();
        line.contains("it is up") && !line.contains("trap")
    };
    assert!(lines.any(|line| is_up(&line)), "{}", told(collodi).text);
    let id = collodi.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<_> = lines.map_while(Result::ok).collect();
    collodi.wait().unwrap();
    let ended = fs::read_to_string(stage.path("demo/ended"));
    assert_eq!(
        ended.unwrap_or_default(),
        "finished\n",
        "{}",
        rest.join("\n")
    );
}
