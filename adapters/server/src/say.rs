//! Writing lines. A reader that has gone away is no reason to end, let alone to
//! leave what was started behind.

/// Writes a line on standard output.
macro_rules! say {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stdout(), $($line)*);
    }};
}

/// Writes a line on standard error.
macro_rules! complain {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stderr(), $($line)*);
    }};
}
