//! `cargo xtask fuzz`: the targets of `fuzz/`.

use crate::cargo::check_outside;
use crate::repo::{Repo, output, run};
use crate::tools;
use anyhow::{Context, Result, bail};
use std::fs;

const FUZZ: &str = "fuzz";
const SECONDS: &str = "60";

/// Fuzzes a target for some seconds, or with `--check` compiles all of them
/// without the fuzzer, which any toolchain can do.
pub(crate) fn fuzz(repo: &Repo, arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--check"] => check_outside(repo, FUZZ, &["--no-default-features"]),
        [target] => fuzz_target(repo, target, SECONDS),
        [target, seconds] => fuzz_target(repo, target, seconds),
        _ => bail!("which target? One of: {}", targets(repo)?.join(", ")),
    }
}

fn fuzz_target(repo: &Repo, target: &str, seconds: &str) -> Result<()> {
    if !targets(repo)?.iter().any(|name| name == target) {
        bail!(
            "no target is called {target:?}; there are: {}",
            targets(repo)?.join(", ")
        );
    }
    let limit = format!(
        "-max_total_time={}",
        seconds
            .parse::<u32>()
            .context("seconds are a whole number")?
    );
    output(
        repo.command("rustup")
            .args(["run", "nightly", "rustc", "--version"]),
    )
    .context("fuzzing needs a nightly compiler: rustup toolchain install nightly")?;
    tools::cargo_fuzz(repo)?;
    repo.borrow_lock(FUZZ)?;
    run(&mut repo.cargo(&["+nightly", "fuzz", "run", target, "--", &limit]))
}

/// The names of the targets.
fn targets(repo: &Repo) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(repo.root.join(FUZZ).join("fuzz_targets")).context(FUZZ)? {
        let name = entry?.file_name();
        names.extend(
            name.to_string_lossy()
                .strip_suffix(".rs")
                .map(str::to_owned),
        );
    }
    names.sort();
    Ok(names)
}
