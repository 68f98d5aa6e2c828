//! What callers of `collodi serve` get: how soon it is ready, how many requests it answers beside
//! a bare axum route, how soon a line that an app wrote is at a listener, and at 900 of a
//! thousand while the others do not read.
//!
//! Measures `target/release/collodi`, or the program that `COLLODI` names.

mod bare;
mod caller;
mod crowd;
mod program;

use caller::Caller;
use program::{Program, Server};
use std::{
    error::Error,
    fs,
    time::{Duration, Instant},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const STATUS: &str = "/python/status";
/// How often a server is started.
const STARTS: usize = 11;
/// How often the two servers take turns, and for how long each.
const TURNS: usize = 11;
const TURN: Duration = Duration::from_millis(300);
/// How many lines are waited for.
const LINES: usize = 200;

fn main() -> Result<()> {
    let Some(program) = Program::find() else {
        println!("nothing measured: build it by `cargo build --release -p collodi-server`");
        return Ok(());
    };
    let mib = fs::metadata(program.path())?.len() as f64 / f64::from(1 << 20);
    println!("{}", program.path().display());
    println!("  size                     {mib:8.1} MiB");
    let ready = median(every(STARTS, || ready(&program))?);
    println!("  ready after its start    {ready:8.1} ms, median of {STARTS}");
    let server = program.serve()?;
    requests(&server)?;
    server.daemon(
        "ticks",
        "while :; do echo at $EPOCHREALTIME; sleep 0.02; done",
    )?;
    let line = median(lines(&server)?);
    println!("  a line at a listener     {line:8.2} ms after it was written, median of {LINES}");
    crowd::measure(&server)
}

/// From the start of the program to its first answer, in milliseconds.
fn ready(program: &Program) -> Result<f64> {
    let began = Instant::now();
    let server = program.serve()?;
    Caller::of(server.address)?.get("/livez", "")?;
    Ok(millis(began.elapsed()))
}

/// Requests a second beside a bare route that answers the same bytes.
fn requests(server: &Server) -> Result<()> {
    let body = Caller::of(server.address)?.get(STATUS, &server.token)?;
    let bare = bare::serve(STATUS, body)?;
    let mut ours = Caller::of(server.address)?;
    let mut theirs = Caller::of(bare)?;
    let mut rounds = every(TURNS, || {
        Ok((
            turn(&mut ours, &server.token)?,
            turn(&mut theirs, &server.token)?,
        ))
    })?;
    rounds.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (ours, theirs) = rounds.get(TURNS / 2).copied().unwrap_or_default();
    let ratio = ours / theirs;
    println!("  GET {STATUS}       {ours:8.0} a second, a bare axum route {theirs:.0}: {ratio:.2}");
    Ok(())
}

/// How many requests are answered a second, one after the other.
fn turn(caller: &mut Caller, token: &str) -> Result<f64> {
    let (began, mut answered) = (Instant::now(), 0_u32);
    while began.elapsed() < TURN {
        caller.get(STATUS, token)?;
        answered += 1;
    }
    Ok(f64::from(answered) / began.elapsed().as_secs_f64())
}

/// How long after they were written lines are there, in milliseconds.
fn lines(server: &Server) -> Result<Vec<f64>> {
    let process = server.process("ticks")?;
    let mut stream = Caller::of(server.address)?.listen(&process, &server.token)?;
    let mut ages = Vec::new();
    while ages.len() < LINES {
        let now_and_then = stream.line()?;
        ages.extend(caller::stamps(&now_and_then).map(|at| caller::age(at) * 1e3));
    }
    Ok(ages)
}

fn every<T>(times: usize, measure: impl FnMut() -> Result<T>) -> Result<Vec<T>> {
    std::iter::repeat_with(measure).take(times).collect()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
