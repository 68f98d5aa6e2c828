//! Real scripts: none may panic, and none that works may be refused.
//!
//! The corpus is `../shared/pinokio-corpus` beside the workspace, or the directory named by
//! `COLLODI_CORPUS`: folders `owner/repository/…` of JSON files. Without one the test says so
//! and has nothing to check; the project's own fixtures are in `diagnostics.rs`.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use collodi_contain::RelPath;
use collodi_script::{Diagnostic, Document, Options, Parsed, Severity, fuzz, parse_bytes};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

/// What makes a corpus file one that Pinokio cannot run either.
const REAL_MISTAKES: &[&str] = &["unknown-method"];

/// Files that no JSON parser reads.
const BROKEN: &[&str] = &[
    "C2PO-Production/Flowise-Pinokio/index.json",
    "cocktailpeanut/seanime.pinokio/pinokio.json",
];

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/pinokio-corpus");
    let named = env::var_os("COLLODI_CORPUS").map(PathBuf::from);
    named.or(Some(beside)).filter(|path| path.is_dir())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "json") {
            found.push(path);
        }
    }
}

/// The file's path below the corpus and what reading it gives; its base is its folder below
/// `owner/repository`.
fn read(root: &Path, path: &Path) -> (String, Vec<u8>, Parsed) {
    let name = path
        .strip_prefix(root)
        .unwrap()
        .to_str()
        .unwrap()
        .replace('\\', "/");
    let inside = name.splitn(3, '/').nth(2).unwrap_or(&name);
    let base = inside.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut options = Options::for_file(inside);
    options.base = RelPath::parse(base).unwrap();
    let source = fs::read(path).unwrap();
    let parsed = parse_bytes(&source, &options);
    (name, source, parsed)
}

fn check_spans(source: &[u8], parsed: &Parsed) {
    let text = collodi_script::decode(source);
    for diagnostic in &parsed.diagnostics {
        assert!(
            text.get(diagnostic.span.clone()).is_some(),
            "{diagnostic:?}"
        );
        assert!(diagnostic.start <= diagnostic.end, "{diagnostic:?}");
    }
}

fn is_mistake(diagnostic: &Diagnostic) -> bool {
    REAL_MISTAKES.contains(&diagnostic.code)
}

#[test]
fn real_scripts_are_accepted() {
    let Some(root) = corpus() else {
        println!("no corpus: COLLODI_CORPUS names none, and none is beside the workspace");
        return;
    };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    paths.sort();
    let (mut refused, mut wrong, mut scripts) = (Vec::new(), Vec::new(), 0);
    let mut codes: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    for path in &paths {
        let (name, source, parsed) = read(&root, path);
        if name == "manifest.json" {
            continue;
        }
        check_spans(&source, &parsed);
        fuzz::parse_any(&source);
        for diagnostic in &parsed.diagnostics {
            *codes
                .entry((diagnostic.severity, diagnostic.code))
                .or_default() += 1;
        }
        scripts += usize::from(matches!(parsed.document, Document::Script(_)));
        refused.extend(
            parsed
                .errors()
                .map(|error| format!("{name}: {}", error.line(""))),
        );
        let expected = BROKEN.contains(&name.as_str()) || parsed.errors().all(is_mistake);
        if !expected {
            wrong.push(name);
        }
    }
    println!("{} files, {scripts} scripts", paths.len());
    for ((severity, code), count) in codes {
        println!("{count:5} {severity}[{code}]");
    }
    println!("refused:\n{}", refused.join("\n"));
    assert!(wrong.is_empty(), "refused without a reason: {wrong:#?}");
    assert!(scripts > 0);
}
