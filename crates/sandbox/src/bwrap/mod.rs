//! Words for bubblewrap, each with its reason.

mod names;
mod view;

use crate::{Confinement, Job, Lifetime, Machine, Place, Unfit};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};

pub(crate) use names::{SYSTEM, questions, secrets, system};

/// The most words that bubblewrap is given; it reads 9000.
const MAX_WORDS: usize = 8000;

/// How bubblewrap is to be started for a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bwrap {
    /// Its options, in their order: later ones are put over earlier ones.
    pub clauses: Vec<Clause>,
    /// The command and its arguments.
    pub command: Vec<String>,
    /// Whether the command takes its terminal inside, as the leader of a session there: then
    /// bubblewrap must not lead the terminal's. Else what a terminal is interrupted with
    /// interrupts bubblewrap as well, and everything in the sandbox ends.
    pub takes_terminal: bool,
    /// The folders that the process may change, to be opened for [`Descriptor::Folder`]: the
    /// one for temporary files is the last.
    pub folders: Vec<Place>,
}

/// An option with its words, and why it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// The option first.
    pub words: Vec<Word>,
    /// What would be open without it.
    pub why: &'static str,
}

/// A word of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Itself.
    Text(String),
    /// The number of a descriptor.
    Number(Descriptor),
}

/// What bubblewrap is handed open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Descriptor {
    /// The folder of this number in [`Bwrap::folders`].
    Folder(usize),
    /// The seccomp program, to be read.
    Filter,
    /// Where it says how far it came, to be written.
    Status,
}

/// What not every bubblewrap has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// `--bind-fd`: what is bound is what was opened, and no name.
    pub bind_fd: bool,
    /// `--disable-userns`: no namespaces in namespaces. The seccomp program refuses them, too.
    pub disable_userns: bool,
}

impl Features {
    /// All of them.
    pub const ALL: Self = Self {
        bind_fd: true,
        disable_userns: true,
    };
}

impl Bwrap {
    /// Plans a job.
    ///
    /// # Errors
    ///
    /// When no sandbox can be made for it, on any machine.
    pub fn plan(job: &Job<'_>, machine: &Machine, has: Features) -> Result<Self, Unfit> {
        job.check()?;
        job.profile.check(job.cwd, machine)?;
        let plan = Self {
            clauses: clauses(job, machine, has),
            command: command(job, machine),
            takes_terminal: takes_terminal(job, machine),
            folders: view::handed(job.profile, machine).cloned().collect(),
        };
        match plan
            .clauses
            .iter()
            .map(|clause| clause.words.len())
            .sum::<usize>()
        {
            count if count > MAX_WORDS => Err(Unfit::TooLong),
            _ => Ok(plan),
        }
    }

    /// The options as `--args` reads them: each word followed by a zero byte.
    pub fn options(&self, number: impl Fn(Descriptor) -> i32) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in self.clauses.iter().flat_map(|clause| &clause.words) {
            match word {
                Word::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Word::Number(descriptor) => {
                    bytes.extend_from_slice(number(*descriptor).to_string().as_bytes());
                }
            }
            bytes.push(0);
        }
        bytes
    }

    /// The words after the program's name, with the number of the descriptor that the
    /// [options](Self::options) are read from. A command is never read as an option.
    pub fn arguments(&self, options: i32) -> Vec<String> {
        let own = ["--args".to_owned(), options.to_string(), "--".to_owned()];
        own.into_iter()
            .chain(self.command.iter().cloned())
            .collect()
    }
}

/// The options as a person reads them, one a line with its reason.
impl core::fmt::Display for Bwrap {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for Clause { words, why } in &self.clauses {
            let words: Vec<_> = words.iter().map(|word| format!("{word}")).collect();
            writeln!(f, "{:<58} # {why}", words.join(" "))?;
        }
        writeln!(f, "-- {}", self.command.join(" "))
    }
}

impl core::fmt::Display for Word {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(Descriptor::Folder(number)) => write!(f, "<folder {number}>"),
            Self::Number(Descriptor::Filter) => f.write_str("<filter>"),
            Self::Number(Descriptor::Status) => f.write_str("<status>"),
        }
    }
}

fn command(job: &Job<'_>, machine: &Machine) -> Vec<String> {
    let leader: &[&str] = match takes_terminal(job, machine) {
        true => &[names::SETSID, "-c", "--"],
        false => &[],
    };
    let leader = leader.iter().map(|word| (*word).to_owned());
    leader
        .chain([job.program.to_owned()])
        .chain(job.args.iter().cloned())
        .collect()
}

fn takes_terminal(job: &Job<'_>, machine: &Machine) -> bool {
    job.terminal && machine.seen.contains_key(names::SETSID)
}

fn clauses(job: &Job<'_>, machine: &Machine, has: Features) -> Vec<Clause> {
    let mut all = environment(job);
    all.extend(namespaces(job, machine, has));
    all.extend(view::clauses(job, machine, has));
    all.push(clause(
        &["--chdir", job.cwd.as_str()],
        "without it a missing folder becomes the home",
    ));
    if job.profile.confinement == Confinement::Sandboxed {
        all.push(clause(
            &["--remount-ro", "/"],
            "nothing is written beside what is bound",
        ));
    }
    all.push(numbered(
        "--add-seccomp-fd",
        Descriptor::Filter,
        "system calls that only attack",
    ));
    all.push(numbered(
        "--json-status-fd",
        Descriptor::Status,
        "tells a failed sandbox from a failed command",
    ));
    all
}

/// The variables are options, so that they never act on bubblewrap itself.
fn environment(job: &Job<'_>) -> Vec<Clause> {
    let why = "a variable acts inside alone";
    let set = job
        .variables("/tmp")
        .map(|(name, value)| clause(&["--setenv", name, value], why));
    core::iter::once(clause(&["--clearenv"], why))
        .chain(set)
        .collect()
}

fn namespaces(job: &Job<'_>, machine: &Machine, has: Features) -> Vec<Clause> {
    let table = [
        (
            "--unshare-user",
            true,
            "fails where there are none, instead of going on without",
        ),
        (
            "--disable-userns",
            has.disable_userns,
            "no namespaces of its own, with mounts",
        ),
        (
            "--unshare-pid",
            true,
            "nobody outside is seen, signalled or traced",
        ),
        (
            "--unshare-ipc",
            true,
            "no shared memory and queues of others",
        ),
        ("--unshare-uts", true, "no name of the host to set"),
        (
            "--unshare-cgroup-try",
            true,
            "the paths of control groups are its own",
        ),
        (
            "--unshare-net",
            !job.profile.has_network(),
            "no network, no abstract sockets",
        ),
        (
            "--die-with-parent",
            job.lifetime == Lifetime::Parent,
            "ends with its server, daemons and all",
        ),
        (
            "--new-session",
            !job.terminal || takes_terminal(job, machine),
            "no typing into the terminal, no signals of it",
        ),
    ];
    let wanted = table.into_iter().filter(|(_, wanted, _)| *wanted);
    let drop = clause(
        &["--cap-drop", "ALL"],
        "root keeps all capabilities otherwise",
    );
    wanted
        .map(|(word, _, why)| clause(&[word], why))
        .chain([drop])
        .collect()
}

fn clause(words: &[&str], why: &'static str) -> Clause {
    let words = words
        .iter()
        .map(|word| Word::Text((*word).to_owned()))
        .collect();
    Clause { words, why }
}

fn numbered(option: &str, descriptor: Descriptor, why: &'static str) -> Clause {
    Clause {
        words: vec![Word::Text(option.to_owned()), Word::Number(descriptor)],
        why,
    }
}

/// A path that is bound to itself.
fn bound(option: &str, path: &str, why: &'static str) -> Clause {
    clause(&[option, path, path], why)
}

/// A file system in memory.
fn memory(path: &str, bytes: u64, why: &'static str) -> Clause {
    clause(&["--size", &format!("{bytes}"), "--tmpfs", path], why)
}
