//! What holds for every input.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use collodi_script::{Document, Limits, Options, Severity, fuzz, parse, parse_bytes};
use collodi_value::{Object, Value};
use proptest::{collection::vec, prelude::*};

/// The text of a script whose `log` step holds `value`.
fn holding(value: &Value) -> String {
    let step = |value: &Value| {
        let params = Object::from_iter([("json", value.clone())]);
        Object::from_iter([("method", Value::from("log")), ("params", params.into())])
    };
    Value::from(Object::from_iter([("run", Value::from(vec![step(value)]))])).to_json()
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>()
            .prop_filter("JSON has it", |n| n.is_finite())
            .prop_map(Value::Number),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            vec((any::<String>(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Texts of the pieces that scripts are made of, in no order.
fn rubble() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "'",
        "`",
        "\\",
        "\\u",
        "d83d",
        "//",
        "/*",
        "*/",
        "#",
        "\n",
        "\r\n",
        "\t",
        " ",
        "\u{a0}",
        "\u{feff}",
        "\0",
        "run",
        "\"run\":",
        "\"method\":",
        "\"shell.run\"",
        "\"params\":",
        "\"message\":",
        "\"{{input}}\"",
        "{{",
        "}}",
        "null",
        "true",
        "01",
        "-",
        "1e9",
        "é",
        "😀",
        "\"id\": \"a\"",
        "\"next\":",
        "\"on\":",
        "\"when\":",
        "module.exports",
        "\"path\": \"../\"",
        "\"venv\":",
        "\"dialect\": \"vatn\"",
        "=",
    ]);
    vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

const SAMPLE: &str = r#"{
  "daemon": true,
  "run": [
    {"id": "a", "method": "shell.run", "params": {"message": ["pip install {{args.x}}", null],
     "venv": "env", "path": "app", "env": {"A": 1}, "on": [{"event": "/http:\/\/\\S+/", "done": true}]}},
    {"when": "{{gpu === 'nvidia'}}", "method": "jump", "params": {"id": "a"}, "next": null},
    {"method": "local.set", "params": {"key": "url", "value": "\u00e9 {{input.event[0]}}"}}
  ],
  "again": [{"method": "fs.write", "params": {"path": "x", "data": {}}}]
}"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes(source in vec(any::<u8>(), 0..400)) {
        fuzz::parse_any(&source);
    }

    #[test]
    fn any_rubble(source in rubble()) {
        fuzz::parse_any(source.as_bytes());
    }

    #[test]
    fn mutated_scripts(edits in vec((0..SAMPLE.len(), any::<u8>(), 0..3_u8), 1..6)) {
        let mut source = SAMPLE.as_bytes().to_vec();
        for (at, byte, how) in edits {
            let at = at.min(source.len() - 1);
            match how {
                0 => source[at] = byte,
                1 => source.insert(at, byte),
                _ => { source.remove(at); }
            }
        }
        fuzz::parse_any(&source);
    }

    #[test]
    fn cut_off_scripts(at in 0..SAMPLE.len()) {
        fuzz::parse_any(&SAMPLE.as_bytes()[..at]);
    }

    #[test]
    fn json_reads_back(value in json()) {
        let text = holding(&value);
        let parsed = parse(&text, &Options::default());
        let Document::Script(script) = &parsed.document else { panic!("{text}") };
        let file = script.value();
        prop_assert_eq!(file.pointer("/run/0/params/json"), Some(&value));
        prop_assert!(!parsed.has_errors(), "{}", parsed.lines());
    }

    #[test]
    fn indented_json_reads_as_compact(value in json()) {
        let compact = holding(&value);
        let pretty = match parse(&compact, &Options::default()).document {
            Document::Script(script) => script.value().to_json_pretty(),
            _ => panic!("{compact}"),
        };
        let parsed = parse(&pretty, &Options::default());
        let Document::Script(script) = parsed.document else { panic!("{pretty}") };
        prop_assert_eq!(script.value().to_json(), compact);
    }

    #[test]
    fn line_ends_change_no_value(value in json()) {
        let Document::Script(script) = parse(&holding(&value), &Options::default()).document else {
            panic!()
        };
        let dos = script.value().to_json_pretty().replace('\n', "\r\n");
        let parsed = parse(&format!("\u{feff}{dos}"), &Options::default());
        let Document::Script(again) = parsed.document else { panic!("{dos}") };
        prop_assert_eq!(again.value(), script.value());
    }
}

#[test]
fn sample_has_no_errors() {
    let parsed = parse(SAMPLE, &Options::default());
    assert!(!parsed.has_errors(), "{}", parsed.lines());
}

/// Deep, long and repetitive inputs: read in bounded depth, and said in bounded length.
#[test]
fn hostile_inputs() {
    let inputs = [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(300_000),
        "[{".repeat(300_000),
        "{{".repeat(300_000),
        "[{{ } },".repeat(100_000),
        "}".repeat(500_000),
        ",".repeat(500_000),
        "\"\n".repeat(300_000),
        "\"\n'\n".repeat(200_000),
        "'".repeat(500_001),
        "/*".repeat(300_000),
        "a ".repeat(300_000),
        "\\".repeat(300_000),
        format!("{{\"run\": [\"{}\"]}}", "{{x}}".repeat(100_000)),
        format!("{{\"run\": [{}]}}", "{},".repeat(100_000)),
        format!("{{\"{}\": [,,,,,,]}}", "k".repeat(500_000)),
        format!("{{\"run\": [{{{}}}]}}", "\"method\": \"x\",".repeat(50_000)),
    ];
    for input in inputs {
        fuzz::parse_any(input.as_bytes());
    }
}

#[test]
fn limits_hold() {
    let limits = Limits {
        bytes: 100,
        depth: 4,
        steps: 2,
        diagnostics: 3,
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let codes = |source: &str| -> Vec<&str> {
        parse(source, &options)
            .diagnostics
            .iter()
            .map(|d| d.code)
            .collect()
    };
    let log = r#"{"method":"log"}"#;
    assert_eq!(codes(&" ".repeat(101)), ["too-large"]);
    assert_eq!(
        parse_bytes(&[b' '; 101], &options).diagnostics[0].code,
        "too-large"
    );
    assert!(codes(r#"{"run":[{"params":[[]]}]}"#).contains(&"too-deep"));
    assert!(!codes(r#"{"run":[{"params":[]}]}"#).contains(&"too-deep"));
    assert!(codes(&format!("{{\"run\":[{log},{log},{log}]}}")).contains(&"too-many-steps"));
    let many = parse(r#"{"run":[,,,,,,,]}"#, &options);
    assert_eq!(many.diagnostics.len(), 4);
    assert_eq!(many.diagnostics[3].code, "too-many-diagnostics");
    assert_eq!(many.diagnostics[3].severity, Severity::Error);
}
