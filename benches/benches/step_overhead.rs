//! What a step costs above its command.
//!
//! A script of 100 `echo` steps runs through host, driver and tokio; a bare loop spawns
//! the same 100 commands with `std` and reads their output. The two take turns, and the
//! median of the ratios is the figure.

use collodi_contain::{RelPath, Root};
use collodi_driver::{Driver, Notice};
use collodi_host::{Command, Event, Host, HostOptions, RunEvent, RunRequest};
use collodi_python::{Layout, Platform};
use collodi_run::{App, Status};
use collodi_script::{Options, Script, parse};
use futures::StreamExt as _;
use std::{error::Error, fmt::Write as _, sync::Arc, time::Duration, time::Instant};

const STEPS: usize = 100;
const ROUNDS: usize = 11;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut rounds = runtime.block_on(rounds())?;
    rounds.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let median = rounds.get(rounds.len() / 2).ok_or("no rounds")?;
    let (engine, bare) = median;
    println!("{STEPS} echo steps, median of {ROUNDS} rounds");
    println!(
        "  bare loop  {:7.2} ms  ({:.2} ms each)",
        millis(*bare),
        millis(*bare) / 100.0
    );
    println!(
        "  collodi    {:7.2} ms  ({:.2} ms each)",
        millis(*engine),
        millis(*engine) / 100.0
    );
    println!("  ratio      {:7.2}", ratio(median));
    Ok(())
}

async fn rounds() -> Result<Vec<(Duration, Duration)>, Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let root = Root::new(dir.path().canonicalize()?.to_str().ok_or("not UTF-8")?);
    std::fs::create_dir_all(dir.path().join(".vatn/python/envs"))?;
    let layout = Layout::new(root.clone(), Platform::LINUX_X64);
    let vars = std::env::vars().collect();
    let options = HostOptions {
        host_vars: Arc::new(vars),
        ..HostOptions::new(layout, 42)
    };
    let (driver, handle) = Driver::new(Host::new(options), collodi_tokio::backends());
    let driver = tokio::spawn(driver.run());
    let mut events = handle.events().await?;
    let script = Arc::new(script()?);
    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let app = App::new("bench", root.clone(), RelPath::root(), "bench.json");
        let request = RunRequest {
            app,
            script: script.clone(),
            args: collodi_value::Value::Null,
            answers: Box::default(),
            overrides: Arc::default(),
            again: false,
        };
        let began = Instant::now();
        handle.command(Command::Run(request)).await?;
        until_ended(&mut events).await?;
        let engine = began.elapsed();
        let began = Instant::now();
        bare_loop()?;
        // The first round warms up, and waits for the host to know the machine.
        if round > 0 {
            rounds.push((engine, began.elapsed()));
        }
    }
    handle
        .command(Command::Shutdown(Duration::from_secs(5)))
        .await?;
    driver.await?;
    Ok(rounds)
}

async fn until_ended(events: &mut collodi_driver::Events) -> Result<(), Box<dyn Error>> {
    while let Some(notice) = events.next().await {
        let Notice::Event(event) = notice else {
            continue;
        };
        if let Event::Run {
            what: RunEvent::Ended(outcome),
            ..
        } = &*event
        {
            let ended = outcome.status == Status::Completed && outcome.steps_run == STEPS;
            return if ended {
                Ok(())
            } else {
                Err(outcome.to_string().into())
            };
        }
    }
    Err("the host is gone".into())
}

fn bare_loop() -> Result<(), Box<dyn Error>> {
    for n in 0..STEPS {
        let output = std::process::Command::new("bash")
            .args(["-c", &format!("echo {n}")])
            .output()?;
        if output.stdout != format!("{n}\n").as_bytes() {
            return Err("echo said something else".into());
        }
    }
    Ok(())
}

fn script() -> Result<Script, Box<dyn Error>> {
    let mut steps = String::new();
    for n in 0..STEPS {
        let comma = if n == 0 { "" } else { "," };
        let message = format!("echo {n}");
        write!(
            steps,
            r#"{comma}{{"method": "shell.run", "params": {{"message": "{message}"}}}}"#
        )?;
    }
    let source = format!(r#"{{"dialect": "vatn", "run": [{steps}]}}"#);
    Ok(parse(&source, &Options::for_file("bench.json"))
        .script()?
        .clone())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn ratio((engine, bare): &(Duration, Duration)) -> f64 {
    engine.as_secs_f64() / bare.as_secs_f64()
}
