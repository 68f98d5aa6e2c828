//! The making of one environment.

mod claiming;
mod creating;
mod outcome;

pub(crate) use claiming::left_makers;
pub use claiming::makes_environments;
pub use outcome::{ProvisionError, ProvisionEvent, Provisioned};

use crate::{EnvDir, Input, Installer, Toolchain};
use alloc::{
    collections::{BTreeMap, VecDeque},
    string::String,
    vec::Vec,
};
use collodi_action::{Action, Completion, Progress};
use collodi_command::{Signal, Stream, TreeId};
use collodi_file::{Claim, FileOp};
use collodi_machine::{ActionId, Machine, Outbox, Output, OutputOf, Stale};
use collodi_time::{Deadline, Duration, Instant};

/// How long making an environment may take.
const CREATION_TIME: Duration = Duration::from_secs(600);
/// How long another program that makes it is waited for: longer than that may take.
const WAITING_TIME: Duration = Duration::from_secs(660);
/// How often one looks whether the other program is done.
const WAITING_STEP: Duration = Duration::from_millis(100);
/// How many of the last bytes that the tool said are kept for the error.
const TAIL_BYTES: usize = 4096;

/// What [`Provision`] needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionOptions {
    /// The environment.
    pub env: EnvDir,
    /// What it is made with.
    pub contents: Contents,
    /// What is on the machine.
    pub tools: Toolchain,
    /// Which tool makes it, where that is not conda.
    pub installer: Installer,
    /// The variables of the commands.
    pub vars: BTreeMap<String, String>,
    /// The tree of the commands. No other making has it, of any program.
    pub tree: TreeId,
}

/// What a new environment is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Python: this one, when it matters: `3.10`. Where the machine's own is another one, uv
    /// gets it, or the program `python3.10` has to be there.
    Python(Option<String>),
    /// What conda installs by these specifications and options.
    Conda(Vec<String>),
    /// Nothing: what is half-made goes, and none is made. Nobody is waited for.
    Nothing,
}

/// Makes one environment, unless it is there.
///
/// A marker file beside the environment is there while it is being made, claimed by the
/// program that makes it. Who finds it claimed waits; who can claim it knows that the
/// environment is half-made, ends what its maker may have left running, and makes it
/// anew. Renaming a finished environment into place would not do: the programs in it name
/// the path that they were made at.
#[derive(Clone, Debug)]
pub struct Provision {
    options: ProvisionOptions,
    state: State,
    /// Why uv could not make it, after which `venv` tries.
    without_uv: Option<ProvisionError>,
    /// Why it ends before it is made.
    ended_by: Option<ProvisionError>,
    /// Until when another program is waited for, once one was.
    patience: Option<Instant>,
    tail: VecDeque<u8>,
    out: Outbox<Action, ProvisionEvent>,
}

/// One thing is asked of the world at a time, so an answer belongs to the state.
#[derive(Clone, Debug)]
enum State {
    New,
    /// Is there an environment?
    LookingForProof,
    /// Is there a marker?
    LookingForMarker {
        proof: bool,
    },
    Claiming,
    /// Another program has the marker; when to try again.
    Waiting(Claim, Instant),
    /// What an earlier maker started is ended: the signal, then the wait for it.
    EndingLeftovers(TreeId, VecDeque<TreeId>),
    AwaitingLeftovers(VecDeque<TreeId>),
    /// What was half-made goes.
    Clearing,
    /// Has it been made until the marker was ours?
    LookingAgain,
    /// Is anything there?
    LookingForDirectory,
    /// Is this program the Python that was asked for?
    Probing {
        program: String,
        version: String,
        deadline: Instant,
        said: Vec<u8>,
    },
    Creating {
        deadline: Instant,
    },
    /// It failed: what was half-made goes.
    Undoing(ProvisionError),
    /// Nothing is half-made: the marker goes.
    Unmarking(Provisioned),
    Releasing(Provisioned),
    Done(Provisioned),
}

impl Provision {
    /// The making of an environment, which begins with the first [`Input::Timeout`].
    pub const fn new(options: ProvisionOptions) -> Self {
        Self {
            options,
            state: State::New,
            without_uv: None,
            ended_by: None,
            patience: None,
            tail: VecDeque::new(),
            out: Outbox::new(),
        }
    }

    /// The environment.
    pub const fn env(&self) -> &EnvDir {
        &self.options.env
    }

    fn ask(&mut self, op: FileOp, state: State) {
        self.out.action(Action::File(op));
        self.state = state;
    }

    fn begin(&mut self) {
        let path = self.options.env.proof();
        self.ask(FileOp::Stat { path }, State::LookingForProof);
    }

    fn heard(&mut self, id: ActionId, progress: Progress) -> Result<(), Stale> {
        self.out.progress(id)?;
        match (&mut self.state, progress) {
            (State::Creating { .. }, Progress::Output { stream, bytes }) => {
                self.tail.extend(bytes.iter());
                let over = self.tail.len().saturating_sub(TAIL_BYTES);
                self.tail.drain(..over);
                self.out.event(ProvisionEvent::Output { stream, bytes });
            }
            (
                State::Probing { said, .. },
                Progress::Output {
                    stream: Stream::Stdout,
                    bytes,
                },
            ) => {
                let room = TAIL_BYTES.saturating_sub(said.len());
                said.extend(bytes.iter().take(room));
            }
            // It began after the signal was sent.
            (_, Progress::Spawned { .. }) if self.ended_by.is_some() => self.kill(),
            _ => {}
        }
        Ok(())
    }

    fn completed(&mut self, now: Instant, id: ActionId, how: Completion) -> Result<(), Stale> {
        self.out.complete(id)?;
        match (&self.state, how) {
            (State::Creating { .. }, how @ Completion::Exec(_)) => self.created(how),
            (State::Probing { .. }, how @ Completion::Exec(_)) => self.probed(now, &how),
            (State::EndingLeftovers(tree, others), Completion::Signalled(_)) => {
                let (tree, others) = (tree.clone(), others.clone());
                self.out.action(Action::AwaitEmpty(tree));
                self.state = State::AwaitingLeftovers(others);
            }
            (State::AwaitingLeftovers(others), Completion::Empty(Ok(()))) => {
                let others = others.clone();
                self.end_leftovers(others);
            }
            // It stays marked: what lives on would go on with what is made anew.
            (State::AwaitingLeftovers(_), Completion::Empty(Err(error))) => {
                self.release(Provisioned::Failed(ProvisionError::Leftovers(error)));
            }
            (State::Done(_), _) => {}
            (_, Completion::File(answer)) => self.answered(now, answer),
            _ => {}
        }
        Ok(())
    }

    /// Ends what is under way. A command is killed, and undone when it is gone; with a
    /// marker of ours, what is under way comes to its end first, and leaves none.
    fn end(&mut self, why: ProvisionError) {
        match self.state {
            State::New
            | State::LookingForProof
            | State::LookingForMarker { .. }
            | State::Waiting(..) => self.state = State::Done(Provisioned::Failed(why)),
            State::Undoing(_) | State::Unmarking(_) | State::Releasing(_) | State::Done(_) => {}
            _ if self.ended_by.is_some() => {}
            State::Creating { .. } | State::Probing { .. } => {
                self.ended_by = Some(why);
                self.kill();
            }
            _ => self.ended_by = Some(why),
        }
    }

    fn kill(&mut self) {
        let tree = self.options.tree.clone();
        self.out.action(Action::Signal(tree, Signal::KILL));
    }

    fn timeout(&mut self, now: Instant) {
        match &self.state {
            State::New => self.begin(),
            State::Waiting(claim, _) if self.patience.is_some_and(|until| until <= now) => {
                let busy = ProvisionError::Busy(claim.clone());
                self.end(busy);
            }
            State::Waiting(_, again) if *again <= now => self.claim(),
            State::Creating { deadline } | State::Probing { deadline, .. } if *deadline <= now => {
                self.end(ProvisionError::TimedOut);
            }
            _ => {}
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        let running = self.ended_by.is_none();
        match self.state {
            State::New => Some(Deadline::new(Instant::ZERO, "start")),
            State::Waiting(_, again) => {
                let at = self.patience.map_or(again, |until| until.min(again));
                Some(Deadline::new(at, "another program's creation"))
            }
            State::Creating { deadline } if running => {
                Some(Deadline::new(deadline, "environment creation"))
            }
            State::Probing { deadline, .. } if running => Some(Deadline::new(deadline, "probe")),
            _ => None,
        }
    }
}

impl Machine for Provision {
    type Input = Input;
    type Action = Action;
    type Event = ProvisionEvent;
    type Outcome = Provisioned;

    fn timeout() -> Input {
        Input::Timeout
    }

    fn handle_input(&mut self, now: Instant, input: Input) -> Result<(), Stale> {
        match input {
            Input::Progress(id, progress) => self.heard(id, progress)?,
            Input::Completed(id, completion) => self.completed(now, id, completion)?,
            Input::Cancel => self.end(ProvisionError::Cancelled),
            Input::Timeout => self.timeout(now),
        }
        Ok(())
    }

    fn poll_output(&mut self) -> OutputOf<Self> {
        match (self.out.pop(), &self.state) {
            (Some(output), _) => output,
            (None, State::Done(outcome)) if self.out.idle() => Output::Done(outcome.clone()),
            (None, _) => Output::Wait(self.deadline()),
        }
    }
}
