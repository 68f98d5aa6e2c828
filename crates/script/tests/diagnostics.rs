//! What is said about broken files: one input each in `diagnostics/`, and beside it what is
//! rendered. `INSTA_UPDATE=always` rewrites the latter.
//!
//! A file is read under its own name, `module-…` as one of JavaScript; `metadata.json` stands for `pinokio.json`, and
//! `lenient-…` is read with unknown methods allowed.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic)]

use collodi_script::{
    Document, Example, Options, Parsed, codes, decode, example, explain, fuzz, parse_bytes,
    reference,
};
use std::{fs, path::Path};

fn inputs() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_input = |path: &std::path::PathBuf| {
        let extension = path.extension();
        extension.is_some_and(|ext| ext == "json" || ext == "js")
    };
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read(path).unwrap())
    };
    let mut inputs: Vec<_> = entries.filter(is_input).map(read).collect();
    inputs.sort();
    inputs
}

fn read(name: &str, source: &[u8]) -> Parsed {
    let file = match name {
        "metadata" => "pinokio.json".to_owned(),
        name if name.starts_with("module-") => format!("{name}.js"),
        name => format!("{name}.json"),
    };
    let mut options = Options::for_file(&file);
    options.lenient_methods = name.starts_with("lenient-");
    parse_bytes(source, &options)
}

fn summary(parsed: &Parsed) -> String {
    match &parsed.document {
        Document::Script(script) => {
            let methods: Vec<&str> = script.steps.iter().map(|s| s.method.name()).collect();
            format!("script, {}: {}", script.dialect, methods.join(" "))
        }
        Document::Metadata(value) => format!("metadata: {}", value.to_json()),
        _ => "broken".to_owned(),
    }
}

#[test]
fn every_input_says_what_it_should() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("diagnostics");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (name, source) in inputs() {
        let parsed = read(&name, &source);
        let text = decode(&source);
        let rendered = format!("{}\n\n{}", summary(&parsed), parsed.render(&text));
        settings.bind(|| insta::assert_snapshot!(name.as_str(), rendered));
    }
}

/// Lines, columns and pointers are those that a walk over the text gives.
#[test]
fn every_place_is_that_of_a_walk() {
    for (_, source) in inputs() {
        fuzz::parse_any(&source);
    }
}

#[test]
fn every_code_is_explained() {
    for (name, source) in inputs() {
        for diagnostic in read(&name, &source).diagnostics {
            assert!(explain(diagnostic.code).is_some(), "{}", diagnostic.code);
        }
    }
}

/// Every code is documented, and its example shows it.
#[test]
fn every_code_has_an_example() {
    for (code, _) in codes() {
        let file: Vec<u8> = match example(code) {
            Some(Example::File(text)) => text.into(),
            Some(Example::Words(_)) => in_words(code),
            other => panic!("{code}: {other:?}"),
        };
        let said = parse_bytes(&file, &Options::default()).diagnostics;
        let found = said.iter().find(|diagnostic| diagnostic.code == code);
        let found = found.unwrap_or_else(|| panic!("{code} is not said: {said:#?}"));
        assert!(!found.message.is_empty(), "{code}");
        let shown = format!("## `{code}`\n\n{}\n", explain(code).unwrap());
        assert!(reference().contains(&shown), "{code}");
    }
}

/// The files that examples only describe.
fn in_words(code: &str) -> Vec<u8> {
    let steps = |count: usize| {
        let steps = vec![r#"{"method": "log"}"#; count].join(",");
        format!(r#"{{"run": [{steps}]}}"#).into_bytes()
    };
    match code {
        "not-utf8" => b"{\"title\": \"caf\xe9\", \"run\": [{\"method\": \"log\"}]}".into(),
        "too-deep" => "[".repeat(200).into(),
        "too-large" => vec![b' '; 9 << 20],
        "too-many-diagnostics" => ",".repeat(300).into(),
        "too-many-steps" => steps(10_001),
        code => panic!("{code} has no file"),
    }
}

/// Of every code that there is, some input shows what it looks like.
#[test]
fn every_code_is_shown() {
    let read = |(name, source): (String, Vec<u8>)| read(&name, &source).diagnostics;
    let all = inputs().into_iter().flat_map(read);
    let shown: Vec<&str> = all.map(|diagnostic| diagnostic.code).collect();
    // Limits are shown in `laws.rs`.
    let elsewhere = ["too-large", "too-many-steps"];
    for (code, _) in codes() {
        let known = shown.contains(&code) || elsewhere.contains(&code);
        assert!(known, "no input shows {code}");
    }
}

/// Applying every fix at once must not add errors, and often leaves none.
#[test]
fn fixes_do_no_harm() {
    for (name, source) in inputs() {
        let text = decode(&source).into_owned();
        let parsed = read(&name, &source);
        // What is not UTF-8 is lost in the text, and with it the error.
        if parsed.diagnostics.iter().any(|d| d.code == "not-utf8") {
            continue;
        }
        let mut fixes: Vec<_> = parsed
            .diagnostics
            .iter()
            .filter_map(|d| d.fix.as_ref())
            .collect();
        fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
        let mut fixed = String::new();
        let mut at = 0;
        for fix in fixes.iter().filter(|fix| fix.span.end <= text.len()) {
            if fix.span.start < at {
                continue;
            }
            fixed += text.get(at..fix.span.start).unwrap();
            fixed += &fix.replacement;
            at = fix.span.end;
        }
        fixed += text.get(at..).unwrap();
        let (before, after) = (parsed.errors().count(), read(&name, fixed.as_bytes()));
        assert!(
            after.errors().count() <= before,
            "{name}:\n{fixed}\n{}",
            after.lines()
        );
    }
}
