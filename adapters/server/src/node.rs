//! A host, its driver, and its HTTP surface, put together on tokio.

use crate::{
    cli::ServerArgs,
    failure::Failure,
    state::{Hold, ServerState},
};
use anyhow::{Context as _, Result};
use collodi_contain::Root;
use collodi_driver::{Driver, HostHandle, Workspace, survey};
use collodi_env::Grants;
use collodi_host::{Command, Host, HostOptions};
use collodi_http::{AllowedHosts, Surface, Token};
use collodi_python::{Layout, Platform};
use collodi_restart::{Policy, StopSequence};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

/// How much longer than the grace period a shutdown may take.
const SHUTDOWN_MARGIN: Duration = Duration::from_secs(2);

/// A running host with its HTTP surface.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) handle: HostHandle,
    pub(crate) address: SocketAddr,
    pub(crate) state_file: PathBuf,
    /// Someone asked over HTTP to end.
    pub(crate) asked_to_end: Arc<Notify>,
    driver: JoinHandle<()>,
    budget: Duration,
    _hold: Hold,
}

impl Node {
    /// Takes the workspace and starts everything.
    pub(crate) async fn start(dir: &Path, listen: SocketAddr, args: &ServerArgs) -> Result<Self> {
        let dir = absolute(dir)?;
        refuse_open_address(listen)?;
        let hold = Hold::take(&dir)?;
        let layout = layout(&dir)?;
        make_directories(&layout)?;
        let backends = collodi_tokio::backends();
        let options = options(layout.clone(), &backends, args)?;
        let workspace = Workspace::new(layout, backends.files.clone());
        let (driver, handle) = Driver::new(Host::new(options.clone()), backends.clone());
        let driver = tokio::spawn(driver.run());
        tokio::spawn(look_around(backends, options, handle.clone()));
        let asked_to_end = Arc::new(Notify::new());
        let surface = serve(listen, &handle, &workspace, &asked_to_end).await?;
        let (address, token) = surface;
        hold.publish(&ServerState {
            pid: std::process::id(),
            address,
            token,
        })?;
        let budget = args.grace_period + SHUTDOWN_MARGIN;
        let state_file = dir.join(".vatn/python/server.json");
        Ok(Self {
            handle,
            address,
            state_file,
            asked_to_end,
            driver,
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

    /// Waits until everything has ended.
    pub(crate) async fn ended(&mut self) {
        let _ = (&mut self.driver).await;
    }
}

/// Tells the host what the machine is. Whoever starts a run meanwhile waits for that.
async fn look_around(backends: collodi_backend::Backends, options: HostOptions, host: HostHandle) {
    let facts = survey(&backends, &options).await;
    // A host that is gone needs to know nothing.
    let _ = host.command(Command::Know(facts.variables())).await;
}

/// Listens, and serves until the program ends. The address and the token.
async fn serve(
    listen: SocketAddr,
    host: &HostHandle,
    workspace: &Workspace,
    asked_to_end: &Arc<Notify>,
) -> Result<(SocketAddr, String)> {
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Failure::new(format!("failed to listen on {listen}: {error}"))
            .hint("choose another address with --listen, for instance --listen 127.0.0.1:0")
    })?;
    let address = listener.local_addr()?;
    let token = Token::generate(random()?);
    let shown = token.reveal().to_owned();
    let notify = asked_to_end.clone();
    let surface = Surface {
        host: host.clone(),
        workspace: workspace.clone(),
        token,
        allowed_hosts: AllowedHosts::bound_to(address),
        shutdown: Arc::new(move || notify.notify_one()),
    };
    let router = collodi_http::router(surface);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((address, shown))
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
    backends: &collodi_backend::Backends,
    args: &ServerArgs,
) -> Result<HostOptions> {
    let now = backends.clock.now().since_origin();
    let wall = backends.clock.wall().as_duration().saturating_sub(now);
    // Names and values that are not UTF-8 cannot be passed on in a script's terms.
    let vars = std::env::vars_os()
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
        restart: Policy::fixed(args.restart_delay),
        stop: StopSequence::term_then_kill(args.grace_period),
        privileged: collodi_tokio::is_privileged(),
        facts: None,
        ..HostOptions::new(layout, u64::from_ne_bytes(random()?))
    })
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
