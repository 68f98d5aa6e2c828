#![doc = include_str!("../README.md")]

use axum::{Router, routing::get};
use collodi_contain::Root;
use collodi_host::{Command, HostOptions};
use collodi_http::{AllowedHosts, Surface, Token, router};
use collodi_python::{Layout, Platform};
use std::{
    env::{self, consts},
    error::Error,
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, signal::ctrl_c};

/// How long apps may take to end.
const FAREWELL: Duration = Duration::from_secs(10);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let dir = env::args().nth(1).ok_or("which folder?")?;
    let dir = std::fs::canonicalize(dir)?;
    let dir = Root::new(dir.to_str().ok_or("its path is not UTF-8")?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let hosts = AllowedHosts::bound_to(listener.local_addr()?);
    let token = Token::generate(random()?);
    println!("http://{} {}", listener.local_addr()?, token.reveal());

    let platform = Platform::from_rust(consts::OS, consts::ARCH);
    let options = options(Layout::new(dir, platform))?;
    let (surface, work) = Surface::embedded(options, collodi_tokio::backends(), token, hosts);
    let (host, worked) = (surface.host.clone(), tokio::spawn(work));
    let app = Router::new()
        .route("/", get(async || "mine\n"))
        .merge(router(surface));

    tokio::select! {
        served = axum::serve(listener, app) => served?,
        interrupted = ctrl_c() => interrupted?,
    }
    host.command(Command::Shutdown(FAREWELL)).await?;
    Ok(worked.await?)
}

/// Commands get of this program's variables what the policy lets through.
fn options(layout: Layout) -> Result<HostOptions, Box<dyn Error>> {
    let seed = u64::from_ne_bytes(random()?);
    Ok(HostOptions {
        host_vars: Arc::new(env::vars().collect()),
        ..HostOptions::new(layout, seed)
    })
}

fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map(|()| bytes)
}
