//! Output.

use crate::words::words;
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET …/logs?from=&limit=`: lines from a number on. A reader that goes on at `next`
/// gets each line once, in order, or is told by `gap` that it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LogPage {
    /// The process or run.
    pub id: String,
    /// The lines, oldest first.
    pub lines: Vec<LogLine>,
    /// Where to read on.
    pub next: u64,
    /// The lines asked for that are no longer kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// What the process has said behind its last line, as a prompt, on each of its streams: it
    /// will be a line, or the beginning of one. There when the page ends where the log does, and
    /// not in one that is searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<UnfinishedLine>,
}

/// Numbers of lines: `from` and up to, without, `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// The first.
    pub from: u64,
    /// The one after the last.
    pub to: u64,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Its number in this log, from 0.
    pub seq: u64,
    /// When it was complete and read: RFC 3339, UTC. Of what an earlier server read that is
    /// known to 50 milliseconds; what was said while there was no server was read by the next.
    pub time: String,
    /// Who wrote it.
    pub stream: LogStream,
    /// The text, escape sequences included.
    pub text: String,
    /// Bytes that were cut off its end because it was too long.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
}

/// What there is of a line that is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UnfinishedLine {
    /// Who writes it.
    pub stream: LogStream,
    /// Its text so far, escape sequences included. What may turn out to be a secret is not there yet.
    pub text: String,
    /// Bytes that were cut off its end because it was too long.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
}

words! {
    /// Who wrote a line.
    LogStream {
        /// The process, on its standard output.
        Stdout = "stdout",
        /// The process, on its standard error.
        Stderr = "stderr",
        /// The supervisor.
        Note = "note",
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
pub(crate) const fn is_zero(number: &u64) -> bool {
    *number == 0
}
