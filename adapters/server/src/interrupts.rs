//! Signals that ask the program to end, or to be followed.

use anyhow::{Context as _, Result};
use collodi_spawn::{hold_signals, signal_thread, take_signal};
use futures::{FutureExt as _, StreamExt as _, channel::mpsc};
use rustix::process::{Signal, getpid, kill_process};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

/// The signal that means: go on as another life.
pub(crate) const GO_ON: u8 = 1;
/// The signal that means: end, and leave what lives to the next server.
pub(crate) const LEAVE: u8 = 10;

/// Ctrl-C, SIGTERM, the end of the terminal and the wish for a follower.
const HEARD: [Signal; 4] = [Signal::INT, Signal::TERM, Signal::HUP, Signal::USR1];

/// Tells the thread that listens, and nobody else, that it is enough.
const ENOUGH: Signal = Signal::USR1;

/// How many wait to be heard. Who does not listen for so long is told often enough.
const WAITING: usize = 8;

/// Those signals wait until somebody listens. They do so also while this program becomes another
/// one, whose they are then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held(());

impl Held {
    /// From here on. To be called before there are threads, which would get them.
    pub(crate) fn now() -> Result<Self> {
        hold_signals(&HEARD).context("failed to hold signals back")?;
        Ok(Self(()))
    }
}

/// Somebody who listens to those signals, on any runtime.
#[derive(Debug)]
pub(crate) struct Interrupts {
    held: Held,
    heard: mpsc::Receiver<Signal>,
    listener: Option<Listener>,
}

/// The thread that takes the signals.
#[derive(Debug)]
struct Listener {
    is_enough: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Interrupts {
    /// Listens from now on, on a thread of its own.
    pub(crate) fn listen(held: Held) -> Self {
        let (sender, heard) = mpsc::channel(WAITING);
        let is_enough = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&is_enough);
        let thread = thread::spawn(move || take(sender, &until));
        Self {
            held,
            heard,
            listener: Some(Listener { is_enough, thread }),
        }
    }

    /// The number of the next signal.
    pub(crate) async fn next(&mut self) -> u8 {
        match self.heard.next().await {
            // Its number is another one on other systems.
            Some(Signal::USR1) => LEAVE,
            Some(signal) => u8::try_from(signal.as_raw()).unwrap_or(u8::MAX),
            None => std::future::pending().await,
        }
    }

    /// Does something while nobody listens, and then listens again. Signals that were heard, and
    /// nobody was told of, wait as those do that come meanwhile.
    ///
    /// # Errors
    ///
    /// When signals cannot be sent.
    pub(crate) fn without<T>(&mut self, does: impl FnOnce() -> T) -> io::Result<T> {
        if let Some(Listener { is_enough, thread }) = self.listener.take() {
            is_enough.store(true, Ordering::Release);
            signal_thread(&thread, ENOUGH)?;
            let _ = thread.join();
        }
        while let Some(Some(signal)) = self.heard.next().now_or_never() {
            kill_process(getpid(), signal)?;
        }
        let done = does();
        *self = Self::listen(self.held);
        Ok(done)
    }
}

/// Takes signals until it is enough.
fn take(mut heard: mpsc::Sender<Signal>, is_enough: &AtomicBool) {
    while let Ok(signal) = take_signal(&HEARD) {
        if signal == ENOUGH && is_enough.load(Ordering::Acquire) {
            return;
        }
        let _ = heard.try_send(signal);
    }
}
