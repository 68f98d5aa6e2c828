//! A toolchain that checks for another target.

use super::{apt, said};
use crate::repo::{Repo, output};
use anyhow::{Context as _, Result, bail};
use std::{path::Path, process::Command};

/// Debian's toolchain, with the source of its standard library. Where it can be had, rustup
/// need not be reached.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
const DEBIANS: &str = "/usr/bin";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.toml";

/// `cargo` with a verb that only checks, whose standard library is of this target: ours, with
/// what rustup has of it, or Debian's, which checks the library itself first.
pub(crate) fn cargo_for(repo: &Repo, target: &str, verb: &str) -> Result<Command> {
    if has_library(repo, target)? || (!has_debians(repo) && add(repo, target)?) {
        return Ok(repo.cargo(&[verb]));
    }
    if !has_debians(repo) {
        apt(repo, &PACKAGES)?;
    }
    if !has_debians(repo) {
        bail!("no toolchain checks for {target}: `rustup target add {target}`");
    }
    Ok(debians(repo, verb))
}

/// Whether our compiler has the standard library of a target.
fn has_library(repo: &Repo, target: &str) -> Result<bool> {
    let mut rustc = repo.command("rustc");
    rustc.args(["--print", "target-libdir", "--target", target]);
    let place = output(&mut rustc).context("asking rustc for its libraries")?;
    Ok(Path::new(place.trim()).is_dir())
}

/// Where rustup's server cannot be reached, it is not tried for long.
fn add(repo: &Repo, target: &str) -> Result<bool> {
    let mut rustup = repo.command("rustup");
    rustup.args(["target", "add", target]);
    rustup.env("RUSTUP_MAX_RETRIES", "0");
    Ok(output(&mut rustup).is_ok() && has_library(repo, target)?)
}

fn has_debians(repo: &Repo) -> bool {
    let programs = ["cargo", "rustc", "cargo-clippy"];
    let all = programs.map(|program| Path::new(DEBIANS).join(program).exists());
    let is_debians = || said(repo, "dpkg", &["-s", "rustc-web"]).is_some();
    !all.contains(&false) && Path::new(SOURCE).exists() && is_debians()
}

fn debians(repo: &Repo, verb: &str) -> Command {
    let place = Path::new(DEBIANS);
    let mut cargo = repo.command(place.join("cargo"));
    let path = std::env::var("PATH").unwrap_or_default();
    cargo
        .arg(verb)
        .arg("-Zbuild-std=std,panic_abort")
        .env("PATH", format!("{DEBIANS}:{path}"))
        .env("RUSTC_BOOTSTRAP", "1");
    for (name, program) in [
        ("CARGO", "cargo"),
        ("RUSTC", "rustc"),
        ("RUSTDOC", "rustdoc"),
    ] {
        cargo.env(name, place.join(program));
    }
    cargo
}
