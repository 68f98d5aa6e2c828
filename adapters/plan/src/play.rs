//! Runs, played: whatever they ask for is written down and answered.
//!
//! One run is played at a time. A step that starts another script waits for it, as in the
//! host: its run is put aside until that of the other one has ended, or stays up.

mod calls;
mod effects;
mod known;
mod repositories;
mod stack;
mod stand;
mod stops;
mod world;

use crate::{
    PlanOptions,
    assumed::{Assumed, Unplayable},
    disk::Disk,
    guard,
    notes::Notes,
    words::Words,
};
use collodi_api::{Effect, Plan, PlanEnding, PlanStatus};
use collodi_backend::FileSystem;
use collodi_command::Exit;
use collodi_driver::a_turn_for_others;
use collodi_host::RunRequest;
use collodi_machine::{ActionId, Machine as _, Output};
use collodi_run::{Action, Completed, DaemonStarted, Event, Input};
use collodi_script::StepAt;
use collodi_time::{Deadline, Instant};
use collodi_value::Object;
use known::Scripts;
use stack::Stack;
use stand::{Stand, Todo};
use std::collections::BTreeMap;

/// The most things that may happen before a plan is cut off.
const MOST_TURNS: usize = 100_000;
/// The most steps before a plan is cut off.
const MOST_STEPS: usize = 2_000;
/// How often a command that says nothing more is waited for.
const QUIET: usize = 4;
/// How many turns are taken before anyone else has one.
const TURNS_AT_ONCE: usize = 256;

/// How a play ended.
pub(crate) enum Ended {
    With(Box<Plan>),
    Unplayable(Unplayable),
}

/// Plays a run, and the runs that it waits for.
pub(crate) struct Player<'a> {
    options: &'a PlanOptions,
    assumed: &'a Assumed,
    disk: Disk<'a>,
    notes: Notes,
    now: Instant,
    steps: usize,
    stack: Stack,
    scripts: Scripts,
    /// The folders that commands would clone, and from where.
    cloned: BTreeMap<String, String>,
    over: Option<Ended>,
}

impl<'a> Player<'a> {
    pub(crate) fn new(
        options: &'a PlanOptions,
        request: RunRequest,
        source: &str,
        files: &'a dyn FileSystem,
        assumed: &'a Assumed,
    ) -> Self {
        let mut words = Words::new(&options.host.host_vars, &request.script);
        words.args(&request.args);
        let disk = Disk::new(&options.host.layout, files);
        disk.enter(&request.app);
        let first = Stand::new(options, request, source, assumed);
        Self {
            options,
            assumed,
            disk,
            notes: Notes {
                words,
                assumptions: Vec::new(),
            },
            now: Instant::ZERO,
            steps: 0,
            stack: Stack::new(first),
            scripts: Scripts::default(),
            cloned: BTreeMap::new(),
            over: None,
        }
    }

    /// Plays to the end.
    pub(crate) async fn play(mut self) -> Ended {
        for turn in 0..MOST_TURNS {
            if turn % TURNS_AT_ONCE == 0 {
                a_turn_for_others().await;
            }
            match self.stack.top.run.poll_output() {
                Output::Action(id, action) => self.action(id, action).await,
                Output::Event(event) => self.event(&event),
                Output::Wait(deadline) => self.turn(deadline),
                Output::Done(outcome) => self.done(&outcome),
            }
            if let Some(ended) = self.over.take() {
                return ended;
            }
        }
        self.break_off(&stack::ending(PlanStatus::Endless))
    }

    /// The next thing that happens: what the world has to say, the passing of time, or that
    /// nothing comes any more.
    fn turn(&mut self, deadline: Option<Deadline>) {
        let top = &mut self.stack.top;
        let ends = matches!(top.todo.front(), Some(Todo::End(_)) | None);
        if let Some(deadline) = deadline.filter(|_| ends && top.waited < QUIET) {
            top.waits(&deadline, self.now);
            top.waited += usize::from(!top.todo.is_empty());
            self.now = self.now.max(deadline.at);
            return top.input(self.now, Input::Timeout);
        }
        top.waited = 0;
        match top.todo.pop_front() {
            Some(Todo::Input(input)) => top.input(self.now, input),
            Some(Todo::End(id)) => top.end(id, Exit::Code(0)),
            Some(Todo::Serve) => self.serves(),
            Some(Todo::Cut(status)) => top.cut(self.now, status),
            None => top.cut(self.now, PlanStatus::Waiting),
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::StepStarted { step, .. } | Event::StepSkipped { step } => {
                self.hide();
                self.guarded(step);
                self.steps += 1;
                self.stack.top.has_begun = true;
                if self.steps > MOST_STEPS && self.stack.top.cut.is_none() {
                    self.cut_soon(PlanStatus::Endless);
                }
            }
            Event::Asks(question) => self.asks(question),
            Event::Command { line, .. } => self.stack.top.line = Some(line.to_string()),
            Event::StepDone { step } => self.stack.top.detach(step),
            Event::Ending => self.stack.top.end_kept(),
            Event::Serving => self.stack.top.todo.push_back(Todo::Serve),
            _ => {}
        }
        let Stand {
            run,
            options,
            record,
            ..
        } = &mut self.stack.top;
        let why = |step: &_, words: &_| guard::reason(step, run, options, words);
        record.event(event, &mut self.notes, why);
    }

    /// Says so when whether a step is done depends on what a command said.
    fn guarded(&mut self, at: &StepAt) {
        let top = &mut self.stack.top;
        let spoke = top.spoke.remove(&at.list);
        let said = |name: &str| (name == "input" && spoke) || top.ids.contains(name);
        let step = top.options.script.step(at);
        let words = &self.notes.words;
        let is_open =
            step.is_some_and(|step| guard::is_open(step, &top.run, &top.options, words, said));
        if is_open {
            let text = "whether it is done depends on what a command says";
            top.record.assume(&mut self.notes, at, text);
        }
    }

    async fn action(&mut self, id: ActionId, action: Action) {
        let step = &self.stack.top.run.step_of(id);
        match action {
            Action::World(action) => self.world(id, step, action).await,
            Action::ProvideEnv(request) => {
                let made = self.environment(step, &request).await;
                self.answer(id, Completed::Env(made));
            }
            Action::StartDaemon(spec) => {
                self.daemon(step, &spec);
                self.daemon_started(id, step);
            }
            Action::KeepDaemon(keep) => {
                self.stack.top.keep(keep.exec);
                self.daemon_started(id, &keep.daemon.step);
            }
            Action::Script(request) => self.script(id, step, request).await,
            Action::TakeTurn(_) => self.answer(id, Completed::Turn),
            Action::Release(_) => self.answer(id, Completed::Released),
            other => self.give_up(step, &other.to_string()),
        }
    }

    fn daemon_started(&mut self, id: ActionId, step: &StepAt) {
        let name = self.stack.top.record.step_name(step);
        let daemon = DaemonStarted {
            id: format!("<daemon of {name}>").into(),
            pid: None,
        };
        self.answer(id, Completed::Daemon(Ok(daemon)));
    }

    fn answer(&mut self, id: ActionId, completed: Completed) {
        self.stack.top.answer(id, completed);
    }

    /// Somebody answers what is asked.
    fn answers(&mut self, number: u64, values: Object) {
        let input = Input::Answer(number, values);
        self.stack.top.todo.push_back(Todo::Input(input));
    }

    /// Someone ends the run at hand, when all was heard that it has to say.
    fn cut_soon(&mut self, status: PlanStatus) {
        self.stack.top.todo.push_back(Todo::Cut(status));
    }

    /// Something that a step of the run at hand does.
    fn effect(&mut self, step: &StepAt, effect: Effect) {
        self.stack.top.record.effect(step, effect);
    }

    /// Something about a step of the run at hand that is taken for granted.
    fn assume(&mut self, step: &StepAt, text: impl Into<String>) {
        self.stack.top.record.assume(&mut self.notes, step, text);
    }

    /// The values of variables with the names of secrets are not to be shown, wherever the
    /// run has them from.
    fn hide(&mut self) {
        for (name, value) in self.stack.top.run.variables() {
            self.notes.words.secret(&name, &value);
        }
    }

    /// What comes after depends on an answer that cannot be made up: the play is over.
    fn give_up(&mut self, step: &StepAt, why: &str) {
        if self.assumed.is_full() {
            let ending = PlanEnding {
                reason: Some(why.to_owned()),
                ..stack::ending(PlanStatus::Failed)
            };
            self.over = Some(self.break_off(&ending));
            return;
        }
        self.over = Some(Ended::Unplayable(Unplayable {
            script: self.stack.top.path.clone(),
            step: step.clone(),
            why: why.to_owned(),
        }));
    }
}
