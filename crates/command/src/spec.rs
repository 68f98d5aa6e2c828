//! What is to be run.

use crate::{Bounds, Purpose, Recording, Sandbox, Terminal, Variables, shell_words};
use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, sync::Arc, vec::Vec};
use collodi_contain::ContainedPath;
use core::fmt;

/// A process to be started: program, arguments, environment, directory, input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// A name, looked up in the `PATH` of `env`, or an absolute path.
    pub program: String,
    /// The arguments after the program's name.
    pub args: Vec<String>,
    /// The whole environment. Nothing is inherited.
    pub env: Variables,
    /// The working directory. It must exist.
    pub cwd: ContainedPath,
    /// What the process reads.
    pub stdin: Stdin,
    /// The tree it belongs to.
    pub tree: TreeId,
    /// The terminal it runs in; pipes when there is none.
    pub terminal: Option<Terminal>,
    /// The most that its tree may use.
    pub bounds: Bounds,
    /// Where what it says is kept; nowhere when there is none.
    pub recording: Option<Arc<Recording>>,
    /// What it is for.
    pub purpose: Purpose,
    /// What it is kept in, with all that it starts.
    pub sandbox: Sandbox,
}

impl CommandSpec {
    /// `program` in `cwd` as part of `tree`, without arguments, environment or input, trusted
    /// fully.
    pub fn new(program: &str, cwd: ContainedPath, tree: TreeId) -> Self {
        Self {
            program: program.to_owned(),
            args: Vec::new(),
            env: Variables::new(),
            cwd,
            stdin: Stdin::Null,
            tree,
            terminal: None,
            bounds: Bounds::NONE,
            recording: None,
            purpose: Purpose::default(),
            sandbox: Sandbox::Full,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        let args = args.into_iter().map(ToOwned::to_owned);
        self.args.reserve_exact(args.size_hint().0);
        self.args.extend(args);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }

    /// Sets variables.
    #[must_use]
    pub fn envs(mut self, vars: &BTreeMap<String, String>) -> Self {
        self.env
            .extend(vars.iter().map(|(k, v)| (k.clone(), v.clone())));
        self
    }
}

/// The program and its arguments as a shell would read them.
impl fmt::Display for CommandSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = core::iter::once(&self.program)
            .chain(&self.args)
            .map(String::as_str);
        f.write_str(&shell_words(words))
    }
}

/// What a process reads from its standard input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stdin {
    /// Nothing: end of file at once.
    #[default]
    Null,
    /// What its owner writes to it.
    Piped,
}

/// Where output came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        })
    }
}

/// Names a tree of processes: everything started under one id, and all that
/// those processes started in turn, can be signalled and awaited together.
///
/// Ids must be unique over the life of the machine that the processes run on, so
/// make them from a random seed; a server that was killed may have left some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeId(Arc<str>);

impl TreeId {
    /// The tree with this name: letters, digits and `-`; anything else becomes `-`.
    pub fn new(name: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        Self(name.chars().map(plain).collect::<String>().into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TreeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
