//! What hooks are told of.

use alloc::string::String;
use collodi_time::WallTime;
use core::fmt;

/// Something that became of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// What.
    pub kind: Kind,
    /// When.
    pub at: WallTime,
    /// The app.
    pub app: String,
    /// The process.
    pub process: String,
    /// How it ended; absent when it has not.
    pub reason: Option<String>,
    /// For which time it will be started again, counted from 1.
    pub restart: Option<u32>,
    /// Where it answers.
    pub url: Option<String>,
}

/// The kinds of occasions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It answers.
    Ready,
    /// It ended, and will be started again.
    Crashed,
    /// It ended too often, and is not started again.
    GaveUp,
    /// It ended for good.
    Stopped,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Crashed, Self::GaveUp, Self::Stopped];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Crashed => "crashed",
            Self::GaveUp => "gave_up",
            Self::Stopped => "stopped",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
