//! What a server calls, as valgrind sees it.

use super::names::Called;
use crate::{repo::Repo, server::Server};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
};

/// What a server is asked to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// To serve, and to answer.
    ToServe,
    /// To run an app besides.
    ToRun,
}

/// Daemons that are quiet, say something, and die.
const SCRIPT: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "exec sleep 60", "daemon": true}},
    {"method": "shell.run", "params": {"message": "echo up; exec sleep 60", "daemon": true}},
    {"method": "shell.run", "params": {"message": "exit 3", "daemon": true, "autoRestart": true}},
    {"method": "shell.run", "params": {"message": "echo done"}}
]}"#;

/// The functions of the program that are called.
pub(crate) fn called(repo: &Repo, asked: Asked) -> Result<Called> {
    let calls = repo.target.join("layout.calls");
    let out = format!("--callgrind-out-file={}", calls.display());
    let before = [
        "valgrind",
        "--quiet",
        "--tool=callgrind",
        "--demangle=no",
        &out,
    ];
    let mut server = Server::start(repo, "release", "layout", SCRIPT, &before)?;
    let (address, token) = server.whereabouts(repo)?;
    let line = Line { address, token };
    for path in [
        "/livez",
        "/python/ui",
        "/python/status",
        "/python/apps",
        "/python/processes",
    ] {
        line.ask("GET", path)?;
    }
    if asked == Asked::ToRun {
        line.ask("POST", "/python/apps/demo/run")?;
        line.ask("GET", "/python/apps/demo/processes")?;
        line.ask("POST", "/python/apps/demo/stop")?;
    }
    line.ask("POST", "/python/shutdown")?;
    server.wait()?;
    let text = fs::read_to_string(&calls).with_context(|| calls.display().to_string())?;
    let _ = fs::remove_file(&calls);
    Ok(functions(&text))
}

/// The way to a server.
struct Line {
    address: String,
    token: String,
}

impl Line {
    fn ask(&self, method: &str, path: &str) -> Result<()> {
        let host = self.address.trim_start_matches("http://");
        let mut socket = TcpStream::connect(host)?;
        write!(
            socket,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
             Content-Length: 0\r\nConnection: close\r\n\r\n",
            self.token
        )?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        let status = answer.lines().next().unwrap_or_default();
        if !status.starts_with("HTTP/1.1 2") {
            bail!("{method} {path} is answered by {status:?}");
        }
        Ok(())
    }
}

/// The names of all functions that are called, those of libraries as well: no symbol of the
/// program has the name of one. Each is said once, and has a number from then on.
fn functions(calls: &str) -> Called {
    calls.lines().filter_map(function).collect()
}

/// `fn=(NUMBER) NAME`, and `cfn=…` where it is called.
fn function(line: &str) -> Option<String> {
    let (key, said) = line.split_once("=(")?;
    let (_, name) = said.split_once(") ")?;
    // A call from within itself has a number behind its name.
    let (name, _) = name.split_once('\'').unwrap_or((name, ""));
    matches!(key, "fn" | "cfn").then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn each_function_is_named_once() {
        let calls = "\
ob=(2) /src/target/release/collodi
fn=(2) _ZN3one17h0E
cob=(1) /usr/lib/libc.so.6
cfn=(1) malloc
calls=1 12
3 4
fn=(3) _ZN3two17h0E'2
cfn=(2)
";
        let called: Vec<String> = functions(calls).into_iter().collect();
        assert_eq!(called, ["_ZN3one17h0E", "_ZN3two17h0E", "malloc"]);
    }
}
