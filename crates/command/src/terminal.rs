//! A terminal for a process.

/// A terminal that a process runs in: its input and both of its outputs. What it says is
/// told as standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Terminal {
    /// Characters in a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

impl Default for Terminal {
    /// 100 by 30.
    fn default() -> Self {
        Self {
            columns: 100,
            rows: 30,
        }
    }
}
