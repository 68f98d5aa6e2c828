//! `cargo xtask tools`: the programs the tasks need. What is found and new enough
//! stays; what is missing is installed into `.tools/`, or by apt where that is
//! there and allowed.

mod browser;
mod target;
mod version;

pub(crate) use browser::browser;
pub(crate) use target::cargo_for;

use crate::repo::{Repo, run};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use version::Version;

/// A program: any version from `minimum` on will do, and `pinned` is what gets
/// installed when there is none.
struct Tool {
    name: &'static str,
    minimum: Version,
    pinned: Version,
}

const UV: Tool = Tool {
    name: "uv",
    minimum: Version(0, 8, 0),
    pinned: Version(0, 13, 9),
};
/// Asks a server what its OpenAPI description has, and what it does not have.
const SCHEMATHESIS: Tool = Tool {
    name: "schemathesis",
    minimum: Version(4, 20, 0),
    pinned: Version(4, 32, 5),
};
/// Solves and links conda packages: what the tests' conda is made of.
const RATTLER: &str = "py-rattler==0.28.0";
const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    minimum: Version(0, 18, 0),
    pinned: Version(0, 20, 2),
};
const CARGO_NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    minimum: Version(0, 9, 100),
    pinned: Version(0, 9, 143),
};
const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    minimum: Version(0, 13, 0),
    pinned: Version(0, 13, 2),
};
const NODE_MINIMUM: Version = Version(18, 0, 0);

/// Installs whatever any task needs.
pub(crate) fn all(repo: &Repo, _: &[String]) -> Result<()> {
    for_tests(repo)?;
    cargo_nextest(repo)?;
    cargo_deny(repo)?;
    cargo_fuzz(repo)?;
    schemathesis(repo)?;
    browser(repo).map(drop)
}

/// What the tests of the workspace start: git, Python with venv, uv, a conda, node, and on Linux
/// bubblewrap.
pub(crate) fn for_tests(repo: &Repo) -> Result<()> {
    git(repo)?;
    python(repo)?;
    uv(repo)?;
    rattler(repo)?;
    node(repo)?;
    bubblewrap(repo)
}

/// `schemathesis`.
pub(crate) fn schemathesis(repo: &Repo) -> Result<()> {
    SCHEMATHESIS.install_with_pip(repo)
}

/// `cargo deny`.
pub(crate) fn cargo_deny(repo: &Repo) -> Result<()> {
    CARGO_DENY.install_with_cargo(repo)
}

/// `cargo nextest`.
pub(crate) fn cargo_nextest(repo: &Repo) -> Result<()> {
    CARGO_NEXTEST.install_with_cargo(repo)
}

/// `cargo fuzz`.
pub(crate) fn cargo_fuzz(repo: &Repo) -> Result<()> {
    CARGO_FUZZ.install_with_cargo(repo)
}

fn uv(repo: &Repo) -> Result<()> {
    UV.install_with_pip(repo)
}

/// A Python package of the Python for tools, which the tests find there.
fn rattler(repo: &Repo) -> Result<()> {
    let python = python_tools(repo)?.join("python");
    let has_it = || {
        let mut command = repo.command(&python);
        let command = command.args(["-c", "import rattler"]).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if has_it() {
        return Ok(());
    }
    eprintln!("installing {RATTLER} into .tools");
    let quiet = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    run(repo.command(&python).args(quiet).arg(RATTLER))
        .context("cannot install py-rattler: needs the package registry")
}

fn python(repo: &Repo) -> Result<()> {
    let works = || said(repo, "python3", &["-c", "import ensurepip, venv"]).is_some();
    if works() {
        return Ok(());
    }
    apt(repo, &["python3", "python3-venv"])?;
    if works() {
        return Ok(());
    }
    bail!(
        "`python3` with its venv module is not there: install python3-venv and have its python3 first on PATH"
    )
}

fn node(repo: &Repo) -> Result<()> {
    let found = || version(repo, "node").is_some_and(|version| version >= NODE_MINIMUM);
    if found() {
        return Ok(());
    }
    apt(repo, &["nodejs"])?;
    if found() {
        return Ok(());
    }
    bail!("`node` {NODE_MINIMUM} or newer is not there: install Node.js and have it on PATH")
}

/// What apps come by.
fn git(repo: &Repo) -> Result<()> {
    match said(repo, "git", &["--version"]) {
        Some(_) => Ok(()),
        None => apt(repo, &["git"]),
    }
}

/// What sees the functions that a program calls, and what tells its symbols.
pub(crate) fn valgrind(repo: &Repo) -> Result<()> {
    let is_there = |program| said(repo, program, &["--version"]).is_some();
    match is_there("valgrind") && is_there("nm") {
        true => Ok(()),
        false => apt(repo, &["valgrind", "binutils"]),
    }
}

/// Sandboxes are made by the system's own alone.
fn bubblewrap(repo: &Repo) -> Result<()> {
    let is_there = || !cfg!(target_os = "linux") || Path::new("/usr/bin/bwrap").exists();
    if is_there() {
        return Ok(());
    }
    apt(repo, &["bubblewrap"])?;
    if is_there() {
        return Ok(());
    }
    bail!("`/usr/bin/bwrap` is not there: install bubblewrap")
}

impl Tool {
    fn is_there(&self, repo: &Repo) -> bool {
        version(repo, self.name).is_some_and(|version| version >= self.minimum)
    }

    /// Installs a program that comes as a Python package.
    fn install_with_pip(&self, repo: &Repo) -> Result<()> {
        if self.is_there(repo) {
            return Ok(());
        }
        eprintln!("installing {} {} into .tools", self.name, self.pinned);
        let package = format!("{}=={}", self.name, self.pinned);
        let pip = python_tools(repo)?.join("pip");
        run(repo.command(pip).args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            &package,
        ]))
        .with_context(|| self.by_hand())?;
        self.link(repo)?;
        self.installed(repo)
    }

    /// Installs a program that is a Rust crate. Built without optimisation, which takes longer
    /// than the program ever saves.
    fn install_with_cargo(&self, repo: &Repo) -> Result<()> {
        if self.is_there(repo) {
            return Ok(());
        }
        eprintln!(
            "installing {} {} into .tools: a minute or two, once",
            self.name, self.pinned
        );
        let version = self.pinned.to_string();
        let mut cargo = repo.cargo(&["install", "--quiet", "--locked", "--force", self.name]);
        cargo
            .env("CARGO_PROFILE_DEV_DEBUG", "none")
            .args(["--debug", "--version", &version, "--root"])
            .arg(repo.tools());
        run(&mut cargo).with_context(|| self.by_hand())?;
        self.installed(repo)
    }

    fn installed(&self, repo: &Repo) -> Result<()> {
        if self.is_there(repo) {
            return Ok(());
        }
        bail!(
            "{} was installed but does not answer --version; remove .tools and try again",
            self.name
        )
    }

    fn by_hand(&self) -> String {
        format!(
            "cannot install {0}: needs the package registry, or {0} {1} or newer on PATH",
            self.name, self.minimum
        )
    }

    /// Puts the program, and not the Python beside it, on our `PATH`.
    fn link(&self, repo: &Repo) -> Result<()> {
        let name = format!("{}{}", self.name, std::env::consts::EXE_SUFFIX);
        let bin = repo.tools().join("bin");
        fs::create_dir_all(&bin)?;
        let link = bin.join(&name);
        if link.exists() {
            fs::remove_file(&link)?;
        }
        fs::hard_link(python_bin(repo).join(&name), &link)
            .with_context(|| link.display().to_string())
    }
}

/// The programs of a Python environment for tools, which is made when missing.
fn python_tools(repo: &Repo) -> Result<PathBuf> {
    let bin = python_bin(repo);
    if !bin.join("pip").exists() {
        python(repo)?;
        let place = repo.tools().join("python");
        run(repo.command("python3").args(["-m", "venv"]).arg(place))?;
    }
    Ok(bin)
}

fn python_bin(repo: &Repo) -> PathBuf {
    repo.tools()
        .join("python")
        .join(if cfg!(windows) { "Scripts" } else { "bin" })
}

/// The version a program says it has; nothing when it is not there or does not work.
fn version(repo: &Repo, program: &str) -> Option<Version> {
    Version::find(&said(repo, program, &["--version"])?)
}

/// What a program prints when it starts and succeeds.
fn said(repo: &Repo, program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = repo.command(program);
    let output = command.args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

/// Installs Debian packages, or says that they are needed.
fn apt(repo: &Repo, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if !is_root(repo) || said(repo, "apt-get", &["--version"]).is_none() {
        bail!(
            "missing system packages: {names}; install them (on Debian: apt-get install {names})"
        );
    }
    eprintln!("installing system packages: {names}");
    let apt = || {
        let mut command = repo.command("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        command
    };
    run(apt().arg("update"))?;
    run(apt()
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages))
    .with_context(|| format!("cannot install {names}: install them by hand"))
}

fn is_root(repo: &Repo) -> bool {
    said(repo, "id", &["-u"]).is_some_and(|id| id.trim() == "0")
}
