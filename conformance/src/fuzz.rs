//! Everything that is fuzzed, by name.
//!
//! A body takes any bytes and panics where something does not hold for them. The
//! bodies live in the `fuzz` modules of the crates they are about; those of the
//! machines play the [laws](crate::laws). `fuzz/` gives each to a fuzzer, and the
//! test `fuzz_corpus` replays what the fuzzer has learnt.

use crate::machines;

pub use collodi_contain::fuzz::Target;

/// All bodies, by the names of their targets.
pub fn targets() -> impl Iterator<Item = Target> {
    let crates = [
        collodi_audit::fuzz::TARGETS,
        collodi_config::fuzz::TARGETS,
        collodi_contain::fuzz::TARGETS,
        collodi_env::fuzz::TARGETS,
        collodi_logs::fuzz::TARGETS,
        collodi_pattern::fuzz::TARGETS,
        collodi_sandbox::fuzz::TARGETS,
        collodi_script::fuzz::TARGETS,
        collodi_template::fuzz::TARGETS,
        machines::TARGETS,
    ];
    crates.into_iter().flatten().copied()
}

/// Runs the body of the target `name`; false when there is none of this name.
///
/// # Panics
///
/// When something does not hold for `data`.
pub fn run(name: &str, data: &[u8]) -> bool {
    let target = targets().find(|(known, _)| *known == name);
    target.map(|(_, body)| body(data)).is_some()
}
