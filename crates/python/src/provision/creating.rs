//! The commands: which Python, and the tool that makes the environment.

use super::{
    CREATION_TIME, Contents, Provision, ProvisionError, ProvisionEvent, Provisioned, State,
};
use crate::{CondaEnv, Installer, detect::PROBE_TIME, version};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion, Ended};
use collodi_command::{CommandSpec, Exit};
use collodi_time::Instant;

impl Provision {
    /// Nothing is there, and the marker is ours.
    pub(super) fn make(&mut self, now: Instant) {
        match self.options.contents.clone() {
            Contents::Python(version) => self.make_with(now, version),
            Contents::Conda(specs) => {
                let at = CondaEnv::Path(self.options.env.path().clone());
                let conda = self.options.tools.conda.as_ref();
                let command = conda.map(|conda| (conda.program.clone(), at.create_args(&specs)));
                self.create_by(now, command, ProvisionError::NoConda);
            }
            Contents::Nothing => self.unmark(Provisioned::Cleared),
        }
    }

    fn make_with(&mut self, now: Instant, wanted: Option<String>) {
        let tools = &self.options.tools;
        let own = tools.python.as_ref().map(|python| python.program.clone());
        match (wanted, self.options.installer) {
            (Some(version), Installer::Pip) if !tools.python_is(&version) => {
                self.probe(now, &version);
            }
            (Some(version), Installer::Uv) => self.create(now, Some(&version)),
            (_, Installer::Pip) if own.is_none() => {
                let tried = tools.refused.clone();
                self.undo(ProvisionError::NoPython(tried));
            }
            _ => self.create(now, own.as_deref()),
        }
    }

    /// Looks whether the Python that was asked for is there by its own name.
    fn probe(&mut self, now: Instant, version: &str) {
        let Some(program) = version::program(version) else {
            let (version, tried) = (version.to_owned(), None);
            return self.undo(ProvisionError::VersionNeedsUv { version, tried });
        };
        let spec = self.command(&program, &["--version".to_owned()]);
        self.out.action(Action::Exec(spec));
        self.state = State::Probing {
            program,
            version: version.to_owned(),
            deadline: now + PROBE_TIME,
            said: Vec::new(),
        };
    }

    pub(super) fn probed(&mut self, now: Instant, how: &Completion) {
        let State::Probing {
            program,
            version,
            said,
            ..
        } = &self.state
        else {
            return;
        };
        let (program, line) = (program.clone(), version::first_line(said));
        let version = version.clone();
        let is_it = match (self.ended_by.take(), how) {
            (Some(ProvisionError::TimedOut), _) => Err("no answer in time".to_owned()),
            (Some(why), _) => return self.unmark(Provisioned::Failed(why)),
            (None, Completion::Exec(Ok(Ended { exit, .. }))) if exit.is_success() => Ok(line),
            (None, Completion::Exec(Ok(Ended { exit, .. }))) => Err(exit.to_string()),
            (None, Completion::Exec(Err(error))) => Err(error.kind.to_string()),
            (None, other) => Err(other.to_string()),
        };
        match is_it.and_then(version::of_python) {
            Ok(line) if version::is(&line, &version) => self.create(now, Some(&program)),
            refused => {
                let tried = Some((program, refused.unwrap_or_else(|why| why)));
                self.undo(ProvisionError::VersionNeedsUv { version, tried });
            }
        }
    }

    fn create(&mut self, now: Instant, python: Option<&str>) {
        let (tools, env) = (&self.options.tools, &self.options.env);
        let command = self.options.installer.create_command(tools, env, python);
        let otherwise = ProvisionError::NoPython(tools.refused.clone());
        self.create_by(now, command, otherwise);
    }

    /// Runs the command that makes it, a program and its arguments.
    fn create_by(
        &mut self,
        now: Instant,
        command: Option<(String, Vec<String>)>,
        otherwise: ProvisionError,
    ) {
        let Some((program, args)) = command else {
            return self.undo(otherwise);
        };
        let spec = self.command(&program, &args);
        self.out.event(ProvisionEvent::Creating {
            command: spec.to_string(),
        });
        self.out.action(Action::Exec(spec));
        let deadline = now + CREATION_TIME;
        self.state = State::Creating { deadline };
    }

    /// A command in the directory of the environments.
    fn command(&self, program: &str, args: &[String]) -> CommandSpec {
        let env = self.options.env.path();
        let cwd = env.parent().unwrap_or_else(|| env.clone());
        CommandSpec::new(program, cwd, self.options.tree.clone())
            .args(args.iter().map(String::as_str))
            .envs(&self.options.vars)
    }

    pub(super) fn created(&mut self, how: Completion) {
        let failure = match (self.ended_by.take(), how) {
            (Some(why), _) => Some(why),
            (None, Completion::Exec(Ok(Ended { exit, .. }))) if exit.is_success() => None,
            (None, Completion::Exec(Ok(Ended { exit, .. }))) => Some(self.failed(exit)),
            (None, Completion::Exec(Err(error))) => Some(ProvisionError::Spawn(error)),
            (None, _) => Some(ProvisionError::Cancelled),
        };
        match failure {
            None => self.unmark(Provisioned::Created),
            Some(failure) if self.venv_may_do(&failure) => {
                self.without_uv = Some(failure);
                self.options.installer = Installer::Pip;
                self.tail.clear();
                self.clear();
            }
            Some(failure) => {
                let first = self.without_uv.take();
                self.undo(first.unwrap_or(failure));
            }
        }
    }

    fn failed(&self, exit: Exit) -> ProvisionError {
        let tail = self.tail_text();
        match self.options.contents {
            Contents::Conda(_) => ProvisionError::Conda { exit, tail },
            Contents::Python(_) | Contents::Nothing => ProvisionError::Command { exit, tail },
        }
    }

    /// uv gets the new environment's pip from an index, `venv` has one at hand. So without a
    /// network the machine's own Python does, where it is the one that is wanted.
    fn venv_may_do(&self, failure: &ProvisionError) -> bool {
        let tools = &self.options.tools;
        let fits = match &self.options.contents {
            Contents::Python(None) => tools.python.is_some(),
            Contents::Python(Some(version)) => tools.python_is(version),
            Contents::Conda(_) | Contents::Nothing => false,
        };
        let by_uv = self.options.installer == Installer::Uv;
        fits && by_uv && matches!(failure, ProvisionError::Command { .. })
    }

    fn tail_text(&self) -> String {
        let bytes: Vec<u8> = self.tail.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}
