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
/// those whose output the script watches for the moment from which it goes on; they say
/// what it waits for, where that is plain text.
pub(super) fn world(script: &Script) -> World {
    let servers: Arc<[Server]> = servers(script).into();
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
fn conda(args: &[String], servers: &[Server]) -> String {
    if args.first().is_some_and(|verb| verb == "info") {
        return say(r#"{"root_prefix": "/conda"}"#);
    }
    let said = args.iter().skip_while(|arg| *arg != "-c").nth(1);
    said.map_or_else(|| say("conda 24.9.2\n"), |said| line(said, servers))
}

/// What a line does.
fn line(line: &str, servers: &[Server]) -> String {
    let server = servers
        .iter()
        .find(|server| line.starts_with(server.line.as_str()));
    let awaited = server.map_or("", |server| server.says.as_str());
    let mut words = say(&format!("{OUTPUT}{awaited}"));
    let folders = collodi_sim::cloned(line);
    for folder in folders.iter().map(RelPath::as_str).filter(|f| is_plain(f)) {
        let _ = write!(words, " dir:{folder}");
    }
    if server.is_some() {
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

/// A command that a step wants to live on.
struct Server {
    /// How its line begins.
    line: String,
    /// What the step waits for, as lines, where that is plain text.
    says: String,
}

fn servers(script: &Script) -> Vec<Server> {
    let steps = script.steps.iter();
    let shells = steps.filter(|step| {
        let method = &step.method;
        matches!(
            method,
            Method::ShellRun | Method::ShellStart | Method::ShellEnter
        )
    });
    let params = shells.map(|step| step.params.source());
    let server = |params: Value| {
        let line = beginning(params.pointer("/message")?);
        let patterns: Vec<&Value> = awaited(&params).collect();
        let says = patterns
            .iter()
            .filter_map(|pattern| plain_text(pattern.as_str()?));
        let says = says.map(|text| format!("{text}\n")).collect();
        (!patterns.is_empty()).then_some(Server { line, says })
    };
    let mut servers: Vec<Server> = params.filter_map(server).collect();
    // A line that is all template is any line that is no other's.
    servers.sort_by_key(|server| std::cmp::Reverse(server.line.len()));
    servers
}

/// The patterns that a step goes on at.
fn awaited(params: &Value) -> impl Iterator<Item = &Value> {
    let handlers = params.pointer("/on").and_then(Value::as_array);
    let truthy = |handler: &Value, key| handler.pointer(key).is_some_and(Value::is_truthy);
    let goes_on = move |handler: &&Value| {
        ["/return", "/done", "/kill"]
            .iter()
            .any(|key| truthy(handler, key))
    };
    let handlers = handlers.unwrap_or_default().iter().filter(goes_on);
    handlers.filter_map(|handler| handler.pointer("/event").filter(|event| event.is_truthy()))
}

/// What `/text/flags` matches, when nothing in it has another meaning.
fn plain_text(pattern: &str) -> Option<&str> {
    let text = pattern.strip_prefix('/')?.rsplit_once('/')?.0;
    (!text.contains(|c: char| r"\^$.|?*+()[]{}/".contains(c))).then_some(text)
}

/// How a message begins, up to its first template. Of several lines, the last is the server.
fn beginning(message: &Value) -> String {
    let lines = message.as_array().unwrap_or(std::slice::from_ref(message));
    let beginning = |line: &Value| {
        let text = line.as_str()?;
        let text = text.split("{{").next()?.trim_start();
        (!text.is_empty()).then(|| text.to_owned())
    };
    lines.iter().rev().find_map(beginning).unwrap_or_default()
}
