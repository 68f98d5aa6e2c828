//! What a run asks for, as a plan says it.

use super::Player;
use crate::{network, variables::variables};
use collodi_api::{Effect, FileEffect, PlannedCommand};
use collodi_command::CommandSpec;
use collodi_contain::{RelPath, Root};
use collodi_file::FileOp;
use collodi_python::{Contents, EnvDir, Installer, ProvisionError};
use collodi_run::{DaemonSpec, EnvPlace, EnvRequest, Field, FieldKind, Question};
use collodi_script::StepAt;
use collodi_value::Value;
use collodi_web::{DownloadSpec, Downloaded, FetchSpec, Fetched, Headers, Target};

impl Player<'_> {
    pub(super) fn command(&mut self, line: &str, spec: &CommandSpec) -> PlannedCommand {
        let run = &self.stack.top.run;
        let env = variables(
            spec,
            run.environment(),
            |name, value| run.giver(name, value),
            "set for Python",
            &mut self.notes.words,
        );
        let words = &self.notes.words;
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

    pub(super) fn daemon(&mut self, step: &StepAt, spec: &DaemonSpec) {
        let command = PlannedCommand {
            daemon: true,
            restarts: spec.restart.restarts(),
            ..self.command(&spec.line, &spec.command)
        };
        self.effect(step, Effect::Command(command));
    }

    /// An environment is there or can be made, unless there is nothing to make it with. Where
    /// conda has those with names, it alone could say.
    pub(super) async fn environment(
        &mut self,
        step: &StepAt,
        request: &EnvRequest,
    ) -> Result<EnvDir, ProvisionError> {
        let env = match &request.env {
            EnvPlace::At(env) => env.clone(),
            EnvPlace::Conda(name) => {
                self.notes
                    .assume("conda has its environments in one folder of its own");
                let folder = Root::new("/<conda>/envs").at(RelPath::root());
                let path = folder.join(name.as_str()).unwrap_or(folder);
                EnvDir::conda(path, self.options.host.layout.platform())
            }
        };
        let exists = self.disk.has(&env.proof()).await;
        let tools = &self.options.tools;
        let installer = tools.installer(self.options.host.prefer_uv);
        let python = match &request.contents {
            Contents::Conda(_) | Contents::Nothing => None,
            Contents::Python(_)
                if !exists && installer == Installer::Pip && tools.python.is_none() =>
            {
                return Err(ProvisionError::NoPython(tools.refused.clone()));
            }
            Contents::Python(version) => version.clone(),
        };
        self.disk.assume_file(&env.proof(), "");
        let effect = Effect::Environment {
            path: env.path().absolute(),
            python,
            exists,
        };
        self.effect(step, effect);
        Ok(env)
    }

    /// Every request is answered, with nothing in the answer.
    pub(super) fn fetches(&mut self, step: &StepAt, spec: &FetchSpec) -> Fetched {
        self.notes
            .assume("every request is answered, with an empty object");
        let effect = Effect::Network {
            method: Some(spec.method.clone()),
            url: self.notes.words.show(&spec.url.to_string()),
            to: None,
        };
        self.effect(step, effect);
        Fetched {
            status: 200,
            headers: Headers::default(),
            body: b"{}".to_vec(),
        }
    }

    /// Every download succeeds.
    pub(super) fn downloads(&mut self, step: &StepAt, spec: &DownloadSpec) -> Downloaded {
        self.notes.assume("every download succeeds");
        let words = &self.notes.words;
        let effect = Effect::Network {
            method: None,
            url: words.show(&spec.url.to_string()),
            to: Some(words.show(&spec.target.to_string())),
        };
        self.effect(step, effect);
        let path = match &spec.target {
            Target::Dir(dir) => {
                let name = collodi_web::file_name(None, &spec.url);
                dir.join(&name).unwrap_or_else(|_| dir.clone())
            }
            Target::File(path) => path.clone(),
        };
        self.disk.assume_file(&path, "");
        Downloaded {
            path,
            bytes: 0,
            was_there: false,
        }
    }

    /// Every question is answered: by its defaults, where it has some.
    pub(super) fn asks(&mut self, question: &Question) {
        let fields = &question.form.fields;
        let keys = fields.iter().map(|field| field.key.clone()).collect();
        self.effect(&question.step, Effect::Ask { fields: keys });
        let text = "every question is answered, with the default where there is one";
        self.notes.assume(text);
        let answers = fields
            .iter()
            .map(|field| (field.key.clone(), answer(field)));
        self.answers(question.number, answers.collect());
    }

    pub(super) async fn file(&mut self, step: &StepAt, op: &FileOp) {
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
                let text = self.notes.words.show(&other.to_string());
                return self.effect(step, Effect::Other { text });
            }
        };
        let exists = self.disk.has(path).await;
        if !exists && what == FileEffect::Read && !self.stack.top.has_begun {
            // A run looks for files of variables; most apps have none.
            return;
        }
        let words = &self.notes.words;
        let effect = Effect::File {
            what,
            path: words.show(&path.absolute()),
            from: from.map(|from| words.show(&from.absolute())),
            exists,
            bytes,
        };
        self.effect(step, effect);
    }
}

/// What somebody may answer.
fn answer(field: &Field) -> Value {
    match (&field.default, &field.kind) {
        (Some(default), _) => default.clone(),
        (None, FieldKind::Checkbox) => Value::from(false),
        (None, FieldKind::Paths { .. }) => Value::Array([].into()),
        (None, FieldKind::Select(items)) => items
            .first()
            .map_or(Value::Null, |item| Value::from(item.value.as_str())),
        (None, _) => Value::from(format!("<{}>", field.key)),
    }
}

/// What a shell is told to run: the script's own line.
pub(super) fn shell_line(spec: &CommandSpec) -> String {
    let line = spec.args.iter().skip_while(|arg| *arg != "-c").nth(1);
    line.cloned().unwrap_or_else(|| spec.to_string())
}
