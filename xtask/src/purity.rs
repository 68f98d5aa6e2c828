//! `cargo xtask purity`: crates under `crates/` reach for nothing.
//!
//! Two mechanisms, both the compiler's. `conformance/no-std` links all of them
//! into a library with a panic handler of its own, which std would double. And
//! `crates/clippy.toml` names what is disallowed in words; a small crate that
//! uses each of those shows that the file is found and that no entry is misspelt.

use crate::cargo::check_outside;
use crate::metadata::{Metadata, Package};
use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const NO_STD: &str = "conformance/no-std";

/// Checks that the pure crates are pure.
pub(crate) fn purity(repo: &Repo, _: &[String]) -> Result<()> {
    all_are_listed(repo)?;
    all_build_without_std(repo)?;
    clippy_watches(repo)
}

fn all_are_listed(repo: &Repo) -> Result<()> {
    let directories = directories(&repo.root.join("crates"))?;
    let missing = missing(&directories, &listed(repo)?);
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "{NO_STD} leaves out pure crates; add to its Cargo.toml:\n{}",
        missing.join("\n")
    )
}

/// The directories of packages in a directory.
fn directories(parent: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(parent).with_context(|| parent.display().to_string())? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

fn listed(repo: &Repo) -> Result<BTreeSet<String>> {
    let metadata = Metadata::read(repo, &format!("{NO_STD}/Cargo.toml"))?;
    let packages = metadata.packages.iter();
    Ok(packages
        .flat_map(Package::normal_dependencies)
        .map(|dependency| dependency.name.clone())
        .collect())
}

/// The manifest lines for directories that no dependency stands for.
fn missing(directories: &BTreeSet<String>, dependencies: &BTreeSet<String>) -> Vec<String> {
    let names = directories
        .iter()
        .filter(|name| !dependencies.contains(&format!("collodi-{name}")));
    names
        .map(|name| format!("collodi-{name} = {{ path = \"../../crates/{name}\" }}"))
        .collect()
}

fn all_build_without_std(repo: &Repo) -> Result<()> {
    check_outside(repo, NO_STD, &[]).context(
        "the pure crates do not build without std \
         (a note below `duplicate lang item` names the one that reaches for it)",
    )
}

const CLIPPY: &str = "clippy.toml";
const IMPURE: &str = "xtask/fixtures/impure.rs";

/// A crate under a copy of `crates/clippy.toml`, which uses everything that file
/// disallows, is told so for each entry.
fn clippy_watches(repo: &Repo) -> Result<()> {
    let settings =
        fs::read_to_string(repo.root.join("crates").join(CLIPPY)).context("crates/clippy.toml")?;
    let said = linted(repo)?;
    let silent = silent(&settings, &said);
    if silent.is_empty() {
        return Ok(());
    }
    bail!(
        "clippy says nothing about these entries of crates/clippy.toml: {}\n\
         either the file is not found, the entry is misspelt, or {IMPURE} does not use it\n\
         clippy said:\n{said}",
        silent.join(", ")
    )
}

/// What clippy says about the impure crate, which stands where a pure one does:
/// one directory below the strict settings, two below those of the root.
fn linted(repo: &Repo) -> Result<String> {
    let place = repo.target.join("impure");
    let package = place.join("crates/impure");
    fs::create_dir_all(package.join("src"))?;
    fs::copy(repo.root.join(CLIPPY), place.join(CLIPPY))?;
    fs::copy(
        repo.root.join("crates").join(CLIPPY),
        place.join("crates").join(CLIPPY),
    )?;
    fs::copy(repo.root.join(IMPURE), package.join("src/lib.rs"))?;
    fs::write(
        package.join("Cargo.toml"),
        "[package]\nname = \"impure\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    let mut command = repo.cargo(&[
        "clippy",
        "--quiet",
        "--message-format=short",
        "--target-dir",
    ]);
    let output = command
        .arg(place.join("target"))
        .current_dir(&package)
        .output()?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The paths of the settings whose use was not complained about. That clippy names
/// one as unknown is no complaint.
fn silent<'a>(settings: &'a str, said: &str) -> Vec<&'a str> {
    let complaints = said
        .lines()
        .filter(|line| line.contains("use of a disallowed"));
    let complaints: Vec<&str> = complaints.collect();
    let entries = settings
        .lines()
        .filter_map(|line| line.split_once("path = \"")?.1.split('"').next());
    entries
        .filter(|path| {
            let name = format!("`{path}`");
            !complaints.iter().any(|line| line.contains(&name))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{missing, silent};
    use std::collections::BTreeSet;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_directory_without_dependency_is_missing() {
        let listed = names(&["collodi-run"]);
        assert!(missing(&names(&["run"]), &listed).is_empty());
        assert_eq!(
            missing(&names(&["run", "time"]), &listed),
            [r#"collodi-time = { path = "../../crates/time" }"#]
        );
    }

    #[test]
    fn an_entry_nobody_complains_about_is_silent() {
        let settings = "disallowed-types = [\n    { path = \"a::B\", reason = \"c\" },\n    { path = \"a::D\" },\n]\n";
        let said = "lib.rs:1: use of a disallowed type `a::B`\nclippy.toml:3: `a::D` is unknown\n";
        assert_eq!(silent(settings, said), ["a::D"]);
    }
}
