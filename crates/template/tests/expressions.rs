//! What expressions give, as a table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use collodi_template::{Call, Render, Scope, Template};
use collodi_value::{Object, Value};

/// A scope like that of a run.
struct World;

fn object(entries: &[(&str, Value)]) -> Value {
    let entries = entries.iter().map(|(key, value)| (*key, value.clone()));
    Value::Object(entries.collect::<Object>())
}

impl Scope for World {
    fn get(&self, name: &str) -> Option<Value> {
        Some(match name {
            "platform" => "linux".into(),
            "gpu" => "nvidia".into(),
            "ram" => 8.into(),
            "cwd" => "/srv/my app".into(),
            "os" => object(&[("EOL", "\n".into())]),
            "args" => object(&[("path", Value::Null)]),
            "kernel" => {
                let gpu = object(&[("model", "nvidia geforce rtx 5090".into())]);
                object(&[("gpus", Value::Array(vec![gpu]))])
            }
            "input" => object(&[
                ("event", vec!["http://127.0.0.1:7860", "7860"].into()),
                ("response", "http://a\nhttp://b".into()),
                ("stdout", "CUDA_ARCH:8.6".into()),
            ]),
            "local" => object(&[
                ("items", Value::Array(vec![1.into(), 2.into(), 3.into()])),
                ("index", 1.into()),
            ]),
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Call {
        match (name, args) {
            ("exists", [Value::String(path)]) => Call::Value((path == "app").into()),
            ("os.platform", []) => Call::Value("linux".into()),
            ("Date.now", []) => Call::Value(0.into()),
            ("which", _) => Call::Ask,
            _ => Call::Unknown,
        }
    }
}

/// The value as JSON, or the note in brackets.
fn eval(expression: &str) -> String {
    let template = Template::parse(&Value::from(format!("{{{{{expression}}}}}")));
    if let Some(problem) = template.problems().next() {
        return format!("problem at {}: {problem}", problem.span.start);
    }
    let rendered = template.render(&World, &Render::default());
    match rendered.notes.first() {
        Some(note) => format!("({note})"),
        None => rendered.value.to_json(),
    }
}

fn check(table: &[(&str, &str)]) {
    for (expression, expected) in table {
        assert_eq!(eval(expression), *expected, "{expression}");
    }
}

#[test]
fn what_scripts_write() {
    check(&[
        ("platform === 'linux' && gpu === 'nvidia'", "true"),
        ("args && args.path ? args.path : '.'", r#"".""#),
        ("input.event[0].split(':').pop()", r#""7860""#),
        (
            r"[...input.response.matchAll(/(http:\S+)/gi)].map(x => x[1])",
            r#"["http://a","http://b"]"#,
        ),
        ("ram < 6 ? 'a' : ram < 12 ? 'b' : 'c'", r#""b""#),
        (
            "kernel.gpus && kernel.gpus.find(x => / 50.+/.test(x.model)) ? 1 : 2",
            "1",
        ),
        (
            r"input.stdout.match(/CUDA_ARCH:(\d+\.\d+)/)?.[1] || '8.9'",
            r#""8.6""#,
        ),
        (
            "path.resolve(cwd, 'app/models')",
            r#""/srv/my app/app/models""#,
        ),
        ("path.resolve('app')", r#""/srv/my app/app""#),
        ("os.platform() === 'win32' ? 'a' : 'b'", r#""b""#),
        ("os.platform === 'win32'", "false"),
        ("os.EOL", r#""\n""#),
        ("!exists('app')", "false"),
        ("local.items[local.index]", "2"),
        ("local.index + 1", "2"),
        (
            "Array.isArray(input.event) && input.event.length > 0",
            "true",
        ),
        ("input.PORT||5001", "5001"),
        ("new Date().toISOString()", r#""1970-01-01T00:00:00.000Z""#),
        ("Date.now()", "0"),
        (
            "Buffer.from('aGk=', 'base64')",
            r#"{"type":"Buffer","base64":"aGk="}"#,
        ),
        ("Buffer.from('aGk=', 'base64').toString()", r#""hi""#),
        ("new URL(input.event[0]).port", r#""7860""#),
        (
            "new URL(input.event[0]).toString()",
            r#""http://127.0.0.1:7860/""#,
        ),
        (
            "JSON.stringify({a: platform, b: [ram]})",
            r#""{\"a\":\"linux\",\"b\":[8]}""#,
        ),
        ("_.flatten([[1], [2, [3]]])", "[1,2,[3]]"),
        (
            "['-y'].concat(args.dirs ? args.dirs.split(',') : [])",
            r#"["-y"]"#,
        ),
    ]);
}

#[test]
fn what_cannot_be_had() {
    check(&[
        ("local.nope", "(the expression has no value)"),
        ("nope", "(there is no variable nope)"),
        ("nope.a.b", "(there is no variable nope)"),
        ("nope('x')", "(there is no variable nope)"),
        ("typeof nope", r#""undefined""#),
        ("nope['a'].b", "(there is no variable nope)"),
        ("nope.a[0][1]", "(there is no variable nope)"),
        ("nope?.a", "(there is no variable nope)"),
        (
            "local.a.b",
            "(the expression failed: cannot read b of undefined)",
        ),
        ("local.a?.b.c", "(the expression has no value)"),
        (
            "platform.nope()",
            "(the expression failed: platform.nope is not a function)",
        ),
        ("which('git')", "(the answer of which is not known yet)"),
        (
            "Math.random()",
            "(the expression failed: Math.random is not a function)",
        ),
        ("x => x", "(the value cannot be written as JSON)"),
        (
            "(f => f(f))(f => f(f))",
            "(the expression failed: calls are nested too deeply)",
        ),
        ("'x'.repeat(1e12)", "(the expression takes too many steps)"),
        ("'x'.repeat(3e7)", "(the result is too large)"),
        ("a = 1", "problem at 4: expected }}, found '='"),
        (
            "function() {}",
            "problem at 2: function cannot be used in a template",
        ),
        ("'open", "problem at 9: the text has no closing quote"),
        (
            "/(/",
            "problem at 2: the regular expression cannot be used: the group is not closed at byte 0",
        ),
    ]);
}

#[test]
fn nesting_has_a_limit() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("[{a:", "}]"),
        ("!", ""),
        ("x=>", ""),
        ("a?", ":b"),
    ] {
        let deep = format!("{}1{}", open.repeat(2000), close.repeat(2000));
        let found = eval(&deep);
        assert!(
            found.contains("nested too deeply") || found.contains("expected"),
            "{open}"
        );
    }
    let chain = "1+".repeat(3000) + "1";
    assert_eq!(eval(&chain), "3001");
    assert_eq!(eval(&("1?2:".repeat(2000) + "3")), "2");
}

#[test]
fn long_expressions_are_a_problem() {
    assert_eq!(
        eval(&"1+".repeat(10_000)),
        "problem at 0: the expression is too long"
    );
}
