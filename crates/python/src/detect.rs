//! What is on this machine?

use crate::{Input, Interpreter, Tool, Toolchain, version};
use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, VecDeque},
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion, Ended, Progress};
use collodi_command::{CommandSpec, Signal, Stream, TreeId};
use collodi_contain::ContainedPath;
use collodi_machine::{ActionId, Machine, Outbox, Output, OutputOf, Stale};
use collodi_time::{Deadline, Duration, Instant};
use core::convert::Infallible;

/// How long a probe may take.
pub(crate) const PROBE_TIME: Duration = Duration::from_secs(10);
/// How much of a probe's output is read.
const PROBE_OUTPUT: usize = 4096;
/// The interpreters that are tried, in this order.
const PYTHONS: [&str; 7] = [
    "python3",
    "python",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python3.9",
];
/// The conda programs that are tried, in this order.
const CONDAS: [&str; 3] = ["conda", "mamba", "micromamba"];

/// What [`Detect`] needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectOptions {
    /// The only interpreter to try, when someone chose one.
    pub python_binary: Option<String>,
    /// The environment of the probes.
    pub vars: BTreeMap<String, String>,
    /// The directory of the probes.
    pub cwd: ContainedPath,
    /// Where the names of the probes' trees start.
    pub tree: TreeId,
}

/// Asks for interpreters one after the other, and for uv and conda beside that.
#[derive(Clone, Debug)]
pub struct Detect {
    options: DetectOptions,
    searches: Vec<Search>,
    found: Toolchain,
    out: Outbox<Action, Infallible>,
    started: bool,
}

/// The search for one tool: what is left to try, and the probe in flight.
#[derive(Clone, Debug)]
struct Search {
    what: What,
    candidates: VecDeque<String>,
    probe: Option<Probe>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Python,
    Uv,
    Conda,
}

#[derive(Clone, Debug)]
struct Probe {
    id: ActionId,
    program: String,
    tree: TreeId,
    stdout: Vec<u8>,
    deadline: Instant,
    killed: bool,
}

impl Detect {
    /// A detection that begins when it is given its first [`Input::Timeout`].
    pub fn new(options: DetectOptions) -> Self {
        let pythons = match &options.python_binary {
            Some(chosen) => [chosen.clone()].into(),
            None => PYTHONS.map(ToOwned::to_owned).into(),
        };
        let search = |what, candidates| Search {
            what,
            candidates,
            probe: None,
        };
        let searches = [
            search(What::Python, pythons),
            search(What::Uv, ["uv".to_owned()].into()),
            search(What::Conda, CONDAS.map(ToOwned::to_owned).into()),
        ];
        let (found, out) = (Toolchain::default(), Outbox::new());
        Self {
            options,
            searches: searches.into(),
            found,
            out,
            started: false,
        }
    }

    fn begin(&mut self, now: Instant) {
        self.started = true;
        for index in 0..self.searches.len() {
            self.try_next(now, index);
        }
    }

    /// Starts the next probe of a search, if a candidate is left.
    fn try_next(&mut self, now: Instant, index: usize) {
        let Some(search) = self.searches.get_mut(index) else {
            return;
        };
        let Some(program) = search.candidates.pop_front() else {
            return;
        };
        let tree = TreeId::new(&format!("{}-{program}", self.options.tree));
        let spec = CommandSpec::new(&program, self.options.cwd.clone(), tree.clone())
            .arg("--version")
            .envs(&self.options.vars);
        let id = self.out.action(Action::Exec(spec));
        let (stdout, deadline) = (Vec::new(), now + PROBE_TIME);
        search.probe = Some(Probe {
            id,
            program,
            tree,
            stdout,
            deadline,
            killed: false,
        });
    }

    fn probe_of(&mut self, id: ActionId) -> Option<(usize, &mut Probe)> {
        let mut probes = self.searches.iter_mut().enumerate();
        probes.find_map(|(i, s)| Some((i, s.probe.as_mut().filter(|p| p.id == id)?)))
    }

    fn heard(&mut self, id: ActionId, progress: Progress) -> Result<(), Stale> {
        self.out.progress(id)?;
        let Some((_, probe)) = self.probe_of(id) else {
            return Ok(());
        };
        match progress {
            Progress::Output {
                stream: Stream::Stdout,
                bytes,
            } => {
                let room = PROBE_OUTPUT.saturating_sub(probe.stdout.len());
                probe.stdout.extend(bytes.iter().take(room));
            }
            // It began after the signal was sent.
            Progress::Spawned { .. } if probe.killed => {
                let tree = probe.tree.clone();
                self.out.action(Action::Signal(tree, Signal::KILL));
            }
            _ => {}
        }
        Ok(())
    }

    fn completed(&mut self, now: Instant, id: ActionId, how: &Completion) -> Result<(), Stale> {
        self.out.complete(id)?;
        let Some((index, _)) = self.probe_of(id) else {
            return Ok(());
        };
        let Some(search) = self.searches.get_mut(index) else {
            return Ok(());
        };
        let (what, probe) = (search.what, search.probe.take());
        let Some(probe) = probe else { return Ok(()) };
        match judge(what, &probe, how) {
            Ok(version) => self.found.take(what, probe.program, version),
            Err(reason) => {
                if what == What::Python {
                    self.found.refused.push((probe.program, reason));
                }
                self.try_next(now, index);
            }
        }
        Ok(())
    }

    /// Ends the probes that took too long.
    fn timeout(&mut self, now: Instant) {
        for search in &mut self.searches {
            if let Some(probe) = search
                .probe
                .as_mut()
                .filter(|p| p.deadline <= now && !p.killed)
            {
                probe.killed = true;
                self.out
                    .action(Action::Signal(probe.tree.clone(), Signal::KILL));
            }
        }
    }

    fn cancel(&mut self) {
        self.started = true;
        for search in &mut self.searches {
            search.candidates.clear();
            if let Some(probe) = search.probe.as_mut().filter(|p| !p.killed) {
                probe.killed = true;
                self.out
                    .action(Action::Signal(probe.tree.clone(), Signal::KILL));
            }
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        let probes = self.searches.iter().filter_map(|s| s.probe.as_ref());
        let at = probes.filter(|p| !p.killed).map(|p| p.deadline).min()?;
        Some(Deadline::new(at, "probe"))
    }
}

impl Toolchain {
    fn take(&mut self, what: What, program: String, version: String) {
        match what {
            What::Python => self.python = Some(Interpreter { program, version }),
            What::Uv => self.uv = Some(Tool { program, version }),
            What::Conda => self.conda = Some(Tool { program, version }),
        }
    }
}

/// The version a probe told, or why it does not count.
fn judge(what: What, probe: &Probe, how: &Completion) -> Result<String, String> {
    match how {
        _ if probe.killed => Err("no answer in time".to_owned()),
        Completion::Exec(Ok(Ended { exit, .. })) if exit.is_success() => version(what, probe),
        Completion::Exec(Ok(Ended { exit, .. })) => Err(exit.to_string()),
        Completion::Exec(Err(error)) => Err(error.kind.to_string()),
        other => Err(other.to_string()),
    }
}

fn version(what: What, probe: &Probe) -> Result<String, String> {
    let line = version::first_line(&probe.stdout);
    match what {
        What::Python => version::of_python(line),
        What::Uv if line.contains("stand-in") => Err("a stand-in for uv".to_owned()),
        What::Uv if !version::starts(&line, "uv") => Err(format!("not uv: says {line:?}")),
        What::Conda if !says_a_version(&line) => Err(format!("not conda: says {line:?}")),
        _ => Ok(line),
    }
}

/// Whether some word of it begins with a number: `conda 24.1.0`, and `2.1.0` as well.
fn says_a_version(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

impl Machine for Detect {
    type Input = Input;
    type Action = Action;
    type Event = Infallible;
    type Outcome = Toolchain;

    fn timeout() -> Input {
        Input::Timeout
    }

    fn handle_input(&mut self, now: Instant, input: Input) -> Result<(), Stale> {
        match input {
            Input::Progress(id, progress) => self.heard(id, progress)?,
            Input::Completed(id, completion) => self.completed(now, id, &completion)?,
            Input::Cancel => self.cancel(),
            Input::Timeout if !self.started => self.begin(now),
            Input::Timeout => self.timeout(now),
        }
        Ok(())
    }

    fn poll_output(&mut self) -> OutputOf<Self> {
        match self.out.pop() {
            Some(output) => output,
            None if !self.started => Output::Wait(Some(Deadline::new(Instant::ZERO, "start"))),
            None if self.out.idle() => Output::Done(self.found.clone()),
            None => Output::Wait(self.deadline()),
        }
    }
}
