//! The place of one measurement: a folder, and everything that was started in it.

use crate::{load::Job, measure::process, programs::Programs};
use anyhow::{Context as _, Result, bail};
use collodi_peers::{Moment, Stamp};
use rustix::{
    fs::{CWD, FileType, Mode, mknodat},
    process::Signal,
};
use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How often a wait looks.
const LOOK: Duration = Duration::from_millis(1);

/// How long children may take to start, or a peer to do as it was told.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// How often everything of a site is killed before it is given up.
const SWEEPS: usize = 100;

/// A folder. When it is dropped, everything that lives in it is killed.
#[derive(Debug)]
pub(crate) struct Site {
    dir: TempDir,
    child: PathBuf,
    interrupted: Arc<AtomicBool>,
}

impl Site {
    /// In memory where the system has a place for that: disks are slower than any peer.
    pub(crate) fn new(programs: &Programs, interrupted: Arc<AtomicBool>) -> Result<Self> {
        let memory = Path::new("/dev/shm");
        let mut builder = tempfile::Builder::new();
        builder.prefix("peers-");
        let dir = if memory.is_dir() {
            builder.tempdir_in(memory)
        } else {
            builder.tempdir()
        };
        Ok(Self {
            dir: dir.context("failed to make a folder")?,
            child: programs.child.clone(),
            interrupted,
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A folder in it, made when it is not there.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let path = self.path(name);
        fs::create_dir_all(&path).with_context(|| format!("failed to make {}", path.display()))?;
        Ok(path)
    }

    /// The folder for what children say.
    pub(crate) fn logs(&self) -> Result<PathBuf> {
        self.folder("logs")
    }

    /// The file, or the folder, for what one child says.
    pub(crate) fn log(&self, job: usize) -> PathBuf {
        self.path("logs").join(job.to_string())
    }

    /// The program that all children run.
    pub(crate) fn child(&self) -> &Path {
        &self.child
    }

    /// Writes a file. Its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path(name);
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
        Ok(path)
    }

    /// A child in a role.
    pub(crate) fn job(&self, number: usize, role: &[&str]) -> Job {
        let child = self.child.display().to_string();
        let mut words = vec![child, self.stamp_file(), number.to_string()];
        words.extend(role.iter().map(ToString::to_string));
        Job { number, words }
    }

    /// So many children that are only there.
    pub(crate) fn idle(&self, count: usize) -> Vec<Job> {
        (0..count).map(|n| self.job(n, &["idle"])).collect()
    }

    /// The gate before a flood: a pipe with a name.
    pub(crate) fn gate(&self) -> Result<PathBuf> {
        let gate = self.path("gate");
        mknodat(CWD, &gate, FileType::Fifo, Mode::RWXU, 0).context("failed to make a pipe")?;
        Ok(gate)
    }

    /// Lets those go who wait at the gate.
    pub(crate) fn open(&self, gate: &Path) -> Result<()> {
        let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let mut options = OpenOptions::new();
        options.write(true).custom_flags(nonblocking);
        // There is nobody to write to until someone waits.
        self.wait("the gate to be reached", PATIENCE, || {
            Ok(options.open(gate).is_ok())
        })
    }

    /// What the children said so far.
    pub(crate) fn stamps(&self) -> Vec<Stamp> {
        let text = fs::read_to_string(self.stamp_file()).unwrap_or_default();
        Stamp::all(&text)
    }

    /// The stamps of one moment.
    pub(crate) fn moments(&self, moment: Moment) -> Vec<Stamp> {
        let mut stamps = self.stamps();
        stamps.retain(|stamp| stamp.moment == moment);
        stamps
    }

    /// Waits until so many stamps of a moment are there, and gives them.
    pub(crate) fn wait_for(&self, moment: Moment, count: usize) -> Result<Vec<Stamp>> {
        let what = format!("{count} times {moment:?}");
        self.wait(&what, PATIENCE, || Ok(self.moments(moment).len() >= count))?;
        Ok(self.moments(moment))
    }

    /// Waits until something is so.
    pub(crate) fn wait(
        &self,
        what: &str,
        patience: Duration,
        mut is_so: impl FnMut() -> Result<bool>,
    ) -> Result<()> {
        let until = Instant::now() + patience;
        while !is_so()? {
            self.interruption()?;
            if Instant::now() > until {
                bail!(
                    "waited {} s for {what}{}",
                    patience.as_secs(),
                    self.last_words()
                );
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Lets time pass.
    pub(crate) fn settle(&self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.interruption()?;
            let left = until.saturating_duration_since(Instant::now());
            thread::sleep(left.min(Duration::from_millis(100)));
        }
        Ok(())
    }

    /// Starts a program that stays. Its process id.
    pub(crate) fn launch(&self, command: &mut Command) -> Result<i32> {
        let name = command.get_program().to_string_lossy().into_owned();
        let spawned = self.quiet(command)?.spawn();
        let mut child = spawned.with_context(|| format!("failed to start {name}"))?;
        let pid = child.id().cast_signed();
        thread::spawn(move || child.wait());
        Ok(pid)
    }

    /// Runs a program to its end, which must be a good one.
    pub(crate) fn call(&self, command: &mut Command) -> Result<()> {
        let name = command.get_program().to_string_lossy().into_owned();
        let status = self.quiet(command)?.status();
        let status = status.with_context(|| format!("failed to start {name}"))?;
        if !status.success() {
            bail!("{name}: {status}{}", self.last_words());
        }
        Ok(())
    }

    /// Speaks into a file, not into a pipe that what it starts could hold open, and has
    /// no libraries of cargo.
    fn quiet<'c>(&self, command: &'c mut Command) -> Result<&'c mut Command> {
        let said = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.path(SAID))?;
        command.env_remove("LD_LIBRARY_PATH");
        command
            .stdin(Stdio::null())
            .stderr(said.try_clone()?)
            .stdout(said);
        Ok(command)
    }

    fn last_words(&self) -> String {
        let said = fs::read(self.path(SAID)).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let last = said.lines().rfind(|line| !line.trim().is_empty());
        last.map_or_else(String::new, |line| format!("; the last it said: {line}"))
    }

    fn stamp_file(&self) -> String {
        self.path("stamps").display().to_string()
    }

    fn interruption(&self) -> Result<()> {
        if self.interrupted.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        Ok(())
    }
}

const SAID: &str = "said";

impl Drop for Site {
    fn drop(&mut self) {
        for _ in 0..SWEEPS {
            let left = process::living_in(self.dir.path());
            if left.is_empty() {
                break;
            }
            for pid in left {
                process::signal(pid, Signal::KILL);
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// How many bytes a file has, or all files of a folder.
pub(crate) fn bytes_in(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else {
        return File::open(path)
            .and_then(|file| file.metadata())
            .map_or(0, |m| m.len());
    };
    let sizes = entries.filter_map(|entry| entry.ok()?.metadata().ok());
    sizes.filter(fs::Metadata::is_file).map(|m| m.len()).sum()
}
