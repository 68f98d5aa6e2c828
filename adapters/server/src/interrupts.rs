//! Signals that ask the program to end.

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, channel::mpsc};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};
use std::thread;

/// How many wait to be heard. Who does not listen for so long is told often enough.
const WAITING: usize = 8;

/// Ctrl-C, SIGTERM and the end of the terminal, heard on any runtime.
#[derive(Debug)]
pub(crate) struct Interrupts(mpsc::Receiver<u8>);

impl Interrupts {
    /// Listens from now on, on a thread of its own, until the program ends.
    pub(crate) fn listen() -> Result<Self> {
        let signals = Signals::new([SIGINT, SIGTERM, SIGHUP]);
        let mut signals = signals.context("failed to listen for signals")?;
        let (mut sender, heard) = mpsc::channel(WAITING);
        thread::spawn(move || {
            for signal in signals.forever() {
                let _ = sender.try_send(u8::try_from(signal).unwrap_or(u8::MAX));
            }
        });
        Ok(Self(heard))
    }

    /// The number of the next signal.
    pub(crate) async fn next(&mut self) -> u8 {
        match self.0.next().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }
}
