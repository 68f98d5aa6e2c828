//! A server to ask.

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long a server may take to say where it is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server in a workspace of its own, which ends with this.
pub(crate) struct Server {
    program: PathBuf,
    pub(crate) workspace: PathBuf,
    child: Child,
}

impl Server {
    /// Starts the program of this profile below `target/NAME`, with an app `demo` of this
    /// script, by the words before it, where there are any.
    pub(crate) fn start(
        repo: &Repo,
        profile: &str,
        name: &str,
        script: &str,
        before: &[&str],
    ) -> Result<Self> {
        let file = format!("collodi{}", std::env::consts::EXE_SUFFIX);
        let program = repo.target.join(profile).join(file);
        let workspace = repo.target.join(name);
        match fs::remove_dir_all(&workspace) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| workspace.display().to_string());
            }
            _ => {}
        }
        let app = workspace.join(".vatn/python/apps/demo");
        fs::create_dir_all(&app)?;
        fs::write(app.join("pinokio.json"), script)?;
        let mut serve = match before.split_first() {
            Some((first, rest)) => {
                let mut command = repo.command(first);
                command.args(rest).arg(&program);
                at(command, &workspace)
            }
            None => at(repo.command(&program), &workspace),
        };
        let serve = serve.args(["serve", "--quiet", "--listen", "127.0.0.1:0"]);
        let child = serve.stdout(Stdio::null()).spawn();
        Ok(Self {
            child: child.with_context(|| program.display().to_string())?,
            program,
            workspace,
        })
    }

    /// The address and the token, as soon as there are any.
    pub(crate) fn whereabouts(&self, repo: &Repo) -> Result<(String, String)> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let mut asked = at(repo.command(&self.program), &self.workspace);
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

    /// Waits until it has ended by itself.
    pub(crate) fn wait(&mut self) -> Result<()> {
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.workspace);
    }
}

fn at(mut command: Command, workspace: &Path) -> Command {
    command.arg("--workspace").arg(workspace);
    command
}
