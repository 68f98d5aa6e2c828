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

/// Runs the tests: all of them and the examples of the documentation, or what the
/// arguments choose. Each test is a process of its own, so one that hangs is ended.
pub(crate) fn suite(repo: &Repo, arguments: &[String]) -> Result<()> {
    tools::for_tests(repo)?;
    tools::cargo_nextest(repo)?;
    let mut command = repo.cargo(&["nextest", "run", "--locked"]);
    if arguments.is_empty() {
        command.arg("--workspace");
    }
    run(command.args(arguments))?;
    if arguments.is_empty() {
        run(&mut repo.cargo(&["test", "--locked", "--workspace", "--doc", "--quiet"]))?;
    }
    Ok(())
}

/// Checks bans, licences and sources of dependencies, or what the arguments
/// name. Advisories need a network and change without us, so they are asked for.
pub(crate) fn deny(repo: &Repo, arguments: &[String]) -> Result<()> {
    tools::cargo_deny(repo)?;
    let mut command = repo.cargo(&["deny", "--locked", "check"]);
    if arguments.is_empty() {
        command.args(["bans", "licenses", "sources"]);
    }
    run(command.args(arguments))
}

/// Runs the benches.
pub(crate) fn bench(repo: &Repo, arguments: &[String]) -> Result<()> {
    run(repo
        .cargo(&["bench", "--locked", "--package", "collodi-benches"])
        .args(arguments))
}

/// Checks a package that is a workspace of its own, at the versions of ours.
pub(crate) fn check_outside(repo: &Repo, package: &str, arguments: &[&str]) -> Result<()> {
    repo.borrow_lock(package)?;
    run(repo
        .cargo(&["check", "--quiet"])
        .args(arguments)
        .arg("--manifest-path")
        .arg(repo.root.join(package).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(repo.target.join(package)))
}

/// Writes the conformance matrix anew.
pub(crate) fn matrix(repo: &Repo, arguments: &[String]) -> Result<()> {
    run(repo
        .cargo(&["test", "--locked", "--package", "collodi-conformance"])
        .args(["--test", "matrix"])
        .args(arguments)
        .env("COLLODI_BLESS", "1"))
}
