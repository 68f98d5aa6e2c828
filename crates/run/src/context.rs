//! What every step works with.

use crate::{
    Action, Event, ExtraRoots, NotAPath, RunOptions,
    environment::Environment,
    lane::{Cursor, LaneId},
    memory::Memory,
    other_apps::{self, Checkouts, OtherApps},
    script_file, script_path,
    session::Sessions,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    sync::Arc,
    vec::Vec,
};
use collodi_command::{Stdin, TreeId};
use collodi_contain::ContainedPath;
use collodi_env::{Environment as Resolved, Grants, StepVariables};
use collodi_machine::{ActionId, Outbox};
use collodi_script::{Dialect, List, Step, StepAt, is_checkout_path};
use collodi_time::Instant;
use collodi_value::Value;

use crate::{
    outcome::FailureKind,
    params::{Fault, Params, at},
    shown::shown_script,
};

/// What every step works with: the options, the variables, and the way out.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) options: Arc<RunOptions>,
    /// The script's whole file, which templates read as `self`.
    pub(crate) file: Arc<Value>,
    pub(crate) memory: Memory,
    pub(crate) out: Outbox<Action, Event>,
    /// The place of the list that is being gone on with.
    pub(crate) cursor: Cursor,
    /// How many steps were begun.
    pub(crate) steps_run: usize,
    /// The step of `run` that was come to last, and what it read as `input`.
    pub(crate) latest: (usize, Value),
    /// The lists that handlers have triggered and that are not begun yet.
    pub(crate) triggered: Vec<Triggered>,
    /// Where the addresses lead that the step at hand has for paths.
    pub(crate) checkouts: Checkouts,
    /// Whose actions are in flight.
    owners: BTreeMap<ActionId, Owner>,
    /// The trees that may have processes.
    pub(crate) trees: BTreeSet<TreeId>,
    /// Commands that have not ended.
    pub(crate) living: BTreeSet<ActionId>,
    /// Requests and downloads that have not ended.
    pub(crate) transfers: BTreeSet<ActionId>,
    /// Actions whose answers nobody waits for.
    pub(crate) unheard: BTreeSet<ActionId>,
    /// Commands that live on after their step.
    pub(crate) detached: BTreeSet<ActionId>,
    /// The daemons that were started.
    pub(crate) daemons: Vec<Arc<str>>,
    /// The trees of commands that the host has as daemons.
    pub(crate) kept: BTreeSet<TreeId>,
    /// What the policy made of the variables of the last command, and what it was asked.
    pub(crate) resolved: Resolved,
    resolved_for: Option<Asked>,
    /// What has taken its prepared answers: the method and the step.
    pub(crate) answered: BTreeSet<(String, StepAt)>,
    /// What people answered that is not to be shown.
    pub(crate) secrets: Arc<[String]>,
    /// How many questions were put.
    pub(crate) questions: u64,
    /// The latest instant that was told.
    pub(crate) now: Instant,
    /// How many steps were come to.
    turns: u64,
    /// The variables of the `ENVIRONMENT` files.
    pub(crate) environment: Environment,
    /// Commands that live and read what is written to them, oldest first.
    pub(crate) readers: BTreeMap<ActionId, TreeId>,
    /// The shells that are open.
    pub(crate) sessions: Sessions,
}

/// A list that a handler has triggered.
#[derive(Clone, Debug)]
pub(crate) struct Triggered {
    /// The step with the handler.
    pub(crate) step: StepAt,
    pub(crate) list: List,
    /// What its first step reads as `input`.
    pub(crate) input: Value,
}

/// Whose action it is.
#[derive(Clone, Debug)]
struct Owner {
    lane: LaneId,
    step: StepAt,
    /// The host does it for as long as the run wants it.
    is_held: bool,
}

/// What differs between the questions that a run has for the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    step: StepVariables,
    grants: Grants,
}

impl Asked {
    fn resolve(&self, options: &RunOptions) -> Resolved {
        let policy = &options.env_policy;
        policy.resolve_step(&options.host_vars, &self.step, &self.grants)
    }
}

impl Context {
    pub(crate) fn new(options: RunOptions) -> Self {
        let memory = Memory {
            local: options.resume.known.local.clone(),
            global: options.global.clone(),
            ids: options.resume.known.ids.clone(),
        };
        let environment = Environment::new(&options);
        Self {
            file: Arc::new(options.script.value()),
            options: Arc::new(options),
            memory,
            out: Outbox::new(),
            cursor: Cursor::default(),
            steps_run: 0,
            latest: (0, Value::Null),
            triggered: Vec::new(),
            checkouts: Checkouts::new(),
            owners: BTreeMap::new(),
            trees: BTreeSet::new(),
            living: BTreeSet::new(),
            transfers: BTreeSet::new(),
            unheard: BTreeSet::new(),
            detached: BTreeSet::new(),
            daemons: Vec::new(),
            kept: BTreeSet::new(),
            readers: BTreeMap::new(),
            sessions: Sessions::default(),
            resolved: Resolved::default(),
            resolved_for: None,
            answered: BTreeSet::new(),
            secrets: Arc::default(),
            questions: 0,
            now: Instant::ZERO,
            turns: 0,
            environment,
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.options.script.dialect
    }

    pub(crate) fn is_vatn(&self) -> bool {
        self.dialect() == Dialect::Vatn
    }

    /// The step at hand.
    pub(crate) fn step(&self) -> StepAt {
        self.cursor.step.clone()
    }

    /// What the script says of the step at hand.
    pub(crate) fn step_at_hand(&self) -> Option<&Step> {
        self.options.script.step(&self.cursor.step)
    }

    /// The steps of the list at hand.
    pub(crate) fn steps(&self) -> &[Step] {
        self.options.script.list(&self.cursor.step.list)
    }

    /// The step with this index of the list is at hand.
    pub(crate) fn come_to(&mut self, index: usize) {
        if self.cursor.lane == LaneId::FIRST {
            self.latest = (index, self.cursor.input.clone());
        }
        self.turns += 1;
        self.cursor.turn = self.turns;
        self.cursor.step.index = index;
    }

    /// The variables of a command of which a step sets some.
    pub(crate) fn resolve(&self, step: StepVariables) -> Resolved {
        self.asked(step).resolve(&self.options)
    }

    /// The same for the command of the step at hand: one that sets what the last did is not
    /// decided again.
    pub(crate) fn resolve_step(&mut self, step: StepVariables) -> &Resolved {
        let asked = self.asked(step);
        if self.resolved_for.as_ref() != Some(&asked) {
            self.resolved = asked.resolve(&self.options);
            self.resolved_for = Some(asked);
        }
        &self.resolved
    }

    fn asked(&self, step: StepVariables) -> Asked {
        let options = &self.options;
        let granted = self.environment.granted();
        let step = options.overrides.over(step);
        let step = self.environment.below(options, step);
        Asked {
            grants: granted.fold(options.grants.clone(), Grants::to_step),
            step: step.spelled_as_in(&options.host_vars),
        }
    }

    /// What commands get, before a step adds to it.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        self.resolve(StepVariables::new()).vars
    }

    /// Asks for something. What comes of it is for the step at hand.
    pub(crate) fn ask(&mut self, action: Action) -> ActionId {
        let (lane, step) = (self.cursor.lane, self.step());
        let is_held = matches!(
            action,
            Action::Script(_) | Action::TakeTurn(_) | Action::ProvideEnv(_)
        );
        let id = self.out.action(action);
        let owner = Owner {
            lane,
            step,
            is_held,
        };
        self.owners.insert(id, owner);
        id
    }

    /// The lane that an action in flight is for.
    pub(crate) fn owner(&self, id: ActionId) -> Option<LaneId> {
        self.owners.get(&id).map(|owner| owner.lane)
    }

    /// The step that an action in flight is for.
    pub(crate) fn step_of(&self, id: ActionId) -> StepAt {
        let owner = self.owners.get(&id);
        owner.map_or_else(StepAt::default, |owner| owner.step.clone())
    }

    /// An action is no longer in flight: the lane that it was for.
    pub(crate) fn close(&mut self, id: ActionId) -> Option<LaneId> {
        self.transfers.remove(&id);
        self.readers.remove(&id);
        self.owners.remove(&id).map(|owner| owner.lane)
    }

    /// The step at hand lets others of its method have their turn, when it had one.
    pub(crate) fn end_turn(&mut self) {
        if let Some(turn) = self.cursor.turn_taken.take() {
            self.release(turn);
        }
    }

    /// The host need not go on with this.
    pub(crate) fn release(&mut self, held: ActionId) {
        let id = self.ask(Action::Release(held));
        self.unheard.insert(id);
    }

    /// The host need not go on with anything of these lanes.
    pub(crate) fn release_all(&mut self, lanes: &[Cursor]) {
        let is_theirs = |owner: &Owner| lanes.iter().any(|cursor| cursor.lane == owner.lane);
        let held = self
            .owners
            .iter()
            .filter(|(_, owner)| owner.is_held && is_theirs(owner));
        let held: Vec<ActionId> = held.map(|(id, _)| *id).collect();
        let turns = lanes.iter().filter_map(|cursor| cursor.turn_taken);
        let all: BTreeSet<ActionId> = held.into_iter().chain(turns).collect();
        for id in all {
            self.release(id);
        }
    }

    /// Asks the world.
    pub(crate) fn world(&mut self, action: collodi_action::Action) -> ActionId {
        use collodi_action::Action as World;
        let command = match &action {
            World::Exec(spec) => Some((spec.tree.clone(), spec.stdin)),
            _ => None,
        };
        let is_transfer = matches!(action, World::Fetch(_) | World::Download(_));
        let id = self.ask(Action::World(action));
        if is_transfer {
            self.transfers.insert(id);
        }
        if let Some((tree, stdin)) = command {
            if stdin == Stdin::Piped {
                self.readers.insert(id, tree.clone());
            }
            self.trees.insert(tree);
            self.living.insert(id);
        }
        id
    }

    /// Asks the world for something whose answer the run does not wait for.
    pub(crate) fn world_unheard(&mut self, action: collodi_action::Action) {
        let id = self.world(action);
        self.unheard.insert(id);
    }

    /// Whether what these parameters type goes to a program that runs in an open shell.
    pub(crate) fn is_typed_into(&self, params: Params<'_>) -> bool {
        crate::step::is_typed_into(self, params)
    }

    /// Tells people something about the step at hand.
    pub(crate) fn note(&mut self, text: String) {
        self.out.event(Event::Note {
            step: self.step(),
            text,
        });
    }

    /// The path in the app that parameter `key` means, read from the script's folder.
    pub(crate) fn path(&self, key: &str, text: &str) -> Result<ContainedPath, Fault> {
        contained(&self.options.app.cwd(), key, text)
    }

    /// Whether a path is in the script's own app.
    pub(crate) fn is_own(&self, path: &ContainedPath) -> bool {
        path.root().as_str() == self.options.app.root.as_str()
    }

    /// As [`Context::path`], or the path in an extra root, or in another app that an address
    /// names, when the script may do with it what is wanted.
    pub(crate) fn path_in_any(
        &self,
        key: &str,
        text: &str,
        wanted: OtherApps,
    ) -> Result<ContainedPath, Fault> {
        self.in_any(script_path, key, text, wanted)
    }

    /// As [`Context::path_in_any`], for a file: the text has to end in its name.
    pub(crate) fn file_in_any(
        &self,
        key: &str,
        text: &str,
        wanted: OtherApps,
    ) -> Result<ContainedPath, Fault> {
        self.in_any(script_file, key, text, wanted)
    }

    fn in_any(
        &self,
        meant: Meant,
        key: &str,
        text: &str,
        wanted: OtherApps,
    ) -> Result<ContainedPath, Fault> {
        if is_checkout_path(text) {
            return other_apps::path(self, key, text, wanted);
        }
        let (dir, extra) = (self.options.app.cwd(), &self.options.extra_roots);
        meant(&dir, extra, text, wanted).map_err(|error| no_path(key, text, error))
    }
}

/// What a text means.
type Meant = fn(&ContainedPath, &ExtraRoots, &str, OtherApps) -> Result<ContainedPath, NotAPath>;

/// The path that parameter `key` means, read from `dir`, in the same root.
pub(crate) fn contained(
    dir: &ContainedPath,
    key: &str,
    text: &str,
) -> Result<ContainedPath, Fault> {
    let (extra, wanted) = (ExtraRoots::default(), OtherApps::None);
    script_path(dir, &extra, text, wanted).map_err(|error| no_path(key, text, error))
}

fn no_path(key: &str, text: &str, error: NotAPath) -> Fault {
    let kind = match error {
        NotAPath::Outside => FailureKind::Outside {
            key: key.into(),
            text: shown_script(text),
        },
        NotAPath::Error(error) => FailureKind::Path {
            text: text.into(),
            error,
        },
    };
    at(key, kind)
}
