//! What a step costs in the engine itself: steps that only count and talk, so that
//! nothing of the world is in the figure.

use collodi_backend::Backends;
use collodi_benches::{Micros, measure};
use collodi_contain::{RelPath, Root};
use collodi_driver::{Driver, Notice};
use collodi_host::{Command, Event, Host, HostOptions, RunEvent, RunRequest};
use collodi_machine::{Machine as _, Output};
use collodi_python::{Layout, Platform};
use collodi_run::{App, Input, Outcome, Run, RunOptions, Status};
use collodi_script::{Options, Script, parse};
use collodi_sim::World;
use collodi_time::Instant;
use futures::{FutureExt as _, StreamExt as _, future};
use std::{error::Error, sync::Arc, time::Duration};

const STEPS: usize = 10_000;

type Tried<T> = Result<T, Box<dyn Error>>;

fn main() -> Tried<()> {
    let script = Arc::new(script()?);
    let options = RunOptions::new(Script::clone(&script), app());
    check(&direct(&options)?)?;
    check(&on_the_simulator(&script)?)?;
    println!("a script of {STEPS} steps, each");
    show("the run alone", measure(|| direct(&options).ok()));
    show(
        "host, driver and simulator",
        measure(|| on_the_simulator(&script).ok()),
    );
    Ok(())
}

fn show(what: &str, all: Duration) {
    let each = all / u32::try_from(STEPS).unwrap_or(u32::MAX);
    println!("  {what:30} {}", Micros(each));
}

fn check(outcome: &Outcome) -> Tried<()> {
    // Every fourth step is skipped.
    if outcome.status == Status::Completed && outcome.steps_run == STEPS / 4 * 3 {
        return Ok(());
    }
    Err(outcome.to_string().into())
}

/// Drives the run by hand.
fn direct(options: &RunOptions) -> Tried<Outcome> {
    let mut run = Run::new(options.clone());
    let mut input = Input::Start;
    loop {
        let now = Instant::ZERO;
        if run.handle_input(now, input).is_err() {
            return Err("an input came too late".into());
        }
        loop {
            match run.poll_output() {
                Output::Done(outcome) => return Ok(outcome),
                Output::Wait(Some(_)) => break,
                Output::Wait(None) | Output::Action(..) => {
                    return Err("the run waits for the world".into());
                }
                Output::Event(_) => {}
            }
        }
        input = Input::Timeout;
    }
}

/// Runs it as a program would, in a world of its own.
fn on_the_simulator(script: &Arc<Script>) -> Tried<Outcome> {
    let world = World::new();
    world.dir("/app");
    world.dir("/w/.vatn/python/envs");
    world.block_on(host_and_driver(world.backends(), script.clone()))?
}

async fn host_and_driver(backends: Backends, script: Arc<Script>) -> Tried<Outcome> {
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let (driver, handle) = Driver::new(Host::new(HostOptions::new(layout, 42)), backends);
    let operator = async move {
        let mut events = handle.events().await?;
        let request = RunRequest {
            app: app(),
            script,
            args: collodi_value::Value::Null,
            answers: Box::default(),
            overrides: Arc::default(),
            again: false,
        };
        handle.command(Command::Run(request)).await?;
        let outcome = until_ended(&mut events).await;
        handle
            .command(Command::Shutdown(Duration::from_secs(1)))
            .await?;
        outcome
    };
    let driver = driver.run().map(Ok);
    let ((), outcome) = future::try_join(driver, operator).await?;
    Ok(outcome)
}

async fn until_ended(events: &mut collodi_driver::Events) -> Tried<Outcome> {
    while let Some(notice) = events.next().await {
        if let Notice::Event(event) = notice
            && let Event::Run {
                what: RunEvent::Ended(outcome),
                ..
            } = &*event
        {
            return Ok(Outcome::clone(outcome));
        }
    }
    Err("the host is gone".into())
}

fn app() -> App {
    App::new("bench", Root::new("/app"), RelPath::root(), "bench.json")
}

/// Of four steps one keeps a value, one says one, one has a condition, and one is
/// skipped for its.
fn script() -> Tried<Script> {
    let steps = [
        r#"{"method": "local.set", "params": {"count": "{{local.count + 1}}"}}"#,
        r#"{"method": "log", "params": {"text": "step {{current}} of {{name}}"}}"#,
        r#"{"when": "{{platform === 'linux'}}", "method": "log", "params": {"text": "on Linux"}}"#,
        r#"{"when": "{{gpu === 'nvidia'}}", "method": "log", "params": {"text": "{{gpu_model}}"}}"#,
    ];
    let all: Vec<&str> = steps.into_iter().cycle().take(STEPS).collect();
    let source = format!(r#"{{"dialect": "pinokio", "run": [{}]}}"#, all.join(", "));
    let parsed = parse(&source, &Options::for_file("bench.json"));
    Ok(parsed.script()?.clone())
}
