//! Waiting for a server to be done with something.

use crate::failure::Failure;
use anyhow::Result;
use std::{
    thread,
    time::{Duration, Instant},
};

/// How often it is looked whether it is, and for how long.
const PERIOD: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `what` has ended.
pub(crate) fn wait(what: &str, mut over: impl FnMut() -> Result<bool>) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    while !over()? {
        if Instant::now() >= until {
            return Err(Failure::new(format!("{what} has not ended yet")).into());
        }
        thread::sleep(PERIOD);
    }
    Ok(())
}
