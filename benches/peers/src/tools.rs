//! Gets the other process managers, each at one version, into `.tools/peers`.

use crate::programs::repository;
use anyhow::{Context as _, Result, bail};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The folder they are in.
#[derive(Debug)]
pub(crate) struct Tools {
    dir: PathBuf,
}

impl Tools {
    pub(crate) fn new() -> Result<Self> {
        let dir = repository().join(".tools/peers");
        fs::create_dir_all(&dir).with_context(|| format!("failed to make {}", dir.display()))?;
        Ok(Self { dir })
    }

    /// A package of PyPI in an environment of its own. The folder of its programs.
    pub(crate) fn python(&self, name: &str, version: &str) -> Result<PathBuf> {
        let place = self.place(name, version, |place| {
            said(Command::new("python3").args(["-m", "venv"]).arg(place))?;
            let mut pip = Command::new(place.join("bin/pip"));
            pip.args(["install", "--quiet", "--disable-pip-version-check"]);
            said(pip.arg(format!("{name}=={version}"))).map(drop)
        })?;
        Ok(place.join("bin"))
    }

    /// A package of npm. The folder of its programs.
    pub(crate) fn node(&self, name: &str, version: &str) -> Result<PathBuf> {
        let place = self.place(name, version, |place| {
            let mut npm = Command::new("npm");
            npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]);
            said(npm.arg(place).arg(format!("{name}@{version}"))).map(drop)
        })?;
        Ok(place.join("node_modules/.bin"))
    }

    /// Debian packages (`name=version`) unpacked into one folder, which stands for `/`:
    /// nothing is installed. The folder.
    pub(crate) fn debian(&self, name: &str, packages: &[&str]) -> Result<PathBuf> {
        let version = packages.first().and_then(|package| package.split_once('='));
        let version = version.map_or("", |(_, version)| version);
        self.place(name, version, |place| {
            let get = || {
                said(
                    Command::new("apt-get")
                        .arg("download")
                        .args(packages)
                        .current_dir(place),
                )
            };
            if get().is_err() {
                // The lists of a fresh machine are empty; whoever may, fills them.
                said(Command::new("apt-get").args(["-qq", "update"]))?;
                get()?;
            }
            unpack(place)
        })
    }

    /// The folder of a thing at a version, made when it is not whole yet.
    fn place(
        &self,
        name: &str,
        version: &str,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let place = self.dir.join(format!("{name}-{version}"));
        let whole = place.join(".whole");
        if !whole.exists() {
            let _ = fs::remove_dir_all(&place);
            fs::create_dir_all(&place)?;
            make(&place).with_context(|| format!("failed to get {name} {version}"))?;
            File::create(whole)?;
        }
        Ok(place)
    }
}

fn unpack(place: &Path) -> Result<()> {
    for entry in fs::read_dir(place)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            said(Command::new("dpkg-deb").arg("-x").arg(&file).arg(place))?;
        }
    }
    Ok(())
}

/// Runs a command to its end; an error has the last line that it said.
fn said(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("`{name}` is not there"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = said.lines().rfind(|line| !line.trim().is_empty());
        bail!("{name}: {}", last.unwrap_or("it failed"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
