//! The committed matrix is what the registry and the capabilities say.

#![allow(clippy::unwrap_used)]

use collodi_conformance::all;
use std::collections::BTreeSet;

/// On Linux: what the real backends can do depends on the system.
#[test]
#[cfg(target_os = "linux")]
fn matrix_is_up_to_date() {
    use collodi_conformance::matrix;
    use collodi_sim::World;
    use std::path::Path;

    let sim = World::new().backends().process.capabilities();
    let tokio = collodi_tokio::backends().process.capabilities();
    let smol = collodi_smol::backends().process.capabilities();
    let columns = [("sim", sim), ("tokio", tokio), ("smol", smol)];
    let now = matrix::render(&columns);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("MATRIX.md");
    if std::env::var_os("COLLODI_BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        committed, now,
        "run with COLLODI_BLESS=1 and look at the difference"
    );
}

#[test]
fn names_are_unique() {
    let ids: BTreeSet<String> = all().iter().map(collodi_conformance::Case::id).collect();
    assert_eq!(ids.len(), all().len());
}

#[test]
fn requirements_are_sentences() {
    for case in all() {
        let text = case.requirement.trim();
        assert!(text.ends_with('.'), "{}: {text}", case.id());
        assert!(
            text.starts_with(|c: char| c.is_uppercase() || c == '`'),
            "{}: {text}",
            case.id()
        );
    }
}
