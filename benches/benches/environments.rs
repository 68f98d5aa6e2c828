//! What making an environment costs above the tool that makes it.
//!
//! Through host, driver and tokio, against the same command in a bare `std` process. The
//! two take turns, and the median of the ratios is the figure.

use collodi_contain::{Name, Root};
use collodi_driver::{Driver, Events, HostHandle, Notice};
use collodi_host::{Command, EnvEvent, Event, Host, HostOptions};
use collodi_python::{Layout, Platform, Provisioned};
use futures::StreamExt as _;
use std::{
    error::Error,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

/// The tool, its command before the directory, and how often the two take turns.
const TOOLS: [(&str, &[&str], usize); 2] = [
    ("uv", &["uv", "venv", "--seed", "--python", "python3"], 15),
    ("venv", &["python3", "-m", "venv"], 5),
];

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for (tool, words, rounds) in TOOLS {
        match runtime.block_on(compared(tool, words, rounds)) {
            Ok((ours, bare)) => {
                let ratio = ours.as_secs_f64() / bare.as_secs_f64();
                println!("{tool:5} {ours:8.1?}  bare {bare:8.1?}  ratio {ratio:.2}");
            }
            Err(error) => println!("{tool:5} not measured: {error}"),
        }
    }
    Ok(())
}

/// The round in the middle, by its ratio.
async fn compared(
    tool: &str,
    words: &[&str],
    rounds: usize,
) -> Result<(Duration, Duration), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let root = Root::new(dir.path().canonicalize()?.to_str().ok_or("not UTF-8")?);
    std::fs::create_dir_all(dir.path().join(".vatn/python/envs"))?;
    let options = HostOptions {
        host_vars: Arc::new(std::env::vars().collect()),
        prefer_uv: tool == "uv",
        ..HostOptions::new(Layout::new(root, Platform::LINUX_X64), 42)
    };
    let (driver, handle) = Driver::new(Host::new(options), collodi_tokio::backends());
    let driver = tokio::spawn(driver.run());
    let mut events = handle.events().await?;
    detected(&mut events).await?;
    let mut times = Vec::new();
    for round in 0..=rounds {
        let began = Instant::now();
        ours(&handle, &mut events, &format!("env{round}")).await?;
        let ours = began.elapsed();
        let began = Instant::now();
        bare(words, &dir.path().join(format!("bare{round}")))?;
        // The first round warms up.
        if round > 0 {
            times.push((ours, began.elapsed()));
        }
    }
    handle
        .command(Command::Shutdown(Duration::from_secs(5)))
        .await?;
    driver.await?;
    let ratio = |(ours, bare): &(Duration, Duration)| ours.as_secs_f64() / bare.as_secs_f64();
    times.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    Ok(times.get(rounds / 2).copied().ok_or("no rounds")?)
}

async fn detected(events: &mut Events) -> Result<(), Box<dyn Error>> {
    while let Some(notice) = events.next().await {
        if let Notice::Event(event) = notice
            && matches!(&*event, Event::Detected(_))
        {
            return Ok(());
        }
    }
    Err("the host is gone".into())
}

async fn ours(handle: &HostHandle, events: &mut Events, name: &str) -> Result<(), Box<dyn Error>> {
    handle
        .command(Command::CreateEnv(Name::parse(name)?))
        .await?;
    while let Some(notice) = events.next().await {
        let Notice::Event(event) = notice else {
            continue;
        };
        if let Event::Env {
            what: EnvEvent::Ended(how),
            ..
        } = &*event
        {
            return match how {
                Provisioned::Created => Ok(()),
                other => Err(other.to_string().into()),
            };
        }
    }
    Err("the host is gone".into())
}

fn bare(words: &[&str], dir: &Path) -> Result<(), Box<dyn Error>> {
    let (program, words) = words.split_first().ok_or("no command")?;
    let mut command = std::process::Command::new(program);
    let status = command
        .args(words)
        .arg(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{program}: {status}").into())
}
