//! The line that an event is.

use super::parts::{At, FailureLine, FieldLine};
use collodi_api::TreeMember;
use serde::Serialize;

/// An event as programs read it. Steps are counted from 1.
#[derive(Debug, Serialize)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(super) enum EventLine<'a> {
    Listening {
        api: String,
        state_file: String,
    },
    Accepted {
        run: &'a str,
    },
    Detected {
        python: Option<&'a str>,
        uv: Option<&'a str>,
        conda: Option<&'a str>,
    },
    StepStarted {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        total: usize,
        method: &'a str,
    },
    StepSkipped {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
    },
    StepDone {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
    },
    Command {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        line: &'a str,
    },
    CommandExited {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        exit: String,
        code: Option<i32>,
    },
    RunLine {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        seq: u64,
        stream: &'static str,
        text: &'a str,
    },
    Log {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        text: &'a str,
    },
    Note {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        text: &'a str,
    },
    Show {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        method: &'a str,
        params: &'a str,
    },
    Serving {
        run: &'a str,
    },
    Transfer {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        what: &'a str,
    },
    Transferred {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        done: u64,
        total: Option<u64>,
    },
    Downloaded {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        path: String,
        bytes: u64,
        was_there: bool,
    },
    RunCalled {
        run: &'a str,
        by: &'a str,
        script: &'a str,
    },
    RunEnded {
        run: &'a str,
        status: &'static str,
        steps_run: usize,
        daemons: &'a [String],
        failure: Option<FailureLine<'a>>,
    },
    ProcessStarted {
        process: &'a str,
        pid: Option<u32>,
    },
    ProcessExited {
        process: &'a str,
        exit: String,
        code: Option<i32>,
    },
    ProcessRestarting {
        process: &'a str,
        delay_ms: u128,
        restart: u32,
    },
    ProcessStopping {
        process: &'a str,
    },
    ProcessSpawnFailed {
        process: &'a str,
        error: String,
    },
    ProcessLine {
        process: &'a str,
        seq: u64,
        stream: &'static str,
        text: &'a str,
    },
    ProcessReachable {
        process: &'a str,
        url: String,
    },
    ProcessLingers {
        process: &'a str,
        still_alive: Vec<TreeMember>,
    },
    ProcessWaits {
        process: &'a str,
        waits_for: &'a [String],
    },
    Recovered {
        daemons: usize,
        leftovers: usize,
    },
    Warning {
        text: String,
    },
    ProcessEnded {
        process: &'a str,
        how: String,
        failed: bool,
    },
    EnvWaiting {
        path: &'a str,
        /// The program that makes it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pid: Option<u32>,
    },
    EnvClearing {
        path: &'a str,
        /// The program that was ended while it made it.
        #[serde(skip_serializing_if = "Option::is_none")]
        pid: Option<u32>,
    },
    EnvCreating {
        path: &'a str,
        command: &'a str,
    },
    EnvSpaceIsShort {
        path: &'a str,
        free: u64,
    },
    EnvEnded {
        path: &'a str,
        how: String,
    },
    Missed {
        events: u64,
    },
    Interrupted {
        again: bool,
    },
    Ended {
        failed: bool,
    },
    Asks {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
        method: &'a str,
        title: &'a str,
        description: &'a str,
        fields: Vec<FieldLine<'a>>,
    },
    Answered {
        run: &'a str,
        #[serde(flatten)]
        step: At<'a>,
    },
}
