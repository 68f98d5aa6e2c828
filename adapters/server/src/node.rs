//! A host, its driver, and its HTTP surface, put together.

use crate::{
    audit,
    bell::{Ear, bell},
    checkup::{self, Checkup},
    cli::ServerArgs,
    home::{Home, host_variables},
    keys::{self, LiveKeys},
    listening::{Door, Listen},
    runtime::Runtime,
    state::{self, Hold, ServerState},
    trust, webhooks,
};
use anyhow::{Context as _, Result};
use collodi_backend::{Backends, Capability};
use collodi_command::Bounds;
use collodi_config::{Setting, Settings, Size};
use collodi_driver::{Apps, Driver, HostHandle, Notice, Workspace, survey};
use collodi_host::{Command, EnvPolicies, Event, Host, HostOptions};
use collodi_http::{AllowedHosts, Limits, MayGoOn, NoNextLife, Surface, Token};
use collodi_inventory::{Inventory, half_made};
use collodi_ledger::Ledger;
use collodi_logs::Limits as LogLimits;
use collodi_python::Layout;
use collodi_restart::{Backoff, Policy, StopSequence};
use collodi_run::Limits as RunLimits;
use collodi_script::Dialect;
use futures::{
    FutureExt as _, StreamExt as _,
    channel::oneshot,
    future::{self, Fuse, RemoteHandle},
};
use futures_lite::future::or;
use std::{
    collections::BTreeMap,
    future::Future,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// How much longer than the grace period a shutdown may take.
const SHUTDOWN_MARGIN: Duration = Duration::from_secs(2);

/// A running host with its HTTP surface.
pub(crate) struct Node {
    pub(crate) handle: HostHandle,
    pub(crate) address: SocketAddr,
    pub(crate) state_file: PathBuf,
    /// The page's address. Whoever has it has the token.
    pub(crate) page: String,
    /// Someone asked over HTTP to end.
    pub(crate) asked_to_end: Ear,
    /// What was told of what an earlier server has left.
    pub(crate) found: Vec<Arc<Event>>,
    /// Callers who come between two lives wait at it.
    listener: TcpListener,
    /// Ready when everything has ended, and callers have their answers.
    over: Fuse<RemoteHandle<()>>,
    /// Ready when webhooks were told all, or have not answered for long.
    carried: Fuse<RemoteHandle<()>>,
    budget: Duration,
    ledger: Arc<Ledger>,
    hold: Hold,
    /// Whether another life could begin with the settings as they are by then.
    pub(crate) may_go_on: MayGoOn,
}

/// What comes of a node in the end.
#[derive(Debug)]
pub(crate) enum Closing {
    /// Everything has ended.
    Over,
    /// Somebody asks for that.
    Asked,
}

/// Which life of its process a node is.
#[derive(Debug)]
pub(crate) enum Life {
    /// One with a token of its own.
    First,
    /// One that goes on for another, with its token, in the workspace that this has left to it.
    Next(Hold),
}

impl Life {
    pub(crate) const fn is_first(&self) -> bool {
        matches!(self, Self::First)
    }

    /// The workspace, and what was told of the server that it goes on for.
    fn begin(self, dir: &Path) -> Result<(Hold, Option<ServerState>)> {
        match self {
            Self::First => Ok((Hold::take(dir)?, None)),
            Self::Next(hold) => {
                let earlier = hold.earlier();
                Ok((hold, earlier))
            }
        }
    }
}

impl Node {
    /// Takes the workspace and starts everything.
    pub(crate) async fn start(
        runtime: &dyn Runtime,
        home: Home,
        listen: Listen,
        life: Life,
        args: &ServerArgs,
    ) -> Result<Self> {
        let backends = runtime.backends();
        let options = HostOptions {
            goes_on: !life.is_first(),
            ..options(&home, &backends, args)?
        };
        let hooks = webhooks::hooks(&home.settings)?;
        listen.refuse_others()?;
        let address = listen.address();
        let checkup = Checkup::of(&home, backends.clone(), options.clone(), address);
        let Home {
            dir,
            settings,
            file,
            layout,
        } = home;
        let may_go_on = asked_to_go_on(&dir, &backends, args);
        let (hold, earlier) = life.begin(&dir)?;
        make_directories(&layout)?;
        let ledger = audit::open(&dir, &backends)?;
        let backends = audit::over(backends, &ledger);
        let keys = LiveKeys::new(&layout, Arc::clone(&backends.files));
        // What is wrong with the file is told before somebody is refused for it.
        keys.now().await;
        let workspace = Workspace::new(layout, backends.files.clone());
        let apps = Apps::new(workspace.clone(), backends.clone(), options.seed);
        if let Err(error) = apps.sweep().await {
            complain!("warning: what is left of apps that were not added stays: {error}");
        }
        match apps.mend(&options).await {
            Ok(kept) => kept.iter().for_each(|kept| complain!("warning: {kept}")),
            Err(error) => {
                complain!("warning: an app whose update was cut stays as it is: {error}");
            }
        }
        let (inventory, worker) = Inventory::new(workspace.clone(), Arc::clone(&backends.clock));
        runtime.spawn(worker.work().boxed());
        let (driver, handle) = Driver::new(Host::new(options.clone()), backends.clone());
        let Door { listener, address } = listen.open(&*backends.clock).await?;
        let callers = listener.try_clone()?;
        let token = match earlier {
            Some(state) => Token::new(state.token),
            None => Token::generate(random()?),
        };
        let shown = token.reveal().to_owned();
        let (bell, asked_to_end) = bell();
        let told = webhooks::Told::default();
        let to_clear = workspace.clone();
        let surface = Surface {
            host: handle.clone(),
            workspace,
            apps,
            inventory,
            settings,
            settings_file: file,
            holds: collodi_os::holds,
            audit: Arc::new(audit::asked(Arc::clone(&ledger))),
            doctor: Arc::new(checkup::asked(checkup)),
            hooks: {
                let told = told.clone();
                Arc::new(move || told.figures())
            },
            token,
            keys: Arc::new(keys::asked(keys)),
            allowed_hosts: AllowedHosts::bound_to(address),
            process: Arc::clone(&backends.process),
            clock: Arc::clone(&backends.clock),
            may_go_on: Arc::clone(&may_go_on),
            shutdown: Arc::new(move || bell.ring()),
        };
        let over = serve_while(driver.run(), callers, runtime, &backends, surface)?;
        let seed = options.seed;
        let carried = webhooks::carry(hooks, &handle, &backends, told, seed).await?;
        let (carrying, carried) = carried.remote_handle();
        runtime.spawn(carrying.boxed());
        let looking = look_around(backends, options, handle.clone());
        runtime.spawn(looking.boxed());
        let found = recovered(&handle).await?;
        runtime.spawn(clear(to_clear, handle.clone()).boxed());
        let state = ServerState {
            pid: std::process::id(),
            address,
            token: shown,
            life: seed,
        };
        if let Err(error) = hold.publish(&state) {
            // What was found is for a server that can say where it is.
            let _ = handle.leave().await;
            over.await;
            return Err(error);
        }
        let page = state.page();
        let budget = args.grace_period + SHUTDOWN_MARGIN;
        let state_file = state::file(&dir);
        Ok(Self {
            handle,
            address,
            state_file,
            page,
            asked_to_end,
            found,
            listener,
            over: over.fuse(),
            carried: carried.fuse(),
            budget,
            ledger,
            hold,
            may_go_on,
        })
    }

    /// Asks everything to end, and does not wait for it.
    pub(crate) async fn end(&self) {
        // A host that is gone has ended.
        let _ = self.handle.command(Command::Shutdown(self.budget)).await;
    }

    /// The same, but what an earlier server has left of other apps than this one is left to the
    /// next.
    pub(crate) async fn end_of(&self, app: &str) {
        let (app, within) = (app.to_owned(), self.budget);
        let _ = self
            .handle
            .command(Command::ShutdownOf { app, within })
            .await;
    }

    /// Does not wait for the grace period.
    pub(crate) async fn kill(&self) {
        let _ = self.handle.command(Command::Kill).await;
    }

    /// Waits until everything has ended; for ever when it was told already.
    pub(crate) async fn ended(&mut self) {
        (&mut self.over).await;
        (&mut self.carried).await;
        self.ledger.flush();
    }

    /// Waits until everything has ended, or somebody asks for that.
    pub(crate) async fn ended_or_asked(&mut self) -> Closing {
        let Self {
            over,
            carried,
            asked_to_end,
            ..
        } = self;
        let over = async {
            over.await;
            carried.await;
            Closing::Over
        };
        let closing = or(over, asked_to_end.heard().map(|()| Closing::Asked)).await;
        self.ledger.flush();
        closing
    }

    /// Ends, and leaves what lives to the next server: nobody goes on here.
    pub(crate) async fn leave_behind(mut self) {
        // A host that is gone has left.
        let _ = self.handle.leave().await;
        self.ended().await;
    }

    /// Ends and leaves what lives to whoever goes on with it, at this socket, in this workspace and
    /// with the token. Callers have their answers.
    pub(crate) async fn leave(mut self) -> (TcpListener, Hold) {
        // A host that is gone has left.
        let _ = self.handle.leave().await;
        self.ended().await;
        self.hold.leave();
        (self.listener, self.hold)
    }
}

/// Whether a server could start here with these words, for all that can be known before.
///
/// # Errors
///
/// Why not.
pub(crate) async fn may_start(backends: &Backends, dir: &Path, args: &ServerArgs) -> Result<()> {
    Hold::may_publish(&may_be_set(backends, dir, args).await?)
}

/// The same for the next life of a server, which says what to mend.
async fn may_go_on(backends: &Backends, dir: &Path, args: &ServerArgs) -> Result<(), NoNextLife> {
    let settings = |error| NoNextLife::Settings(format!("{error:#}"));
    let dir = may_be_set(backends, dir, args).await.map_err(settings)?;
    Hold::may_publish(&dir).map_err(|error| NoNextLife::File(format!("{error:#}")))
}

/// Whether the settings and the words of the command line will do, and where the workspace is.
async fn may_be_set(backends: &Backends, dir: &Path, args: &ServerArgs) -> Result<PathBuf> {
    let home = Home::open(dir, &*backends.files, args).await?;
    webhooks::hooks(&home.settings)?;
    options(&home, backends, args)?;
    Ok(home.dir)
}

/// The same, whenever somebody asks whether another life could begin.
fn asked_to_go_on(dir: &Path, backends: &Backends, args: &ServerArgs) -> MayGoOn {
    let with = Arc::new((dir.to_owned(), backends.clone(), args.clone()));
    Arc::new(move || {
        let with = Arc::clone(&with);
        Box::pin(async move {
            let (dir, backends, args) = &*with;
            may_go_on(backends, dir, args).await
        })
    })
}

/// Tells the host what the machine is. Whoever starts a run meanwhile waits for that.
async fn look_around(backends: Backends, options: HostOptions, host: HostHandle) {
    let facts = survey(&backends, &options).await;
    // A host that is gone needs to know nothing.
    let _ = host.command(Command::Know(facts.variables())).await;
}

/// Has what is half-made of environments removed; what is being made is left alone.
async fn clear(workspace: Workspace, host: HostHandle) {
    // A directory that cannot be read is told about where it is used.
    for name in half_made(&workspace).await.unwrap_or_default() {
        let _ = host.command(Command::ClearEnv(name)).await;
    }
}

/// Waits until the host knows what an earlier one has left: nobody asks it before.
async fn recovered(handle: &HostHandle) -> Result<Vec<Arc<Event>>> {
    let mut events = handle.changes().await?;
    let mut told = Vec::new();
    while !handle.query(Host::has_recovered).await? {
        match events.next().await {
            Some(Notice::Event(event)) => told.push(event),
            Some(Notice::Missed(_)) => {}
            None => break,
        }
    }
    while let Some(Some(Notice::Event(event))) = events.next().now_or_never() {
        told.push(event);
    }
    told.retain(|event| matches!(**event, Event::Journal(_)));
    Ok(told)
}

/// Runs `driver` and serves those who come to `listener` until it has ended, and then those
/// who have asked.
fn serve_while(
    driver: impl Future<Output = ()> + Send + 'static,
    listener: TcpListener,
    runtime: &dyn Runtime,
    backends: &Backends,
    surface: Surface,
) -> Result<RemoteHandle<()>> {
    let callers = runtime.callers(listener)?;
    let (host, clock) = (surface.host.clone(), Arc::clone(&backends.clock));
    let (close, closing) = oneshot::channel::<()>();
    let driven = driver.map(|()| drop(close));
    let served = async move {
        // A host that is gone before has nobody to serve.
        let _ = recovered(&host).await;
        let router = collodi_http::router(surface);
        let closing = closing.map(drop);
        collodi_http::serve(callers, router, clock, connections(), closing).await;
    };
    let (task, over) = future::join(driven, served).map(drop).remote_handle();
    runtime.spawn(task.boxed());
    Ok(over)
}

/// What connections may take. Half of the descriptors are for what runs.
fn connections() -> Limits {
    let limits = Limits::default();
    let descriptors = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let half = descriptors
        .current
        .map_or(limits.connections, |most| count(most / 2));
    Limits {
        connections: limits.connections.min(half).max(1),
        ..limits
    }
}

/// The variables that children may get: none that signs webhooks.
fn children_variables(settings: &Settings) -> BTreeMap<String, String> {
    let mut variables = host_variables();
    for (_, hook) in settings.webhooks() {
        if let Some(name) = hook.secret_env.value() {
            variables.remove(name.as_str());
        }
    }
    variables
}

/// What a host is told at once, by the command line and the machine.
pub(crate) fn options(home: &Home, backends: &Backends, args: &ServerArgs) -> Result<HostOptions> {
    let settings = &home.settings;
    let now = backends.clock.now().since_origin();
    let wall = backends.clock.wall().as_duration().saturating_sub(now);
    let default = HostOptions::new(home.layout.clone(), u64::from_ne_bytes(random()?));
    Ok(HostOptions {
        epoch: collodi_time::WallTime::since_unix_epoch(wall),
        host_vars: Arc::new(children_variables(settings)),
        env_policies: EnvPolicies {
            vatn: settings.policy(Dialect::Vatn),
            pinokio: settings.policy(Dialect::Pinokio),
        },
        grants: args
            .grants
            .iter()
            .fold(settings.shell_env.grants(), |grants, name| {
                grants.from_host(name).to_step(name)
            }),
        python_binary: settings.python.python_binary.value().clone(),
        prefer_uv: *settings.python.prefer_uv.value(),
        local_repositories: args.local_repositories,
        other_apps: args.other_apps.into(),
        extra_roots: home.extra_roots()?,
        sandbox: trust::trust(settings)?,
        restart: restart(settings, args),
        log: log(settings),
        limits: run_limits(settings),
        runs: settings.limits.runs.value().map_or(default.runs, count),
        bounds: bounds(settings),
        journal: true,
        recordings: backends.process.has(Capability::Recordings),
        stop: StopSequence::term_then_kill(args.grace_period),
        privileged: collodi_os::is_privileged(),
        facts: None,
        ..default
    })
}

/// How daemons are started again, where their scripts do not say.
fn restart(settings: &Settings, args: &ServerArgs) -> Policy {
    let millis = settings.python.restart_delay_ms.value();
    let delays = millis.map(|millis| Backoff::fixed(Duration::from_millis(millis)));
    Policy {
        backoff: delays.unwrap_or_default(),
        give_up: args.give_up,
        ..Policy::default()
    }
}

/// How much of the output of processes is kept.
fn log(settings: &Settings) -> LogLimits {
    LogLimits {
        lines: count(*settings.python.max_log_lines.value()),
        ..LogLimits::default()
    }
}

/// What bounds a run.
fn run_limits(settings: &Settings) -> RunLimits {
    let (limits, default) = (&settings.limits, RunLimits::default());
    let size = |setting: &Setting<Option<Size>>| setting.value().map(|Size(bytes)| bytes);
    RunLimits {
        steps: limits.steps.value().map_or(default.steps, count),
        output_bytes: size(&limits.output).map_or(default.output_bytes, count),
        file_bytes: size(&limits.file).unwrap_or(default.file_bytes),
        download_bytes: size(&limits.download).unwrap_or(default.download_bytes),
    }
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What bounds the trees of processes.
fn bounds(settings: &Settings) -> Bounds {
    let limits = &settings.limits;
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    Bounds {
        memory: limits.memory.value().map(|Size(bytes)| bytes),
        processes: limits.processes.value().map(small),
        cpu: limits.cpu.value().map(small),
        files: *limits.open_files.value(),
    }
}

pub(crate) fn make_directories(layout: &Layout) -> Result<()> {
    let own = [
        layout.environments(),
        layout.apps(),
        layout.stand_ins(),
        layout.cache(),
    ];
    for dir in own {
        let path = dir.absolute();
        std::fs::create_dir_all(&path).with_context(|| format!("failed to make {path}"))?;
    }
    Ok(())
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}
