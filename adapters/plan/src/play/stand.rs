//! Where one run stands.

use crate::{
    PlanOptions,
    assumed::{Assumed, without},
    record::Record,
};
use collodi_action::{Completion, Ended as Exited, Progress};
use collodi_api::PlanStatus;
use collodi_command::{Exit, Signal, TreeId};
use collodi_contain::RelPath;
use collodi_host::{RunRequest, calls::identity, run_options};
use collodi_machine::{ActionId, Machine as _};
use collodi_run::{App, Completed, Input, Run, RunOptions};
use collodi_script::{List, StepAt};
use collodi_time::{Deadline, Instant};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// A run that is played, and what happens to it next.
pub(super) struct Stand {
    pub(super) run: Run,
    pub(super) options: RunOptions,
    /// The app as a host knows it, without what a run may use besides.
    pub(super) app: App,
    /// The path of its script, by which scripts are told apart.
    pub(super) path: String,
    pub(super) record: Record,
    pub(super) todo: VecDeque<Todo>,
    pub(super) living: BTreeMap<ActionId, Living>,
    pub(super) waited: usize,
    /// What steps asked for that has no rule here.
    pub(super) others: BTreeMap<StepAt, String>,
    /// Whether a step was begun.
    pub(super) has_begun: bool,
    /// The lists whose last step has run a command: its result is the next one's input.
    pub(super) spoke: BTreeSet<List>,
    /// The ids of steps that ran commands.
    pub(super) ids: BTreeSet<String>,
    /// The script's own line that was told of last.
    pub(super) line: Option<String>,
    /// How it ends, when someone has to end it.
    pub(super) cut: Option<PlanStatus>,
}

/// What happens next in the world.
pub(super) enum Todo {
    Input(Input),
    /// The command ends by itself, unless its step is done.
    End(ActionId),
    /// All steps of `run` are done, and the script stays up.
    Serve,
    /// Someone has to end the run, and it ends like this.
    Cut(PlanStatus),
}

/// A command that has not ended.
pub(super) struct Living {
    pub(super) step: StepAt,
    pub(super) tree: TreeId,
    /// Its step is done.
    pub(super) detached: bool,
    /// It is a daemon: it ends when the run does.
    pub(super) kept: bool,
}

impl Stand {
    /// A run that has not begun: the one that the plan is of.
    pub(super) fn new(
        options: &PlanOptions,
        request: RunRequest,
        source: &str,
        assumed: &Assumed,
    ) -> Self {
        Self::called(options, request, source, assumed, None)
    }

    /// A run that has not begun; of a script with this name, when another one starts it.
    pub(super) fn called(
        options: &PlanOptions,
        request: RunRequest,
        source: &str,
        assumed: &Assumed,
        name: Option<String>,
    ) -> Self {
        let (app, path) = (request.app.clone(), identity(&request.app));
        let assumed = assumed.of(&path);
        let record = Record::new(name, request.script.clone(), source, assumed.clone());
        let (tools, stand_ins) = (&options.tools, &options.stand_ins);
        let tree = (TreeId::new("plan"), 0);
        let options = run_options(&options.host, request, tools, stand_ins, tree);
        let script = Arc::new(without(&options.script, &assumed));
        let played = RunOptions {
            script,
            ..options.clone()
        };
        Self {
            run: Run::new(played.clone()),
            options: played,
            app,
            path,
            record,
            todo: [Todo::Input(Input::Start)].into(),
            living: BTreeMap::new(),
            waited: 0,
            others: BTreeMap::new(),
            has_begun: false,
            spoke: BTreeSet::new(),
            ids: BTreeSet::new(),
            line: None,
            cut: None,
        }
    }

    /// The path of its script below the app's folder.
    pub(super) fn file(&self) -> String {
        file(&self.app)
    }

    pub(super) fn input(&mut self, now: Instant, input: Input) {
        // What is stale was answered already.
        let _ = self.run.handle_input(now, input);
    }

    pub(super) fn answer(&mut self, id: ActionId, completed: Completed) {
        let input = Input::Completed(id, completed);
        self.todo.push_back(Todo::Input(input));
    }

    pub(super) fn progress(&mut self, id: ActionId, progress: Progress) {
        let input = Input::Progress(id, progress);
        self.todo.push_back(Todo::Input(input));
    }

    /// What only time brings, where it is the script that waits.
    pub(super) fn waits(&mut self, deadline: &Deadline, now: Instant) {
        if self.todo.is_empty() && deadline.reason == "process.wait" {
            let time = deadline.at.saturating_since(now);
            let reason = format!("{} s", time.as_secs_f64());
            self.record.waits(reason);
        }
    }

    /// A step is done; its commands go on without it.
    pub(super) fn detach(&mut self, step: &StepAt) {
        let living = self.living.values_mut();
        let of_step = living.filter(|living| living.step == *step);
        of_step.for_each(|living| living.detached = true);
    }

    /// A command ends by itself, unless it is to live on.
    pub(super) fn end(&mut self, id: ActionId, exit: Exit) {
        match self.living.get(&id) {
            Some(living) if living.detached => self.record.lives_on(&living.step),
            Some(_) => self.finish(id, exit),
            None => {}
        }
    }

    /// A command is a daemon from here on, which a host looks after.
    pub(super) fn keep(&mut self, id: ActionId) {
        if let Some(living) = self.living.get_mut(&id) {
            (living.detached, living.kept) = (true, true);
        }
    }

    /// The host ends the daemons that were commands of the run.
    pub(super) fn end_kept(&mut self) {
        let kept = self.living.iter().filter(|(_, living)| living.kept);
        let kept: Vec<_> = kept.map(|(id, _)| *id).collect();
        for id in kept {
            self.finish(id, Exit::Signal(Signal::TERM));
        }
    }

    /// Someone has to end the run: it ends like this, at once when it was told before.
    pub(super) fn cut(&mut self, now: Instant, status: PlanStatus) {
        let again = self.cut.replace(self.cut.unwrap_or(status)).is_some();
        self.input(now, if again { Input::Kill } else { Input::Cancel });
    }

    pub(super) fn signal(&mut self, tree: &TreeId, signal: Signal) {
        let living = self.living.iter();
        let of_tree = living.filter(|(_, living)| living.tree == *tree);
        let ids: Vec<ActionId> = of_tree.map(|(id, _)| *id).collect();
        for id in ids {
            self.finish(id, Exit::Signal(signal));
        }
    }

    fn finish(&mut self, id: ActionId, exit: Exit) {
        if self.living.remove(&id).is_some() {
            let leaked = false;
            let ended = Completion::Exec(Ok(Exited { exit, leaked }));
            self.progress(id, Progress::Exited(exit));
            self.answer(id, Completed::World(ended));
        }
    }
}

/// The path of an app's script below its folder.
pub(super) fn file(app: &App) -> String {
    if app.dir == RelPath::root() {
        return app.file.clone();
    }
    format!("{}/{}", app.dir, app.file)
}
