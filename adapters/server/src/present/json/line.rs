//! The line that an event is.

use super::parts::{FailureLine, FieldLine, OfRun};
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
        #[serde(flatten)]
        at: OfRun<'a>,
        total: usize,
        method: &'a str,
    },
    StepSkipped {
        #[serde(flatten)]
        at: OfRun<'a>,
    },
    StepDone {
        #[serde(flatten)]
        at: OfRun<'a>,
    },
    Command {
        #[serde(flatten)]
        at: OfRun<'a>,
        line: &'a str,
    },
    CommandExited {
        #[serde(flatten)]
        at: OfRun<'a>,
        exit: String,
        code: Option<i32>,
    },
    RunLine {
        #[serde(flatten)]
        at: OfRun<'a>,
        seq: u64,
        stream: &'static str,
        text: &'a str,
    },
    Log {
        #[serde(flatten)]
        at: OfRun<'a>,
        text: &'a str,
    },
    Note {
        #[serde(flatten)]
        at: OfRun<'a>,
        text: &'a str,
    },
    Show {
        #[serde(flatten)]
        at: OfRun<'a>,
        method: &'a str,
        params: &'a str,
    },
    Serving {
        run: &'a str,
    },
    Transfer {
        #[serde(flatten)]
        at: OfRun<'a>,
        what: &'a str,
    },
    Transferred {
        #[serde(flatten)]
        at: OfRun<'a>,
        done: u64,
        total: Option<u64>,
    },
    Downloaded {
        #[serde(flatten)]
        at: OfRun<'a>,
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
        daemons: Vec<&'a str>,
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
        #[serde(flatten)]
        at: OfRun<'a>,
        method: &'a str,
        title: &'a str,
        description: &'a str,
        fields: Vec<FieldLine<'a>>,
    },
    Answered {
        #[serde(flatten)]
        at: OfRun<'a>,
    },
}
