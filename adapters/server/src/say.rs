//! Writing lines. A reader that has gone away is no reason to end, let alone to
//! leave what was started behind; that something else takes no more is told at the end.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
};

static LOST: AtomicBool = AtomicBool::new(false);

/// Remembers that something could not be written, unless its reader had enough.
pub(crate) fn keep(written: io::Result<()>) {
    if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// Whether something that was to be said is lost.
pub(crate) fn is_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Writes a line on standard output.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        $crate::say::keep(writeln!(anstream::stdout(), $($line)*));
    }};
}

/// Writes a line on standard error.
macro_rules! complain {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stderr(), $($line)*);
    }};
}
