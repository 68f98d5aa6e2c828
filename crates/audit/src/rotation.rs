//! When a new file begins, and which one goes.

use alloc::{format, string::String, vec::Vec};

/// How much is kept: so many files of about this size. Older records go with their file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The size at which a new file begins, in bytes.
    pub file_bytes: u64,
    /// How many files there are at most.
    pub files: u32,
}

impl Default for Rotation {
    /// Eight files of 8 MiB.
    fn default() -> Self {
        Self {
            file_bytes: 8 << 20,
            files: 8,
        }
    }
}

impl Rotation {
    /// Whether a new file begins before these bytes are added to one of this size. A file
    /// that is empty takes what comes.
    pub const fn is_due(&self, size: u64, more: u64) -> bool {
        size > 0 && size.saturating_add(more) > self.file_bytes
    }

    /// The name of a file: 0 is the one that is written to, the greatest is the oldest.
    pub fn name(number: u32) -> String {
        match number {
            0 => "audit.jsonl".into(),
            number => format!("audit.{number}.jsonl"),
        }
    }

    /// The names of all files, oldest first.
    pub fn names(&self) -> Vec<String> {
        (0..self.files.max(1)).rev().map(Self::name).collect()
    }

    /// What is renamed to what when a new file begins, in this order; the oldest is replaced.
    pub fn renames(&self) -> Vec<(String, String)> {
        let numbers = (0..self.files.max(1).saturating_sub(1)).rev();
        numbers
            .map(|number| (Self::name(number), Self::name(number + 1)))
            .collect()
    }
}
