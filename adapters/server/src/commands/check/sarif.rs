//! For code scanning: SARIF 2.1.0, one run, a rule for each code.

use super::{Checked, Report};
use collodi_script::{Diagnostic, Fix, Place, Severity, code_reference, codes, explain, places};
use serde_json::{Value, json};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole log.
pub(super) fn log(report: &Report) -> Value {
    let codes: Vec<&str> = codes().map(|(code, _)| code).collect();
    let results: Vec<Value> = report
        .files
        .iter()
        .flat_map(|file| {
            let diagnostics = file.parsed.diagnostics.iter();
            diagnostics.map(|d| result(file, d, &codes))
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver(&codes)},
            "columnKind": "utf16CodeUnits",
            "invocations": [invocation(report)],
            "results": results,
        }],
    })
}

fn driver(codes: &[&str]) -> Value {
    json!({
        "name": "collodi",
        "version": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
    })
}

fn rule(code: &str) -> Value {
    let meaning = explain(code).unwrap_or_default();
    let help = code_reference(code).unwrap_or_default();
    json!({
        "id": code,
        "shortDescription": {"text": code.replace('-', " ")},
        "fullDescription": {"text": meaning},
        "help": {"text": meaning, "markdown": help},
    })
}

/// Whether everything could be read.
fn invocation(report: &Report) -> Value {
    let notifications = report.unread.iter().map(|unread| {
        json!({
            "level": "error",
            "message": {"text": unread.why},
            "locations": [{"physicalLocation": {"artifactLocation": artifact(&unread.name)}}],
        })
    });
    json!({
        "executionSuccessful": report.unread.is_empty(),
        "toolExecutionNotifications": notifications.collect::<Vec<_>>(),
    })
}

fn result(file: &Checked, diagnostic: &Diagnostic, codes: &[&str]) -> Value {
    let fixes = diagnostic.fix.iter().map(|f| fix(file, f));
    let region = region(diagnostic.start, diagnostic.end);
    json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": {"text": message(diagnostic)},
        "locations": [{
            "physicalLocation": {"artifactLocation": artifact(&file.name), "region": region},
            "logicalLocations": [{"fullyQualifiedName": diagnostic.pointer, "kind": "value"}],
        }],
        "fixes": fixes.collect::<Vec<_>>(),
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "note",
    }
}

/// All that is said, in sentences.
fn message(diagnostic: &Diagnostic) -> String {
    let more = [&diagnostic.note, &diagnostic.hint];
    let more = more.into_iter().flatten().map(String::as_str);
    let parts: Vec<&str> = [diagnostic.message.as_str()]
        .into_iter()
        .chain(more)
        .collect();
    parts.join("; ")
}

fn region(start: Place, end: Place) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.utf16_column,
        "endLine": end.line,
        "endColumn": end.utf16_column,
    })
}

fn fix(file: &Checked, fix: &Fix) -> Value {
    let ends = places(&file.source, &[fix.span.start, fix.span.end]);
    let at = |i: usize| ends.get(i).copied().unwrap_or_default();
    json!({
        "description": {"text": fix.title},
        "artifactChanges": [{
            "artifactLocation": artifact(&file.name),
            "replacements": [{
                "deletedRegion": region(at(0), at(1)),
                "insertedContent": {"text": fix.replacement},
            }],
        }],
    })
}

/// A file as a URI reference: below the present folder where it can be.
fn artifact(name: &str) -> Value {
    let name = name.strip_prefix("./").unwrap_or(name);
    let uri = name.bytes().fold(String::new(), |uri, byte| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' => uri + char::from(byte).encode_utf8(&mut [0; 4]),
        byte if byte.is_ascii_alphanumeric() => uri + char::from(byte).encode_utf8(&mut [0; 4]),
        byte => uri + &format!("%{byte:02X}"),
    });
    if name.starts_with('/') {
        json!({"uri": format!("file://{uri}")})
    } else {
        json!({"uri": uri, "uriBaseId": "%SRCROOT%"})
    }
}
