//! What the backend adds to a process: start and wait a hundred times, bare and through
//! it, in turns; and to the end of two hundred. Prints a table; read the ratios.
//!
//! `cargo bench -p collodi-tokio`

use collodi_backend::{ChildEvent, ProcessBackend};
use collodi_command::{CommandSpec, Signal, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_tokio::Processes;
use std::{
    error::Error,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const ROUNDS: usize = 9;
const STARTS: u32 = 100;
const CROWD: usize = 200;

type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Done<()> {
    let alone = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let crew = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    for (name, runtime) in [("one thread", &alone), ("many threads", &crew)] {
        println!("start and wait, {STARTS} times, median of {ROUNDS}, runtime with {name}:");
        starts(runtime)?;
        let (stop, bare) = runtime.block_on(stop_crowd())?;
        println!(
            "stop {CROWD} trees until all are empty: {stop:.1?}; bare kill and wait: {bare:.1?}"
        );
    }
    Ok(())
}

fn starts(runtime: &Runtime) -> Done<()> {
    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let [bare, piped, tokio, ours] = &mut times;
        bare.push(bare_loop(false)?);
        piped.push(bare_loop(true)?);
        tokio.push(runtime.block_on(runtime.spawn(tokio_loop()))??);
        ours.push(runtime.block_on(runtime.spawn(backend_loop()))??);
    }
    let times = times.map(median);
    let [bare, ..] = times;
    for (name, time) in ["std", "std, pipes", "tokio", "backend"]
        .into_iter()
        .zip(times)
    {
        let ratio = time.as_secs_f64() / bare.as_secs_f64();
        println!("  {name:10} {:9.1?} each {ratio:5.2}", time / STARTS);
    }
    Ok(())
}

fn bare_loop(pipes: bool) -> Done<Duration> {
    let begin = Instant::now();
    for _ in 0..STARTS {
        let mut command = Command::new("/bin/true");
        command.env_clear().stdin(Stdio::null());
        if pipes {
            command.output()?;
        } else {
            command.status()?;
        }
    }
    Ok(begin.elapsed())
}

async fn tokio_loop() -> Done<Duration> {
    let begin = Instant::now();
    for _ in 0..STARTS {
        let mut command = tokio::process::Command::new("/bin/true");
        command.env_clear().stdin(Stdio::null()).output().await?;
    }
    Ok(begin.elapsed())
}

async fn backend_loop() -> Done<Duration> {
    let backend = Processes::new();
    let spec = spec("bench-spawn", "true");
    let begin = Instant::now();
    for _ in 0..STARTS {
        let mut child = backend.spawn(&spec).await?;
        while let Some(event) = child.next_event().await {
            debug_assert_ne!(event, ChildEvent::Closed { leaked: true });
        }
    }
    Ok(begin.elapsed())
}

/// All trees at once through the backend, and as many processes by hand.
async fn stop_crowd() -> Done<(Duration, Duration)> {
    let backend = Processes::new();
    let trees: Vec<TreeId> = (0..CROWD)
        .map(|n| TreeId::new(&format!("bench-{n}")))
        .collect();
    let mut children = Vec::new();
    for tree in &trees {
        let spec = spec(tree.as_str(), "sleep").arg("1000");
        children.push(backend.spawn(&spec).await?);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begin = Instant::now();
    let stops = trees.iter().map(|tree| async {
        backend.signal_tree(tree, Signal::TERM).await?;
        backend.tree_empty(tree).await
    });
    for stopped in join(stops.collect()).await {
        stopped?;
    }
    let ours = begin.elapsed();
    drop(children);
    Ok((ours, bare_stop()?))
}

fn bare_stop() -> Done<Duration> {
    let sleep = || {
        Command::new("/bin/sleep")
            .arg("1000")
            .stdin(Stdio::null())
            .spawn()
    };
    let mut children = (0..CROWD).map(|_| sleep()).collect::<Result<Vec<_>, _>>()?;
    std::thread::sleep(Duration::from_millis(500));
    let begin = Instant::now();
    for child in &mut children {
        child.kill()?;
    }
    for child in &mut children {
        child.wait()?;
    }
    Ok(begin.elapsed())
}

/// Runs all futures together.
async fn join<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(|f| (Box::pin(f), None)).collect();
    std::future::poll_fn(|cx| {
        let mut all = true;
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            match future.as_mut().poll(cx) {
                std::task::Poll::Ready(done) => *output = Some(done),
                std::task::Poll::Pending => all = false,
            }
        }
        if all {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    running
        .into_iter()
        .filter_map(|(_, output)| output)
        .collect()
}

fn spec(tree: &str, program: &str) -> CommandSpec {
    let cwd = Root::new("/").at(RelPath::root());
    CommandSpec::new(program, cwd, TreeId::new(tree)).env("PATH", "/bin")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
