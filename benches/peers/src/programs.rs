//! The programs of this repository that are measured or watched over.

use anyhow::{Context as _, Result, bail};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The child and the floor.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) child: PathBuf,
}

impl Programs {
    /// Builds the child, without shared libraries where the system can: what is measured
    /// is the start of a process, not its linking.
    pub(crate) fn build() -> Result<Self> {
        let is_static: &[&str] = if cfg!(target_os = "linux") {
            &["--", "-C", "target-feature=+crt-static"]
        } else {
            &[]
        };
        let mut words = vec!["rustc", "--package", "collodi-peers", "--bin", CHILD];
        words.extend(["--release", "--locked", "--quiet"]);
        words.extend(is_static);
        cargo(&words)?;
        Ok(Self {
            child: release().join(CHILD),
        })
    }
}

const CHILD: &str = "peers-child";

/// Builds the floor.
pub(crate) fn floor() -> Result<PathBuf> {
    built("collodi-peers", "peers-raw")
}

/// Builds `collodi`.
pub(crate) fn collodi() -> Result<PathBuf> {
    built("collodi-server", "collodi")
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}

fn built(package: &str, program: &str) -> Result<PathBuf> {
    let words = ["build", "--package", package, "--bin", program];
    cargo(&[&words[..], &["--release", "--locked", "--quiet"]].concat())?;
    Ok(release().join(program))
}

fn cargo(words: &[&str]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    let status = command.args(words).current_dir(repository()).status();
    if !status.context("failed to start cargo")?.success() {
        bail!("failed to build: cargo {}", words.join(" "));
    }
    Ok(())
}

fn release() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| repository().join("target"));
    target.join("release")
}
