//! Of every code, the shortest file that shows it.

/// A file, or what file it takes where one would be too long or no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Example {
    /// The text of a file that the diagnostic is about, read as `pinokio.json`.
    File(&'static str),
    /// What the file is like.
    Words(&'static str),
}

/// An example of what a diagnostic with this code is about; none for what is no code.
pub fn example(code: &str) -> Option<Example> {
    let found = EXAMPLES.iter().find(|(name, _)| *name == code);
    found.map(|(_, example)| *example)
}

const fn file(text: &'static str) -> Example {
    Example::File(text)
}

const EXAMPLES: &[(&str, Example)] = &[
    (
        "absolute-path",
        file(r#"{"run": [{"method": "fs.rm", "params": {"path": "/tmp/models"}}]}"#),
    ),
    (
        "bad-choice",
        file(r#"{"supervision": "one-for-all", "run": [{"method": "log"}]}"#),
    ),
    (
        "bad-dependency",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "serve", "daemon": true, "dependsOn": "db"}}]}"#,
        ),
    ),
    (
        "bad-escape",
        file(r#"{"title": "C:\apps", "run": [{"method": "log"}]}"#),
    ),
    (
        "bad-name",
        file(
            r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {"message": "ls", "venv": "my env"}}]}"#,
        ),
    ),
    (
        "bad-number",
        file(r#"{"run": [{"method": "process.wait", "params": {"sec": .5}}]}"#),
    ),
    (
        "bad-path",
        file(r#"{"run": [{"method": "fs.rm", "params": {"path": "a\u0000b"}}]}"#),
    ),
    (
        "bad-pattern",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/(http/", "done": true}]}}]}"#,
        ),
    ),
    (
        "bad-word",
        file(r#"{"daemon": True, "run": [{"method": "log"}]}"#),
    ),
    (
        "byte-order-mark",
        file("\u{feff}{\"run\": [{\"method\": \"log\"}]}"),
    ),
    (
        "comment",
        file("{\"run\": [{\"method\": \"log\"}] // the end\n}"),
    ),
    (
        "computed-value",
        file("module.exports = { run: [{ method: 'log', params: { text: hello() } }] }"),
    ),
    (
        "constant-when",
        file(r#"{"run": [{"when": "{{gpu}} === 'nvidia'", "method": "log"}]}"#),
    ),
    (
        "control-character",
        file("{\"title\": \"two\nlines\", \"run\": [{\"method\": \"log\"}]}"),
    ),
    (
        "dialect",
        file(r#"{"daemon": true, "run": [{"method": "log"}]}"#),
    ),
    ("empty-file", file("")),
    ("empty-run", file(r#"{"run": []}"#)),
    (
        "event-pattern",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "serve", "on": [{"event": "http://", "done": true}]}}]}"#,
        ),
    ),
    ("extra-text", file(r#"{"run": [{"method": "log"}]} {}"#)),
    (
        "local-set-form",
        file(
            r#"{"dialect": "pinokio", "run": [{"method": "local.set", "params": {"key": "port", "value": 80}}]}"#,
        ),
    ),
    (
        "lone-surrogate",
        file(r#"{"title": "\ud83d", "run": [{"method": "log"}]}"#),
    ),
    (
        "lost-change",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": ["cd build", "cmake .."]}}]}"#,
        ),
    ),
    (
        "metadata",
        file(r#"{"title": "An app", "icon": "icon.png"}"#),
    ),
    (
        "misplaced-parameter",
        file(r#"{"run": [{"method": "shell.run", "params": {"message": "ls"}, "venv": "env"}]}"#),
    ),
    ("missing-colon", file(r#"{"run" [{"method": "log"}]}"#)),
    (
        "missing-comma",
        file(r#"{"run": [{"method": "log"} {"method": "log"}]}"#),
    ),
    (
        "missing-event",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "serve", "on": [{"done": true}]}}]}"#,
        ),
    ),
    ("missing-key", file(r#"{"run": [{{"method": "log"}}]}"#)),
    (
        "missing-message",
        file(r#"{"run": [{"method": "shell.run", "params": {"path": "app"}}]}"#),
    ),
    (
        "missing-method",
        file(r#"{"run": [{"params": {"message": "ls"}}]}"#),
    ),
    (
        "missing-parameter",
        file(r#"{"run": [{"method": "fs.rm", "params": {}}]}"#),
    ),
    ("missing-run", file(r#"{"steps": [{"method": "log"}]}"#)),
    (
        "missing-value",
        file(r#"{"run": [{"method": "log", "params": }]}"#),
    ),
    (
        "mixed-dialects",
        file(
            r#"{"daemon": true, "run": [{"method": "local.get", "id": "a", "params": {"key": "a"}}]}"#,
        ),
    ),
    (
        "module-step",
        file(r#"{"run": [{"uri": "./api.js", "method": "install"}]}"#),
    ),
    ("not-json", file("<!DOCTYPE html>")),
    (
        "not-utf8",
        Example::Words("a file that is saved as UTF-16 or Latin-1"),
    ),
    (
        "not-a-daemon",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "serve", "restart": "always"}}]}"#,
        ),
    ),
    (
        "number-range",
        file(r#"{"run": [{"method": "process.wait", "params": {"sec": 1e999}}]}"#),
    ),
    (
        "odd-value",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "serve", "daemon": true, "restart": {"factor": 0}}}]}"#,
        ),
    ),
    (
        "other-app",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "ls", "path": "https://host/owner/repo.git/bin"}}]}"#,
        ),
    ),
    (
        "outside-path",
        file(r#"{"run": [{"method": "fs.rm", "params": {"path": "~/drive/models"}}]}"#),
    ),
    (
        "path-escapes",
        file(r#"{"run": [{"method": "fs.rm", "params": {"path": "../models"}}]}"#),
    ),
    (
        "refused-method",
        file(r#"{"run": [{"method": "app.launch", "params": {"id": "editor"}}]}"#),
    ),
    (
        "repeated-id",
        file(
            r#"{"run": [{"id": "a", "method": "log"}, {"id": "a", "method": "log"}, {"method": "jump", "params": {"id": "a"}}]}"#,
        ),
    ),
    (
        "repeated-key",
        file(r#"{"run": [{"method": "log", "method": "notify", "params": {}}]}"#),
    ),
    (
        "shell-command",
        file(r#"{"run": [{"method": "shell.run", "params": {"message": "{{args.command}}"}}]}"#),
    ),
    (
        "shell-raw",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "python app.py {{raw(args.flags)}}"}}]}"#,
        ),
    ),
    (
        "shell-value",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "git clone {{args.address}}"}}]}"#,
        ),
    ),
    ("stray-bracket", file(r#"{"run": [{"method": "log"}]]}"#)),
    ("stray-character", file(r#"{"run": [{"method": "log"}] ;}"#)),
    ("stray-comma", file(r#"{"run": [, {"method": "log"}]}"#)),
    (
        "sudo",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "apt install git", "sudo": true}}]}"#,
        ),
    ),
    (
        "template",
        file(r#"{"run": [{"method": "log", "params": {"raw": "{{1 +}}"}}]}"#),
    ),
    (
        "too-deep",
        Example::Words("a file with more than 128 brackets open at one place"),
    ),
    ("too-large", Example::Words("a file of more than 8 MiB")),
    (
        "too-many-diagnostics",
        Example::Words("a file with more than 256 mistakes"),
    ),
    (
        "too-many-steps",
        Example::Words("a list of more than 10 000 steps"),
    ),
    ("trailing-comma", file(r#"{"run": [{"method": "log"},]}"#)),
    (
        "truthy-text",
        file(r#"{"daemon": "false", "run": [{"method": "log"}]}"#),
    ),
    ("unclosed-bracket", file(r#"{"run": [{"method": "log"}"#)),
    (
        "unclosed-comment",
        file(r#"{"run": [{"method": "log"}]} /* the end"#),
    ),
    (
        "unclosed-string",
        file("{\"title\": \"An app,\n\"run\": [{\"method\": \"log\"}]}"),
    ),
    (
        "unknown-action",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "serve", "on": [{"event": "/ready/", "trigger": "install"}]}}]}"#,
        ),
    ),
    (
        "unknown-dialect",
        file(r#"{"dialect": "pinochio", "run": [{"method": "log"}]}"#),
    ),
    ("unknown-key", file(r#"{"run": [{"metod": "log"}]}"#)),
    (
        "unknown-method",
        file(r#"{"run": [{"method": "shell.rum", "params": {"message": "ls"}}]}"#),
    ),
    (
        "unknown-parameter",
        file(r#"{"run": [{"method": "shell.run", "params": {"mesage": "ls", "message": "ls"}}]}"#),
    ),
    (
        "unknown-step",
        file(r#"{"run": [{"method": "jump", "params": {"id": "nowhere"}}]}"#),
    ),
    (
        "unknown-variable",
        file(r#"{"run": [{"method": "log", "params": {"raw": "{{prot}}"}}]}"#),
    ),
    ("unquoted-key", file(r#"{run: [{"method": "log"}]}"#)),
    ("unquoted-text", file(r#"{"run": [{"method": log}]}"#)),
    (
        "unread-statements",
        file("const port = 8000\nmodule.exports = { run: [{ method: 'log' }] }"),
    ),
    (
        "unreachable-step",
        file(r#"{"run": [{"method": "log", "next": null}, {"method": "log"}]}"#),
    ),
    (
        "unset-variable",
        file(r#"{"run": [{"method": "log", "params": {"raw": "{{local.url}}"}}]}"#),
    ),
    (
        "unused-id",
        file(r#"{"run": [{"id": "start", "method": "log"}]}"#),
    ),
    (
        "variable-name",
        file(
            r#"{"run": [{"method": "shell.run", "params": {"message": "ls", "env": {"1 2": "3"}}}]}"#,
        ),
    ),
    ("wrong-quotes", file("{'run': [{\"method\": \"log\"}]}")),
    ("wrong-type", file(r#"{"run": {"method": "log"}}"#)),
];
