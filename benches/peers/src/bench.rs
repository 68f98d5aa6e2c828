//! What every work has at hand: sizes, programs, places.

use crate::{cli::Cli, programs::Programs, site::Site};
use anyhow::{Result, bail};
use std::{
    io::{self, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) sizes: Sizes,
    programs: Programs,
    interrupted: Arc<AtomicBool>,
}

/// How much is measured.
#[derive(Debug)]
pub(crate) struct Sizes {
    /// Children that are started, stopped and adopted.
    pub(crate) children: usize,
    /// Idle children, few and many.
    pub(crate) idle: [usize; 2],
    pub(crate) rounds: usize,
    /// Bytes of a flood.
    pub(crate) flood: usize,
    pub(crate) lives: usize,
    /// How long lives and idling are watched.
    pub(crate) window: Duration,
}

impl Bench {
    /// Builds the children.
    pub(crate) fn new(cli: &Cli) -> Result<Self> {
        let [few, many] = cli.idle.as_slice() else {
            bail!("--idle wants two numbers");
        };
        let interrupted = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGINT, interrupted.clone())?;
        signal_hook::flag::register(signal_hook::consts::SIGTERM, interrupted.clone())?;
        Ok(Self {
            sizes: Sizes {
                children: cli.children,
                idle: [*few, *many],
                rounds: cli.rounds,
                flood: cli.flood << 20,
                lives: cli.lives,
                window: Duration::from_secs(cli.seconds),
            },
            programs: Programs::build()?,
            interrupted,
        })
    }

    /// A fresh place for one measurement.
    pub(crate) fn site(&self) -> Result<Site> {
        Site::new(&self.programs, self.interrupted.clone())
    }

    /// Says on standard error what is being done.
    pub(crate) fn tell(&self, what: &str) {
        // Whoever closed standard error does not want to know.
        let _ = writeln!(io::stderr(), "{what}");
    }

    /// An error when someone pressed Ctrl-C.
    pub(crate) fn interruption(&self) -> Result<()> {
        if self.interrupted.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        Ok(())
    }
}
