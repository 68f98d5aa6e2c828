//! What the targets share.

/// Runs the body of the target `name`.
///
/// # Panics
///
/// When something does not hold for `data`, or there is no such target.
pub fn run(name: &str, data: &[u8]) {
    assert!(
        collodi_conformance::fuzz::run(name, data),
        "there is no target {name}"
    );
}
