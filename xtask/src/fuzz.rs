//! `cargo xtask fuzz`: the targets of `fuzz/`.

use crate::cargo::check_outside;
use crate::repo::{Repo, output, run};
use crate::tools;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

const FUZZ: &str = "fuzz";
const SECONDS: &str = "60";
/// The longest input, in bytes.
const LONGEST: usize = 1024;
/// The most that is committed for a target.
const KEPT_FILES: usize = 48;
const KEPT_BYTES: u64 = 10_000;

/// Fuzzes a target for some seconds, keeps what it has learnt with `--keep TARGET`, or with `--check` compiles all of them
/// without the fuzzer, which any toolchain can do.
pub(crate) fn fuzz(repo: &Repo, arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--check"] => check_outside(repo, FUZZ, &["--no-default-features"]),
        ["--keep", target] => keep(repo, target),
        [target] => fuzz_target(repo, target, SECONDS),
        [target, seconds] => fuzz_target(repo, target, seconds),
        _ => bail!("which target? One of: {}", targets(repo)?.join(", ")),
    }
}

/// Starts from what is committed, and from what earlier turns on this machine found.
fn fuzz_target(repo: &Repo, target: &str, seconds: &str) -> Result<()> {
    prepare(repo, target)?;
    let limit = format!(
        "-max_total_time={}",
        seconds
            .parse::<u32>()
            .context("seconds are a whole number")?
    );
    let longest = format!("-max_len={LONGEST}");
    cargo_fuzz(
        repo,
        &[
            target,
            &found(target),
            &kept(target),
            "--",
            &limit,
            &longest,
        ],
    )
}

/// Makes of all that was found a few inputs that reach as much, and commits them to be:
/// tests replay them, so they stay small and few.
fn keep(repo: &Repo, target: &str) -> Result<()> {
    prepare(repo, target)?;
    let all = repo.root.join(found(target));
    for entry in fs::read_dir(repo.root.join(kept(target)))? {
        let path = entry?.path();
        fs::rename(&path, all.join(path.file_name().unwrap_or_default()))?;
    }
    let longest = format!("-max_len={LONGEST}");
    let merge = ["--", "-set_cover_merge=1", &longest];
    let folders = [target, &kept(target), &found(target)];
    cargo_fuzz(repo, &[folders.as_slice(), &merge].concat())?;
    thin_out(&repo.root.join(kept(target)))
}

/// Leaves files of all sizes, as many as may be kept.
fn thin_out(folder: &Path) -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.len(), entry.path()));
    }
    files.sort();
    let kept = chosen(&files);
    for file in files.iter().filter(|file| !kept.contains(file)) {
        fs::remove_file(&file.1)?;
    }
    Ok(())
}

/// Every so-many-th of the files, so that they are few and together small.
fn chosen<T>(files: &[(u64, T)]) -> Vec<&(u64, T)> {
    let every = |count: usize| (0..count).filter_map(move |n| files.get(n * files.len() / count));
    let counts = (1..=KEPT_FILES.min(files.len())).rev();
    let mut choices = counts.map(|count| every(count).collect::<Vec<_>>());
    let small =
        |choice: &Vec<&(u64, T)>| choice.iter().map(|file| file.0).sum::<u64>() <= KEPT_BYTES;
    choices.find(small).unwrap_or_default()
}

fn prepare(repo: &Repo, target: &str) -> Result<()> {
    if !targets(repo)?.iter().any(|name| name == target) {
        bail!(
            "no target is called {target:?}; there are: {}",
            targets(repo)?.join(", ")
        );
    }
    output(
        repo.command("rustup")
            .args(["run", "nightly", "rustc", "--version"]),
    )
    .context("fuzzing needs a nightly compiler: rustup toolchain install nightly")?;
    tools::cargo_fuzz(repo)?;
    repo.borrow_lock(FUZZ)?;
    for folder in [found(target), kept(target)] {
        fs::create_dir_all(repo.root.join(folder))?;
    }
    Ok(())
}

fn cargo_fuzz(repo: &Repo, arguments: &[&str]) -> Result<()> {
    run(repo.cargo(&["+nightly", "fuzz", "run"]).args(arguments))
}

/// What the fuzzer found on this machine; git does not look at it.
fn found(target: &str) -> String {
    format!("{FUZZ}/target/found/{target}")
}

/// What is committed.
fn kept(target: &str) -> String {
    format!("{FUZZ}/corpus/{target}")
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

#[cfg(test)]
mod tests {
    use super::{KEPT_BYTES, KEPT_FILES, chosen};

    #[test]
    fn what_is_kept_is_few_and_small_and_of_all_sizes() {
        let files: Vec<(u64, usize)> = (0..1000).map(|n| (n as u64, n)).collect();
        let kept = chosen(&files);
        assert!((10..=KEPT_FILES).contains(&kept.len()));
        assert!(kept.iter().map(|file| file.0).sum::<u64>() <= KEPT_BYTES);
        assert!(kept.first().is_some_and(|file| file.1 == 0));
        assert!(kept.last().is_some_and(|file| file.1 > 900));
        assert!(chosen::<()>(&[]).is_empty());
    }
}
