//! A run, played: whatever it asks for is written down and answered.

mod effects;

use crate::{disk::Disk, guard, record::Recorder};
use collodi_action::{Action as World, Completion, Ended as Exited, Error, ErrorKind, Progress};
use collodi_api::{Effect, PlanEnding, PlanStatus};
use collodi_command::{CommandSpec, Exit, Signal, Stream, TreeId};
use collodi_machine::{ActionId, Machine as _, Output};
use collodi_run::{
    Action, Completed, DaemonStarted, Event, FailureKind, Input, Outcome, Run, RunOptions, Status,
};
use collodi_script::StepAt;
use collodi_time::{Deadline, Instant};
use collodi_value::Object;
use effects::shell_line;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    future::poll_fn,
    task::Poll,
};

/// The most things that may happen before a run is cut off.
const MOST_TURNS: usize = 100_000;
/// The most steps before a run is cut off.
const MOST_STEPS: usize = 2_000;
/// How often a command that says nothing more is waited for.
const QUIET: usize = 4;

/// How many turns are taken before anyone else has one.
const TURNS_AT_ONCE: usize = 256;

/// How a play ended.
pub(crate) enum Ended {
    As(PlanEnding),
    /// This step asks for something that is not known here.
    Unplayable {
        step: StepAt,
        text: String,
    },
}

/// Plays one run.
pub(crate) struct Player<'a> {
    run: Run,
    options: RunOptions,
    disk: Disk<'a>,
    recorder: Recorder,
    now: Instant,
    todo: VecDeque<Todo>,
    living: BTreeMap<ActionId, Living>,
    steps: usize,
    waited: usize,
    /// How it ends, when someone has to end it.
    cut: Option<PlanStatus>,
    unplayable: Option<(StepAt, String)>,
    /// What steps asked for that has no rule here.
    others: BTreeMap<StepAt, String>,
    /// Whether the step at hand has run a command: its result is the next one's input.
    spoke: bool,
    /// The ids of steps that ran commands.
    ids: BTreeSet<String>,
    /// The script's own line that was told of last.
    line: Option<String>,
}

/// What happens next in the world.
enum Todo {
    Input(Input),
    /// The command ends by itself, unless its step is done.
    End(ActionId),
}

/// A command that has not ended.
struct Living {
    step: StepAt,
    tree: TreeId,
    /// Its step is done.
    detached: bool,
    /// It is a daemon: it ends when the run does.
    kept: bool,
}

impl<'a> Player<'a> {
    pub(crate) fn new(options: RunOptions, disk: Disk<'a>, recorder: Recorder) -> Self {
        Self {
            run: Run::new(options.clone()),
            options,
            disk,
            recorder,
            now: Instant::ZERO,
            todo: [Todo::Input(Input::Start)].into(),
            living: BTreeMap::new(),
            steps: 0,
            waited: 0,
            cut: None,
            unplayable: None,
            others: BTreeMap::new(),
            spoke: false,
            ids: BTreeSet::new(),
            line: None,
        }
    }

    /// Plays to the end.
    pub(crate) async fn play(mut self) -> (Recorder, Ended) {
        for turn in 0..MOST_TURNS {
            if turn % TURNS_AT_ONCE == 0 {
                others_first().await;
            }
            let outcome = match self.run.poll_output() {
                Output::Action(id, action) => {
                    self.action(id, action).await;
                    continue;
                }
                Output::Event(event) => {
                    self.event(&event);
                    continue;
                }
                Output::Wait(deadline) => {
                    self.turn(deadline);
                    continue;
                }
                Output::Done(outcome) => outcome,
            };
            let ended = self.ended(&outcome);
            return (self.recorder, ended);
        }
        let status = PlanStatus::Endless;
        (self.recorder, Ended::As(ending(status)))
    }

    /// The next thing that happens: what the world has to say, the passing of time, or that
    /// someone ends what would wait for ever.
    fn turn(&mut self, deadline: Option<Deadline>) {
        let ends = matches!(self.todo.front(), Some(Todo::End(_)) | None);
        if let Some(deadline) = deadline.filter(|_| ends && self.waited < QUIET) {
            self.waits(&deadline);
            self.waited += usize::from(!self.todo.is_empty());
            self.now = self.now.max(deadline.at);
            return self.input(Input::Timeout);
        }
        self.waited = 0;
        match self.todo.pop_front() {
            Some(Todo::Input(input)) => self.input(input),
            Some(Todo::End(id)) => self.end(id, Exit::Code(0)),
            None => self.cut(PlanStatus::Waiting),
        }
    }

    /// What only time brings, where it is the script that waits.
    fn waits(&mut self, deadline: &Deadline) {
        if self.todo.is_empty() && deadline.reason == "process.wait" {
            let time = deadline.at.saturating_since(self.now);
            let reason = format!("{} s", time.as_secs_f64());
            self.recorder.effect(Effect::Wait { reason });
        }
    }

    fn input(&mut self, input: Input) {
        // What is stale was answered already.
        let _ = self.run.handle_input(self.now, input);
    }

    fn cut(&mut self, status: PlanStatus) {
        let again = self.cut.is_some();
        self.cut.get_or_insert(status);
        self.input(if again { Input::Kill } else { Input::Cancel });
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::StepStarted { step, .. } | Event::StepSkipped { step } => {
                self.hide();
                self.guarded(step);
                self.steps += 1;
                if self.steps > MOST_STEPS && self.cut.is_none() {
                    self.cut = Some(PlanStatus::Endless);
                    self.todo.push_back(Todo::Input(Input::Cancel));
                }
            }
            Event::Asks(question) => self.asks(question),
            Event::Command { line, .. } => self.line = Some(line.clone()),
            Event::StepDone { step } => {
                let of_step = self
                    .living
                    .values_mut()
                    .filter(|living| living.step == *step);
                of_step.for_each(|living| living.detached = true);
            }
            Event::Ending => {
                let kept = self.living.iter().filter(|(_, living)| living.kept);
                let kept: Vec<_> = kept.map(|(id, _)| *id).collect();
                for id in kept {
                    self.finish(id, Exit::Signal(Signal::TERM));
                }
            }
            Event::Serving => {
                self.cut = Some(PlanStatus::Serving);
                self.todo.push_back(Todo::Input(Input::Cancel));
            }
            _ => {}
        }
        let (run, options) = (&self.run, &self.options);
        let why = |step: &_, words: &_| guard::reason(step, run, options, words);
        self.recorder.event(event, why);
    }

    /// Says so when whether a step is done depends on what a command said.
    fn guarded(&mut self, at: &StepAt) {
        let script = self.options.script.clone();
        let Some(step) = script.step(at) else {
            return;
        };
        let spoke = std::mem::take(&mut self.spoke);
        let said = |name: &str| (name == "input" && spoke) || self.ids.contains(name);
        let words = &self.recorder.words;
        if guard::is_open(step, &self.run, &self.options, words, said) {
            let text = "whether it is done depends on what a command says";
            self.recorder.assume(Some(at), text);
        }
    }

    async fn action(&mut self, id: ActionId, action: Action) {
        let step = &self.run.step_of(id);
        match action {
            Action::World(action) => self.world(id, step, action).await,
            Action::ProvideEnv(request) => {
                self.environment(&request).await;
                self.answer(id, Completed::Env(Ok(())));
            }
            Action::StartDaemon(spec) => {
                self.daemon(&spec);
                let name = format!("<daemon of step {}>", step.counted());
                let daemon = DaemonStarted {
                    id: name,
                    pid: None,
                };
                self.answer(id, Completed::Daemon(Ok(daemon)));
            }
            Action::KeepDaemon(keep) => {
                if let Some(living) = self.living.get_mut(&keep.exec) {
                    (living.detached, living.kept) = (true, true);
                }
                let name = format!("<daemon of step {}>", keep.daemon.step.counted());
                let daemon = DaemonStarted {
                    id: name,
                    pid: None,
                };
                self.answer(id, Completed::Daemon(Ok(daemon)));
            }
            Action::Script(request) => {
                let result = self.script(step, &request);
                self.answer(id, Completed::Script(Ok(result)));
            }
            Action::TakeTurn(_) => self.answer(id, Completed::Turn),
            Action::Release(_) => self.answer(id, Completed::Released),
            other => self.give_up(step, &other.to_string()),
        }
    }

    async fn world(&mut self, id: ActionId, step: &StepAt, action: World) {
        let completion = match action {
            World::Exec(spec) => return self.exec(id, step, &spec),
            World::File(op) => {
                self.file(&op).await;
                Completion::File(self.disk.perform(&op).await)
            }
            World::Signal(tree, signal) => {
                self.signal(&tree, signal);
                Completion::Signalled(Ok(()))
            }
            World::AwaitEmpty(_) => Completion::Empty(Ok(())),
            World::Connect { host, port } => {
                let address = format!("{host}:{port}");
                let address = self.recorder.words.show(&address);
                self.recorder
                    .assume(Some(step), format!("{address} answers"));
                self.recorder.effect(Effect::Connect { address });
                Completion::Connected(Ok(()))
            }
            World::FreePort { from } => {
                self.recorder.effect(Effect::Port { from });
                let text = format!("a port from {from} on is free; which one is not known before");
                self.recorder.assume(Some(step), text);
                Completion::Port(Ok(self.recorder.words.port(step)))
            }
            World::Write(tree, bytes) => Completion::Written(self.typed(&tree, &bytes)),
            World::Fetch(spec) => Completion::Fetched(Ok(self.fetches(&spec))),
            World::Download(spec) => Completion::Downloaded(Ok(self.downloads(&spec))),
            other => match self.other(step, other) {
                Ok(completion) => completion,
                Err(text) => return self.give_up(step, &text),
            },
        };
        self.answer(id, Completed::World(completion));
    }

    fn answer(&mut self, id: ActionId, completed: Completed) {
        self.todo
            .push_back(Todo::Input(Input::Completed(id, completed)));
    }

    /// Somebody answers what is asked.
    fn answers(&mut self, number: u64, values: Object) {
        self.todo
            .push_back(Todo::Input(Input::Answer(number, values)));
    }

    /// Whether no step was begun.
    const fn has_not_begun(&self) -> bool {
        self.steps == 0
    }

    /// The values of variables with the names of secrets are not to be shown, wherever the
    /// run has them from.
    fn hide(&mut self) {
        for (name, value) in self.run.variables() {
            self.recorder.words.secret(&name, &value);
        }
    }

    /// What has no rule here is said in its own words, and tried in memory, where there is
    /// nothing that could answer it.
    fn other(&mut self, step: &StepAt, action: World) -> Result<Completion, String> {
        let text = action.to_string();
        let shown = self.recorder.words.show(&text);
        self.recorder.effect(Effect::Other { text: shown });
        self.others.insert(step.clone(), text.clone());
        self.disk.complete(action).ok_or(text)
    }

    /// What comes after depends on an answer that cannot be made up: the play is over.
    fn give_up(&mut self, step: &StepAt, text: &str) {
        self.unplayable
            .get_or_insert_with(|| (step.clone(), text.to_owned()));
        self.todo.clear();
        self.cut(PlanStatus::Failed);
    }

    fn exec(&mut self, id: ActionId, step: &StepAt, spec: &CommandSpec) {
        let line = shell_line(spec);
        let command = self.command(&line, spec);
        self.recorder.effect(Effect::Command(command));
        for folder in collodi_sim::cloned(&line) {
            if let Ok(path) = spec.cwd.join(folder.as_str()) {
                self.disk.assume_dir(&path);
            }
        }
        self.recorder.assume(None, "every command succeeds");
        self.spoke = true;
        let script = self.options.script.clone();
        let id_of_step = script.step(step).and_then(|step| step.id.clone());
        self.ids.extend(id_of_step);
        let said = self.recorder.words.output(step);
        let output = Progress::Output {
            stream: Stream::Stdout,
            bytes: said.text.into_bytes().into(),
        };
        for progress in [Progress::Spawned { pid: None }, output] {
            self.todo
                .push_back(Todo::Input(Input::Progress(id, progress)));
        }
        self.todo.push_back(Todo::End(id));
        let (tree, detached) = (spec.tree.clone(), false);
        self.living.insert(
            id,
            Living {
                step: step.clone(),
                tree,
                detached,
                kept: false,
            },
        );
    }

    /// A command ends by itself, unless it is to live on.
    fn end(&mut self, id: ActionId, exit: Exit) {
        match self.living.get(&id) {
            Some(living) if living.detached => self.recorder.lives_on(&living.step),
            Some(_) => self.finish(id, exit),
            None => {}
        }
    }

    /// Something is typed into an open shell, which says at once that it is done.
    fn typed(&mut self, tree: &TreeId, bytes: &[u8]) -> Result<(), Error> {
        let text = String::from_utf8_lossy(bytes);
        let line = self
            .line
            .take()
            .unwrap_or_else(|| text.trim_end().to_owned());
        self.recorder.effect(Effect::Typed {
            line: self.recorder.words.show(&line),
        });
        let shell = self.living.iter().find(|(_, living)| living.tree == *tree);
        let Some((id, _)) = shell else {
            return Err(Error::new(ErrorKind::Gone, "write to", tree.as_str()));
        };
        for (stream, mark) in collodi_run::line_ends(&text, 0) {
            let bytes = mark.into_bytes().into();
            let output = Progress::Output { stream, bytes };
            self.todo
                .push_back(Todo::Input(Input::Progress(*id, output)));
        }
        Ok(())
    }

    fn signal(&mut self, tree: &TreeId, signal: Signal) {
        let of_tree = self
            .living
            .iter()
            .filter(|(_, living)| living.tree == *tree);
        let ids: Vec<ActionId> = of_tree.map(|(id, _)| *id).collect();
        for id in ids {
            self.finish(id, Exit::Signal(signal));
        }
    }

    fn finish(&mut self, id: ActionId, exit: Exit) {
        if self.living.remove(&id).is_some() {
            let leaked = false;
            let ended = Completion::Exec(Ok(Exited { exit, leaked }));
            self.todo
                .push_back(Todo::Input(Input::Progress(id, Progress::Exited(exit))));
            self.answer(id, Completed::World(ended));
        }
    }

    fn ended(&self, outcome: &Outcome) -> Ended {
        if let Some((step, text)) = self.unplayable.clone() {
            return Ended::Unplayable { step, text };
        }
        let failure = match &outcome.status {
            Status::Failed(failure) => failure,
            Status::StoppedEarly => return Ended::As(ending(PlanStatus::StoppedEarly)),
            Status::Cancelled => {
                return Ended::As(ending(self.cut.unwrap_or(PlanStatus::Waiting)));
            }
            _ => return Ended::As(ending(PlanStatus::Completed)),
        };
        let unsupported = match &failure.kind {
            FailureKind::Unsupported(why) => Some((*why).to_owned()),
            FailureKind::NoMatch { line, .. } => Some(format!("what `{line}` says matches")),
            _ => self.others.get(&failure.step).cloned(),
        };
        if let Some(text) = unsupported {
            let step = failure.step.clone();
            return Ended::Unplayable { step, text };
        }
        Ended::As(PlanEnding {
            status: PlanStatus::Failed,
            reason: Some(failure.to_string()),
            hint: failure.kind.hint().map(str::to_owned),
            pointer: Some(failure.pointer.clone()),
        })
    }
}

const fn ending(status: PlanStatus) -> PlanEnding {
    PlanEnding {
        status,
        reason: None,
        hint: None,
        pointer: None,
    }
}

/// Lets others have a turn: a plan is made beside other work.
async fn others_first() {
    let mut waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
