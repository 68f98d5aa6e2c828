//! Whether a daemon is up: looked at in the way that its script says.

use crate::{
    ProcessId,
    shared::{Child, Role, Shared},
};
use alloc::{boxed::Box, format, string::ToString, sync::Arc};
use collodi_action::{Action, Completion};
use collodi_command::{Signal, TreeId};
use collodi_machine::ActionId;
use collodi_pattern::Pattern;
use collodi_run::{Probe, Readiness};
use collodi_time::{Deadline, Duration, Instant};
use collodi_web::FetchSpec;

/// How long one look may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes that are read of an answer.
const ANSWER_BYTES: u64 = 64 << 10;

/// The looks whether a daemon is up, in one of its lives: one at a time.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    readiness: Option<Arc<Readiness>>,
    pattern: Option<Box<Pattern>>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// There is nothing to look at, or it was found.
    Idle,
    /// A look of this life is under way.
    Looking(ActionId),
    /// The next look of this life waits for its time.
    Resting(ActionId),
}

/// Whose readiness it is, and where its command runs.
pub(crate) struct Place {
    pub(crate) process: ProcessId,
    pub(crate) app: Option<Arc<str>>,
    pub(crate) tree: TreeId,
}

impl Place {
    /// The tree of the commands that look.
    fn looks(&self) -> TreeId {
        TreeId::new(&format!("{}-ready", self.tree))
    }

    fn wait(&self, deadline: Option<Deadline>, shared: &mut Shared) {
        shared.wait(Child::Ready(self.process.clone()), deadline);
    }
}

impl Watch {
    /// A pattern that is none was refused before.
    pub(crate) fn new(readiness: Option<Arc<Readiness>>) -> Self {
        let pattern = match readiness.as_ref().map(|readiness| &readiness.probe) {
            Some(Probe::Pattern(text)) => Pattern::parse(text).ok().map(Box::new),
            _ => None,
        };
        Self {
            readiness,
            pattern,
            stage: Stage::Idle,
        }
    }

    /// A life began.
    pub(crate) fn begin(
        &mut self,
        now: Instant,
        life: ActionId,
        place: &Place,
        shared: &mut Shared,
    ) {
        self.end(place, shared);
        self.stage = Stage::Resting(life);
        self.attempt(now, life, place, shared);
    }

    /// The life is over. A command that looks at it is of no use any more.
    pub(crate) fn end(&mut self, place: &Place, shared: &mut Shared) {
        if matches!(self.stage, Stage::Looking(_)) {
            self.cut(place, shared);
        }
        self.stage = Stage::Idle;
        place.wait(None, shared);
    }

    /// Whether a line is waited for.
    pub(crate) const fn wants_lines(&self) -> bool {
        self.pattern.is_some()
    }

    /// Whether this line is what was waited for.
    pub(crate) fn line(&self, line: &str) -> bool {
        let pattern = self.pattern.as_ref();
        pattern.is_some_and(|pattern| matches!(pattern.find_at(line, 0), Ok(Some(_))))
    }

    /// A look ended. Whether it found the daemon up.
    pub(crate) fn looked(
        &mut self,
        now: Instant,
        life: Option<ActionId>,
        completion: &Completion,
        place: &Place,
        shared: &mut Shared,
    ) -> bool {
        let Stage::Looking(of) = self.stage else {
            return false;
        };
        if life != Some(of) {
            return false;
        }
        let found = match completion {
            Completion::Connected(found) => found.is_ok(),
            Completion::Fetched(Ok(answer)) => answer.is_success(),
            Completion::Exec(Ok(ended)) => ended.exit.is_success(),
            _ => false,
        };
        self.stage = if found {
            Stage::Idle
        } else {
            Stage::Resting(of)
        };
        let interval = self.readiness.as_ref().map_or(PATIENCE, |r| r.interval);
        let again = Deadline::new(now + interval, "is it up?");
        place.wait((!found).then_some(again), shared);
        found
    }

    /// It is time for the next look, or the look takes too long.
    pub(crate) fn timeout(&mut self, now: Instant, place: &Place, shared: &mut Shared) {
        match self.stage {
            Stage::Idle => {}
            Stage::Looking(_) => self.cut(place, shared),
            Stage::Resting(life) => self.attempt(now, life, place, shared),
        }
    }

    fn attempt(&mut self, now: Instant, life: ActionId, place: &Place, shared: &mut Shared) {
        let Some(action) = self.action(place) else {
            return;
        };
        let child = Child::Ready(place.process.clone());
        shared.ask(child, Some(life), Role::Plain, action);
        self.stage = Stage::Looking(life);
        let late = Deadline::new(now + PATIENCE, "the look takes too long");
        place.wait(Some(late), shared);
    }

    fn action(&self, place: &Place) -> Option<Action> {
        match &self.readiness.as_ref()?.probe {
            Probe::Pattern(_) => None,
            Probe::Port(port) => Some(Action::Connect {
                host: "127.0.0.1".to_string(),
                port: *port,
            }),
            Probe::Http(url) => Some(Action::Fetch(FetchSpec {
                timeout: PATIENCE,
                limit: ANSWER_BYTES,
                ..FetchSpec::get(url.clone())
            })),
            Probe::Command(command) => {
                let mut command = (**command).clone();
                command.tree = place.looks();
                command.purpose.app.clone_from(&place.app);
                Some(Action::Exec(command))
            }
        }
    }

    /// Ends a command that looks.
    fn cut(&self, place: &Place, shared: &mut Shared) {
        let probe = self.readiness.as_ref().map(|readiness| &readiness.probe);
        if let Some(Probe::Command(_)) = probe {
            let kill = Action::Signal(place.looks(), Signal::KILL);
            let child = Child::Ready(place.process.clone());
            shared.ask(child, None, Role::Signal, kill);
        }
    }
}
