//! Where is a conda environment that has a name?

use crate::{EnvDir, Input, Platform, ProvisionError, Tool};
use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, VecDeque},
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion, Ended, Progress};
use collodi_command::{CommandSpec, Exit, Signal, Stream, TreeId};
use collodi_contain::{ContainedPath, Name, RelPath, Root};
use collodi_file::{FileAnswer, FileOp};
use collodi_machine::{ActionId, Machine, Outbox, Output, OutputOf, Stale};
use collodi_time::{Deadline, Duration, Instant};
use core::convert::Infallible;
use serde_json::Value;

/// How long conda may take to say it: its first start on a slow disk is slow.
const ANSWER_TIME: Duration = Duration::from_secs(60);
/// How much of what it says is read.
const ANSWER_BYTES: usize = 1 << 20;
/// How many of its folders are looked into.
const FOLDERS: usize = 16;
/// How much of an answer that cannot be read is told.
const TOLD_CHARS: usize = 200;

/// What [`Locate`] needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocateOptions {
    /// The environment's name.
    pub name: Name,
    /// The conda program; without one the answer is [`ProvisionError::NoConda`].
    pub conda: Option<Tool>,
    /// The platform, for the layout of the environment.
    pub platform: Platform,
    /// The variables of the command.
    pub vars: BTreeMap<String, String>,
    /// The directory of the command.
    pub cwd: ContainedPath,
    /// The tree of the command, which is killed when nobody wants the answer any more.
    pub tree: TreeId,
}

/// Finds the directory of a named conda environment: where there is one of that name, else
/// where conda would make it. Conda alone knows its folders, by its files and variables, so it
/// is asked.
#[derive(Clone, Debug)]
pub struct Locate {
    options: LocateOptions,
    state: State,
    out: Outbox<Action, Infallible>,
}

/// Where a named environment is, or why that is not known.
pub type Located = Result<EnvDir, ProvisionError>;

#[derive(Clone, Debug)]
enum State {
    New,
    /// Conda says where its folders are.
    Asking {
        deadline: Instant,
        said: Vec<u8>,
        ended_by: Option<ProvisionError>,
    },
    /// Is it in this folder, or in one of the others?
    Looking {
        at: EnvDir,
        others: VecDeque<EnvDir>,
        otherwise: EnvDir,
    },
    /// The folder in which it is made has to be there, and with it what is above.
    MakingFolder(EnvDir),
    Done(Located),
}

impl Locate {
    /// A search, which begins with the first [`Input::Timeout`].
    pub const fn new(options: LocateOptions) -> Self {
        Self {
            options,
            state: State::New,
            out: Outbox::new(),
        }
    }

    fn begin(&mut self, now: Instant) {
        let Some(conda) = &self.options.conda else {
            self.state = State::Done(Err(ProvisionError::NoConda));
            return;
        };
        let (cwd, tree) = (self.options.cwd.clone(), self.options.tree.clone());
        let ask = CommandSpec::new(&conda.program, cwd, tree)
            .args(["info", "--json"])
            .envs(&self.options.vars);
        self.out.action(Action::Exec(ask));
        self.state = State::Asking {
            deadline: now + ANSWER_TIME,
            said: Vec::new(),
            ended_by: None,
        };
    }

    fn heard(&mut self, id: ActionId, progress: Progress) -> Result<(), Stale> {
        self.out.progress(id)?;
        match (&mut self.state, progress) {
            (
                State::Asking { said, .. },
                Progress::Output {
                    stream: Stream::Stdout,
                    bytes,
                },
            ) => {
                let room = ANSWER_BYTES.saturating_sub(said.len());
                said.extend(bytes.iter().take(room));
            }
            // It began after the signal was sent.
            (
                State::Asking {
                    ended_by: Some(_), ..
                },
                Progress::Spawned { .. },
            ) => self.kill(),
            _ => {}
        }
        Ok(())
    }

    fn completed(&mut self, id: ActionId, how: Completion) -> Result<(), Stale> {
        self.out.complete(id)?;
        match (&mut self.state, how) {
            (State::Asking { said, ended_by, .. }, how @ Completion::Exec(_)) => {
                let answer = match ended_by.take() {
                    Some(why) => Err(why),
                    None => answer(said, &how),
                };
                match answer {
                    Ok(folders) => self.look(&folders),
                    Err(error) => self.state = State::Done(Err(error)),
                }
            }
            (State::Looking { .. }, Completion::File(answer)) => {
                self.looked(matches!(answer, Ok(FileAnswer::Stat(Some(_)))));
            }
            (State::MakingFolder(env), Completion::File(answer)) => {
                let env = env.clone();
                let made = answer.map(|_| env).map_err(ProvisionError::File);
                self.state = State::Done(made);
            }
            _ => {}
        }
        Ok(())
    }

    /// Looks into the folders in their order. Conda makes new ones in the first.
    fn look(&mut self, folders: &[Root]) {
        let mut all = folders.iter().map(|folder| self.place(folder));
        let Some(first) = all.next() else {
            self.state = State::Done(Err(unknown("it names no folder")));
            return;
        };
        let others = all.collect();
        self.look_at(first.clone(), others, first);
    }

    fn look_at(&mut self, at: EnvDir, others: VecDeque<EnvDir>, otherwise: EnvDir) {
        let path = at.proof();
        self.out.action(Action::File(FileOp::Stat { path }));
        self.state = State::Looking {
            at,
            others,
            otherwise,
        };
    }

    /// What cannot be looked at is not there for conda either.
    fn looked(&mut self, is_there: bool) {
        let State::Looking {
            at,
            others,
            otherwise,
        } = &mut self.state
        else {
            return;
        };
        if is_there {
            self.state = State::Done(Ok(at.clone()));
            return;
        }
        let otherwise = otherwise.clone();
        match others.pop_front() {
            Some(next) => {
                let others = core::mem::take(others);
                self.look_at(next, others, otherwise);
            }
            None => self.make_folder(otherwise),
        }
    }

    fn make_folder(&mut self, env: EnvDir) {
        match from_the_top(env.path().root()) {
            Some(path) => {
                self.out.action(Action::File(FileOp::MakeDir { path }));
                self.state = State::MakingFolder(env);
            }
            None => self.state = State::Done(Ok(env)),
        }
    }

    fn place(&self, folder: &Root) -> EnvDir {
        let name = RelPath::parse(self.options.name.as_str()).unwrap_or_default();
        EnvDir::conda(folder.at(name), self.options.platform)
    }

    fn end(&mut self, why: ProvisionError) {
        match &mut self.state {
            State::New | State::Looking { .. } | State::MakingFolder(_) => {
                self.state = State::Done(Err(why));
            }
            State::Asking { ended_by, .. } if ended_by.is_none() => {
                *ended_by = Some(why);
                self.kill();
            }
            State::Asking { .. } | State::Done(_) => {}
        }
    }

    fn kill(&mut self) {
        let tree = self.options.tree.clone();
        self.out.action(Action::Signal(tree, Signal::KILL));
    }

    fn timeout(&mut self, now: Instant) {
        match self.state {
            State::New => self.begin(now),
            State::Asking { deadline, .. } if deadline <= now => {
                self.end(ProvisionError::TimedOut);
            }
            _ => {}
        }
    }

    const fn deadline(&self) -> Option<Deadline> {
        match self.state {
            State::New => Some(Deadline::new(Instant::ZERO, "start")),
            State::Asking {
                deadline,
                ended_by: None,
                ..
            } => Some(Deadline::new(deadline, "conda's answer")),
            _ => None,
        }
    }
}

/// The folders that conda names, if it has answered.
fn answer(said: &[u8], how: &Completion) -> Result<Vec<Root>, ProvisionError> {
    match how {
        Completion::Exec(Ok(Ended { exit, .. })) if exit.is_success() => folders(said),
        Completion::Exec(Ok(Ended { exit, .. })) => Err(unanswered(*exit, said)),
        Completion::Exec(Err(error)) => Err(ProvisionError::Spawn(error.clone())),
        other => Err(unknown(&other.to_string())),
    }
}

fn unanswered(exit: Exit, said: &[u8]) -> ProvisionError {
    unknown(&format!("{exit}: {}", told(said)))
}

/// What stands before the answer is for people.
fn folders(said: &[u8]) -> Result<Vec<Root>, ProvisionError> {
    let start = said.iter().position(|byte| *byte == b'{');
    let json = start
        .and_then(|start| said.get(start..))
        .unwrap_or_default();
    let not_said = || unknown(&told(said));
    let info: Value = serde_json::from_slice(json).map_err(|_| not_said())?;
    let all = named(&info);
    if all.is_empty() {
        return Err(not_said());
    }
    Ok(all)
}

/// Conda and micromamba name them differently; an old micromamba names its root alone.
fn named(info: &Value) -> Vec<Root> {
    let lists = ["envs_dirs", "envs directories"];
    let lists = lists.iter().filter_map(|key| info.get(key)?.as_array());
    let folders = lists.flatten().filter_map(Value::as_str).map(String::from);
    let root = ["root_prefix", "base environment"];
    let root = root.iter().filter_map(|key| info.get(key)?.as_str());
    let below_root = root.map(|root| format!("{root}/envs"));
    let folders: Vec<_> = match folders.collect::<Vec<_>>() {
        none if none.is_empty() => below_root.collect(),
        folders => folders,
    };
    let all = folders.iter().map(|text| Root::new(text));
    all.filter(|root| root.rules().is_absolute(root.as_str()))
        .take(FOLDERS)
        .collect()
}

/// The directory of a root, which need not be there, as a path below what always is: `/`, or a
/// drive.
fn from_the_top(root: &Root) -> Option<ContainedPath> {
    let text = root.as_str();
    let top = text.find(|c| root.rules().is_separator(c))?;
    let (top, below) = text.split_at_checked(top + 1)?;
    Some(Root::new(top).at(RelPath::parse(below).ok()?))
}

fn told(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let text = text.trim();
    if text.is_empty() {
        return "it says nothing".to_owned();
    }
    format!(
        "says {:?}",
        text.chars().take(TOLD_CHARS).collect::<String>()
    )
}

fn unknown(why: &str) -> ProvisionError {
    ProvisionError::NoCondaFolder(why.to_owned())
}

impl Machine for Locate {
    type Input = Input;
    type Action = Action;
    type Event = Infallible;
    type Outcome = Located;

    fn timeout() -> Input {
        Input::Timeout
    }

    fn handle_input(&mut self, now: Instant, input: Input) -> Result<(), Stale> {
        match input {
            Input::Progress(id, progress) => self.heard(id, progress)?,
            Input::Completed(id, completion) => self.completed(id, completion)?,
            Input::Cancel => self.end(ProvisionError::Cancelled),
            Input::Timeout => self.timeout(now),
        }
        Ok(())
    }

    fn poll_output(&mut self) -> OutputOf<Self> {
        match (self.out.pop(), &self.state) {
            (Some(output), _) => output,
            (None, State::Done(located)) if self.out.idle() => Output::Done(located.clone()),
            (None, _) => Output::Wait(self.deadline()),
        }
    }
}
