//! A daemon: its supervisor, its log, and its address.

use crate::{
    Event, ProcessId, RunId,
    event::ProcessEvent,
    post::Post,
    reach::Reach,
    shared::{Child, Owner, Role, Shared},
};
use alloc::{format, string::String, string::ToString, sync::Arc};
use collodi_action::{Action, Completion, Error, Progress};
use collodi_command::{CommandSpec, Exit, Stdin};
use collodi_logs::{Log, Url};
use collodi_machine::{ActionId, Machine, Output};
use collodi_restart::{
    Action as Supervise, Event as Supervision, Input, Phase, Status, Supervisor,
};
use collodi_run::{Completed, DaemonStarted};
use collodi_time::{Deadline, Duration, Instant, WallTime};

/// The wait before it is asked again whether anything of a life is left.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// A daemon that a run started.
#[derive(Clone, Debug)]
pub struct Process {
    id: ProcessId,
    app: String,
    run: RunId,
    line: String,
    auto_restart: bool,
    command: CommandSpec,
    supervisor: Supervisor,
    log: Log,
    reach: Reach,
    epoch: WallTime,
    /// The run's action that is completed by the first start.
    starting: Option<ActionId>,
    life: Option<Life>,
    spawn_error: Option<Error>,
}

/// One life: it is over when the command has ended and its tree is empty.
#[derive(Clone, Copy, Debug)]
struct Life {
    spawn: ActionId,
    exit: Option<Exit>,
    closed: bool,
    empty: bool,
}

/// Who a daemon belongs to, and what it is.
pub(crate) struct Birth {
    pub(crate) id: ProcessId,
    pub(crate) app: String,
    pub(crate) run: RunId,
    pub(crate) line: String,
    pub(crate) auto_restart: bool,
    pub(crate) command: CommandSpec,
    pub(crate) starting: ActionId,
}

impl Process {
    pub(crate) fn new(birth: Birth, supervisor: Supervisor, log: Log, epoch: WallTime) -> Self {
        Self {
            id: birth.id,
            app: birth.app,
            run: birth.run,
            line: birth.line,
            auto_restart: birth.auto_restart,
            command: birth.command,
            starting: Some(birth.starting),
            supervisor,
            log,
            epoch,
            reach: Reach::new(None),
            life: None,
            spawn_error: None,
        }
    }

    /// Its name.
    pub const fn id(&self) -> &ProcessId {
        &self.id
    }

    /// The app it belongs to.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The run that started it.
    pub const fn run(&self) -> &RunId {
        &self.run
    }

    /// The script's own line.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Whether it is started again when it ends.
    pub const fn auto_restart(&self) -> bool {
        self.auto_restart
    }

    /// Whether its command runs in this environment.
    pub(crate) fn uses_env(&self, env: &str) -> bool {
        self.command
            .env
            .get("VIRTUAL_ENV")
            .is_some_and(|dir| dir == env)
    }

    /// Whether its command lives and reads what is written to it.
    pub fn reads(&self) -> bool {
        let lives = self.life.is_some_and(|life| life.exit.is_none());
        lives && self.command.stdin == Stdin::Piped
    }

    /// Writes to its command.
    pub(crate) fn write(&self, bytes: Arc<[u8]>, shared: &mut Shared) {
        let action = Action::Write(self.command.tree.clone(), bytes);
        self.ask(None, Role::Plain, action, shared);
    }

    /// What its supervisor knows.
    pub const fn status(&self) -> Status {
        self.supervisor.status()
    }

    /// Whether its supervision has ended.
    pub const fn has_ended(&self) -> bool {
        matches!(self.status().phase, Phase::Ended(_))
    }

    /// Its output and its supervisor's notes.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The address at which it answers.
    pub const fn url(&self) -> Option<&Url> {
        self.reach.url()
    }

    /// When its last life began.
    pub fn started_at(&self) -> Option<WallTime> {
        self.status()
            .started_at
            .map(|at| self.epoch + at.since_origin())
    }

    /// Gives its supervisor an input and hands on what it says. Whether it is done.
    pub(crate) fn handle(&mut self, now: Instant, input: Input, shared: &mut Shared) -> bool {
        // What is stale for the supervisor belongs to a life that is over.
        let _ = self.supervisor.handle_input(now, input);
        loop {
            match self.supervisor.poll_output() {
                Output::Action(id, Supervise::Spawn) => self.spawn(id, shared),
                Output::Action(id, Supervise::Signal(signal)) => {
                    let action = Action::Signal(self.command.tree.clone(), signal);
                    self.ask(Some(id), Role::Signal, action, shared);
                }
                Output::Event(event) => self.supervision(now, event, shared),
                Output::Wait(deadline) => {
                    shared.wait(Child::Process(self.id.clone()), deadline);
                    return false;
                }
                Output::Done(ended) => {
                    shared.wait(Child::Process(self.id.clone()), None);
                    self.tell(ProcessEvent::Ended(ended), shared);
                    return true;
                }
            }
        }
    }

    fn spawn(&mut self, spawn: ActionId, shared: &mut Shared) {
        self.life = Some(Life {
            spawn,
            exit: None,
            closed: false,
            empty: false,
        });
        self.reach.reset(Some(spawn), &self.id, shared);
        self.ask(
            Some(spawn),
            Role::Life,
            Action::Exec(self.command.clone()),
            shared,
        );
    }

    fn ask(&self, id: Option<ActionId>, role: Role, action: Action, shared: &mut Shared) {
        shared.ask(Child::Process(self.id.clone()), id, role, action);
    }

    fn tell(&self, what: ProcessEvent, shared: &mut Shared) {
        let (process, app) = (self.id.clone(), self.app.clone());
        shared.out.event(Event::Process { process, app, what });
    }

    /// Writes a line of our own into the log. Clients know the prefix.
    fn note(&mut self, now: Instant, text: &str, shared: &mut Shared) {
        let seq = self.log.note(now, &format!("[VATN] {text}"));
        let line = self
            .log
            .read(seq, 1)
            .lines
            .first()
            .map(|line| (*line).clone());
        if let Some(line) = line {
            self.tell(ProcessEvent::Line(line), shared);
        }
    }

    fn supervision(&mut self, now: Instant, event: Supervision, shared: &mut Shared) {
        match event {
            Supervision::Started { pid } => {
                let shown = pid.map_or_else(|| "unknown".to_string(), |pid| pid.to_string());
                self.note(now, &format!("Process started (pid={shown})"), shared);
                self.started(Ok(pid), shared);
            }
            Supervision::SpawnFailed => {
                if let Some(error) = self.spawn_error.take() {
                    self.note(now, &format!("Error: {error}"), shared);
                    self.tell(ProcessEvent::SpawnFailed(error.clone()), shared);
                    self.started(Err(error), shared);
                }
            }
            Supervision::Restarting { delay, restart } => {
                let millis = delay.as_millis();
                let text = format!("Auto-restarting in {millis} ms (restart #{restart})");
                self.note(now, &text, shared);
            }
            Supervision::NotReady => self.note(now, "Not ready in time", shared),
            Supervision::Up | Supervision::Exited(_) | Supervision::Stopping => {}
        }
        self.tell(ProcessEvent::Supervision(event), shared);
    }

    /// The first start has succeeded or failed: the run goes on.
    fn started(&mut self, how: Result<Option<u32>, Error>, shared: &mut Shared) {
        let Some(action) = self.starting.take() else {
            return;
        };
        let id = self.id.to_string();
        let completed = Completed::Daemon(how.map(|pid| DaemonStarted { id, pid }));
        let input = collodi_run::Input::Completed(action, completed);
        shared.post.push_back(Post::Run(self.run.clone(), input));
    }

    /// Something was heard of its command.
    pub(crate) fn progress(&mut self, now: Instant, progress: Progress, shared: &mut Shared) {
        let Some(life) = self.life.as_mut() else {
            return;
        };
        let spawn = life.spawn;
        match progress {
            Progress::Spawned { pid } => self.post(Input::Spawned(spawn, pid), shared),
            Progress::Output { stream, bytes } => self.output(now, stream, &bytes, shared),
            Progress::Exited(exit) => self.exited(exit, shared),
            Progress::Identified(_) | Progress::Transferred { .. } => {}
        }
    }

    /// The leader has ended. The life is over when nothing of it is left.
    fn exited(&mut self, exit: Exit, shared: &mut Shared) {
        let Some(life) = self.life.as_mut().filter(|life| life.exit.is_none()) else {
            return;
        };
        life.exit = Some(exit);
        let spawn = life.spawn;
        self.await_empty(shared);
        self.post(Input::Exited(spawn, exit), shared);
    }

    /// Asks whether anything of the life is left. Without a clear answer it is asked
    /// again: a life is never taken for over.
    pub(crate) fn await_empty(&self, shared: &mut Shared) {
        if let Some(life) = self.life.filter(|life| !life.empty) {
            let action = Action::AwaitEmpty(self.command.tree.clone());
            self.ask(Some(life.spawn), Role::Emptying, action, shared);
        }
    }

    fn post(&self, input: Input, shared: &mut Shared) {
        shared.post.push_back(Post::Process(self.id.clone(), input));
    }

    fn output(
        &mut self,
        now: Instant,
        stream: collodi_command::Stream,
        bytes: &[u8],
        shared: &mut Shared,
    ) {
        let Self {
            log,
            reach,
            id,
            app,
            ..
        } = self;
        log.push_with(now, stream, bytes, |line| {
            reach.line(&line.text, id, shared);
            let what = ProcessEvent::Line(line.clone());
            shared.out.event(Event::Process {
                process: id.clone(),
                app: app.clone(),
                what,
            });
        });
    }

    /// An action of its life ended.
    pub(crate) fn completed(
        &mut self,
        now: Instant,
        owner: &Owner,
        completion: Completion,
        shared: &mut Shared,
    ) {
        match (owner.role, completion, owner.id) {
            (Role::Life, Completion::Exec(Err(error)), Some(spawn)) => {
                self.life = None;
                self.spawn_error = Some(error);
                self.post(Input::SpawnFailed(spawn), shared);
            }
            (Role::Life, Completion::Exec(Ok(ended)), _) => self.closed(now, ended.exit, shared),
            (Role::Emptying, Completion::Empty(Ok(())), _) => {
                if let Some(life) = &mut self.life {
                    life.empty = true;
                }
                self.over(shared);
            }
            (Role::Emptying, _, _) => {
                let again = Deadline::new(now + ASK_AGAIN, "is anything left?");
                shared.wait(Child::Emptying(self.id.clone()), Some(again));
            }
            (_, Completion::Written(Err(error)), _) => {
                self.note(now, &format!("Error: {error}"), shared);
            }
            (_, _, Some(id)) => self.post(Input::Signalled(id), shared),
            _ => {}
        }
    }

    /// No more output will come: now the exit line has its place.
    fn closed(&mut self, now: Instant, exit: Exit, shared: &mut Shared) {
        self.exited(exit, shared);
        let unfinished = self.log.close(now);
        let lines = self.log.read(unfinished.start, usize::MAX).lines;
        let lines: alloc::vec::Vec<_> = lines.into_iter().cloned().collect();
        for line in lines {
            self.tell(ProcessEvent::Line(line), shared);
        }
        let code = exit
            .shell_code()
            .map_or_else(|| "unknown".to_string(), |c| c.to_string());
        self.note(now, &format!("Process exited (code={code})"), shared);
        if let Some(life) = &mut self.life {
            life.closed = true;
        }
        self.over(shared);
    }

    fn over(&mut self, shared: &mut Shared) {
        if let Some(life) = self.life.filter(|life| life.closed && life.empty) {
            self.life = None;
            self.reach.reset(None, &self.id, shared);
            self.post(Input::Emptied(life.spawn), shared);
        }
    }

    /// A try to reach it in one of its lives ended.
    pub(crate) fn tried(
        &mut self,
        now: Instant,
        life: Option<ActionId>,
        succeeded: bool,
        shared: &mut Shared,
    ) {
        let reached = self.reach.tried(now, life, succeeded, &self.id, shared);
        if let (Some(url), Some(spawn)) = (reached, life) {
            self.post(Input::Ready(spawn), shared);
            self.tell(ProcessEvent::Reachable(url), shared);
        }
    }

    pub(crate) fn try_again(&mut self, shared: &mut Shared) {
        self.reach.timeout(&self.id, shared);
    }
}
