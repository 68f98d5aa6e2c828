//! What is known, and who looks again.

use crate::{
    count::Count,
    look::{Known, Look, look, named_by},
    named::everyone,
};
use collodi_api::{App, DiskUse, Env, Envs};
use collodi_backend::Clock;
use collodi_disk::Pace;
use collodi_driver::{AppInfo, Workspace};
use collodi_file::FileError;
use collodi_time::Instant;
use futures::{
    FutureExt as _, StreamExt as _,
    channel::{mpsc, oneshot},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// How many may wait for a look. Who comes later gets what is known.
const MOST_WAITING: usize = 64;

/// What the environments and apps of a workspace take, and what uses them.
#[derive(Clone, Debug)]
pub struct Inventory {
    pub(crate) workspace: Workspace,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) count: Arc<Count>,
    known: Arc<Mutex<Known>>,
    changes: Arc<AtomicU64>,
    /// One sender for all: a copy of it would have room of its own.
    asks: Arc<Mutex<mpsc::Sender<Ask>>>,
}

/// Who looks, as long as somebody may ask.
#[derive(Debug)]
pub struct Worker {
    workspace: Workspace,
    clock: Arc<dyn Clock>,
    known: Arc<Mutex<Known>>,
    changes: Arc<AtomicU64>,
    asks: mpsc::Receiver<Ask>,
}

/// Somebody wants to know.
#[derive(Debug)]
struct Ask {
    /// Other environments or apps are there than were.
    changed: bool,
    /// Who waits.
    tell: Option<oneshot::Sender<()>>,
}

impl Inventory {
    /// An inventory in which nothing is known yet, and who looks for it.
    pub fn new(workspace: Workspace, clock: Arc<dyn Clock>) -> (Self, Worker) {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        let known = Arc::new(Mutex::new(None));
        let changes = Arc::<AtomicU64>::default();
        let worker = Worker {
            workspace: workspace.clone(),
            clock: Arc::clone(&clock),
            known: Arc::clone(&known),
            changes: Arc::clone(&changes),
            asks: receiver,
        };
        let inventory = Self {
            workspace,
            clock,
            count: Arc::default(),
            known,
            changes,
            asks: Arc::new(Mutex::new(sender)),
        };
        (inventory, worker)
    }

    /// The environments that are there, with what is known of each, and the apps whose scripts
    /// use it; not with what lives. With `wait`, all is known that can be. `changed` says of
    /// paths when something became of them, by a count that grows: what was found of one before
    /// is not known.
    ///
    /// # Errors
    ///
    /// When the directory of environments cannot be read.
    pub async fn envs(
        &self,
        wait: bool,
        changed: &BTreeMap<String, u64>,
    ) -> Result<Envs, FileError> {
        let latest = changed.values().max().copied().unwrap_or_default();
        self.changes.fetch_max(latest, Ordering::Relaxed);
        let found = self.workspace.environments().await?;
        let names: Vec<_> = found.iter().map(|env| env.name.to_string()).collect();
        let names: BTreeSet<_> = names.iter().collect();
        let differs = |look: &Look| {
            let had: BTreeSet<_> = look.envs.keys().collect();
            had != names
                || found
                    .iter()
                    .any(|env| look.is_older(changed.get(&env.path)))
        };
        let known = self.known(wait, differs).await;
        // Who waits may delete: figures may be old, what scripts say may not.
        let says = match wait {
            true => Some(everyone(&self.workspace).await),
            false => None,
        };
        let env = |env: collodi_driver::EnvInfo| {
            let name = env.name.to_string();
            let look = known.as_ref().and_then(|known| known.envs.get(&name));
            let is_old = known
                .as_ref()
                .is_some_and(|known| known.is_older(changed.get(&env.path)));
            let named_by = match &says {
                Some(says) => named_by(&name, says),
                None => look.map(|look| look.named_by.clone()).unwrap_or_default(),
            };
            Env {
                python_version: look.and_then(|look| look.python_version.clone()),
                mlx: look.and_then(|look| look.mlx.clone()),
                size: look.filter(|_| !is_old).map(|look| look.size.clone()),
                used_by: named_by,
                last_used_at: look.and_then(|look| look.last_used_at.clone()),
                path: env.path,
                name,
            }
        };
        Ok(Envs {
            count: found.len(),
            envs: found.into_iter().map(env).collect(),
        })
    }

    /// The apps that are there, with what is known of each, but for where they are from;
    /// `running` says how many processes of the app of a name live. With `wait`, all is known
    /// that can be.
    ///
    /// # Errors
    ///
    /// When the directory of apps cannot be read.
    pub async fn apps(
        &self,
        wait: bool,
        running: impl Fn(&str) -> usize,
    ) -> Result<Vec<App>, FileError> {
        let found = self.workspace.apps().await?;
        let names: Vec<_> = found.iter().map(|app| app.name.to_string()).collect();
        let names: BTreeSet<_> = names.iter().collect();
        let differs = |look: &Look| look.apps.keys().collect::<BTreeSet<_>>() != names;
        let known = self.known(wait, differs);
        let known = known.await;
        let app = |app: AppInfo| {
            let name = app.name.to_string();
            App {
                running_processes: running(&name),
                size: known
                    .as_ref()
                    .and_then(|known| known.apps.get(&name).cloned()),
                path: app.path,
                has_script: app.has_script,
                origin: None,
                name,
            }
        };
        Ok(found.into_iter().map(app).collect())
    }

    /// What is used of the disk, when that is known.
    pub async fn disk(&self) -> Option<DiskUse> {
        let known = self.known(false, |_| false).await;
        known.map(|known| known.disk.clone())
    }

    /// What is known; has it be looked at again when it is old, or when `differs` says that
    /// it is not what is there.
    async fn known(&self, wait: bool, differs: impl Fn(&Look) -> bool) -> Known {
        let known = current(&self.known);
        let changed = known.as_deref().is_none_or(&differs);
        let is_old = known
            .as_deref()
            .is_none_or(|look| due(look, changed) <= self.clock.now());
        if !(is_old || changed && wait) {
            return known;
        }
        let (tell, told) = oneshot::channel();
        let tell = wait.then_some(tell);
        // Where too many wait, what is known must do; a worker that is gone tells nothing.
        if self.ask(Ask { changed, tell }).is_err() || !wait {
            return known;
        }
        let _ = told.await;
        current(&self.known)
    }
}

impl Inventory {
    fn ask(&self, ask: Ask) -> Result<(), mpsc::TrySendError<Ask>> {
        let mut asks = self.asks.lock().unwrap_or_else(PoisonError::into_inner);
        asks.try_send(ask)
    }
}

impl Worker {
    /// Looks whenever somebody wants to know, until nobody can ask any more. All who have
    /// asked before a look begins share it.
    pub async fn work(mut self) {
        while let Some(ask) = self.asks.next().await {
            let mut asks = Vec::from([ask]);
            self.gather(&mut asks);
            if self.is_wanted(&asks).await {
                self.gather(&mut asks);
                let changes = self.changes.load(Ordering::Relaxed);
                let look = look(&self.workspace, &*self.clock, changes).await;
                *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(look));
            }
            for tell in asks.into_iter().filter_map(|ask| ask.tell) {
                // Who does not wait any more needs not be told.
                let _ = tell.send(());
            }
        }
    }

    /// Those who have asked meanwhile.
    fn gather(&mut self, asks: &mut Vec<Ask>) {
        while asks.len() < MOST_WAITING
            && let Some(Some(ask)) = self.asks.next().now_or_never()
        {
            asks.push(ask);
        }
    }

    /// Whether a look is due. For somebody who waits for what has changed, it soon is.
    async fn is_wanted(&self, asks: &[Ask]) -> bool {
        let Some(known) = current(&self.known) else {
            return true;
        };
        let at = due(&known, asks.iter().any(|ask| ask.changed));
        if asks.iter().any(|ask| ask.changed && ask.tell.is_some()) {
            self.clock.sleep_until(at).await;
        }
        at <= self.clock.now()
    }
}

fn due(look: &Look, changed: bool) -> Instant {
    look.ended + Pace::default().keeps(look.took, changed)
}

fn current(known: &Mutex<Known>) -> Known {
    known.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
