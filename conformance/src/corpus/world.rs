//! A world in which every command succeeds.

use collodi_contain::RelPath;
use collodi_script::{Method, Script};
use collodi_sim::{Behaviour, World};
use collodi_value::Value;
use std::{fmt::Write as _, sync::Arc};

/// What any command says: what tools and servers say, and no sign of failure.
const OUTPUT: &str = "\
Collecting packages
Successfully installed everything
Model loaded
Running on local URL:  http://127.0.0.1:7860
Network URL: http://127.0.0.1:7860
";

/// How long a command lives that the script wants to live, in milliseconds.
const LIFE: u32 = 60_000;

/// The world for a script: a Python, uv, conda and shells. Commands end at once, but
/// those whose output the script watches for the moment from which it goes on.
pub(super) fn world(script: &Script) -> World {
    let servers: Arc<[String]> = servers(script).into();
    let world = World::new();
    for name in ["dash", "zsh", "ksh"] {
        world.program(name, Behaviour::shell());
    }
    let of_conda = Arc::clone(&servers);
    world.program(
        "conda",
        Behaviour::answer(move |args| conda(args, &of_conda)),
    );
    world.lines(move |said| line(said, &servers));
    world.program(
        "python3",
        Behaviour::answer(|args| tool(args, "Python 3.11.7")),
    );
    world.program("uv", Behaviour::answer(|args| tool(args, "uv 0.5.0")));
    world
}

/// Conda, by itself or running a shell.
fn conda(args: &[String], servers: &[String]) -> String {
    let said = args.iter().skip_while(|arg| *arg != "-c").nth(1);
    said.map_or_else(|| say("conda 24.9.2\n"), |said| line(said, servers))
}

/// What a line does.
fn line(line: &str, servers: &[String]) -> String {
    let lives = servers
        .iter()
        .any(|server| line.starts_with(server.as_str()));
    let mut words = say(OUTPUT);
    let folders = collodi_sim::cloned(line);
    for folder in folders.iter().map(RelPath::as_str).filter(|f| is_plain(f)) {
        let _ = write!(words, " dir:{folder}");
    }
    if lives {
        let _ = write!(words, " sleep:{LIFE}");
    }
    words
}

/// Python or uv: says its version, or makes the environment at the path it ends with.
fn tool(args: &[String], version: &str) -> String {
    match args.last().filter(|path| is_plain(path)) {
        Some(path) if args.iter().any(|arg| arg == "venv") => {
            format!("dir:{path}/bin touch:{path}/bin/python")
        }
        _ => say(&format!("{version}\n")),
    }
}

/// Whether it can stand in a word of a behaviour.
fn is_plain(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    !path.is_empty() && path.chars().all(plain)
}

fn say(text: &str) -> String {
    let mut word = String::from("bytes:");
    for byte in text.bytes() {
        let _ = write!(word, "{byte:02x}");
    }
    word
}

/// How the lines begin, up to their first template, that a step wants to live on.
fn servers(script: &Script) -> Vec<String> {
    let steps = script.steps.iter();
    let shells = steps.filter(|step| {
        let method = &step.method;
        matches!(
            method,
            Method::ShellRun | Method::ShellStart | Method::ShellEnter
        )
    });
    let params =
        shells.filter_map(|step| script.value.pointer(&format!("{}/params", step.pointer)));
    params
        .filter(|params| waits_for_output(params))
        .filter_map(|params| params.pointer("/message"))
        .flat_map(beginnings)
        .collect()
}

fn waits_for_output(params: &Value) -> bool {
    let handlers = params.pointer("/on").and_then(Value::as_array);
    let truthy = |handler: &Value, key| handler.pointer(key).is_some_and(Value::is_truthy);
    handlers.unwrap_or_default().iter().any(|handler| {
        let returns = truthy(handler, "/return") && truthy(handler, "/event");
        returns || truthy(handler, "/done") || truthy(handler, "/kill")
    })
}

fn beginnings(message: &Value) -> Vec<String> {
    let lines = message.as_array().unwrap_or(std::slice::from_ref(message));
    let beginning = |line: &Value| {
        let text = line.as_str()?;
        let text = text.split("{{").next()?.trim_start();
        (!text.is_empty()).then(|| text.to_owned())
    };
    // Of several lines, the last is the server.
    lines.iter().rev().find_map(beginning).into_iter().collect()
}
