//! Waiting for a server to be done with something.

use anyhow::Result;
use std::{
    thread,
    time::{Duration, Instant},
};

/// How often it is looked whether it is, and for how long.
const PERIOD: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks for something again and again until it is there; none when that takes too long.
pub(crate) fn wait_for<T>(look: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    wait_at_most(PATIENCE, look)
}

/// As [`wait_for`], for so long.
pub(crate) fn wait_at_most<T>(
    patience: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<Option<T>> {
    let until = Instant::now() + patience;
    loop {
        let found = look()?;
        if found.is_some() || Instant::now() >= until {
            return Ok(found);
        }
        thread::sleep(PERIOD);
    }
}
