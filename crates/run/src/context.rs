//! What every step works with.

use crate::{
    Action, Event, RunOptions, environment::Environment, memory::Memory, session::Sessions,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    sync::Arc,
    vec::Vec,
};
use collodi_command::{Stdin, TreeId};
use collodi_contain::ContainedPath;
use collodi_env::{Environment as Resolved, StepVariables};
use collodi_machine::{ActionId, Outbox};
use collodi_script::{Dialect, is_outside};
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
    pub(crate) memory: Memory,
    pub(crate) out: Outbox<Action, Event>,
    /// The step at hand.
    pub(crate) step: usize,
    /// The result of the step before it.
    pub(crate) input: Value,
    /// The trees that may have processes.
    pub(crate) trees: BTreeSet<TreeId>,
    /// Commands that have not ended.
    pub(crate) living: BTreeSet<ActionId>,
    /// Requests and downloads that have not ended.
    pub(crate) transfers: BTreeSet<ActionId>,
    /// Actions whose answers nobody waits for.
    pub(crate) unheard: BTreeSet<ActionId>,
    /// Commands that live on after their step, and the steps.
    pub(crate) detached: BTreeMap<ActionId, usize>,
    /// The daemons that were started.
    pub(crate) daemons: Vec<String>,
    /// The trees of commands that the host has as daemons.
    pub(crate) kept: BTreeSet<TreeId>,
    /// What the policy made of the variables of the last command.
    pub(crate) resolved: Resolved,
    /// What has taken its prepared answers: the method and the step.
    pub(crate) answered: BTreeSet<(String, usize)>,
    /// How many questions were put.
    pub(crate) questions: u64,
    /// The latest instant that was told.
    pub(crate) now: Instant,
    /// How many steps were come to.
    pub(crate) turn: u64,
    /// The variables of the `ENVIRONMENT` files.
    pub(crate) environment: Environment,
    /// Commands that live and read what is written to them, oldest first.
    pub(crate) readers: BTreeMap<ActionId, TreeId>,
    /// The shells that are open.
    pub(crate) sessions: Sessions,
}

impl Context {
    pub(crate) fn new(options: RunOptions) -> Self {
        let memory = Memory {
            global: options.global.clone(),
            ..Memory::default()
        };
        let input = options.args.clone();
        let environment = Environment::new(&options);
        Self {
            options: Arc::new(options),
            memory,
            out: Outbox::new(),
            step: 0,
            input,
            trees: BTreeSet::new(),
            living: BTreeSet::new(),
            transfers: BTreeSet::new(),
            unheard: BTreeSet::new(),
            detached: BTreeMap::new(),
            daemons: Vec::new(),
            kept: BTreeSet::new(),
            readers: BTreeMap::new(),
            sessions: Sessions::default(),
            resolved: Resolved::default(),
            answered: BTreeSet::new(),
            questions: 0,
            now: Instant::ZERO,
            turn: 0,
            environment,
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.options.script.dialect
    }

    pub(crate) fn is_vatn(&self) -> bool {
        self.dialect() == Dialect::Vatn
    }

    /// The variables of a command of which a step sets some.
    pub(crate) fn resolve(&self, step: StepVariables) -> collodi_env::Environment {
        let options = &self.options;
        let granted = self.environment.granted();
        let grants = granted.fold(options.grants.clone(), collodi_env::Grants::to_step);
        let step = self.environment.below(options, step);
        let step = step.spelled_as_in(&options.host_vars);
        options
            .env_policy
            .resolve_step(&options.host_vars, &step, &grants)
    }

    /// What commands get, before a step adds to it.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        self.resolve(StepVariables::new()).vars
    }

    /// Asks the world.
    pub(crate) fn world(&mut self, action: collodi_action::Action) -> ActionId {
        use collodi_action::Action as World;
        let command = match &action {
            World::Exec(spec) => Some((spec.tree.clone(), spec.stdin)),
            _ => None,
        };
        let is_transfer = matches!(action, World::Fetch(_) | World::Download(_));
        let id = self.out.action(Action::World(action));
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
            step: self.step,
            text,
        });
    }

    /// The path that parameter `key` means, read from the script's folder.
    pub(crate) fn path(&self, key: &str, text: &str) -> Result<ContainedPath, Fault> {
        contained(&self.options.app.cwd(), key, text)
    }
}

/// The path that parameter `key` means, read from `dir`.
pub(crate) fn contained(
    dir: &ContainedPath,
    key: &str,
    text: &str,
) -> Result<ContainedPath, Fault> {
    if is_outside(text) {
        let text = shown_script(text);
        let kind = FailureKind::Outside {
            key: key.into(),
            text,
        };
        return Err(at(key, kind));
    }
    dir.join(text).map_err(|error| {
        at(
            key,
            FailureKind::Path {
                text: text.into(),
                error,
            },
        )
    })
}
