//! Expressions against Node: random ones over random variables, equal results.
//!
//! `COLLODI_CASES` sets how many; `COLLODI_SEED` which.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs
)]

mod generator;

use collodi_template::{NoteKind, Render, Template};
use collodi_value::{Object, Value, number_to_text};
use generator::Generator;
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// Evaluates each case and prints the result, undefined, NaN and -0 included.
const JUDGE: &str = r"
const path = require('path').posix;
const print = v =>
    v === undefined || typeof v === 'function' ? 'undefined' :
    typeof v === 'number' ? (Object.is(v, -0) ? '-0' : String(v)) :
    v === null || typeof v !== 'object' ? JSON.stringify(v) :
    v instanceof RegExp ? '{}' :
    v instanceof URL ? JSON.stringify(v) :
    Array.isArray(v) ? '[' + Array.from(v, x => x === undefined || typeof x === 'function' ? 'null' : print(x)) + ']' :
    '{' + Object.entries(v).filter(([, x]) => x !== undefined && typeof x !== 'function')
        .map(([k, x]) => JSON.stringify(k) + ':' + print(x)) + '}';
const { scope, cases } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
for (const text of cases) {
    const fresh = JSON.parse(JSON.stringify(scope));
    let line, run;
    try {
        run = new Function('path', ...Object.keys(fresh), 'return ' + text);
    } catch (error) {
        console.log('syntax');
        continue;
    }
    try {
        line = print(run(path, ...Object.values(fresh)));
    } catch (error) {
        line = 'throws';
    }
    console.log(line);
}
";

/// The values that the expressions see.
fn scope() -> Object {
    let object = |entries: &[(&str, Value)]| -> Value {
        let entries = entries.iter().map(|(key, value)| (*key, value.clone()));
        Value::Object(entries.collect::<Object>())
    };
    let texts = [
        "apple",
        "",
        "42",
        " 7.5 ",
        "a,b,,c",
        "Été ß",
        "0x1F",
        "apple pie apple",
    ];
    [
        ("n", Value::from(7)),
        ("f", Value::from(-2.5)),
        ("z", Value::from(0)),
        ("s", Value::from("Hello, wörld")),
        ("e", Value::from("")),
        ("d", Value::from("12.5px")),
        ("t", Value::from(true)),
        ("x", Value::Null),
        ("a", Value::from(vec![3, 1, 2, 10, -1])),
        ("w", Value::from(texts.to_vec())),
        (
            "m",
            Value::Array(vec![
                Value::from(1),
                Value::from("1"),
                Value::Null,
                Value::from(vec![1, 2]),
            ]),
        ),
        (
            "o",
            object(&[
                ("name", Value::from("box")),
                ("10", Value::from("ten")),
                (
                    "size",
                    object(&[("w", Value::from(3)), ("h", Value::from(4))]),
                ),
                ("2", Value::from("two")),
                ("tags", Value::from(vec!["x", "y"])),
                ("none", Value::Null),
            ]),
        ),
    ]
    .into_iter()
    .collect()
}

/// A value in the words of the judge.
fn print(value: &Value) -> String {
    match value {
        Value::Number(n) if *n == 0.0 && n.is_sign_negative() => "-0".to_owned(),
        Value::Number(n) => number_to_text(*n),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(print).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(object) => {
            let entries = object.iter();
            let entries = entries
                .map(|(key, value)| format!("{}:{}", Value::from(key).to_json(), print(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        other => other.to_json(),
    }
}

/// What we say; none where a limit of ours ends it.
fn ours(text: &str, scope: &Object) -> Option<String> {
    let template = Template::parse(&Value::from(format!("{{{{{text} }}}}")));
    if template.problems().next().is_some() {
        return Some("syntax".to_owned());
    }
    let rendered = template.render(scope, &Render::default());
    Some(match rendered.notes.first().map(|note| &note.kind) {
        None => print(&rendered.value),
        Some(NoteKind::Undefined | NoteKind::NoJson) => "undefined".to_owned(),
        Some(NoteKind::Missing(_) | NoteKind::Thrown(_)) => "throws".to_owned(),
        Some(_) => return None,
    })
}

fn judge(scope: &Object, cases: &[String]) -> Vec<String> {
    let mut input = Object::new();
    input.set("scope", Value::Object(scope.clone()));
    input.set(
        "cases",
        Value::from(cases.iter().map(String::as_str).collect::<Vec<_>>()),
    );
    let mut node = Command::new("node")
        .args(["-e", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs node on the PATH");
    let mut stdin = node.stdin.take().unwrap();
    let json = Value::Object(input).to_json();
    let writer = std::thread::spawn(move || stdin.write_all(json.as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    answers.lines().map(str::to_owned).collect()
}

fn compare(cases: &[String]) {
    let scope = scope();
    let answers = judge(&scope, cases);
    assert_eq!(answers.len(), cases.len());
    let (mut skipped, mut values, mut wrong) = (0, 0, Vec::new());
    for (text, answer) in cases.iter().zip(&answers) {
        values += usize::from(!matches!(
            answer.as_str(),
            "throws" | "syntax" | "undefined"
        ));
        match ours(text, &scope) {
            None => skipped += 1,
            Some(value) if value == *answer => {}
            Some(value) => wrong.push(format!("{text}\n  node {answer}\n  ours {value}")),
        }
    }
    eprintln!(
        "{} cases, {values} with a value, {skipped} beyond our limits",
        cases.len()
    );
    wrong.sort_by_key(String::len);
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong[..wrong.len().min(30)].join("\n")
    );
    assert!(
        skipped * 100 <= cases.len(),
        "{skipped} of {} skipped",
        cases.len()
    );
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(default)
}

#[test]
fn random_expressions_evaluate_as_in_node() {
    let mut generator = Generator::new(number("COLLODI_SEED", 0x9E37_79B9_7F4A_7C15));
    let count = number("COLLODI_CASES", 6000);
    let cases: Vec<String> = (0..count).map(|_| generator.expression(4)).collect();
    compare(&cases);
}

/// Each line of the corpus is an expression.
#[test]
fn chosen_expressions_evaluate_as_in_node() {
    let cases = include_str!("corpus/expressions.txt").lines();
    let cases: Vec<String> = cases
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    compare(&cases);
}
