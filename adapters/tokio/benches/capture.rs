//! What it costs to read and record what a child says: 200 MiB of lines of 100 bytes, in
//! writes of 64 KiB and in one write a line, against a loop that reads a pipe and writes a
//! file, in turns. Prints a table; read the ratios.
//!
//! `cargo bench -p collodi-tokio --bench capture`

use collodi_backend::{ChildEvent, ProcessBackend as _};
use collodi_command::{CommandSpec, Recording, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_tokio::Processes;
use std::{
    error::Error,
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const BYTES: usize = 200 << 20;
const LINE: usize = 100;
const BULK: usize = 64 << 10;
const ROUNDS: usize = 5;

type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Done<()> {
    if let Ok(size) = std::env::var("COLLODI_BENCH_WRITES") {
        return say(size.parse()?);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    for (name, size) in [("64 KiB a write", BULK), ("a line a write", LINE)] {
        let mut times: [Vec<Duration>; 3] = Default::default();
        for _ in 0..ROUNDS {
            let [raw, plain, recorded] = &mut times;
            raw.push(raw_reader(size)?);
            plain.push(backend(&runtime, size, false)?);
            recorded.push(backend(&runtime, size, true)?);
        }
        let times = times.map(median);
        let [raw, ..] = times;
        println!("{} MiB, {name}, median of {ROUNDS}:", BYTES >> 20);
        for (name, time) in ["read and write", "backend", "recorded"]
            .into_iter()
            .zip(times)
        {
            let rate = (BYTES >> 20) as f64 / time.as_secs_f64();
            let ratio = raw.as_secs_f64() / time.as_secs_f64();
            println!("  {name:15} {rate:6.0} MiB/s {ratio:5.2}");
        }
    }
    Ok(())
}

/// The child's part.
fn say(size: usize) -> Done<()> {
    let mut line = vec![b'x'; LINE - 1];
    line.push(b'\n');
    let piece: Vec<u8> = line.iter().copied().cycle().take(size).collect();
    let mut out = File::from(rustix::io::dup(std::io::stdout())?);
    for _ in 0..BYTES / size {
        out.write_all(&piece)?;
    }
    Ok(())
}

fn raw_reader(size: usize) -> Done<Duration> {
    let dir = tempfile::tempdir()?;
    let mut file = File::create(dir.path().join("log"))?;
    let begin = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .env("COLLODI_BENCH_WRITES", size.to_string())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut pipe = child.stdout.take().ok_or("no pipe")?;
    let mut buffer = vec![0; BULK];
    loop {
        match pipe.read(&mut buffer)? {
            0 => break,
            n => file.write_all(buffer.get(..n).unwrap_or_default())?,
        }
    }
    child.wait()?;
    Ok(begin.elapsed())
}

fn backend(runtime: &Runtime, size: usize, is_recorded: bool) -> Done<Duration> {
    let dir = tempfile::tempdir()?;
    let spec = spec(dir.path(), size, is_recorded)?;
    let task = async move {
        let backend = Processes::new();
        let begin = Instant::now();
        let mut child = backend.spawn(&spec).await?;
        let mut heard = 0;
        while let Some(event) = child.next_event().await {
            if let ChildEvent::Output { bytes, .. } = event {
                heard += bytes.len();
            }
        }
        assert_eq!(heard, BYTES / size * size);
        Done::Ok(begin.elapsed())
    };
    runtime.block_on(runtime.spawn(task))?
}

fn spec(dir: &Path, size: usize, is_recorded: bool) -> Done<CommandSpec> {
    let root = Root::new(dir.to_str().ok_or("a directory that is not UTF-8")?);
    let program = std::env::current_exe()?;
    let program = program.to_str().ok_or("a program that is not UTF-8")?;
    let cwd = root.at(RelPath::root());
    let mut spec = CommandSpec::new(program, cwd, TreeId::new("bench-capture"))
        .env("COLLODI_BENCH_WRITES", size.to_string());
    if is_recorded {
        let kept = root.contain(&RelPath::root(), "kept")?;
        spec.recording = Some(Recording::new(kept).into());
    }
    Ok(spec)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
