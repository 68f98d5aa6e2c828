//! What stands in a claimed file.

use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt;

/// Who claims a file, or has claimed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The program, where it has a number.
    pub pid: Option<u32>,
    /// What it noted; on further lines, what those noted before it whose work was never ended.
    pub note: String,
}

impl Claim {
    /// The most bytes of a note.
    pub const MAX_NOTE: usize = 1024;

    /// The claim that a file's text speaks of. Any text does: of one that is cut off,
    /// what is there.
    pub fn read(text: &str) -> Self {
        let (pid, note) = text.split_once('\n').unwrap_or((text, ""));
        Self {
            pid: pid.parse().ok(),
            note: note.trim_end().to_string(),
        }
    }

    /// This claim, over one that was let go without an end: its notes stay, behind ours, as
    /// many of the latest as there is room for.
    #[must_use]
    pub fn over(mut self, left: &Self) -> Self {
        for line in left.notes() {
            let is_new = self.notes().all(|own| own != line);
            let fits = self.note.len() + 1 + line.len() <= Self::MAX_NOTE;
            if is_new && fits {
                self.note.push('\n');
                self.note.push_str(line);
            }
        }
        self
    }

    /// All that is noted, the latest first.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.note.lines().filter(|line| !line.is_empty())
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let pid = self.pid.map(|pid| pid.to_string()).unwrap_or_default();
        format!("{pid}\n{}\n", self.note)
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid}"),
            None => f.write_str("another program"),
        }
    }
}
