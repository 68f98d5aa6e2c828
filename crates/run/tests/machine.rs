//! What templates read of the machine: the clock, chance, folders, hardware; and bytes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileOp};
use collodi_machine::{Machine as _, Output};
use collodi_python::{Layout, Platform};
use collodi_run::{Action, App, Completed, Event, Input, Run, RunOptions, Status};
use collodi_script::{Options, parse};
use collodi_time::{Duration, Instant, WallTime};
use collodi_value::Value;
use std::{fmt::Write as _, sync::Arc};

/// What a script logs and writes, in a world whose every file holds `content`.
fn said(steps: &str, seed: u64, content: &[u8]) -> String {
    let script = format!(r#"{{"dialect": "pinokio", "run": [{steps}]}}"#);
    let parsed = parse(&script, &Options::for_file("start.json"));
    let script = parsed.script().unwrap_or_else(|error| panic!("{error}"));
    let app = App::new(
        "demo",
        Root::new("/work/app"),
        RelPath::root(),
        "start.json",
    );
    let mut options = RunOptions::new(script.clone(), app);
    options.layout = Layout::new(Root::new("/work"), Platform::LINUX_X64);
    options.host_vars = Arc::new([("HOME".to_owned(), "/root".to_owned())].into());
    options.facts.set("ram", Value::from(16));
    options.epoch = WallTime::since_unix_epoch(Duration::from_secs(1_700_000_000));
    options.seed = seed;
    let mut run = Run::new(options);
    let mut said = String::new();
    run.handle_input(Instant::from_millis(1500), Input::Start)
        .unwrap();
    loop {
        match run.poll_output() {
            Output::Event(Event::Log { text, .. } | Event::Note { text, .. }) => {
                writeln!(said, "{text}").unwrap();
            }
            Output::Event(_) => {}
            Output::Action(id, Action::World(World::File(op))) => {
                let answer = match op {
                    FileOp::Write { bytes, .. } => {
                        writeln!(said, "wrote {bytes:?}").unwrap();
                        FileAnswer::Done
                    }
                    _ => FileAnswer::Bytes(content.to_vec()),
                };
                let completed = Completed::World(Completion::File(Ok(answer)));
                let input = Input::Completed(id, completed);
                run.handle_input(Instant::from_millis(1500), input).unwrap();
            }
            Output::Done(outcome) if outcome.status == Status::Completed => return said,
            other => panic!("{other:?}\n{said}"),
        }
    }
}

fn logged(expression: &str) -> String {
    let step = format!(r#"{{"method": "log", "params": {{"json": "{{{{{expression}}}}}"}}}}"#);
    said(&step, 7, b"").trim_end().to_owned()
}

#[test]
fn the_machine_in_expressions() {
    let table = [
        ("Date.now()", "1700000001500"),
        ("new Date().toISOString()", r#""2023-11-14T22:13:21.500Z""#),
        ("os.EOL + os.platform() + os.arch()", r#""\nlinuxx64""#),
        ("os.homedir()", r#""/root""#),
        ("os.totalmem() / 1024 / 1024 / 1024", "16"),
        (
            "String(kernel.gpu_model && / 50.+/.test(kernel.gpu_model))",
            r#""null""#,
        ),
        ("kernel.gpus.find(x => / 50.+/.test(x.model)) ? 1 : 2", "2"),
        ("kernel.ram", "16"),
        ("kernel.path('api', 'x')", r#""/work/.vatn/python/apps/x""#),
        ("kernel.path('bin')", r#""/work/bin""#),
        ("String(kernel.path('../etc'))", r#""null""#),
        ("proxy(7860)", r#""http://localhost:7860""#),
        ("graphics.controllers ? 1 : 0", "0"),
        ("pip.install.torch.includes('torch')", "true"),
        ("path.resolve(cwd, 'a', '..', 'b')", r#""/work/app/b""#),
        ("_.flatten([[1], [2]])", "[1,2]"),
        ("Math.random() === Math.random()", "false"),
        ("Math.floor(Math.random())", "0"),
    ];
    for (expression, expected) in table {
        assert_eq!(logged(expression), expected, "{expression}");
    }
}

#[test]
fn chance_comes_from_the_seed() {
    let step = r#"{"method": "log", "params": {"text": "{{Math.random()}}"}}"#;
    let twice = format!("{step}, {step}");
    let (one, same, other) = (
        said(&twice, 1, b""),
        said(&twice, 1, b""),
        said(&twice, 2, b""),
    );
    assert_eq!(one, same);
    assert_ne!(one, other);
    let lines: Vec<_> = one.lines().collect();
    assert_ne!(lines[0], lines[1], "each step has its own");
    let is_chance = |text: &str| (0.0..1.0).contains(&text.parse::<f64>().unwrap());
    assert!(lines.into_iter().all(is_chance), "{one}");
}

#[test]
fn buffers_become_bytes() {
    let write = |buffer: &str| {
        let step =
            format!(r#"{{"method": "fs.write", "params": {{"path": "a", "buffer": {buffer}}}}}"#);
        said(&step, 7, b"")
    };
    assert_eq!(
        write(r#""{{Buffer.from('AP9h', 'base64')}}""#),
        "wrote [0, 255, 97]\n"
    );
    assert_eq!(
        write(r#"{"type": "Buffer", "data": [0, 255]}"#),
        "wrote [0, 255]\n"
    );
    assert_eq!(write(r#""text""#), "wrote [116, 101, 120, 116]\n");
}

#[test]
fn what_is_read_keeps_its_bytes() {
    let read = |params: &str, then: &str, content: &[u8]| {
        let steps =
            format!(r#"{{"method": "fs.read", "params": {{"path": "a"{params}}}}}, {then}"#);
        said(&steps, 7, content)
    };
    let log = r#"{"method": "log", "params": {"text": "{{input}}"}}"#;
    let copy = r#"{"method": "fs.write", "params": {"path": "b", "buffer": "{{input}}"}}"#;
    assert_eq!(read("", log, b"text"), "text\n");
    assert_eq!(read("", copy, &[0, 255]), "wrote [0, 255]\n");
    assert_eq!(read(r#", "encoding": "base64""#, log, &[0, 255]), "AP8=\n");
    assert_eq!(read(r#", "encoding": "hex""#, log, &[0, 255]), "00ff\n");
}
