//! Standard error, for those who must not wait until it is read: a line goes to a thread that
//! writes it, or, while too many wait there, is counted.

use crate::present::style::WARN;
use std::{
    cell::Cell,
    io::{self, Write},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

/// How many lines wait to be written.
const WAITING: usize = 1024;
/// How long the end of the program waits for what was not written yet.
const PATIENCE: Duration = Duration::from_secs(2);

static THREAD: LazyLock<SyncSender<Said>> = LazyLock::new(|| {
    let (sender, said) = sync_channel(WAITING);
    thread::spawn(move || write_all(&said));
    sender
});
static LOST: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Whether this is the thread that writes: it waits for no room.
    static WRITES: Cell<bool> = const { Cell::new(false) };
}

/// What the thread is given.
enum Said {
    Line(Vec<u8>),
    /// All that was said before is written when this is dropped.
    Written(SyncSender<()>),
}

/// Takes each write as a line.
#[derive(Debug)]
pub(crate) struct Aside;

impl Write for Aside {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if WRITES.get() {
            anstream::stderr().write_all(line)?;
        } else if let Err(TrySendError::Full(_)) = THREAD.try_send(Said::Line(line.to_vec())) {
            LOST.fetch_add(1, Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Says that something is not as it should be: where logs are written, or else to people.
pub(crate) fn warn(what: &str, text: &str) {
    if tracing::dispatcher::has_been_set() {
        tracing::warn!(what, "{text}");
    } else {
        let _ = Aside.write(format!("{WARN}{text}{WARN:#}\n").as_bytes());
    }
}

/// Waits until all that was said is written, but not for long.
pub(crate) fn written() {
    let (done, written) = sync_channel(0);
    if THREAD.try_send(Said::Written(done)).is_ok() {
        let _ = written.recv_timeout(PATIENCE);
    }
}

fn write_all(said: &Receiver<Said>) {
    WRITES.set(true);
    for said in said {
        match said {
            // A reader that has gone away is no reason to end.
            Said::Line(line) => drop(Aside.write(&line)),
            Said::Written(done) => drop(done),
        }
        let lost = LOST.swap(0, Relaxed);
        if lost > 0 {
            warn(
                "lost",
                &format!("{lost} lines are not shown: the output was too slow"),
            );
        }
    }
}
