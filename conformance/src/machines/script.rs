//! Scripts for the engines to run.

use collodi_script::{Options, Script, ScriptError, parse};
use std::fmt::Write;

/// Scripts with commands, files, jumps, questions and a daemon, one that deals with
/// others, one with open shells, one with programs that read or take too long, and one
/// whose handlers begin other lists.
pub const SCRIPTS: [&str; 8] = [
    r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "a", "venv": "myapp"}},
        {"method": "fs.read", "id": "text", "params": {"path": "a.txt"}},
        {"method": "shell.run", "params": {"message": "serve {{port}}", "venv": "myapp",
            "daemon": true, "autoRestart": true}},
        {"method": "process.wait", "params": {"sec": 2}}]}"#,
    r#"{"dialect": "pinokio", "daemon": true, "run": [
        {"id": "again", "when": "{{!exists('a')}}", "method": "shell.run",
            "params": {"message": ["a", "b"], "path": "app"}},
        {"when": "{{input && input.exit_code === 1}}", "method": "jump", "params": {"id": "again"}},
        {"method": "shell.run", "params": {"message": "serve", "on": [
            {"event": "/ready/", "done": true}, {"event": "/dead/", "kill": true}]}},
        {"method": "process.wait", "params": {"url": "http://127.0.0.1:7860"}}]}"#,
    r#"{"dialect": "pinokio", "pre": [{"env": "name"}], "requires": [{"name": "git"}], "run": [
        {"method": "fs.link", "params": {"drive": {"m": ["a", "b"]}}},
        {"method": "input", "params": {"form": [{"key": "name", "required": true}]}},
        {"when": "{{input.name === 'again'}}", "method": "jump", "params": {"index": 1}},
        {"method": "filepicker.open", "params": {}},
        {"method": "shell.run", "params": {"message": "a {{input.paths[0]}}"}}]}"#,
    r#"{"dialect": "pinokio", "daemon": true, "run": [
        {"method": "fs.download", "params": {"uri": ["http://h/a", "http://h/b"], "dir": "m"}},
        {"method": "net", "params": {"url": "http://h/x", "method": "post", "data": {"a": 1}}},
        {"method": "hf.download", "params": {"_": ["a/b"], "local-dir": "m"}},
        {"method": "process.wait", "params": {"on": {"timeout": 5000,
            "resources": ["http://h/x", "tcp:7860", "file:a"]}}}]}"#,
    r#"{"dialect": "pinokio", "run": [
        {"id": "again", "method": "script.start", "params": {"uri": "other.json"},
            "next": "{{running('other.json') ? 2 : 1}}", "returns": "local.result"},
        {"method": "script.start", "params": {"uri": "https://host/owner/repo.git/a.json",
            "branch": "main"}},
        {"method": "local.import", "params": {"a": "other.json", "b": "https://host/x/y.git/z.json"}},
        {"when": "{{script.exists('https://host/owner/repo.git/a.json')}}", "method": "script.stop",
            "params": {"uri": ["other.json", "https://host/owner/repo.git/a.json"]}},
        {"method": "script.restart", "params": {"uri": "{{local.result ? 'other.json' : 'start.json'}}"}},
        {"method": "process.wait", "params": {"sec": 1}}]}"#,
    r#"{"dialect": "pinokio", "run": [
        {"method": "shell.start", "params": {"id": "s", "path": "app"}},
        {"id": "again", "method": "shell.enter", "params": {"id": "s", "message": "a"}},
        {"method": "shell.write", "params": {"id": "s", "message": "b"}},
        {"method": "shell.enter", "params": {"id": "s", "message": "c", "on": [
            {"event": "/ready/", "return": "{{event.matches[0][0]}}"},
            {"event": "/dead/", "kill": true},
            {"event": null, "return": true}]}},
        {"when": "{{input === 'ready'}}", "method": "jump", "params": {"id": "again"}},
        {"method": "shell.stop", "params": {"id": "s"}},
        {"method": "shell.start", "params": {"message": "d", "on": [
            {"event": "/ready/", "done": true, "notify": {"title": "{{event}}"}}]}}]}"#,
    r#"{"dialect": "pinokio", "daemon": true, "run": [
        {"method": "exec", "params": {"message": "a", "timeout": 500, "killSignal": "SIGINT",
            "maxBuffer": 12}},
        {"method": "shell.run", "params": {"message": ["a", "b"], "input": true, "on": [
            {"event": "/ready/", "done": true}, {"event": "/dead/", "break": true}]}}]}"#,
    r#"{"dialect": "pinokio", "daemon": true, "on": {"stop": {"uri": "other.json"}}, "run": [
        {"method": "shell.run", "queue": true, "params": {"message": "a", "input": true, "on": [
            {"event": "/ready/", "trigger": "more"}, {"event": "/dead/", "trigger": "last", "done": true}]}},
        {"method": "process.wait", "params": {"sec": 1}}],
      "more": [
        {"id": "again", "method": "shell.run", "queue": true, "params": {"message": "b {{input.event}}"}},
        {"when": "{{local.x}}", "method": "jump", "params": {"id": "again"}},
        {"method": "script.start", "queue": true, "params": {"uri": "other.json"}, "returns": "local.x"}],
      "last": [{"method": "input", "params": {"form": [{"key": "name", "required": true}]}}]}"#,
];

/// Steps that [`script_in`] puts together: at least one of each family.
const STEPS: &[&str] = &[
    r#"{"method": "shell.run", "params": {"message": "a"}}"#,
    r#"{"method": "shell.run", "id": "b", "params": {"message": "echo {{port}} {{local.x}}", "venv": "myapp"}}"#,
    r#"{"method": "shell.run", "params": {"message": ["a", "{{input}}", null], "path": "app"}}"#,
    r#"{"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/(http:\\S+)/", "done": true}]}}"#,
    r#"{"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/dead/", "kill": true}, {"event": "/error/", "break": false}]}}"#,
    r#"{"method": "shell.run", "params": {"message": "serve {{port}}", "daemon": true, "autoRestart": true}}"#,
    r#"{"method": "shell.run", "params": {"message": "serve", "daemon": true, "venv": "myapp", "env": {"A": "{{local.x}}"}}}"#,
    r#"{"method": "shell.run", "params": {"message": "a", "conda": "b"}}"#,
    r#"{"method": "shell.run", "when": "{{exists('a') || which('b')}}", "params": {"message": "a"}}"#,
    r#"{"method": "fs.read", "id": "c", "params": {"path": "a.txt"}}"#,
    r#"{"method": "fs.write", "params": {"path": "d/{{input}}", "data": {"a": "{{local}}"}}}"#,
    r#"{"method": "fs.append", "params": {"path": "a", "text": "{{b}}"}}"#,
    r#"{"method": "fs.rm", "params": {"path": "a"}}"#,
    r#"{"method": "fs.copy", "params": {"src": "a", "dest": "b"}}"#,
    r#"{"method": "local.set", "params": {"x": "{{input}}", "y.z": [1, "{{local.x}}"]}}"#,
    r#"{"method": "local.set", "params": {"key": "x", "value": "{{b}}"}}"#,
    r#"{"method": "local.get", "id": "x", "params": {"key": "x"}}"#,
    r#"{"method": "global.set", "params": {"x": 1}}"#,
    r#"{"method": "local.rm", "params": ["x", "y.z"]}"#,
    r#"{"method": "json.set", "params": {"a.json": {"a.b": 1}}}"#,
    r#"{"method": "json.get", "params": {"x": "a.json"}}"#,
    r#"{"method": "json.rm", "params": {"a.json": ["a.b"]}}"#,
    r#"{"method": "self.set", "params": {"a.json": {"a": "{{self.run}}"}}}"#,
    r#"{"method": "set", "params": {"local": {"x": 1}, "json": {"a.json": {"b": 2}}}}"#,
    r#"{"method": "env.set", "params": {"A": "{{local.x}}"}}"#,
    r#"{"method": "load", "params": {"x": "a.json"}}"#,
    r#"{"method": "jump", "when": "{{current < 2}}", "params": {"index": "{{local.x}}"}}"#,
    r#"{"method": "jump", "params": {"id": "b"}}"#,
    r#"{"method": "script.return", "params": {"a": "{{input}}"}}"#,
    r#"{"method": "log", "next": "{{null}}", "params": {"json": "{{local}}"}}"#,
    r#"{"method": "log", "params": {"text": "{{envs.PATH}} {{cwd}} {{args.a.b}}"}}"#,
    r#"{"method": "process.wait", "params": {"sec": 2}}"#,
    r#"{"method": "process.wait", "params": {"url": "http://127.0.0.1:7860"}}"#,
    r#"{"method": "process.wait", "params": {"min": 1}}"#,
    r#"{"method": "notify", "params": {"html": "a"}}"#,
    r#"{"method": "input", "params": {"form": [{"key": "name", "required": true}]}}"#,
    r#"{"method": "filepicker.open", "params": {}}"#,
    r#"{"method": "fs.download", "params": {"uri": ["http://h/a", "http://h/b"], "dir": "m"}}"#,
    r#"{"method": "net", "params": {"url": "http://h/x", "data": {"a": "{{input}}"}}}"#,
    r#"{"method": "fs.link", "params": {"drive": {"m": "app/m"}}}"#,
    r#"{"method": "script.start", "params": {"uri": "other.json"}, "returns": "local.x"}"#,
    r#"{"method": "script.start", "params": {"uri": "https://host/owner/repo.git/a.json"}}"#,
    r#"{"method": "script.stop", "params": {"uri": "other.json"}}"#,
    r#"{"method": "script.restart", "params": {"uri": "other.json"}}"#,
    r#"{"method": "log", "when": "{{running('other.json')}}", "params": {"text": "a"}}"#,
    r#"{"method": "shell.start", "params": {"id": "s"}}"#,
    r#"{"method": "shell.enter", "params": {"id": "s", "message": "a {{input}}"}}"#,
    r#"{"method": "shell.enter", "params": {"id": "s", "message": "a", "on": [{"event": "/ready/", "return": "{{event}}"}]}}"#,
    r#"{"method": "shell.write", "params": {"id": "s", "message": "a"}}"#,
    r#"{"method": "shell.stop", "params": {"id": "s"}}"#,
    r#"{"method": "exec", "params": {"message": "a", "timeout": 500}}"#,
    r#"{"method": "shell.run", "params": {"message": "a", "input": true}}"#,
    r#"{"method": "gradio.predict", "params": {"uri": "http://h", "path": "/a", "params": ["{{input}}"]}}"#,
    r#"{"method": "hf.login", "params": {"force": true}}"#,
    r#"{"method": "hf.logout"}"#,
    r#"{"method": "fs.copy", "params": {"src": "https://host/owner/repo.git/a", "dest": "b"}}"#,
    r#"{"method": "shell.run", "params": {"message": "a", "path": "https://host/owner/repo.git"}}"#,
    r#"{"method": "shell.run", "params": {"message": "a", "conda": {"name": "x", "activate": ["b {{input}}"]}}}"#,
    r#"{"method": "shell.run", "queue": true, "params": {"message": "a"}}"#,
    r#"{"method": "script.start", "queue": true, "params": {"uri": "other.json"}}"#,
    r#"{"method": "shell.run", "params": {"message": "a", "on": [{"event": "/ready/", "trigger": "more"}]}}"#,
    r#"{"method": "shell.run", "params": {"message": "a", "on": [{"event": "/ready/", "trigger": "run", "done": true}]}}"#,
];

/// What [`script_in`] has a script do on its stop.
const ON_STOP: [&str; 4] = [
    "",
    r#""on": {"stop": {"uri": "other.json"}},"#,
    r#""on": {"stop": {"method": "shell.run", "params": {"message": "a"}}},"#,
    r#""on": {"stop": {"method": "input", "params": {"form": [{"key": "name"}]}}},"#,
];

/// The script of a text.
///
/// # Errors
///
/// When the text is none.
pub fn script_of(source: &str) -> Result<Script, ScriptError> {
    parse(source, &Options::for_file("start.json"))
        .script()
        .cloned()
}

/// The script that the first bytes choose, and the bytes behind them: the dialect, what
/// it does on its stop, how many steps (up to six), the steps. They are also the list that
/// handlers begin.
pub fn script_in(data: &[u8]) -> (Option<Script>, &[u8]) {
    let (head, rest) = data.split_at_checked(2).unwrap_or((&[0, 0], data));
    let (kind, count) = (head.first().copied(), head.last().copied());
    let count = usize::from(count.unwrap_or(0) % 6 + 1);
    let (chosen, rest) = rest.split_at_checked(count).unwrap_or((rest, &[]));
    let kind = kind.unwrap_or(0);
    let on_stop = ON_STOP.get(usize::from(kind >> 2) % ON_STOP.len());
    let on_stop = on_stop.copied().unwrap_or_default();
    let dialect = if kind & 1 == 0 { "pinokio" } else { "vatn" };
    let daemon = kind & 2 != 0;
    let steps = chosen
        .iter()
        .filter_map(|which| STEPS.get(usize::from(*which) % STEPS.len()));
    let steps: Vec<&str> = steps.copied().collect();
    let mut source = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        source,
        r#"{{"dialect": "{dialect}", "daemon": {daemon}, {on_stop} "run": [{0}], "more": [{0}]}}"#,
        steps.join(", ")
    );
    (script_of(&source).ok(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_good_in_one_of_the_dialects() {
        let is_good = |(index, _): &(usize, &&str)| {
            let index = u8::try_from(*index).unwrap_or(0);
            // A jump needs the label `b`.
            let good = |kind| script_in(&[kind, 1, index, 1]).0.is_some();
            good(0) || good(1)
        };
        let bad: Vec<_> = STEPS
            .iter()
            .enumerate()
            .filter(|step| !is_good(step))
            .collect();
        assert!(bad.is_empty(), "{bad:#?}");
    }
}
