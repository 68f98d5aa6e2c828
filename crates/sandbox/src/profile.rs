//! What a sandboxed process may do.

use crate::{Confinement, Machine, Place, width::is_too_wide};
use alloc::{string::String, vec::Vec};
use core::fmt;

/// What a sandboxed process may do. All paths are those that the system itself has for
/// them, without links on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The level.
    pub confinement: Confinement,
    /// The folder of the app, which it may change.
    pub root: Place,
    /// Further folders and files that it may read. At [`Confinement::Restricted`] it reads
    /// the machine anyway, and these matter where they are [hidden](Self::hidden).
    pub read: Vec<Place>,
    /// Further folders that it may change. Those that are not there are passed over.
    pub write: Vec<Place>,
    /// Folders and files that look empty to it, but for what of them is named above.
    pub hidden: Vec<Place>,
    /// What it may not change below the folders it may change, and no links. What is not
    /// there is not protected, so whoever applies plans makes [`SETTINGS`](Self::SETTINGS)
    /// in its root where that is protected.
    pub protected: Vec<Place>,
    /// Whether it may use the machine's GPUs.
    pub gpu: bool,
    /// Whether it has the network, where that is otherwise than the level says. Without it,
    /// there is a network of its own, in which is a loopback alone.
    pub network: Option<bool>,
    /// What `/tmp` is.
    pub temp: Temp,
    /// What it may use.
    pub limits: Limits,
    /// Whether a protection that this machine cannot give is a reason to refuse.
    pub strict: bool,
    /// What may stand in where namespaces cannot be had.
    pub fallback: Option<Fallback>,
}

/// What `/tmp` is in a sandbox: always its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Temp {
    /// In memory, of at most so many bytes.
    Memory(u64),
    /// This folder, which lasts. Whoever applies plans makes it, for the user alone, where it is
    /// not there.
    Folder(Place),
}

impl Temp {
    /// The folder, when it is one.
    pub const fn folder(&self) -> Option<&Place> {
        match self {
            Self::Memory(_) => None,
            Self::Folder(folder) => Some(folder),
        }
    }
}

/// What a sandboxed process may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file that it writes.
    pub file_bytes: Option<u64>,
}

/// What may stand in for namespaces, because the operator says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fallback {
    /// Landlock and seccomp without namespaces. [`Protection`](crate::Protection) has what
    /// is missing then.
    Landlock,
}

impl Profile {
    /// The folder of settings in an app's folder.
    pub const SETTINGS: &str = ".vatn";

    /// Bytes of `/tmp` in memory, where nothing else is said.
    pub const TEMP_BYTES: u64 = 1 << 30;

    /// An app in its folder, with nothing else.
    pub const fn new(confinement: Confinement, root: Place) -> Self {
        Self {
            confinement,
            root,
            read: Vec::new(),
            write: Vec::new(),
            hidden: Vec::new(),
            protected: Vec::new(),
            gpu: false,
            network: None,
            temp: Temp::Memory(Self::TEMP_BYTES),
            limits: Limits { file_bytes: None },
            strict: false,
            fallback: None,
        }
    }

    /// Whether it has the network.
    pub fn has_network(&self) -> bool {
        self.confinement.has_network(self.network)
    }

    /// The folders it may change.
    pub fn writable(&self) -> impl Iterator<Item = &Place> {
        core::iter::once(&self.root).chain(&self.write)
    }

    /// Those of the folders it may change that are there.
    pub(crate) fn folders<'a>(&'a self, machine: &'a Machine) -> impl Iterator<Item = &'a Place> {
        self.writable()
            .filter(|folder| machine.seen.contains_key(folder.as_str()))
    }

    /// The paths that it names, for [`Machine::questions`].
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        let named = [&self.read, &self.hidden, &self.protected];
        let all = self.writable().chain(named.into_iter().flatten());
        all.chain(self.temp.folder())
    }

    /// Whether a sandbox can be made of it at all.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn check(&self, cwd: &Place, machine: &Machine) -> Result<(), Unfit> {
        for folder in self.writable() {
            check_folder(folder, *folder == self.root, machine)?;
        }
        if let Some(folder) = self.temp.folder() {
            check_folder(folder, true, machine)?;
        }
        for place in &self.protected {
            check_protected(place, machine)?;
        }
        let reachable = self
            .writable()
            .chain(&self.read)
            .any(|place| place.holds(cwd));
        reachable
            .then_some(())
            .ok_or_else(|| Unfit::Outside(cwd.clone()))
    }
}

/// Writing to all that a user or the system has is no sandbox.
fn check_folder(folder: &Place, is_needed: bool, machine: &Machine) -> Result<(), Unfit> {
    if is_too_wide(folder, &machine.homes) {
        return Err(Unfit::TooWide(folder.clone()));
    }
    let is_there = machine.seen.contains_key(folder.as_str());
    match machine.is_folder(folder) || (!is_there && !is_needed) {
        true => Ok(()),
        false => Err(Unfit::NotAFolder(folder.clone())),
    }
}

/// A link could be replaced, and what it leads to is not what was named.
fn check_protected(place: &Place, machine: &Machine) -> Result<(), Unfit> {
    let seen = machine.seen.get(place.as_str());
    match seen.is_some_and(|seen| seen.link.is_some() || seen.real != *place) {
        true => Err(Unfit::Link(place.clone())),
        false => Ok(()),
    }
}

/// Why no sandbox can be made for a process.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// A folder to be changed is everything, the user's home or above it, or the system's.
    TooWide(Place),
    /// A folder to be changed is none, or is reached through a link.
    NotAFolder(Place),
    /// What is to be protected is a link, or is reached through one.
    Link(Place),
    /// The working directory is in no folder of the sandbox.
    Outside(Place),
    /// A variable has a name that no environment holds.
    VariableName(String),
    /// A variable has a value that no environment holds.
    VariableValue(String),
    /// A zero byte is in the command.
    Command,
    /// The path of the program would be read as a variable.
    ProgramName(String),
    /// The options are more than bubblewrap reads.
    TooLong,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooWide(place) => write!(
                f,
                "{place} is too wide to be an app's folder: not /, not the home of the user \
                 nor above it, none of the system's, and of those that all share (/tmp, /var, \
                 /opt) only one below"
            ),
            Self::NotAFolder(place) => write!(f, "{place} is not a folder, or has a link in it"),
            Self::Link(place) => write!(
                f,
                "{place} is to be protected, and is a link or has one in it"
            ),
            Self::Outside(place) => {
                write!(
                    f,
                    "the working directory {place} is in no folder of the sandbox"
                )
            }
            Self::VariableName(name) => {
                write!(
                    f,
                    "the variable {name:?} has a name that no environment holds"
                )
            }
            Self::VariableValue(name) => write!(f, "a zero byte is in the variable {name}"),
            Self::Command => f.write_str("a zero byte is in the command"),
            Self::ProgramName(program) => write!(
                f,
                "{program} has a `=` in its path, and variables of the loader cannot be set for it"
            ),
            Self::TooLong => {
                f.write_str("the variables and folders are more than bubblewrap reads")
            }
        }
    }
}

impl core::error::Error for Unfit {}
