//! What was executed.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET /api/guard/sandbox-audit`: some of what was executed, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// How many are here.
    pub count: usize,
    /// How many fit what was asked for, on other pages too.
    pub total: usize,
    /// What to ask for the next page with, as `after`; absent when this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many lines on disk could not be read: a crash tears the last one.
    pub skipped: usize,
    /// How many entries were never written, because the disk was too slow or full.
    pub lost: u64,
}

/// Something that was executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// The life of the server in which it was started.
    pub session_id: String,
    /// The program and its arguments, without secrets.
    pub command: String,
    /// Its exit code, as a shell says it; null when it has not ended, or nobody knows.
    pub exit_code: Option<i32>,
    /// How long it took, in milliseconds; null when it has not ended.
    pub duration_ms: Option<u64>,
    /// When it began: RFC 3339 in UTC.
    pub timestamp: String,
    /// Names it; no other has this name.
    pub id: String,
    /// `running`, `ended`, `not-started`, `refused` when it was not started because it could not
    /// be kept in what was asked for, or `unknown` when nobody has seen its end.
    pub state: String,
    /// What for: `step`, `daemon`, `probe`, `environment`, `repository` or `other`.
    pub kind: String,
    /// The app.
    pub app: Option<String>,
    /// The run.
    pub run: Option<String>,
    /// The step of the run, as people count.
    pub step: Option<String>,
    /// The working directory.
    pub cwd: String,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Why it was not started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How it was kept in bounds.
    pub sandbox: AuditSandbox,
    /// What became of the variables, by name.
    pub environment: AuditEnvironment,
}

/// How something was kept in bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditSandbox {
    /// The level that was asked for.
    pub requested: String,
    /// What held it: `bwrap` or `landlock`; absent when nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// The protections that were in force.
    pub enforced: Vec<String>,
    /// Those that were asked for and could not be had.
    pub missing: Vec<String>,
}

/// What became of the variables, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditEnvironment {
    /// Those that the command got.
    pub passed: Vec<String>,
    /// Those that were refused, with the rule that decided.
    pub refused: BTreeMap<String, String>,
    /// How many others the host has, which nobody asked for.
    pub not_inherited: usize,
}
