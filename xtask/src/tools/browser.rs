//! A browser, and what drives it.

use super::{apt, node, said, version};
use crate::repo::{Repo, run};
use anyhow::{Context, Result, bail};
use std::{fs, path::PathBuf};

/// What Chromium is called.
const PROGRAMS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// The npm packages, with their versions.
const PACKAGES: [(&str, &str); 2] = [
    ("playwright-core", "1.65.1"),
    ("@axe-core/playwright", "4.13.0"),
];

/// A browser, and what drives it.
#[derive(Debug)]
pub(crate) struct Browser {
    /// The program.
    pub(crate) program: PathBuf,
    /// The directory whose `node_modules` has the packages.
    pub(crate) packages: PathBuf,
}

/// Chromium and the npm packages, installed where they are missing.
pub(crate) fn browser(repo: &Repo) -> Result<Browser> {
    node(repo)?;
    Ok(Browser {
        program: chromium(repo)?,
        packages: packages(repo)?,
    })
}

fn chromium(repo: &Repo) -> Result<PathBuf> {
    if let Some(found) = find(repo) {
        return Ok(found);
    }
    apt(repo, &["chromium", "fonts-dejavu-core"])?;
    find(repo).context("Chromium is not there: install it and have it on PATH")
}

fn find(repo: &Repo) -> Option<PathBuf> {
    let path = |name| said(repo, "sh", &["-c", &format!("command -v {name}")]);
    let found = PROGRAMS.into_iter().find_map(path)?;
    Some(PathBuf::from(found.trim()))
}

fn packages(repo: &Repo) -> Result<PathBuf> {
    let place = repo.tools().join("browser");
    let is_there = |(name, version): &(&str, &str)| {
        let manifest = place.join("node_modules").join(name).join("package.json");
        fs::read_to_string(manifest)
            .is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")))
    };
    if PACKAGES.iter().all(is_there) {
        return Ok(place);
    }
    if version(repo, "npm").is_none() {
        apt(repo, &["npm"])?;
    }
    fs::create_dir_all(&place)?;
    eprintln!("installing what drives the browser into .tools");
    let wanted = PACKAGES.map(|(name, version)| format!("{name}@{version}"));
    let quiet = ["install", "--no-audit", "--no-fund", "--silent", "--prefix"];
    run(repo.command("npm").args(quiet).arg(&place).args(wanted))?;
    if PACKAGES.iter().all(is_there) {
        return Ok(place);
    }
    bail!("npm has installed something else; remove .tools/browser and try again")
}
