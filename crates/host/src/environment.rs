//! The making of environments: each once, however many runs want it.

use crate::{
    Event, Host, RunId,
    event::EnvEvent,
    post::Post,
    secrets::mask,
    shared::{Child, Role, Shared},
};
use alloc::{string::String, sync::Arc, vec::Vec};
use collodi_action::{Action, Completion};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileOp};
use collodi_logs::{Limits, Log, plain};
use collodi_machine::{ActionId, Machine, Output};
use collodi_python::{
    Contents, Input, Provision, ProvisionError, ProvisionEvent, ProvisionOptions, Provisioned,
};
use collodi_run::Completed;
use collodi_time::Instant;

/// An environment that is being made, and who waits for it.
#[derive(Clone, Debug)]
pub(crate) struct EnvJob {
    /// The app that wanted it first.
    app: Option<Arc<str>>,
    options: ProvisionOptions,
    provision: Provision,
    /// It was cancelled, or only clears. Who wants it since then gets a new one.
    outdated: bool,
    waiting: Vec<(RunId, ActionId)>,
    /// Someone other than a run wants it too.
    wanted_anyway: bool,
    log: Log,
}

impl EnvJob {
    pub(crate) fn new(app: Option<Arc<str>>, options: ProvisionOptions) -> Self {
        let log = Log::new(Limits {
            lines: 200,
            ..Limits::default()
        })
        .with_mask(mask(&options.vars));
        Self {
            app,
            provision: Provision::new(options.clone()),
            outdated: options.contents == Contents::Nothing,
            options,
            waiting: Vec::new(),
            wanted_anyway: false,
            log,
        }
    }

    /// How it is made from here on, when all that was wanted is that nothing is half-made.
    /// And for which app.
    pub(crate) fn renew(&mut self, app: Option<Arc<str>>, options: ProvisionOptions) {
        if self.options.contents == Contents::Nothing {
            (self.app, self.options) = (app, options);
        }
    }

    pub(crate) fn add(&mut self, run: RunId, id: ActionId) {
        self.waiting.push((run, id));
    }

    pub(crate) const fn keep(&mut self) {
        self.wanted_anyway = true;
    }

    /// Whether an action of this kind waits for it.
    pub(crate) fn is_wanted_by(&self, wants: impl Fn(&(RunId, ActionId)) -> bool) -> bool {
        self.waiting.iter().any(wants)
    }

    /// The runs that wait for it.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &RunId> {
        self.waiting.iter().map(|(run, _)| run)
    }

    /// These actions of runs do not want it any more. Whether nobody does.
    pub(crate) fn leave(
        &mut self,
        leaves: impl Fn(&(RunId, ActionId)) -> bool,
        shared: &mut Shared,
    ) -> bool {
        for (run, id) in self.waiting.extract_if(.., |entry| leaves(entry)) {
            let cancelled = Completed::Env(Err(ProvisionError::Cancelled));
            shared
                .post
                .push_back(Post::Run(run, collodi_run::Input::Completed(id, cancelled)));
        }
        !self.is_wanted()
    }

    /// Gives it an input and hands on what it says. Whether it is done.
    pub(crate) fn handle(&mut self, now: Instant, input: Input, shared: &mut Shared) -> bool {
        let env = self.provision.env().path().clone();
        if input == Input::Cancel {
            self.outdated = true;
            self.wanted_anyway = false;
        }
        // What is stale for the provision has been completed for it already.
        let _ = self.provision.handle_input(now, input);
        loop {
            match self.provision.poll_output() {
                Output::Action(id, action) => self.ask(id, action, shared),
                Output::Event(ProvisionEvent::Waiting(claim)) => {
                    let line = alloc::format!("environment {env} is being made by {claim}");
                    tell(&env, line, EnvEvent::Waiting(claim), shared);
                }
                Output::Event(ProvisionEvent::Clearing(claim)) => {
                    let line = alloc::format!("environment {env} was left half-made by {claim}");
                    tell(&env, line, EnvEvent::Clearing(claim), shared);
                }
                Output::Event(ProvisionEvent::Creating { command }) => {
                    // Asked before the command is started; nobody waits for the answer.
                    let (child, path) = (Child::EnvSpace(env.clone().into()), env.clone());
                    let look = Action::File(FileOp::Space { path });
                    shared.ask(child, None, Role::Plain, look);
                    let line = alloc::format!("creating environment {env}: {command}");
                    tell(&env, line, EnvEvent::Creating(command), shared);
                    if let Some(line) = self.unfit_for_programs() {
                        shared.post.push_back(Post::EnvLine(env.clone(), line));
                    }
                }
                Output::Event(ProvisionEvent::Output { stream, bytes }) => {
                    self.log.push_with(now, stream, &bytes, |line| {
                        let line = plain(&line.text).into_owned();
                        shared.post.push_back(Post::EnvLine(env.clone(), line));
                    });
                }
                Output::Wait(deadline) => {
                    shared.wait(Child::Env(env.into()), deadline);
                    return false;
                }
                Output::Done(_) if self.outdated && self.is_wanted() => self.start_over(now),
                Output::Done(provisioned) => {
                    self.done(provisioned, shared);
                    return true;
                }
            }
        }
    }

    /// What is said of a path in which programs that pip installs do not start: it writes the
    /// path of their Python between double quotes, for a shell.
    fn unfit_for_programs(&self) -> Option<String> {
        let path = self.provision.env().path().absolute();
        let odd = path.chars().find(|c| "$`\"\\".contains(*c))?;
        let is_python = matches!(self.options.contents, Contents::Python(_));
        is_python.then(|| {
            alloc::format!(
                "warning: programs that pip installs may not start where a path has {odd:?}: use `python -m`, uv, or another workspace"
            )
        })
    }

    const fn is_wanted(&self) -> bool {
        self.wanted_anyway || !self.waiting.is_empty()
    }

    /// What came before is undone or cleared, and nothing of it is in flight.
    fn start_over(&mut self, now: Instant) {
        self.outdated = false;
        self.provision = Provision::new(self.options.clone());
        let _ = self.provision.handle_input(now, Input::Timeout);
    }

    fn ask(&self, id: ActionId, mut action: Action, shared: &mut Shared) {
        if let Action::Exec(spec) = &mut action {
            spec.purpose.app.clone_from(&self.app);
        }
        let child = Child::Env(self.provision.env().path().clone().into());
        shared.ask(child, Some(id), Role::Plain, action);
    }

    fn done(&mut self, provisioned: Provisioned, shared: &mut Shared) {
        let env = self.provision.env().path().clone();
        let result = match &provisioned {
            Provisioned::Reused | Provisioned::Created | Provisioned::Cleared => {
                Ok(self.provision.env().clone())
            }
            Provisioned::Failed(error) => Err(error.clone()),
        };
        for (run, id) in self.waiting.drain(..) {
            let completed = Completed::Env(result.clone());
            shared
                .post
                .push_back(Post::Run(run, collodi_run::Input::Completed(id, completed)));
        }
        shared.wait(Child::Env(env.clone().into()), None);
        let is_looked_at = self.options.contents == Contents::Nothing;
        if is_looked_at && provisioned == Provisioned::Reused {
            return;
        }
        let (path, what) = (env.absolute(), EnvEvent::Ended(provisioned));
        shared.out.event(Event::Env { path, what });
    }
}

impl Host {
    /// Tells those who make an environment when its disk is all but full. A disk that does not
    /// say has nothing to tell.
    pub(crate) fn room_is_known(&mut self, env: &ContainedPath, answer: &Completion) {
        let Completion::File(Ok(FileAnswer::Space(space))) = answer else {
            return;
        };
        let Some(shortage) = space.shortage(0) else {
            return;
        };
        let line = alloc::format!("warning: {shortage}, where {env} is made");
        tell(
            env,
            line,
            EnvEvent::SpaceIsShort(shortage),
            &mut self.shared,
        );
    }
}

/// To the runs that wait for the environment as a line, and to everybody as an event.
fn tell(env: &ContainedPath, line: String, what: EnvEvent, shared: &mut Shared) {
    shared.post.push_back(Post::EnvLine(env.clone(), line));
    let path = env.absolute();
    shared.out.event(Event::Env { path, what });
}
