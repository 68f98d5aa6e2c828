//! Runs of scripts.

use crate::{question::Question, words::words};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};

/// The body of `POST /python/apps/{name}/run`, which may be left out. `A` is the JSON
/// object type of whoever reads or writes it. Other keys are refused: a slip of a key would
/// be an answer that nobody gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunRequest<A> {
    /// What templates read as `args`: an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<A>,
    /// Answers to what the script asks: by the key of a field, or an object by the id
    /// or number of a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<A>,
    /// Whether nobody is there to answer: what has no answer gets its default, and
    /// what has none fails.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unattended: bool,
    /// Whether it is run beside what runs of the app already.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub again: bool,
    /// The index of the step that is the first; nothing is known of what those before it would
    /// have made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
    /// What is said over the script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<RunOverrides>,
}

/// The body of `POST /python/runs/{id}/rerun`, which may be left out. `A` is as in
/// [`RunRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RerunRequest<A> {
    /// The index of the step that is the first; the one that the run came to last when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<usize>,
    /// Whether it is run beside what runs of the app already.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub again: bool,
    /// Answers to what the script asks, over those that came with the earlier run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<A>,
    /// Whether nobody is there to answer; as with the earlier run when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unattended: Option<bool>,
    /// What is said over the script, besides what was for the earlier run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<RunOverrides>,
}

/// What is said over a script, for one run and the scripts that it starts.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunOverrides {
    /// Variables of its commands, over those that steps set. What a step may not set is
    /// refused.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// After which deaths its processes are started again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<RestartPolicy>,
    /// The first delay before that, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart_delay_ms: Option<u64>,
}

/// Values may be secrets: names will do.
impl fmt::Debug for RunOverrides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunOverrides")
            .field("env", &self.env.keys().collect::<Vec<_>>())
            .field("restart", &self.restart)
            .field("restart_delay_ms", &self.restart_delay_ms)
            .finish()
    }
}

words! {
    /// After which deaths a process is started again.
    RestartPolicy {
        /// After none.
        Never = "never",
        /// After those that are failures.
        OnFailure = "on-failure",
        /// After all.
        Always = "always",
        /// After all, and with the next server, unless somebody stopped it.
        UnlessStopped = "unless-stopped",
    }
}

/// What was said over the script of a run. Values of variables are not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunOverridden {
    /// The names of the variables.
    pub env: Vec<String>,
    /// After which deaths its processes are started again, in the words of [`RestartPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<String>,
    /// The first delay before that, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart_delay_ms: Option<u64>,
}

/// `POST /python/apps/{name}/run`: the script is through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunResult {
    /// `completed` or `stopped_early`; `serving` when the run's own commands stay up.
    pub status: RunStatus,
    /// Steps that were begun.
    pub steps_run: usize,
    /// The processes it started.
    pub daemon_process_ids: Vec<String>,
    /// The run.
    #[serde(default)]
    pub run_id: String,
}

/// The same with `Prefer: respond-async`: the run has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunAccepted {
    /// The run.
    pub run_id: String,
}

/// `GET /python/runs`: all runs, ended ones too as long as they are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Runs {
    /// The runs, by id.
    pub runs: Vec<Run>,
    /// How many.
    pub count: usize,
}

/// `GET /python/runs/{id}`: a run of a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The app's name, `-run-`, eight hex digits.
    pub id: String,
    /// The app.
    pub app_id: String,
    /// The script's file name.
    pub file: String,
    /// Where it is in its life.
    pub status: RunStatus,
    /// The run that someone asked for, from which this one comes by steps that start
    /// scripts; absent when it is itself that run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// When it was asked for: RFC 3339, UTC.
    pub started_at: String,
    /// The script's steps.
    pub steps: Vec<Step>,
    /// The processes it started so far.
    pub daemon_process_ids: Vec<String>,
    /// How it ended; absent as long as it has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RunOutcome>,
    /// What was said over its script; absent when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<RunOverridden>,
    /// What it asks a person; absent when it asks nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its number, from 0.
    pub index: usize,
    /// The list in which it stands; absent for `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// What it does.
    pub method: String,
    /// How far it is.
    pub status: StepStatus,
    /// The last command it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The number of the first line of the run's log that may be of it; absent before it was
    /// begun or left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_from: Option<u64>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunOutcome {
    /// `completed`, `stopped_early`, `failed` or `cancelled`.
    pub status: RunStatus,
    /// Steps that were begun.
    pub steps_run: usize,
    /// The processes it started.
    pub daemon_process_ids: Vec<String>,
    /// Whether all steps were done and it stayed up, before it ended: one that is `cancelled`
    /// then has done what it should. Absent when not.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub served: bool,
    /// The step that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<StepFailure>,
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StepFailure {
    /// Its number, from 0.
    pub step: usize,
    /// The list in which it stands; absent for `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// What it does.
    pub method: String,
    /// JSON pointer to it in the script, or to the parameter at fault.
    pub pointer: String,
    /// What went wrong.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The command that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The code it ended with: 128 + n for a signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The last lines it said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output: Vec<String>,
}

words! {
    /// Where a run is in its life.
    RunStatus {
        /// It waits until the server knows what the machine has.
        Waiting = "waiting",
        /// It is at one of its steps.
        Running = "running",
        /// Its steps are done, and its commands stay up.
        Serving = "serving",
        /// All steps were done.
        Completed = "completed",
        /// `script.return` ended it.
        StoppedEarly = "stopped_early",
        /// A step failed.
        Failed = "failed",
        /// Someone ended it.
        Cancelled = "cancelled",
    }
}

words! {
    /// How far a step is.
    StepStatus {
        /// Not begun.
        Pending = "pending",
        /// Begun.
        Running = "running",
        /// Done.
        Done = "done",
        /// Left out: by its `when`, or as the run began at a later step.
        Skipped = "skipped",
        /// Failed.
        Failed = "failed",
        /// Begun, and not done when the run was ended.
        Cancelled = "cancelled",
    }
}
