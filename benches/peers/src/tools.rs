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

    /// A Debian package unpacked into a folder, which stands for `/`: nothing is installed.
    /// The folder.
    pub(crate) fn unpacked(&self, name: &str, version: &str) -> Result<PathBuf> {
        self.place(name, version, |place| {
            let package = format!("{name}={version}");
            apt(|| {
                let mut command = Command::new("apt-get");
                command.args(["download", &package]).current_dir(place);
                command
            })?;
            unpack(place)
        })
    }

    /// A Debian package whose programs only work where Debian puts them. Installs it where
    /// the user may.
    pub(crate) fn installed(&self, name: &str, version: &str) -> Result<()> {
        let query = ["-W", "-f", "${Version}", name];
        // Of a package that was never there, it says so and fails.
        let there = said(Command::new("dpkg-query").args(query)).unwrap_or_default();
        if there == version {
            return Ok(());
        }
        if !there.is_empty() {
            bail!("{name} {there} is installed, and {version} is wanted");
        }
        if !rustix::process::geteuid().is_root() {
            bail!("{name} {version} is not installed: apt-get install {name}={version}");
        }
        apt(|| {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command.args(["-qq", "install", "-y", "--no-install-recommends"]);
            command.arg(format!("{name}={version}"));
            command
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

/// Runs a command of apt. The lists of a fresh machine are empty; whoever may, fills them.
fn apt(command: impl Fn() -> Command) -> Result<()> {
    if said(&mut command()).is_ok() {
        return Ok(());
    }
    said(Command::new("apt-get").args(["-qq", "update"]))?;
    said(&mut command()).map(drop)
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
