//! Where the child program is.

use crate::Broken;
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

const NAME: &str = "collodi-child";

/// The sources that the child program is made of, from this package's directory.
const SOURCES: &[&str] = &[
    "src/bin/collodi-child/main.rs",
    "src/bin/collodi-child/play.rs",
    "src/bin/collodi-child/web.rs",
    "../adapters/sim/src/site.rs",
    "../adapters/sim/src/words.rs",
];

/// The path of `collodi-child`, which is built when it is not there yet or older
/// than its sources. `COLLODI_CHILD` names another.
///
/// Cargo builds a package's programs for that package's own tests only, and the
/// cases run in the tests of the adapters.
///
/// # Errors
///
/// When cargo cannot build it.
pub fn child_program() -> Result<PathBuf, Broken> {
    static PROGRAM: OnceLock<Result<PathBuf, Broken>> = OnceLock::new();
    PROGRAM.get_or_init(find_or_build).clone()
}

fn find_or_build() -> Result<PathBuf, Broken> {
    if let Some(given) = std::env::var_os("COLLODI_CHILD") {
        return Ok(given.into());
    }
    let profile = profile_directory()?;
    let program = profile.join(NAME);
    if !is_fresh(&program) {
        build(&profile)?;
    }
    Ok(program)
}

/// `target/debug`, found from `target/debug/deps/test-0123`.
fn profile_directory() -> Result<PathBuf, Broken> {
    let test = std::env::current_exe()?;
    let mut above = test.ancestors().skip(1);
    let found = above.find(|directory| !directory.ends_with("deps"));
    found
        .map(Path::to_owned)
        .ok_or_else(|| Broken::new("a test program without a directory"))
}

fn is_fresh(program: &Path) -> bool {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    modified(program).is_some_and(|built| {
        let mut sources = SOURCES
            .iter()
            .filter_map(|source| modified(&package.join(source)));
        sources.all(|changed| changed <= built)
    })
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

fn build(profile: &Path) -> Result<(), Broken> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "build",
            "--quiet",
            "--package",
            "collodi-conformance",
            "--bin",
            NAME,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if let Some(target) = profile.parent() {
        command.arg("--target-dir").arg(target);
    }
    if profile.ends_with("release") {
        command.arg("--release");
    }
    let output = command.output()?;
    if output.status.success() {
        Ok(())
    } else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(Broken::new(format!("cannot build {NAME}: {said}")))
    }
}
