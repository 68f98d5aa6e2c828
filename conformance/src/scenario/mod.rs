//! Scenarios: a script, what its children do, what the operator does, and what
//! comes of it, in one text file that every world must agree with.
//!
//! ```text
//! # A daemon that dies is started again.
//! restart 100ms
//! --- script
//! {"run": [{"method": "shell.run", "params": {
//!     "message": "collodi-child say:up exit:3", "daemon": true, "autoRestart": true}}]}
//! --- operator
//! on "restart #2" stop
//! --- trace
//! run started
//! …
//! ```
//!
//! Sections `--- file NAME` after the script's are further files of the app.
//!
//! Above the sections stand comments and settings: `restart TIME` is the wait before
//! a daemon is started again, `grace TIME` the one between `SIGTERM` and `SIGKILL`.
//! A line of the operator's waits until something that is told holds the text, and
//! then does `nothing`, `replace` (the host by another that goes on), `stop` (the app), `cancel` (the run), `restart` (the daemon),
//! `start` (the daemon that has ended), `shutdown` or `write LINE` (to the run); the lines are done in their order.
//!
//! The trace has what the run tells, then what the runs of scripts that it starts
//! tell, then what each daemon tells, each in its own order, so that it does not
//! depend on who is faster. Names, process ids, what is left of a wait, and the
//! directory are written as `demo-run`, `demo-1`, `PID`, `REST` and `ROOT`. When the run and
//! the daemons have ended, or nobody will end them, the host is shut down, which
//! it has not before nothing of them is left.

mod file;
mod stage;
mod told;

use crate::{Broken, Subject, Verdict};
use collodi_backend::BoxFuture;
use std::path::{Path, PathBuf};

pub use file::Scenario;

/// The scenario files of this crate, by name.
///
/// # Errors
///
/// When the directory cannot be read.
pub fn files() -> Result<Vec<PathBuf>, Broken> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "scenario"));
    files.sort();
    Ok(files)
}

/// A trial for each scenario file. `put` plays a future in a fresh world.
///
/// With `COLLODI_BLESS` in the environment, the trace is written into the file
/// instead of compared; let one world bless and the others agree.
///
/// # Errors
///
/// When the directory cannot be read.
pub fn trials(
    adapter: &str,
    put: impl Fn(fn(Subject, Scenario) -> Played, Scenario) -> Result<String, Broken>
    + Send
    + Sync
    + Copy
    + 'static,
) -> Result<Vec<libtest_mimic::Trial>, Broken> {
    let trial = |file: PathBuf| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{adapter}::scenario::{name}");
        libtest_mimic::Trial::test(name, move || {
            Ok(check(&file, put).map_err(|b| b.to_string())?)
        })
    };
    Ok(files()?.into_iter().map(trial).collect())
}

/// A scenario being played: the trace.
pub type Played = BoxFuture<'static, Result<String, Broken>>;

fn check(
    file: &Path,
    put: impl Fn(fn(Subject, Scenario) -> Played, Scenario) -> Result<String, Broken>,
) -> Verdict {
    let text = std::fs::read_to_string(file)?;
    let scenario = Scenario::parse(&text)?;
    let expected = scenario.trace.clone();
    let trace = put(
        |subject, scenario| Box::pin(stage::play(subject, scenario)),
        scenario,
    )?;
    if trace == expected {
        return Ok(());
    }
    if std::env::var_os("COLLODI_BLESS").is_some() {
        return Ok(std::fs::write(file, file::with_trace(&text, &trace))?);
    }
    Err(Broken::new(format!(
        "{} plays differently (COLLODI_BLESS=1 writes what is played)\n--- expected\n{expected}\n--- played\n{trace}",
        file.display()
    )))
}
