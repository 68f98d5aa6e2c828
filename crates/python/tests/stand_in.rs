//! The stand-in for uv, run by a real shell with a `python` that tells its arguments.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

fn program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What `python` was called with, one argument in brackets each; or the exit code.
fn stand_in(line: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    program(&dir.path().join("uv"), collodi_python::UV_STAND_IN);
    for python in ["python", "python3"] {
        program(
            &dir.path().join(python),
            "#!/bin/sh\nprintf '[%s]' \"$@\"\n",
        );
    }
    let path = format!("{}:/usr/bin:/bin", dir.path().display());
    let output = Command::new("/bin/sh")
        .args(["-c", line])
        .env("PATH", path)
        .output()
        .unwrap();
    match output.status.code() {
        Some(0) => String::from_utf8(output.stdout).unwrap(),
        code => format!("exit {code:?}"),
    }
}

#[test]
fn pip_commands_reach_the_environments_pip() {
    let table = [
        (
            "uv pip install fastapi uvicorn",
            "[-m][pip][install][fastapi][uvicorn]",
        ),
        (
            "uv pip install 'a b' \"c'd\" ''",
            "[-m][pip][install][a b][c'd][]",
        ),
        (
            "uv pip install -r requirements.txt --system",
            "[-m][pip][install][-r][requirements.txt]",
        ),
        ("uv pip install --python .venv x", "[-m][pip][install][x]"),
        (
            "uv pip install x --index-strategy unsafe-best-match --index-url u",
            "[-m][pip][install][x][--index-url][u]",
        ),
        (
            "uv pip install x --torch-backend=auto -U",
            "[-m][pip][install][x][-U]",
        ),
        ("uv pip install x -p", "[-m][pip][install][x]"),
        ("uv pip uninstall x", "[-m][pip][uninstall][--yes][x]"),
        ("uv pip list", "[-m][pip][list]"),
        (
            "uv pip install --reinstall --offline x",
            "[-m][pip][install][--force-reinstall][--no-index][x]",
        ),
        (
            "uv pip install --prerelease=allow x",
            "[-m][pip][install][--pre][x]",
        ),
        ("uv venv env", "[-m][venv][env]"),
        (
            "uv venv --python 3.11 --seed 'my env'",
            "[-m][venv][my env]",
        ),
        ("uv pip sync", "exit Some(127)"),
        ("uv run x", "exit Some(127)"),
        ("uv", "exit Some(127)"),
    ];
    for (line, expected) in table {
        assert_eq!(stand_in(line), expected, "{line}");
    }
}

/// What `uv sync` with these words has pip do for a project, by the machine's own Python.
fn synced(words: &str, project: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("pyproject.toml"), project).unwrap();
    fs::create_dir(dir.path().join("sub")).unwrap();
    fs::write(dir.path().join("uv"), collodi_python::UV_STAND_IN).unwrap();
    // Stands before the real pip, and tells what it is asked for.
    fs::create_dir(dir.path().join("pip")).unwrap();
    fs::write(dir.path().join("pip/__init__.py"), "").unwrap();
    let tells = "import sys; print(*sys.argv[1:], sep='|')";
    fs::write(dir.path().join("pip/__main__.py"), tells).unwrap();
    let line = format!("set -- sync {words}; . ../uv");
    let bin = dir.path().join("bin");
    fs::create_dir(&bin).unwrap();
    program(&bin.join("python"), "#!/bin/sh\nexec python3 \"$@\"\n");
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("/bin/sh")
        .args(["-c", &line])
        .current_dir(dir.path().join("sub"))
        .env("PATH", format!("{}:{path}", bin.display()))
        .env("PYTHONPATH", dir.path())
        .env("VIRTUAL_ENV", "/env")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let root = dir.path().canonicalize().unwrap();
    said.trim().replace(root.to_str().unwrap(), "DIR")
}

#[test]
fn a_project_is_synced_by_pip() {
    let project = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['six>=1', 'rich']\n\
        [project.optional-dependencies]\ngui = ['gradio']\n\
        [dependency-groups]\ndev = [{include-group = 'test'}]\ntest = ['pytest']\n";
    let built = format!("{project}[build-system]\nrequires = ['hatchling']\n");
    let table = [
        ("", project, "install|six>=1|rich|pytest"),
        (
            "--no-dev --frozen",
            project,
            "install|six>=1|rich\nuv stand-in: --frozen is left out",
        ),
        (
            "--extra gui --no-dev",
            project,
            "install|six>=1|rich|gradio",
        ),
        (
            "--all-extras --no-group dev",
            project,
            "install|six>=1|rich|gradio",
        ),
        (
            "--no-dev --no-index --find-links=w",
            project,
            "install|--no-index|--find-links|w|six>=1|rich",
        ),
        ("--no-dev", &built, "install|--editable|DIR|six>=1|rich"),
        (
            "--no-dev --no-install-project",
            &built,
            "install|six>=1|rich",
        ),
        (
            "--extra none",
            project,
            "uv stand-in: pyproject.toml has no extra none\nhint: install uv, or use pip in the script",
        ),
        (
            "--what",
            project,
            "uv stand-in: sync does not know --what\nhint: install uv, or use pip in the script",
        ),
    ];
    for (words, project, expected) in table {
        assert_eq!(synced(words, project), expected, "{words}");
    }
}

#[test]
fn the_program_of_sync_can_stand_between_quotes() {
    assert!(!include_str!("../src/uv-sync.py").contains('\''));
}
