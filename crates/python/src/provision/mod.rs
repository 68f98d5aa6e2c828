//! The making of one environment.

use crate::{EnvDir, Input, Installer, Toolchain};
use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, VecDeque},
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion, Ended, Progress};
use collodi_command::{CommandSpec, Exit, Signal, Stream, TreeId};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_machine::{ActionId, Machine, Outbox, Output, OutputOf, Stale};
use collodi_time::{Deadline, Duration, Instant};
use core::fmt;

/// How long making an environment may take.
const CREATION_TIME: Duration = Duration::from_secs(600);
/// How many of the last bytes that the tool said are kept for the error.
const TAIL_BYTES: usize = 4096;

/// What [`Provision`] needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionOptions {
    /// The environment.
    pub env: EnvDir,
    /// The Python it shall have, when it matters: `3.10`. Needs uv.
    pub version: Option<String>,
    /// What is on the machine.
    pub tools: Toolchain,
    /// Which tool makes it.
    pub installer: Installer,
    /// The variables of the commands.
    pub vars: BTreeMap<String, String>,
    /// The tree of the commands.
    pub tree: TreeId,
}

/// Makes one environment, unless it is there.
///
/// A marker file beside the environment is there while it is being made. Who finds
/// one that nobody works on knows that the environment is half-made, and makes it
/// anew. Renaming a finished environment into place would not do: the programs in
/// it name the path that they were made at.
#[derive(Clone, Debug)]
pub struct Provision {
    options: ProvisionOptions,
    state: State,
    tail: VecDeque<u8>,
    out: Outbox<Action, ProvisionEvent>,
}

/// One thing is asked of the world at a time, so an answer belongs to the state.
#[derive(Clone, Debug)]
enum State {
    New,
    /// Is there an interpreter?
    LookingForPython,
    /// Is there a marker?
    LookingForMarker {
        python: bool,
    },
    /// Is anything there?
    LookingForDirectory,
    /// What was half-made goes.
    Clearing,
    Marking,
    Creating {
        deadline: Instant,
        ended_by: Option<ProvisionError>,
    },
    /// It is made: the marker goes.
    Unmarking,
    /// It failed: what was half-made goes, then the marker.
    Undoing(ProvisionError),
    UndoingMarker(ProvisionError),
    Done(Provisioned),
}

/// What is told while an environment is being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProvisionEvent {
    /// This command makes it.
    Creating {
        /// The command as a shell would read it.
        command: String,
    },
    /// The command said something.
    Output {
        /// On which stream.
        stream: Stream,
        /// What.
        bytes: alloc::sync::Arc<[u8]>,
    },
}

/// How the making of an environment ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provisioned {
    /// It was there.
    Reused,
    /// It was made.
    Created,
    /// It could not be made.
    Failed(ProvisionError),
}

/// Why an environment could not be made. What was made of it is removed; what cannot be
/// removed is marked, and made anew next time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProvisionError {
    /// No interpreter was found; what was tried, and why it was not taken.
    NoPython(Vec<(String, String)>),
    /// Another Python was asked for, and there is no uv to get it.
    VersionNeedsUv(String),
    /// There is something that is not an environment.
    NotAnEnvironment,
    /// The command could not be started.
    Spawn(collodi_action::Error),
    /// The command failed.
    Command {
        /// How it ended.
        exit: Exit,
        /// The last of what it said.
        tail: String,
    },
    /// A file operation failed.
    File(FileError),
    /// It took too long.
    TimedOut,
    /// Nobody wants it any more.
    Cancelled,
}

impl Provision {
    /// The making of an environment, which begins with the first [`Input::Timeout`].
    pub const fn new(options: ProvisionOptions) -> Self {
        Self {
            options,
            state: State::New,
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
        let path = self.options.env.python();
        self.ask(FileOp::Stat { path }, State::LookingForPython);
    }

    fn answered(&mut self, now: Instant, answer: Result<FileAnswer, FileError>) {
        let there = matches!(answer, Ok(FileAnswer::Stat(Some(_))));
        let failed = answer
            .err()
            .filter(|error| error.kind != FileErrorKind::NotFound);
        match (&self.state, failed) {
            // What cannot be undone is marked, and is made anew next time.
            (State::Undoing(why), Some(_)) | (State::UndoingMarker(why), _) => {
                self.state = State::Done(Provisioned::Failed(why.clone()));
            }
            (State::Undoing(why), None) => {
                let (path, why) = (self.options.env.marker(), why.clone());
                self.ask(FileOp::Remove { path }, State::UndoingMarker(why));
            }
            (_, Some(error)) => {
                self.state = State::Done(Provisioned::Failed(ProvisionError::File(error)));
            }
            (_, None) => self.step(now, there),
        }
    }

    /// The next step after a file operation that went well; `there` is the answer
    /// to the question whether something is there.
    fn step(&mut self, now: Instant, there: bool) {
        let path = self.options.env.path().clone();
        let marker = self.options.env.marker();
        match self.state {
            State::LookingForPython => {
                self.ask(
                    FileOp::Stat { path: marker },
                    State::LookingForMarker { python: there },
                );
            }
            State::LookingForMarker { .. } if there => {
                self.ask(FileOp::Remove { path }, State::Clearing);
            }
            State::LookingForMarker { python: true } => {
                self.state = State::Done(Provisioned::Reused);
            }
            State::LookingForMarker { .. } => {
                self.ask(FileOp::Stat { path }, State::LookingForDirectory);
            }
            State::LookingForDirectory if there => {
                self.state = State::Done(Provisioned::Failed(ProvisionError::NotAnEnvironment));
            }
            State::LookingForDirectory | State::Clearing => {
                self.ask(FileOp::write(marker, Vec::new()), State::Marking);
            }
            State::Marking => self.create(now),
            State::Unmarking => self.state = State::Done(Provisioned::Created),
            _ => {}
        }
    }

    fn create(&mut self, now: Instant) {
        let Some(spec) = self.command() else {
            let error = self.no_command();
            return self.undo(error);
        };
        self.out.event(ProvisionEvent::Creating {
            command: spec.to_string(),
        });
        self.out.action(Action::Exec(spec));
        self.state = State::Creating {
            deadline: now + CREATION_TIME,
            ended_by: None,
        };
    }

    fn command(&self) -> Option<CommandSpec> {
        let ProvisionOptions {
            env,
            version,
            tools,
            installer,
            vars,
            tree,
        } = &self.options;
        let other = version
            .as_deref()
            .filter(|version| !tools.python_is(version));
        if other.is_some() && *installer == Installer::Pip {
            return None;
        }
        let (program, args) = installer.create_command(tools, env, version.as_deref())?;
        let cwd = env.path().parent().unwrap_or_else(|| env.path().clone());
        let args = args.iter().map(String::as_str);
        Some(
            CommandSpec::new(&program, cwd, tree.clone())
                .args(args)
                .envs(vars),
        )
    }

    fn no_command(&self) -> ProvisionError {
        match &self.options.version {
            Some(version) => ProvisionError::VersionNeedsUv(version.clone()),
            None => ProvisionError::NoPython(self.options.tools.refused.clone()),
        }
    }

    fn created(&mut self, how: Completion, ended_by: Option<ProvisionError>) {
        let failure = match how {
            _ if ended_by.is_some() => ended_by,
            Completion::Exec(Ok(Ended { exit, .. })) if exit.is_success() => None,
            Completion::Exec(Ok(Ended { exit, .. })) => Some(ProvisionError::Command {
                exit,
                tail: self.tail_text(),
            }),
            Completion::Exec(Err(error)) => Some(ProvisionError::Spawn(error)),
            _ => Some(ProvisionError::Cancelled),
        };
        match failure {
            Some(failure) => self.undo(failure),
            None => {
                let path = self.options.env.marker();
                self.ask(FileOp::Remove { path }, State::Unmarking);
            }
        }
    }

    fn undo(&mut self, why: ProvisionError) {
        let path = self.options.env.path().clone();
        self.ask(FileOp::Remove { path }, State::Undoing(why));
    }

    fn tail_text(&self) -> String {
        let bytes: Vec<u8> = self.tail.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }

    fn heard(&mut self, id: ActionId, progress: Progress) -> Result<(), Stale> {
        self.out.progress(id)?;
        match (&self.state, progress) {
            (State::Creating { .. }, Progress::Output { stream, bytes }) => {
                self.tail.extend(bytes.iter());
                let over = self.tail.len().saturating_sub(TAIL_BYTES);
                self.tail.drain(..over);
                self.out.event(ProvisionEvent::Output { stream, bytes });
            }
            // It began after the signal was sent.
            (
                State::Creating {
                    ended_by: Some(_), ..
                },
                Progress::Spawned { .. },
            ) => {
                let tree = self.options.tree.clone();
                self.out.action(Action::Signal(tree, Signal::KILL));
            }
            _ => {}
        }
        Ok(())
    }

    fn completed(&mut self, now: Instant, id: ActionId, how: Completion) -> Result<(), Stale> {
        self.out.complete(id)?;
        match (&self.state, how) {
            (State::Creating { ended_by, .. }, how @ Completion::Exec(_)) => {
                let ended_by = ended_by.clone();
                self.created(how, ended_by);
            }
            (State::Done(_), _) => {}
            (_, Completion::File(answer)) => self.answered(now, answer),
            _ => {}
        }
        Ok(())
    }

    /// Ends what is under way. A command is killed, and undone when it is gone; a
    /// marker that is there already has the environment made anew next time.
    fn end(&mut self, why: ProvisionError) {
        match &mut self.state {
            State::Creating { ended_by, .. } if ended_by.is_none() => {
                *ended_by = Some(why);
                let tree = self.options.tree.clone();
                self.out.action(Action::Signal(tree, Signal::KILL));
            }
            State::Creating { .. }
            | State::Unmarking
            | State::Undoing(_)
            | State::UndoingMarker(_)
            | State::Done(_) => {}
            _ => self.state = State::Done(Provisioned::Failed(why)),
        }
    }

    fn timeout(&mut self, now: Instant) {
        match self.state {
            State::New => self.begin(),
            State::Creating { deadline, .. } if deadline <= now => {
                self.end(ProvisionError::TimedOut);
            }
            _ => {}
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        match self.state {
            State::New => Some(Deadline::new(Instant::ZERO, "start")),
            State::Creating {
                deadline,
                ended_by: None,
                ..
            } => Some(Deadline::new(deadline, "environment creation")),
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

impl fmt::Display for ProvisionEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Creating { command } => write!(f, "creating with {command}"),
            Self::Output { stream, bytes } => {
                write!(f, "{stream} {:?}", String::from_utf8_lossy(bytes))
            }
        }
    }
}

impl fmt::Display for Provisioned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reused => f.write_str("reused"),
            Self::Created => f.write_str("created"),
            Self::Failed(error) => write!(f, "failed: {error}"),
        }
    }
}

impl fmt::Display for ProvisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPython(tried) => {
                f.write_str("no Python interpreter was found")?;
                tried
                    .iter()
                    .try_for_each(|(program, why)| write!(f, "; {program}: {why}"))
            }
            Self::VersionNeedsUv(version) => write!(f, "Python {version} needs uv"),
            Self::NotAnEnvironment => f.write_str("there is something that is not an environment"),
            Self::Spawn(error) => write!(f, "{error}"),
            Self::Command { exit, tail } => write!(f, "{exit}: {tail}"),
            Self::File(error) => write!(f, "{error}"),
            Self::TimedOut => f.write_str("took too long"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl core::error::Error for ProvisionError {}
