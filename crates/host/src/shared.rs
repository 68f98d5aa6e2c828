//! What all children of a host work with.

use crate::{
    Event, ProcessId, RunId,
    confine::Confining,
    ids::Ids,
    journal::{Held, Journal, Look, Sheet},
    post::Post,
    purpose::{self, Decided},
    script_call::CallId,
    secrets::Secrets,
    temporary::Temporary,
};
use alloc::{
    boxed::Box,
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};
use collodi_action::{Action, Progress};
use collodi_command::{Bounds, Identity};
use collodi_contain::ContainedPath;
use collodi_machine::{ActionId, Outbox};
use collodi_time::Timers;

/// A part of the host with a life of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Child {
    /// The search for tools.
    Detect,
    /// The making of an environment.
    Env(Box<ContainedPath>),
    /// The search for a named conda environment that an action of a run wants.
    Locate(RunId, ActionId),
    /// The look whether there is room for an environment.
    EnvSpace(Box<ContainedPath>),
    /// The deletion of an environment.
    EnvDeletion(Box<ContainedPath>),
    /// A daemon.
    Process(ProcessId),
    /// The question whether a daemon's tree is empty, asked again.
    Emptying(ProcessId),
    /// The look whether a daemon answers.
    Reach(ProcessId),
    /// The look whether a daemon is up.
    Ready(ProcessId),
    /// The look what keeps the end of a daemon waiting.
    Members(ProcessId),
    /// A run.
    Run(RunId),
    /// The end of everything.
    Shutdown,
    /// The wait until all is written down for the next host.
    HandOver,
    /// The program that stands in for uv.
    StandIn,
    /// What a step wants of other scripts.
    Call(CallId),
    /// A file of the journal.
    Journal(Sheet),
    /// The look at what an earlier host has left.
    Recovery(Look),
    /// The end of a daemon that is left alone.
    LeftAlone(ProcessId),
    /// Something that is done for good measure.
    Aside,
}

/// Whose action it is, and what it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) child: Child,
    /// The child's own number for it; none where the child keeps no numbers.
    pub(crate) id: Option<ActionId>,
    pub(crate) role: Role,
    /// The process of a run's command, which may become a daemon's. A daemon knows its own.
    pub(crate) process: Option<Box<Found>>,
}

/// What is known of the process of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its id, where there is one.
    pub(crate) pid: Option<u32>,
    /// What it can be found by again.
    pub(crate) identity: Option<Identity>,
}

impl Owner {
    /// Something was heard of a command.
    pub(crate) fn heard(&mut self, progress: &Progress) {
        if !matches!(self.child, Child::Run(_)) {
            return;
        }
        match progress {
            Progress::Spawned { pid } => self.process.get_or_insert_default().pid = *pid,
            Progress::Identified(identity) => {
                self.process.get_or_insert_default().identity = Some(identity.clone());
            }
            _ => {}
        }
    }
}

/// What an action is for, where a child has several kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The child's own action.
    Plain,
    /// A daemon's command.
    Life,
    /// The wait for the end of a daemon's tree.
    Emptying,
    /// A signal to a daemon.
    Signal,
    /// The question what of a daemon lives.
    Members,
}

/// What all children work with: the way out, the mail between them, and the time.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) out: Outbox<Action, Event>,
    /// Whether lines of output are told, and not only that there are some.
    pub(crate) tells_lines: bool,
    /// Each beside the map, whose rooms are larger than what is in them.
    pub(crate) owners: BTreeMap<ActionId, Box<Owner>>,
    pub(crate) post: VecDeque<Post>,
    /// Daemons that somebody stops: written down when all mail is delivered, what came of it goes first.
    pub(crate) stopped: Vec<ProcessId>,
    pub(crate) timers: Timers<Child>,
    pub(crate) ids: Ids,
    pub(crate) journal: Journal,
    pub(crate) confining: Confining,
    pub(crate) temporary: Temporary,
    pub(crate) secrets: Secrets,
    bounds: Bounds,
    own_environment: Decided,
}

impl Shared {
    pub(crate) fn new(
        seed: u64,
        journal: Journal,
        confining: Confining,
        temporary: Temporary,
        bounds: Bounds,
        own_environment: Decided,
    ) -> Self {
        Self {
            out: Outbox::new(),
            tells_lines: true,
            owners: BTreeMap::new(),
            post: VecDeque::new(),
            stopped: Vec::new(),
            timers: Timers::new(),
            ids: Ids::new(seed),
            journal,
            confining,
            temporary,
            secrets: Secrets::default(),
            bounds,
            own_environment,
        }
    }

    /// Asks the world for a child, once its tree is noted.
    pub(crate) fn ask(&mut self, child: Child, id: Option<ActionId>, role: Role, action: Action) {
        let mut action = self.bounded(action);
        self.secrets.hide_from_recording(&mut action);
        purpose::say(&child, &mut action, &self.own_environment);
        let held = Held {
            child,
            id,
            role,
            action,
        };
        if let Some(held) = self.admit(held) {
            self.ask_now(held.child, held.id, held.role, held.action);
        }
    }

    /// Asks the world for a child. What it wants to be ended has another number here.
    pub(crate) fn ask_now(
        &mut self,
        child: Child,
        id: Option<ActionId>,
        role: Role,
        action: Action,
    ) {
        let action = match action {
            Action::Abort(own) => Action::Abort(self.number_of(&child, own)),
            other => self.confining.apply(other, &child, &mut self.temporary),
        };
        let number = self.out.action(action);
        let owner = Owner {
            child,
            id,
            role,
            process: None,
        };
        self.owners.insert(number, Box::new(owner));
    }

    /// A command without bounds of its own has those of all.
    fn bounded(&self, mut action: Action) -> Action {
        if let Action::Exec(spec) = &mut action
            && spec.bounds == Bounds::NONE
        {
            spec.bounds = self.bounds;
        }
        action
    }

    /// An action in flight is that of another child from here on.
    pub(crate) fn hand_over(&mut self, number: ActionId, child: Child, id: ActionId, role: Role) {
        if let Some(owner) = self.owners.get_mut(&number) {
            (owner.child, owner.id, owner.role) = (child, Some(id), role);
            owner.process = None;
        }
    }

    /// An action of a child that is in flight: our number, and whose it is.
    pub(crate) fn in_flight(&self, child: &Child, own: ActionId) -> Option<(ActionId, &Owner)> {
        let mut owners = self.owners.iter();
        let found = owners.find(|(_, owner)| owner.id == Some(own) && owner.child == *child);
        found.map(|(number, owner)| (*number, &**owner))
    }

    /// The number of a child's action; one that is no longer in flight has none, and 0
    /// is nobody's.
    fn number_of(&self, child: &Child, own: ActionId) -> ActionId {
        let found = self.in_flight(child, own);
        found.map_or(ActionId::from_number(0), |(number, _)| number)
    }

    /// Sets or clears the deadline of a child.
    pub(crate) fn wait(&mut self, child: Child, deadline: Option<collodi_time::Deadline>) {
        match deadline {
            Some(deadline) => self.timers.set(child, deadline),
            None => drop(self.timers.cancel(&child)),
        }
    }
}
