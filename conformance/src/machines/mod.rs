//! The machines of the project, and how histories are made for them.

mod answers;
mod courier;
mod engine;
mod python;
mod script;

use crate::laws::{self, Ids, Observable, Raw, Violation};
use collodi_contain::fuzz::Target;
use collodi_machine::{ActionId, Machine};
use collodi_restart::{
    Backoff, Course, Ending, GiveUp, On, Policy, RestartClass, Rule, Standing, Startup,
    StopSequence, Supervisor, Verdict,
};
use collodi_time::{Duration, Instant};
use proptest::prelude::*;
use std::fmt;

pub use courier::courier;
pub use engine::{host, journaled_host, run};
pub use python::{detect, locate, provision};
pub use script::{SCRIPTS, script_in, script_of};

/// The bodies of fuzz targets by their names: each reads its input as a history.
pub const TARGETS: &[Target] = &[
    ("machine_restart", |data| supervisor().replay(data)),
    ("machine_python", |data| match data.split_first() {
        Some((first, data)) if first % 2 == 0 => detect().replay(data),
        Some((255, data)) => locate().into_iter().for_each(|player| player.replay(data)),
        Some((_, data)) => provision().replay(data),
        None => {}
    }),
    ("machine_run", |data| {
        if let (Some(script), data) = script_in(data) {
            run(script).replay(data);
        }
    }),
    ("machine_host", |data| {
        if let (Some(script), data) = script_in(data) {
            host(script).replay(data);
        }
    }),
    ("machine_courier", |data| courier().replay(data)),
];

/// A machine, and who plays against it.
pub struct Player<M: Observable> {
    /// Makes the machine, always the same.
    start: Box<dyn Fn() -> M>,
    /// An input out of the blue.
    input: Inputs<M>,
    /// What can come of an action.
    answers: Answers<M>,
}

type InputOf<M> = <M as Machine>::Input;
type Inputs<M> = Box<dyn Fn(&Raw, &Ids) -> InputOf<M>>;
type Answers<M> = Box<dyn Fn(&<M as Machine>::Action, ActionId) -> Vec<InputOf<M>>>;

impl<M: Observable> Player<M> {
    /// Checks the laws on random histories, as [`laws::check`].
    ///
    /// # Errors
    ///
    /// The first law that was seen broken.
    pub fn check(&self) -> Result<(), Box<Violation>> {
        laws::check(&self.start, any::<Raw>(), &self.input, &self.answers)
    }

    /// Checks the laws on the history that `data` stands for, as [`laws::play`].
    ///
    /// # Errors
    ///
    /// The first law that is broken.
    pub fn play(&self, data: &[u8]) -> Result<(), Box<Violation>> {
        laws::play(&self.start, data, &self.input, &self.answers)
    }

    fn replay(&self, data: &[u8]) {
        let broken = self.play(data).err().map(|violation| violation.to_string());
        assert_eq!(broken, None, "{}", broken.as_deref().unwrap_or_default());
    }
}

impl<M: Observable> fmt::Debug for Player<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Player").finish_non_exhaustive()
    }
}

/// The supervisor of one child.
pub fn supervisor() -> Player<Supervisor> {
    supervisor_of(Standing::new(7))
}

/// One that goes on with a life that was so far under an earlier supervisor.
pub fn resumed_supervisor(course: Course) -> Player<Supervisor> {
    let is_ending = matches!(course, Course::Signalled { .. });
    supervisor_of(Standing {
        ending: is_ending.then_some(Ending::Again),
        course: Some(course),
        ..Standing::new(7)
    })
}

fn supervisor_of(standing: Standing) -> Player<Supervisor> {
    use collodi_restart::{Action, Input};
    let policy = Policy {
        class: RestartClass::OnFailure,
        backoff: Backoff::default(),
        stable_after: Duration::from_secs(1),
        give_up: Some(GiveUp::Rate {
            count: 4,
            window: Duration::from_secs(30),
        }),
        rules: vec![
            Rule {
                on: On::Codes(1, 1),
                then: Verdict::RestartNow,
            },
            Rule {
                on: On::NotReady,
                then: Verdict::Leave,
            },
        ],
        startup: Startup {
            grace: Duration::from_millis(300),
            ready_within: Some(Duration::from_secs(1)),
        },
    };
    Player {
        start: Box::new(move || {
            let stop = StopSequence::default();
            Supervisor::resumed(policy.clone(), stop, standing.clone(), Instant::ZERO)
        }),
        input: Box::new(|&(kind, number, detail), ids| match kind % 12 {
            0 | 1 => Input::Start,
            10 => Input::Hold,
            11 => Input::TakenOver(ids.pick(number), Some(100), Instant::ZERO),
            2 => Input::Stop,
            3 => Input::Restart,
            4 => Input::Kill,
            5 => Input::Spawned(ids.pick(number), Some(100)),
            6 => Input::SpawnFailed(ids.pick(number)),
            7 => Input::Exited(ids.pick(number), answers::exit(detail)),
            8 => Input::Emptied(ids.pick(number)),
            9 => Input::Ready(ids.pick(number)),
            _ => Input::Signalled(ids.pick(number)),
        }),
        answers: Box::new(|action, id| match action {
            Action::Spawn => vec![Input::SpawnFailed(id), Input::Emptied(id)],
            Action::Signal(_) => vec![Input::Signalled(id)],
        }),
    }
}
