//! Lines on disk.

use crate::Execution;
use alloc::{boxed::Box, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 256 * 1024;

/// A line of the record: something begins, or has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Record {
    /// A command is about to be started.
    Opened(Box<Opened>),
    /// It was started in a sandbox.
    Held(Held),
    /// It has ended, or could not be started.
    Closed(Closed),
    /// So many records were not written: the disk was too slow.
    Lost {
        /// How many.
        count: u64,
    },
}

/// A command is about to be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    /// Names the execution; no other has this name.
    pub id: String,
    /// The life of the server in which it was started.
    pub session: String,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// What.
    #[serde(flatten)]
    pub execution: Execution,
}

/// What holds of the sandbox that a command was started in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// Which command.
    pub id: String,
    /// What makes the sandbox.
    pub mechanism: String,
    /// The protections in force.
    pub enforced: Vec<String>,
    /// Those that the level promises and this machine cannot give.
    pub missing: Vec<String>,
}

/// A command has ended, or could not be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Closed {
    /// Which.
    pub id: String,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// Its exit code; as a shell says it when a signal ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Why it was not started; absent when it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Whether it was not started because it could not be kept in what was asked for.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub refused: bool,
}

impl Record {
    /// The record as a line, with its line feed.
    pub fn to_line(&self) -> String {
        // Only texts, numbers and maps with texts as keys: none of it can fail.
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }

    /// The record of a line; none when it was torn by a crash, or somebody else wrote it.
    pub fn from_line(line: &str) -> Option<Self> {
        let short = line.len() <= MAX_LINE_BYTES;
        short.then(|| serde_json::from_str(line).ok()).flatten()
    }
}
