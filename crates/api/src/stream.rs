//! What `GET /python/events` sends beside runs, processes, environments and pages of logs.

use crate::{LeftAlone, words::words};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// Event `reset`: what the reader knows of runs, processes and environments is void. All of
/// them follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StreamReset {
    /// Why.
    pub reason: ResetReason,
}

/// Event `gap`: lines of a log that are no longer kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StreamGap {
    /// The run or process.
    pub id: String,
    /// The first line that is missing.
    pub from: u64,
    /// The first that is not.
    pub to: u64,
}

/// Event `gone`: it is no longer kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StreamGone {
    /// What it was.
    pub topic: StreamTopic,
    /// Its name.
    pub id: String,
}

/// Event `leftAlone`, of the topic `processes`: all that the server leaves alone, told when there are
/// any, and when others are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StreamLeftAlone {
    /// All of them.
    pub left_alone: Vec<LeftAlone>,
}

/// Event `note`: a step says something that is in no log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StreamNote {
    /// The run.
    pub run_id: String,
    /// The step, from 0.
    pub step: usize,
    /// The list in which the step stands; absent for `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// What kind of saying it is.
    #[serde(default)]
    pub kind: NoteKind,
    /// What it says.
    pub text: String,
}

/// Event `progress`: how far a transfer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StreamProgress {
    /// The run.
    pub run_id: String,
    /// The bytes that are there.
    pub done: u64,
    /// All bytes, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

words! {
    /// What kind of saying a note is.
    #[derive(Default)]
    NoteKind {
        /// Something that the script writes for who watches.
        #[default]
        Log = "log",
        /// Something about the step that is worth knowing.
        Note = "note",
        /// A method that shows something, with its parameters.
        Show = "show",
        /// What begins to be transferred.
        Transfer = "transfer",
        /// A file that is there.
        Downloaded = "downloaded",
    }
}

words! {
    /// Why a stream starts over.
    ResetReason {
        /// The reader said no position.
        Start = "start",
        /// Its position is of another life of the server.
        Restarted = "restarted",
        /// More has happened since its position than is kept.
        Missed = "missed",
    }
}

words! {
    /// What a stream can be about.
    StreamTopic {
        /// Runs: events `run`, `note`, `progress`.
        Runs = "runs",
        /// Processes: events `process`.
        Processes = "processes",
        /// Environments: events `envs`.
        Envs = "envs",
        /// A log: events `log` and `gap`.
        Logs = "logs",
    }
}
