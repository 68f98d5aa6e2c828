//! A host, its driver, and its HTTP surface, put together.

use crate::{
    bell::{Ear, bell},
    cli::ServerArgs,
    failure::Failure,
    handover,
    runtime::Runtime,
    state::{Hold, ServerState},
};
use anyhow::{Context as _, Result};
use collodi_backend::{Backends, Capability};
use collodi_contain::Root;
use collodi_driver::{Driver, HostHandle, Notice, Workspace, survey};
use collodi_env::Grants;
use collodi_host::{Command, Event, Host, HostOptions};
use collodi_http::{AllowedHosts, Limits, Surface, Token};
use collodi_python::{Layout, Platform};
use collodi_restart::{Backoff, Policy, StopSequence};
use futures::{
    FutureExt as _, StreamExt as _,
    channel::oneshot,
    future::{self, Fuse, RemoteHandle},
};
use std::{
    future::Future,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// How much longer than the grace period a shutdown may take.
const SHUTDOWN_MARGIN: Duration = Duration::from_secs(2);

/// A running host with its HTTP surface.
#[derive(Debug)]
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
    /// Ready when everything has ended, and callers have their answers.
    over: Fuse<RemoteHandle<()>>,
    budget: Duration,
    _hold: Hold,
}

impl Node {
    /// Takes the workspace and starts everything.
    pub(crate) async fn start(
        runtime: &dyn Runtime,
        dir: &Path,
        listen: SocketAddr,
        args: &ServerArgs,
    ) -> Result<Self> {
        let dir = absolute(dir)?;
        refuse_open_address(listen)?;
        let hold = Hold::take(&dir)?;
        let earlier = handover::earlier(&hold);
        let listen = earlier.as_ref().map_or(listen, |state| state.address);
        let layout = layout(&dir)?;
        make_directories(&layout)?;
        let backends = runtime.backends();
        let options = options(layout.clone(), &backends, args)?;
        let workspace = Workspace::new(layout, backends.files.clone());
        let (driver, handle) = Driver::new(Host::new(options.clone()), backends.clone());
        let door = Door::open(listen)?;
        let address = door.address;
        let token = match earlier {
            Some(state) => Token::new(state.token),
            None => Token::generate(random()?),
        };
        let shown = token.reveal().to_owned();
        let (bell, asked_to_end) = bell();
        let surface = Surface {
            host: handle.clone(),
            workspace,
            token,
            allowed_hosts: AllowedHosts::bound_to(address),
            clock: Arc::clone(&backends.clock),
            shutdown: Arc::new(move || bell.ring()),
        };
        let over = door.serve_while(driver.run(), runtime, &backends, surface)?;
        let looking = look_around(backends, options, handle.clone());
        runtime.spawn(looking.boxed());
        let found = recovered(&handle).await?;
        let state = ServerState {
            pid: std::process::id(),
            address,
            token: shown,
        };
        hold.publish(&state)?;
        let page = state.page();
        let budget = args.grace_period + SHUTDOWN_MARGIN;
        let state_file = dir.join(".vatn/python/server.json");
        Ok(Self {
            handle,
            address,
            state_file,
            page,
            asked_to_end,
            found,
            over: over.fuse(),
            budget,
            _hold: hold,
        })
    }

    /// Asks everything to end, and does not wait for it.
    pub(crate) async fn end(&self) {
        // A host that is gone has ended.
        let _ = self.handle.command(Command::Shutdown(self.budget)).await;
    }

    /// Does not wait for the grace period.
    pub(crate) async fn kill(&self) {
        let _ = self.handle.command(Command::Kill).await;
    }

    /// Waits until everything has ended; for ever when it was told already.
    pub(crate) async fn ended(&mut self) {
        (&mut self.over).await;
    }
}

/// Tells the host what the machine is. Whoever starts a run meanwhile waits for that.
async fn look_around(backends: Backends, options: HostOptions, host: HostHandle) {
    let facts = survey(&backends, &options).await;
    // A host that is gone needs to know nothing.
    let _ = host.command(Command::Know(facts.variables())).await;
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

/// Where callers come in.
#[derive(Debug)]
struct Door {
    listener: TcpListener,
    address: SocketAddr,
}

impl Door {
    fn open(listen: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(listen).map_err(|error| {
            Failure::new(format!("failed to listen on {listen}: {error}"))
                .hint("choose another address with --listen, for instance --listen 127.0.0.1:0")
        })?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Runs `driver` and serves until it has ended, and then those who have asked.
    fn serve_while(
        self,
        driver: impl Future<Output = ()> + Send + 'static,
        runtime: &dyn Runtime,
        backends: &Backends,
        surface: Surface,
    ) -> Result<RemoteHandle<()>> {
        let callers = runtime.callers(self.listener)?;
        let (host, clock) = (surface.host.clone(), Arc::clone(&backends.clock));
        let (close, closing) = oneshot::channel::<()>();
        let driven = driver.map(|()| drop(close));
        let served = async move {
            // A host that is gone before has nobody to serve.
            let _ = recovered(&host).await;
            let router = collodi_http::router(surface);
            let closing = closing.map(drop);
            collodi_http::serve(callers, router, clock, Limits::default(), closing).await;
        };
        let (task, over) = future::join(driven, served).map(drop).remote_handle();
        runtime.spawn(task.boxed());
        Ok(over)
    }
}

/// A token in a file guards what only this machine can reach; more needs more.
fn refuse_open_address(listen: SocketAddr) -> Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(
        Failure::new(format!("{listen} can be reached from other machines"))
            .hint("listen on 127.0.0.1 and put a proxy with TLS and a login before it")
            .into(),
    )
}

/// What a host is told at once, by the command line and the machine.
pub(crate) fn options(
    layout: Layout,
    backends: &Backends,
    args: &ServerArgs,
) -> Result<HostOptions> {
    let now = backends.clock.now().since_origin();
    let wall = backends.clock.wall().as_duration().saturating_sub(now);
    // Names and values that are not UTF-8 cannot be passed on in a script's terms.
    let vars = std::env::vars_os()
        .filter(|(name, _)| name != handover::VARIABLE)
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(HostOptions {
        epoch: collodi_time::WallTime::since_unix_epoch(wall),
        host_vars: Arc::new(vars.collect()),
        grants: args
            .grants
            .iter()
            .fold(Grants::none(), |g, name| g.from_host(name).to_step(name)),
        python_binary: args.python.clone(),
        prefer_uv: !args.no_uv,
        local_repositories: args.local_repositories,
        other_apps: args.other_apps.into(),
        restart: restart(args),
        journal: true,
        recordings: backends.process.capabilities().has(Capability::Recordings),
        stop: StopSequence::term_then_kill(args.grace_period),
        privileged: collodi_os::is_privileged(),
        facts: None,
        ..HostOptions::new(layout, u64::from_ne_bytes(random()?))
    })
}

/// How daemons are started again, where their scripts do not say.
fn restart(args: &ServerArgs) -> Policy {
    let delays = args.restart_delay.map(Backoff::fixed);
    Policy {
        backoff: delays.unwrap_or_default(),
        give_up: args.give_up,
        ..Policy::default()
    }
}

/// Where things are in a workspace.
pub(crate) fn layout(dir: &Path) -> Result<Layout> {
    let text = dir.to_str().ok_or_else(|| {
        Failure::new(format!("the path {} is not UTF-8", dir.display()))
            .hint("use a workspace whose path is")
    })?;
    let platform = Platform::from_rust(std::env::consts::OS, std::env::consts::ARCH);
    Ok(Layout::new(Root::new(text), platform))
}

fn make_directories(layout: &Layout) -> Result<()> {
    for dir in [layout.environments(), layout.apps(), layout.stand_ins()] {
        let path = dir.absolute();
        std::fs::create_dir_all(&path).with_context(|| format!("failed to make {path}"))?;
    }
    Ok(())
}

/// The path without links in it: everything below is compared with this text.
pub(crate) fn absolute(dir: &Path) -> Result<PathBuf> {
    dir.canonicalize().map_err(|error| {
        Failure::new(format!("{}: {error}", dir.display()))
            .hint("name a folder that is there")
            .into()
    })
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}
