//! Random shell lines with hostile data in them, run by real shells: whatever
//! the author wrote around it, data never runs.
//!
//! `COLLODI_CASES` sets how many lines; `COLLODI_SEED` which.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

use collodi_template::{Render, Sink, Template};
use collodi_value::{Object, Value};
use std::process::{Command, Stdio};

/// Pieces of lines. `@` is where data stands.
const PIECES: &[&str] = &[
    "@",
    "@",
    "@",
    "@",
    " ",
    " ",
    " ",
    "echo ",
    ":",
    "'",
    "'",
    "\"",
    "\"",
    "$(",
    ")",
    "(",
    "`",
    "\\",
    "$",
    "#",
    "\n",
    "; ",
    " && ",
    " | cat ",
    "${HOME}",
    "${HOME:-",
    "}",
    "$((",
    "))",
    "((",
    "$'",
    "$\"",
    "<<<",
    "<<E\n",
    "\nE\n",
    "a",
    "A=",
    "[ ",
    " ]",
    "[[ ",
    " ]]",
    " -eq 1",
    "case a in a) ",
    ";; esac",
    "if :; then ",
    "; fi",
    "for i in ",
    "; do :; done",
    "eval ",
    "let ",
    "sh -c ",
    "bash -c '",
    "~",
    "*",
    "{a,",
    "!",
    "=",
    "echo \"",
    "echo '",
    "1",
    "\\\n",
    "$#",
    "''#",
    "\"\"#",
    "$(echo ",
    "\"$(echo \"",
    ")\"",
    "f() { ",
    "; }",
    "#\n",
    " # ",
    "$(( 1 + ",
    " ))",
    "declare ",
    "test ",
];

/// Data that prints PWNED where any of it runs, and cannot print it as it stands.
const DATA: &[&str] = &[
    "$(printf PW%s NED)",
    "`printf PW%s NED`",
    ";printf PW%s NED;",
    "\nprintf PW%s NED\n",
    "';printf PW%s NED;'",
    "\";printf PW%s NED;\"",
    "\\';printf PW%s NED;#",
    "\\\";printf PW%s NED;#",
    "\\",
    "'",
    "\"",
    ")\nprintf PW%s NED\n",
    ");printf PW%s NED;(",
    "}\nprintf PW%s NED;{",
    "E\nprintf PW%s NED\n",
    "a[$(printf PW%s NED >&2)]",
    "))\nprintf PW%s NED;((",
    "(printf PW%s NED)",
    "|printf PW%s NED",
    "&printf PW%s NED&",
    "a' 'b\" \"c",
    "\\\nprintf PW%s NED",
    "*/;printf PW%s NED",
];

struct Dice(u64);

impl Dice {
    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        from[usize::try_from(self.0 >> 33).unwrap() % from.len()]
    }
}

fn line(dice: &mut Dice) -> String {
    let length = 2 + dice.pick(PIECES).len() + dice.pick(PIECES).len();
    let pieces: String = (0..length).map(|_| dice.pick(PIECES)).collect();
    let holes = ["{{x}}", "{{y}}", "{{'--o ' + x}}", "{{`${x}'`}}"];
    let parts: Vec<&str> = pieces.split('@').collect();
    let mut line = String::from(parts[0]);
    for part in &parts[1..] {
        line.push_str(dice.pick(&holes));
        line.push_str(part);
    }
    // A hole that is all of a line is the line.
    format!("echo {line}")
}

fn render(line: &str, x: &str, y: &str) -> String {
    let scope: Object = [("x", Value::from(x)), ("y", Value::from(y))]
        .into_iter()
        .collect();
    let how = Render {
        sink: Sink::Shell,
        ..Render::default()
    };
    Template::parse(&Value::from(line))
        .render(&scope, &how)
        .value
        .to_text()
}

fn run(shell: &str, line: &str, directory: &std::path::Path) -> String {
    let output = Command::new("timeout")
        .args(["5", shell, "-c", line])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/nowhere")
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let all = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&all).into_owned()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(default)
}

#[test]
fn data_never_runs() {
    let directory = std::env::temp_dir().join(format!("collodi-injection-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let mut dice = Dice(number("COLLODI_SEED", 0x9E37_79B9_7F4A_7C15));
    let mut ran = Vec::new();
    for _ in 0..number("COLLODI_CASES", 250) {
        let line = line(&mut dice);
        let (x, y) = (dice.pick(DATA), dice.pick(DATA));
        let rendered = render(&line, x, y);
        for shell in ["sh", "bash"] {
            if run(shell, &rendered, &directory).contains("PWNED") {
                ran.push(format!(
                    "{shell}: {line:?}\n  x = {x:?}, y = {y:?}\n  {rendered:?}"
                ));
            }
        }
    }
    std::fs::remove_dir_all(&directory).unwrap();
    ran.sort_by_key(String::len);
    assert!(
        ran.is_empty(),
        "{} ran\n{}",
        ran.len(),
        ran[..ran.len().min(12)].join("\n")
    );
}

/// The test above can fail: without the rule for shells, data does run.
#[test]
fn data_would_run_without_the_rule() {
    let directory = std::env::temp_dir();
    let scope: Object = [("x", Value::from(DATA[0]))].into_iter().collect();
    let plain = Template::parse(&Value::from("echo {{x}}")).render(&scope, &Render::default());
    assert!(run("sh", &plain.value.to_text(), &directory).contains("PWNED"));
}
