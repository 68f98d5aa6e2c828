//! A daemon's lives: what its supervisor wants, and what is heard of its command.

use super::{Earlier, First, How, Life, Process};
use crate::{
    Event,
    event::ProcessEvent,
    order::Again,
    post::Post,
    readiness::Place,
    shared::{Child, Found, Owner, Role, Shared},
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
};
use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Signal};
use collodi_logs::{Url, find_url, may_have_url};
use collodi_machine::{ActionId, Machine, Output};
use collodi_restart::{Action as Supervise, Ended as Outcome, Event as Supervision, Input, Phase};
use collodi_run::{Completed, DaemonStarted};
use collodi_time::{Deadline, Duration, Instant};
use core::ops::Range;

/// The wait before it is asked again whether anything of a life is left.
pub(crate) const ASK_AGAIN: Duration = Duration::from_secs(1);

impl Process {
    /// Gives its supervisor an input and hands on what it says.
    pub(crate) fn handle(&mut self, now: Instant, input: Input, shared: &mut Shared) {
        // What is stale for the supervisor belongs to a life that is over.
        let _ = self.supervisor.handle_input(now, input);
        loop {
            match self.supervisor.poll_output() {
                Output::Action(id, Supervise::Spawn) => self.spawn(id, now, shared),
                Output::Action(id, Supervise::Signal(signal)) => {
                    let action = Action::Signal(self.daemon.command.tree.clone(), signal);
                    self.ask(Some(id), Role::Signal, action, shared);
                }
                Output::Event(event) => self.supervision_told(now, event, shared),
                Output::Wait(deadline) => {
                    return shared.wait(Child::Process(self.id.clone()), deadline);
                }
                Output::Done(ended) => {
                    if let Outcome::GaveUp(give_up) = ended {
                        self.note(now, &format!("Gave up after {give_up}"), shared);
                    }
                    self.ended(shared);
                    return self.tell(ProcessEvent::Ended(ended), shared);
                }
            }
        }
    }

    /// Its supervision is over: who waits for it hears so.
    fn ended(&mut self, shared: &mut Shared) {
        shared.wait(Child::Process(self.id.clone()), None);
        self.looks_no_more(shared);
        let gone = Error::new(ErrorKind::Other, "start", self.line());
        let why = self
            .reason()
            .unwrap_or("it was stopped before it was started");
        self.started(Err(gone.detail(why)), shared);
        if let Some(exec) = self.kept.take() {
            // Its run has ended with it.
            self.order.again = Again::No;
            let exit = self.status().last_exit.unwrap_or(Exit::Unknown);
            let leaked = false;
            let ended = Completion::Exec(Ok(Ended { exit, leaked }));
            let input = collodi_run::Input::Completed(exec, Completed::World(ended));
            shared.post.push_back(Post::Run(self.run.clone(), input));
        }
    }

    fn spawn(&mut self, spawn: ActionId, now: Instant, shared: &mut Shared) {
        let first = core::mem::take(&mut self.first);
        if matches!(first, First::Started) {
            self.reason = None;
        }
        self.life = Some(Life {
            spawn,
            exit: None,
            closed: false,
            empty: false,
            is_told: false,
            how: match first {
                First::Adopted(_) => How::Adopted,
                First::Lost => How::Lost,
                First::Started | First::Kept(..) => How::Started,
            },
        });
        self.identity = None;
        self.reach.reset(Some(spawn), &self.id, shared);
        let spec = || self.daemon.command.clone();
        match first {
            First::Kept(number, process) => {
                let Found { pid, identity } = process.map(|found| *found).unwrap_or_default();
                self.identity = identity;
                let child = Child::Process(self.id.clone());
                shared.hand_over(number, child, spawn, Role::Life);
                self.post(Input::Spawned(spawn, pid), shared);
                self.watch.begin(now, spawn, &self.place(), shared);
            }
            First::Adopted(earlier) => {
                let adopt = Action::Adopt(spec(), earlier.identity.clone());
                self.identity = Some(earlier.identity.clone());
                self.earlier = Some(earlier);
                self.ask(Some(spawn), Role::Life, adopt, shared);
                self.reach.try_recalled(&self.id, shared);
            }
            First::Started => {
                let exec = Action::Exec(spec());
                self.ask(Some(spawn), Role::Life, exec, shared);
            }
            First::Lost => self.lost(now, shared),
        }
    }

    /// What was to be taken over is gone, and the policy decides, as after any death: one of a life that may
    /// have been as long as it is ago. What it left behind is ended: at once, unless its end was seen.
    fn lost(&mut self, now: Instant, shared: &mut Shared) {
        let earlier = self.earlier.take();
        let exit = earlier.as_ref().and_then(|earlier| earlier.exit);
        if let Some(life) = &mut self.life {
            life.how = if exit.is_some() { How::Over } else { How::Lost };
        }
        if let (Some(earlier), Some(life)) = (earlier, self.life) {
            let taken_over = Input::TakenOver(life.spawn, None, earlier.since);
            self.post(taken_over, shared);
        }
        if exit.is_some() {
            self.note(now, "Process ended under an earlier server", shared);
        } else {
            let kill = Action::Signal(self.daemon.command.tree.clone(), Signal::KILL);
            self.ask(None, Role::Signal, kill, shared);
        }
        self.closed(now, exit.unwrap_or(Exit::Unknown), shared);
    }

    /// Says that it goes on waiting for its next start, as under an earlier host.
    pub(crate) fn waits_on(&mut self, now: Instant, shared: &mut Shared) {
        let status = self.status();
        if let Some(next) = status.next_start.filter(|next| *next > now) {
            let millis = next.saturating_since(now).as_millis();
            let restart = status.restarts.saturating_add(1);
            let text =
                format!("Still waiting: auto-restarting in {millis} ms (restart #{restart})");
            self.note(now, &text, shared);
        }
    }

    /// What a command said before it was a daemon: it was told then.
    pub(crate) fn said_before(&mut self, now: Instant, said: &[u8], shared: &mut Shared) {
        let Self { log, reach, id, .. } = self;
        log.push_with(now, collodi_command::Stream::Stdout, said, |line| {
            reach.line(&line.text, id, shared);
        });
        self.own_from = self.log.next_seq();
    }

    /// It answered an earlier host at this address.
    pub(crate) fn answered(&mut self, address: &str) {
        if let Some(url) = find_url(address).filter(Url::is_local) {
            self.reach.recall(url);
        }
    }

    /// The script says that this is its address.
    pub(crate) fn called(&mut self, address: &str, shared: &mut Shared) {
        if let Some(url) = find_url(address).filter(Url::is_local) {
            self.reach.prefer(url, &self.id, shared);
        }
    }

    pub(super) fn ask(
        &self,
        id: Option<ActionId>,
        role: Role,
        action: Action,
        shared: &mut Shared,
    ) {
        shared.ask(Child::Process(self.id.clone()), id, role, action);
    }

    pub(super) fn tell(&self, what: ProcessEvent, shared: &mut Shared) {
        let (process, app) = (self.id.clone(), self.app.name.clone());
        shared.out.event(Event::Process { process, app, what });
    }

    /// Writes a line of our own into the log. Clients know the prefix.
    pub(crate) fn note(&mut self, now: Instant, text: &str, shared: &mut Shared) {
        let note = self.log.note(now, &format!("[VATN] {text}"));
        self.tell_from(note, shared);
    }

    /// The lines of the log from this one on.
    fn tell_from(&self, first: u64, shared: &mut Shared) {
        for line in self.log.read(first, usize::MAX).lines {
            self.tell(ProcessEvent::Line(line.clone()), shared);
        }
    }

    fn supervision_told(&mut self, now: Instant, event: Supervision, shared: &mut Shared) {
        match event {
            Supervision::Started { pid } => {
                if let Some(note) = self.beginning(pid) {
                    self.note(now, &note, shared);
                }
                self.started(Ok(pid), shared);
                // An earlier host was ending it.
                if self.status().phase == Phase::Clearing {
                    self.look_later(now, shared);
                }
            }
            Supervision::SpawnFailed => {
                if let Some(error) = self.spawn_error.take().map(|error| *error) {
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
            Supervision::NotReady => {
                self.note(now, "Not ready in time", shared);
                self.look_later(now, shared);
            }
            Supervision::Stopping => {
                // How far that is, is to be known as well.
                if self.stopped_by_operator {
                    shared.stopped.push(self.id.clone());
                }
                self.look_later(now, shared);
            }
            Supervision::Clearing => self.look_at_leftovers(shared),
            Supervision::Exited(_) if self.status().phase == Phase::Clearing => {
                self.look_later(now, shared);
            }
            Supervision::Up | Supervision::Exited(_) => {}
        }
        self.tell(ProcessEvent::Supervision(event), shared);
    }

    /// What its log says of how its life began, unless that is said.
    fn beginning(&self, pid: Option<u32>) -> Option<String> {
        let shown = pid.map_or_else(|| "unknown".to_string(), |pid| pid.to_string());
        match self.life.map(|life| life.how) {
            Some(How::Over) => None,
            Some(How::Lost) => Some("Process ended while nobody looked after it".to_string()),
            Some(How::Adopted) => Some(format!("Process taken over (pid={shown})")),
            Some(How::Started) | None => Some(format!("Process started (pid={shown})")),
        }
    }

    /// The first start has succeeded or failed: the run goes on.
    fn started(&mut self, how: Result<Option<u32>, Error>, shared: &mut Shared) {
        let Some(action) = self.starting.take() else {
            return;
        };
        let id = self.id.clone().into();
        let completed = Completed::Daemon(how.map(|pid| DaemonStarted { id, pid }));
        let input = collodi_run::Input::Completed(action, completed);
        shared.post.push_back(Post::Run(self.run.clone(), input));
    }

    /// What was up is, and what has said so, to nobody who wrote that down, is as well. Else it is
    /// looked whether it is.
    fn watch_on(&mut self, now: Instant, spawn: ActionId, earlier: &Earlier, shared: &mut Shared) {
        let mut said = self
            .log
            .last(usize::MAX)
            .filter(|line| line.at >= earlier.since);
        match earlier.was_up || said.any(|line| self.watch.line(&line.text)) {
            true => self.post(Input::Ready(spawn), shared),
            false => self.watch.begin(now, spawn, &self.place(), shared),
        }
    }

    /// Something was heard of its command.
    pub(crate) fn progress(&mut self, now: Instant, progress: Progress, shared: &mut Shared) {
        let Some(life) = self.life.as_mut() else {
            return;
        };
        let spawn = life.spawn;
        match progress {
            Progress::Spawned { pid } => match self.earlier.take() {
                Some(earlier) => {
                    self.post(Input::TakenOver(spawn, pid, earlier.since), shared);
                    self.watch_on(now, spawn, &earlier, shared);
                }
                None => {
                    self.post(Input::Spawned(spawn, pid), shared);
                    self.watch.begin(now, spawn, &self.place(), shared);
                }
            },
            Progress::Output { stream, bytes } => self.output(now, stream, &bytes, shared),
            Progress::Exited(exit) => self.exited(exit, shared),
            Progress::Identified(identity) => self.identity = Some(identity),
            Progress::Recorded(place) => (self.recorded, self.since_recorded) = (place, 0),
            Progress::Transferred { .. } => {}
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
            let action = Action::AwaitEmpty(self.daemon.command.tree.clone());
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
            watch,
            id,
            app,
            ..
        } = self;
        let mut is_ready = false;
        let wants = shared.tells_lines || watch.wants_lines();
        let seeks = reach.seeks();
        let may_have = |lines: &[u8]| wants || seeks && may_have_url(lines);
        let said = log.push_where(now, stream, bytes, may_have, |line| {
            reach.line(&line.text, id, shared);
            is_ready |= watch.line(&line.text);
            if shared.tells_lines {
                let what = ProcessEvent::Line(line.clone());
                shared.out.event(Event::Process {
                    process: id.clone(),
                    app: app.name.clone(),
                    what,
                });
            }
        });
        self.said_since(&said);
        if !shared.tells_lines && !said.is_empty() {
            self.tell(ProcessEvent::Grew, shared);
        }
        if is_ready {
            self.ready(shared);
        }
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
            (Role::Life, Completion::Exec(Err(_)), _) if self.earlier.is_some() => {
                self.lost(now, shared);
            }
            (Role::Life, Completion::Exec(Err(error)), Some(spawn)) => {
                self.life = None;
                self.spawn_error = Some(Box::new(error));
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
            (Role::Members, Completion::Members(members), spawn) => {
                let members = members.unwrap_or_default();
                if let Some(spawn) = spawn {
                    self.left_behind(now, spawn, &members, shared);
                }
                self.looked(now, members, shared);
            }
            (Role::Members, ..) => {}
            (_, Completion::Written(Err(error)), _) => {
                self.note(now, &format!("Error: {error}"), shared);
            }
            (_, _, Some(id)) => self.post(Input::Signalled(id), shared),
            _ => {}
        }
    }

    /// These lines were said since it was told how far the recording is.
    fn said_since(&mut self, lines: &Range<u64>) {
        let lines = u32::try_from(lines.end - lines.start).unwrap_or(u32::MAX);
        self.since_recorded = self.since_recorded.saturating_add(lines);
    }

    /// No more output will come: now the exit line has its place.
    fn closed(&mut self, now: Instant, exit: Exit, shared: &mut Shared) {
        self.exited(exit, shared);
        let unfinished = self.log.close(now);
        self.said_since(&unfinished);
        self.tell_from(unfinished.start, shared);
        self.note_exit(now, exit, shared);
        if let Some(life) = &mut self.life {
            life.closed = true;
        }
        self.over(shared);
    }

    /// Says once how its process ended, unless nobody saw that.
    pub(super) fn note_exit(&mut self, now: Instant, exit: Exit, shared: &mut Shared) {
        let Some(life) = self.life.as_mut().filter(|life| life.how != How::Lost) else {
            return;
        };
        if !core::mem::replace(&mut life.is_told, true) {
            let code = exit.shell_code();
            let code = code.map_or_else(|| "unknown".to_string(), |code| code.to_string());
            self.note(now, &format!("Process exited (code={code})"), shared);
        }
    }

    fn over(&mut self, shared: &mut Shared) {
        if let Some(life) = self.life.filter(|life| life.closed && life.empty) {
            self.life = None;
            self.identity = None;
            self.reach.reset(None, &self.id, shared);
            self.watch.end(&self.place(), shared);
            self.looks_no_more(shared);
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
        if let Some(url) = reached {
            if self.daemon.ready.is_none() {
                self.ready(shared);
            }
            let told = match self.reach.is_resumed(&url) {
                true => ProcessEvent::StillReachable(url),
                false => ProcessEvent::Reachable(url),
            };
            self.tell(told, shared);
        }
    }

    pub(crate) fn try_again(&mut self, shared: &mut Shared) {
        self.reach.timeout(&self.id, shared);
    }

    /// A look whether it is up ended.
    pub(crate) fn watched(
        &mut self,
        now: Instant,
        life: Option<ActionId>,
        completion: &Completion,
        shared: &mut Shared,
    ) {
        if self
            .watch
            .looked(now, life, completion, &self.place(), shared)
        {
            self.ready(shared);
        }
    }

    pub(crate) fn watch_again(&mut self, now: Instant, shared: &mut Shared) {
        self.watch.timeout(now, &self.place(), shared);
    }

    fn ready(&self, shared: &mut Shared) {
        if let Some(life) = self.life {
            self.post(Input::Ready(life.spawn), shared);
        }
    }

    fn place(&self) -> Place {
        Place {
            process: self.id.clone(),
            app: self.daemon.command.purpose.app.clone(),
            tree: self.daemon.command.tree.clone(),
        }
    }

    /// It is ended and started again with another one, which died.
    pub(crate) fn take_down_with(&mut self, now: Instant, other: &str, shared: &mut Shared) {
        if self.is_alive() && self.order.again == Again::No {
            let why = format!("it is started again with {other}, which died");
            self.note(now, &format!("Stopping: {why}"), shared);
        }
    }

    /// It is ended with another one, which has failed for good.
    pub(crate) fn bring_down_with(
        &mut self,
        now: Instant,
        other: &str,
        stays_down: bool,
        shared: &mut Shared,
    ) {
        let why = format!("ended with {other}, which gave up");
        self.note(now, &format!("Stopping: {why}"), shared);
        self.was_brought_down(why, stays_down);
    }

    /// This is why it does not run, or not for long.
    pub(crate) fn was_brought_down(&mut self, why: String, stays_down: bool) {
        self.reason = Some(why.into());
        self.stays_down = stays_down;
    }

    /// It is not started: something that it depends on is gone.
    pub(crate) fn refuse(&mut self, now: Instant, why: &str, shared: &mut Shared) {
        self.note(now, &format!("Error: {why}"), shared);
        let error = Error::new(ErrorKind::Other, "start", self.line()).detail(why);
        self.reason = Some(format!("not started: {why}").into());
        self.started(Err(error), shared);
        self.post(Input::Stop, shared);
    }
}
