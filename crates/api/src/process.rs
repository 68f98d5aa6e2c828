//! Processes that stay.

use crate::words::words;
use alloc::{string::String, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};

/// `GET /python/processes`: all processes, ended ones too as long as they are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Processes {
    /// The processes, by id.
    pub processes: Vec<Process>,
    /// How many.
    pub count: usize,
    /// How many more have ended that the server does not keep, as too many ended after them.
    /// Those that it does not keep by their age are not counted.
    #[serde(default, skip_serializing_if = "crate::log::is_zero")]
    pub forgotten: u64,
    /// Those of an earlier server of which nothing could be read: they are no processes of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_alone: Vec<LeftAlone>,
}

/// A process that the server leaves as it is, because it could not read what an earlier one has
/// written down of it. It goes on, nothing of its app begins beside it unless that is asked, and
/// `POST /python/processes/{id}/stop` ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeftAlone {
    /// The app's name, a hyphen, eight hex digits.
    pub id: String,
    /// The app, as its id says; null where that is of another form.
    pub app_id: Option<String>,
    /// The file that was not read.
    pub file: String,
    /// Why not.
    pub reason: String,
    /// Whether its processes are known. Else nobody knows whether any live, and a stop puts its file
    /// aside only.
    pub found: bool,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for LeftAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            file,
            reason,
            found,
            ..
        } = self;
        let lives = match found {
            true => "",
            false => ", and nobody knows whether it runs",
        };
        write!(f, "{id} is left as it is{lives}: {file} {reason}")
    }
}

/// A process that a script started and went on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Process {
    /// The app's name, a hyphen, eight hex digits.
    pub id: String,
    /// The app.
    pub app_id: String,
    /// What its script calls it, as others of that do that depend on it; absent when it has no such name.
    /// Other runs may have one of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is in its life.
    pub status: ProcessStatus,
    /// Its process id; -1 when it has none.
    pub pid: i64,
    /// How often it was started again by itself.
    pub restart_count: u32,
    /// The code of its last exit: 128 + n for a signal, -1 when unknown, 0 before
    /// the first.
    pub last_exit_code: i32,
    /// When its last life began, also under an earlier server: RFC 3339, UTC; null before the
    /// first.
    pub started_at: Option<String>,
    /// Whether it is started again when it ends.
    pub auto_restart: bool,
    /// The address at which it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The run that started it.
    #[serde(default)]
    pub run_id: String,
    /// The script's line for it.
    #[serde(default)]
    pub command: String,
    /// The number of the first line of its log that it said as a daemon. What its command said
    /// before stands above, and in the log of its run; absent when that is nothing.
    #[serde(default, skip_serializing_if = "crate::log::is_zero")]
    pub own_log_from: u64,
    /// When it will be started again: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_start: Option<String>,
    /// After which deaths it is started again: `never`, `on-failure`, `always` or
    /// `unless-stopped`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub restart_policy: String,
    /// The waits before the next ten restarts, in milliseconds, should each life end
    /// before it is stable; absent when it is not started again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next_delays_ms: Vec<u64>,
    /// The daemons that it waits for, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
    /// Somebody ends it for good: it is told to end when those that depend on it have.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub being_stopped: bool,
    /// What of it lives and keeps its end waiting, as far as that is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub still_alive: Vec<TreeMember>,
    /// Why the next server will not find it, or not as it is now: its state cannot be written. Absent
    /// as long as it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_kept: Option<String>,
    /// How it ended for good; absent as long as it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedHow>,
    /// When it ended for good, also under an earlier server: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// How it ended, in words: `exited (exit code 3)`; why it was not started or was ended, when that is for
    /// another one of its script; how its last life did, when another one is to come or what that left behind is being
    /// ended: `exit code 3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether that is a failure: neither an end with code 0 nor a stop. Absent when not.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub failed: bool,
}

/// One of the processes that a daemon consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TreeMember {
    /// The process id.
    pub pid: u32,
    /// The name of the program.
    pub name: String,
}

/// `GET /python/processes/{id}/status`: a process and its last lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProcessDetail {
    /// The process; its fields stand beside `logs`.
    #[serde(flatten)]
    pub process: Process,
    /// The last 50 lines, without escape sequences.
    pub logs: Vec<String>,
}

words! {
    /// Where a process is in its life.
    ProcessStatus {
        /// It is being started.
        Starting = "starting",
        /// It lives.
        Running = "running",
        /// It ended, and will be started again.
        Crashed = "crashed",
        /// It is being ended.
        Stopping = "stopping",
        /// It has ended for good: [`Process::ended`] says how.
        Stopped = "stopped",
    }
}

words! {
    /// How a process ended for good.
    EndedHow {
        /// Someone stopped it.
        Stopped = "stopped",
        /// It ended by itself.
        Exited = "exited",
        /// It could not be started, or ended too often.
        Failed = "failed",
    }
}
