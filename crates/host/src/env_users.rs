//! What uses an environment.

use crate::{Host, Process, ProcessId, RunId, journal::Record};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use collodi_command::TreeId;
use collodi_contain::ContainedPath;
use collodi_python::{Deletion, EnvDir};
use core::fmt;

/// The tree in which the host of this seed makes environments.
pub(crate) fn maker(seed: u64) -> TreeId {
    TreeId::new(&format!("env-{seed:016x}"))
}

/// Something that lives and uses an environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EnvUser {
    /// It is being made.
    Making,
    /// An unfinished run.
    Run {
        /// The app that it is of.
        app: String,
        /// Which one.
        id: RunId,
    },
    /// A daemon that has not ended.
    Process {
        /// The app that it belongs to.
        app: String,
        /// Which one.
        id: ProcessId,
    },
}

/// The most environments of which it is known when they changed.
const MOST_KNOWN: usize = 1_000;

/// When environments changed, by a count of all changes: those that changed last.
#[derive(Clone, Debug, Default)]
pub(crate) struct EnvChanges {
    count: u64,
    at: BTreeMap<ContainedPath, u64>,
}

impl EnvChanges {
    fn add(&mut self, env: ContainedPath) {
        self.count += 1;
        self.at.insert(env, self.count);
        if self.at.len() > MOST_KNOWN {
            let oldest = self.count - MOST_KNOWN as u64;
            self.at.retain(|_, at| *at > oldest);
        }
    }
}

impl Host {
    /// The environments that were made, or had something installed, and when, by a count of all
    /// such changes: what was found out before holds no more. Those of the last 1 000 changes.
    pub fn env_changes(&self) -> impl Iterator<Item = (&ContainedPath, u64)> {
        self.env_changes.at.iter().map(|(path, at)| (path, *at))
    }

    /// An environment is as it is to be for now.
    pub(crate) fn env_changed(&mut self, env: ContainedPath) {
        self.env_changes.add(env);
    }

    /// A run is through its steps: what it wanted of environments is done.
    pub(crate) fn envs_changed_by(&mut self, run: &RunId) {
        let envs = self.runs.get(run).map(|run| run.envs().clone());
        envs.into_iter()
            .flatten()
            .for_each(|env| self.env_changed(env));
    }

    /// What lives and uses the environment in this directory.
    pub fn env_users(&self, path: &ContainedPath) -> Vec<EnvUser> {
        let shown = path.absolute();
        let making = self.envs.get(path).map(|_| EnvUser::Making);
        let runs = self.runs().filter(|run| run.uses_env(path));
        let runs = runs.map(|run| EnvUser::Run {
            app: run.app().to_string(),
            id: run.id().clone(),
        });
        let lives = |p: &&Process| !p.has_ended() && p.uses_env(&shown);
        let processes = self.processes().filter(lives);
        let processes = processes.map(|process| EnvUser::Process {
            app: process.app().to_string(),
            id: process.id().clone(),
        });
        making.into_iter().chain(runs).chain(processes).collect()
    }
}

/// A daemon that a host has written down, for those who find the file when no host runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftDaemon {
    /// The app that it belongs to.
    pub app: String,
    /// Which one it was.
    pub id: ProcessId,
    /// The directory of its environment.
    pub env: Option<String>,
    /// The tree that has its processes, if any of it lives.
    pub tree: TreeId,
    /// The next host starts it, if nothing of it lives: at once, or when its time comes.
    pub waits: bool,
}

impl LeftDaemon {
    /// What the file `name` of the host's state says; none when it is another file, as a write
    /// that was interrupted, or of a daemon that has ended and is not started by the next host.
    pub fn read(name: &str, bytes: &[u8]) -> Option<Self> {
        let record = Record::read_in(name, bytes).ok();
        let record = record.filter(|record| !record.stays_ended(false))?;
        let waits = record.is_started_when_it_is_no_more();
        let command = record.daemon.command;
        Some(Self {
            app: record.app.name.to_string(),
            id: record.id,
            env: command.env.get("VIRTUAL_ENV").cloned(),
            tree: command.tree,
            waits,
        })
    }
}

/// The deletion of an environment that hosts make: what one that is gone has left running in it
/// is ended.
pub fn env_deletion(env: EnvDir) -> Deletion {
    Deletion::new(env, maker(0))
}

impl fmt::Display for EnvUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Making => f.write_str("its making"),
            Self::Run { id, .. } => write!(f, "{id}"),
            Self::Process { id, .. } => write!(f, "{id}"),
        }
    }
}
