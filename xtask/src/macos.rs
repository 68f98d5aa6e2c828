//! `cargo xtask macos`: what is for macOS is checked and linted, wherever this runs.

use crate::{
    repo::{Repo, run},
    tools,
};
use anyhow::{Context as _, Result};

const TARGET: &str = "aarch64-apple-darwin";

/// What has code of its own for macOS, and with the program all that it stands on.
const PACKAGES: [&str; 4] = [
    "collodi-sandbox-macos",
    "collodi-tokio",
    "collodi-smol",
    "collodi-server",
];

/// Lints it; warnings are errors. Nothing is linked, so what dependencies have in C is not
/// compiled: no compiler for it has to be there.
pub(crate) fn macos(repo: &Repo, arguments: &[String]) -> Result<()> {
    let mut clippy = tools::cargo_for(repo, TARGET, "clippy")?;
    clippy
        .args(["--locked", "--quiet", "--target", TARGET, "--target-dir"])
        .arg(repo.target.join("macos"))
        .args(PACKAGES.map(|package| format!("--package={package}")));
    if !cfg!(target_os = "macos") {
        let name = TARGET.replace('-', "_");
        clippy.envs([
            (format!("CC_{name}"), "true"),
            (format!("AR_{name}"), "true"),
        ]);
    }
    run(clippy.args(arguments).args(["--", "-D", "warnings"]))
        .context("what is for macOS does not check")
}
