//! How much a log keeps.

/// How much a log keeps. Zero is a limit like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lines in the ring.
    pub lines: usize,
    /// Bytes of text in the ring.
    pub bytes: usize,
    /// Bytes of text in one line; the rest of a longer one is dropped and counted.
    /// Never more than `bytes`.
    pub line_bytes: usize,
}

impl Default for Limits {
    /// 500 lines, 1 MiB, 64 KiB a line.
    fn default() -> Self {
        Self {
            lines: 500,
            bytes: 1 << 20,
            line_bytes: 64 << 10,
        }
    }
}
