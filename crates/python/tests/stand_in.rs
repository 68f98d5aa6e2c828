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
