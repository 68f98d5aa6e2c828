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
    time::{Duration, Instant},
};

/// The signal that means: go on as another life.
pub(crate) const GO_ON: u8 = 1;
/// The signal that means: end, and leave what lives to the next server.
pub(crate) const LEAVE: u8 = 10;

/// Ctrl-C, SIGTERM, the end of the terminal and the wish for a follower.
const HEARD: [Signal; 4] = [Signal::INT, Signal::TERM, Signal::HUP, Signal::USR1];

/// Tells the thread that listens, and nobody else, that it is enough.
const ENOUGH: Signal = Signal::USR1;

/// One press of Ctrl-C may come twice: from the terminal, and from a program around this one that
/// passes it on. What asks for an end again within this time is the same wish.
const MOMENT: Duration = Duration::from_millis(500);

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
    let mut wish = None;
    while let Ok(signal) = take_signal(&HEARD) {
        if signal == ENOUGH && is_enough.load(Ordering::Acquire) {
            return;
        }
        if !is_the_same(&mut wish, signal, Instant::now()) {
            let _ = heard.try_send(signal);
        }
    }
}

/// Whether a signal is the last wish once more; else it is the last one from here on.
fn is_the_same(wish: &mut Option<(Signal, Instant)>, signal: Signal, now: Instant) -> bool {
    let is_soon = |at: Instant| now.saturating_duration_since(at) < MOMENT;
    let is_wish = signal == Signal::INT || signal == Signal::TERM;
    let is_same = is_wish && wish.is_some_and(|(last, at)| last == signal && is_soon(at));
    if is_wish && !is_same {
        *wish = Some((signal, now));
    }
    is_same
}

#[cfg(test)]
mod tests {
    use super::{MOMENT, is_the_same};
    use rustix::process::Signal;
    use std::time::{Duration, Instant};

    #[test]
    fn what_comes_again_within_a_moment_is_one_wish() {
        let begin = Instant::now();
        let after = |millis| begin + Duration::from_millis(millis);
        let moment = u64::try_from(MOMENT.as_millis()).unwrap();
        let mut wish = None;
        let mut is_again = |signal, millis| is_the_same(&mut wish, signal, after(millis));
        assert!(!is_again(Signal::INT, 0));
        assert!(is_again(Signal::INT, 1));
        assert!(is_again(Signal::INT, moment - 1));
        assert!(
            !is_again(Signal::INT, moment),
            "the moment begins with the first"
        );
        assert!(is_again(Signal::INT, moment + 1));
        assert!(!is_again(Signal::TERM, moment + 2), "another wish");
        assert!(!is_again(Signal::HUP, moment + 3) && !is_again(Signal::HUP, moment + 4));
    }
}
