//! Programs, asked for their version.

use super::{Checkup, TIME, within};
use collodi_backend::ErrorKind;
use collodi_command::{Exit, Signal, TreeId};
use collodi_doctor::Heard;
use collodi_driver::{Said, ask};
use collodi_python::Tool;

/// How much of what a program says is kept.
const MOST: usize = 4096;

impl Checkup {
    /// What a program says to `--version`.
    pub(super) async fn version(&self, program: &str) -> Heard {
        self.heard(program, &["--version"]).await
    }

    /// Whether an interpreter has what environments are made with: some systems leave the
    /// half of it out.
    pub(super) async fn can_make_environments(&self, python: &str) -> Heard {
        self.heard(python, &["-c", "import venv, ensurepip"]).await
    }

    async fn heard(&self, program: &str, args: &[&str]) -> Heard {
        let name: String = program
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let tree = TreeId::new(&format!("ask-{:016x}-{name}", self.options.seed));
        let asked = ask(&self.backends, &self.options, (program, args), &tree, MOST);
        match within(&*self.backends.clock, TIME, asked).await {
            Some(Ok(said)) => told(said),
            Some(Err(error)) if error.kind == ErrorKind::ProgramNotFound => Heard::Missing,
            Some(Err(error)) => Heard::Failed(error.to_string()),
            None => {
                // One that cannot be killed says nothing either.
                let _ = self.backends.process.signal_tree(&tree, Signal::KILL).await;
                Heard::Silent
            }
        }
    }
}

fn told(said: Said) -> Heard {
    let exit = said.exit.unwrap_or(Exit::Unknown);
    let line = |text: &str| text.lines().next().unwrap_or_default().trim().to_owned();
    match exit.is_success() {
        true => Heard::Said(line(&said.stdout)),
        false => {
            let last = said.stderr.trim_end().lines().last().unwrap_or_default();
            let why = format!("{exit}: {last}");
            Heard::Failed(why.trim_end_matches([' ', ':']).to_owned())
        }
    }
}

/// What was found of a tool that is searched for.
pub(super) fn tool(tool: Option<Tool>, in_time: bool) -> Heard {
    match tool {
        Some(tool) => Heard::Said(tool.version),
        None if in_time => Heard::Missing,
        None => Heard::Silent,
    }
}
