//! What a run asks for, as a plan says it.

use super::Player;
use crate::{network, variables::variables};
use collodi_api::{Effect, FileEffect, PlannedCommand};
use collodi_command::CommandSpec;
use collodi_file::FileOp;
use collodi_run::{DaemonSpec, EnvRequest};

impl Player<'_> {
    pub(super) fn command(&mut self, line: &str, spec: &CommandSpec) -> PlannedCommand {
        let env = variables(spec, self.run.environment(), &mut self.recorder.words);
        let words = &self.recorder.words;
        let argv = [&spec.program].into_iter().chain(&spec.args);
        PlannedCommand {
            line: words.show(line),
            cwd: words.show(&spec.cwd.absolute()),
            argv: argv.map(|word| words.show(word)).collect(),
            daemon: false,
            restarts: false,
            lives_on: false,
            network: network::fetched(&words.show(line)),
            env,
        }
    }

    pub(super) fn daemon(&mut self, spec: &DaemonSpec) {
        let command = PlannedCommand {
            daemon: true,
            restarts: spec.auto_restart,
            ..self.command(&spec.line, &spec.command)
        };
        self.recorder.effect(Effect::Command(command));
    }

    pub(super) async fn environment(&mut self, request: &EnvRequest) {
        let exists = self.disk.has(&request.env.python()).await;
        self.disk.assume_file(&request.env.python());
        self.recorder.effect(Effect::Environment {
            path: request.env.path().absolute(),
            python: request.version.clone(),
            exists,
        });
    }

    pub(super) async fn file(&mut self, op: &FileOp) {
        let (what, path, from, bytes) = match op {
            FileOp::Read { path, .. } => (FileEffect::Read, path, None, None),
            FileOp::Write { path, bytes, .. } => (FileEffect::Write, path, None, Some(bytes.len())),
            FileOp::Append { path, bytes } => (FileEffect::Append, path, None, Some(bytes.len())),
            FileOp::MakeDir { path } => (FileEffect::MakeDir, path, None, None),
            FileOp::Remove { path } => (FileEffect::Delete, path, None, None),
            FileOp::Rename { from, to } => (FileEffect::Move, to, Some(from), None),
            FileOp::Copy { from, to } => (FileEffect::Copy, to, Some(from), None),
            FileOp::Stat { path } => (FileEffect::Look, path, None, None),
            FileOp::List { path } => (FileEffect::List, path, None, None),
            other => {
                let text = self.recorder.words.show(&other.to_string());
                return self.recorder.effect(Effect::Other { text });
            }
        };
        let exists = self.disk.has(path).await;
        let words = &self.recorder.words;
        let effect = Effect::File {
            what,
            path: words.show(&path.absolute()),
            from: from.map(|from| words.show(&from.absolute())),
            exists,
            bytes,
        };
        self.recorder.effect(effect);
    }
}

/// What a shell is told to run: the script's own line.
pub(super) fn shell_line(spec: &CommandSpec) -> String {
    let line = spec.args.iter().skip_while(|arg| *arg != "-c").nth(1);
    line.cloned().unwrap_or_else(|| spec.to_string())
}
