//! The HTTP surface against its own description, by schemathesis.

use crate::{
    repo::{Repo, run},
    tools,
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long a server may take to say where it is.
const PATIENCE: Duration = Duration::from_secs(20);

/// Of every operation the values at the bounds of its description and beyond them, the same each
/// time. The making of an environment takes a while.
const ALWAYS: [&str; 8] = [
    "--seed",
    "7",
    "--phases",
    "coverage",
    "--request-timeout",
    "60",
    "--no-color",
    "--continue-on-failure",
];

/// What is left out: the end of the server, and the stream that has none.
const LEFT_OUT: [&str; 3] = [
    "/python/shutdown",
    "/python/server/handover",
    "/python/events",
];

/// A description cannot say all that a good request is: which repositories may be had, which steps
/// a script has. And where a condition is missing, the answer is 428, which is not among those
/// that are expected of a missing header.
const LEFT_UNCHECKED: &str = "positive_data_acceptance,missing_required_header";

/// An app whose script runs, and ends.
const SCRIPT: &str =
    r#"{"run": [{"method": "shell.run", "params": {"message": "echo up; exec sleep 1"}}]}"#;

/// Asks a server everything that its description has, and compares the answers with it.
pub(crate) fn api(repo: &Repo, arguments: &[String]) -> Result<()> {
    tools::schemathesis(repo)?;
    run(&mut repo.cargo(&["build", "--locked", "--package", "collodi-server"]))?;
    let server = Server::start(repo)?;
    let (address, token) = server.whereabouts(repo)?;
    let mut asking = repo.command("schemathesis");
    asking
        .args(["run", &format!("{address}/openapi.json")])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(ALWAYS)
        .args(["--exclude-checks", LEFT_UNCHECKED]);
    for path in LEFT_OUT {
        asking.args(["--exclude-path", path]);
    }
    run(asking.current_dir(&server.workspace).args(arguments))
}

/// A server in a workspace of its own, which ends with this.
struct Server {
    program: PathBuf,
    workspace: PathBuf,
    child: Child,
}

impl Server {
    fn start(repo: &Repo) -> Result<Self> {
        let name = format!("collodi{}", std::env::consts::EXE_SUFFIX);
        let program = repo.target.join("debug").join(name);
        let workspace = repo.target.join("api");
        match fs::remove_dir_all(&workspace) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| workspace.display().to_string());
            }
            _ => {}
        }
        let app = workspace.join(".vatn/python/apps/demo");
        fs::create_dir_all(&app)?;
        fs::write(app.join("pinokio.json"), SCRIPT)?;
        let mut serve = at(repo, &program, &workspace);
        let serve = serve.args(["serve", "--quiet", "--listen", "127.0.0.1:0"]);
        let child = serve.stdout(Stdio::null()).spawn();
        Ok(Self {
            child: child.with_context(|| program.display().to_string())?,
            program,
            workspace,
        })
    }

    /// The address and the token, as soon as there are any.
    fn whereabouts(&self, repo: &Repo) -> Result<(String, String)> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let mut asked = at(repo, &self.program, &self.workspace);
            let said = asked
                .args(["token", "--url"])
                .stderr(Stdio::null())
                .output()?;
            let said = String::from_utf8_lossy(&said.stdout).into_owned();
            if let Some((address, token)) = said.trim().split_once("/python/ui#token=") {
                return Ok((address.to_owned(), token.to_owned()));
            }
            sleep(Duration::from_millis(50));
        }
        bail!("the server does not say where it is")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.workspace);
    }
}

fn at(repo: &Repo, program: &Path, workspace: &Path) -> Command {
    let mut command = repo.command(program);
    command.arg("--workspace").arg(workspace);
    command
}
