//! Signals that ask the program to end, or to be followed.

use anyhow::{Context as _, Result};
use futures::{StreamExt as _, channel::mpsc};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1},
    iterator::Signals,
};
use std::thread;

/// The signal that means: go on as another life.
pub(crate) const GO_ON: u8 = 1;
/// The signal that means: end, and leave what lives to the next server.
pub(crate) const LEAVE: u8 = 10;

/// How many wait to be heard. Who does not listen for so long is told often enough.
const WAITING: usize = 8;

/// Ctrl-C, SIGTERM, the end of the terminal and the wish for a follower, heard on any runtime.
#[derive(Debug)]
pub(crate) struct Interrupts(mpsc::Receiver<u8>);

impl Interrupts {
    /// Listens from now on, on a thread of its own, until the program ends.
    pub(crate) fn listen() -> Result<Self> {
        let signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGUSR1]);
        let mut signals = signals.context("failed to listen for signals")?;
        let (mut sender, heard) = mpsc::channel(WAITING);
        thread::spawn(move || {
            for signal in signals.forever() {
                let signal = match signal {
                    // Its number is another one on other systems.
                    SIGUSR1 => LEAVE,
                    signal => u8::try_from(signal).unwrap_or(u8::MAX),
                };
                let _ = sender.try_send(signal);
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
