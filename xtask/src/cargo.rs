//! Tasks that are one `cargo` command.

use crate::repo::{Repo, run};
use crate::tools;
use anyhow::Result;

/// Formats, or with `--check` says what is not formatted.
pub(crate) fn fmt(repo: &Repo, arguments: &[String]) -> Result<()> {
    run(repo.cargo(&["fmt", "--all"]).args(arguments))
}

/// Lints every target.
pub(crate) fn clippy(repo: &Repo, arguments: &[String]) -> Result<()> {
    run(repo
        .cargo(&["clippy", "--locked", "--workspace", "--all-targets"])
        .args(arguments)
        .args(["--", "-D", "warnings"]))
}

/// Builds the documentation of our crates.
pub(crate) fn doc(repo: &Repo, arguments: &[String]) -> Result<()> {
    run(repo
        .cargo(&["doc", "--locked", "--workspace", "--no-deps"])
        .args(arguments)
        .env("RUSTDOCFLAGS", "-D warnings"))
}

/// Runs the tests: all of them, or what the arguments choose.
pub(crate) fn suite(repo: &Repo, arguments: &[String]) -> Result<()> {
    tools::for_tests(repo)?;
    let mut command = repo.cargo(&["test", "--locked"]);
    if arguments.is_empty() {
        command.args(["--workspace", "--no-fail-fast"]);
    }
    run(command.args(arguments))
}

/// Checks the licences, sources and bans of dependencies. Advisories need a
/// network and a moving database, and are asked for separately.
pub(crate) fn deny(repo: &Repo, arguments: &[String]) -> Result<()> {
    tools::cargo_deny(repo)?;
    run(repo
        .cargo(&["deny", "--locked", "check"])
        .args(arguments)
        .args(["bans", "licenses", "sources"]))
}

/// Runs the benches.
pub(crate) fn bench(repo: &Repo, arguments: &[String]) -> Result<()> {
    run(repo
        .cargo(&["bench", "--locked", "--package", "collodi-benches"])
        .args(arguments))
}
