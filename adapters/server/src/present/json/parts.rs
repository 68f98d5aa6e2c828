//! What lines have in common: steps, fields of questions, failures.

use collodi_run::{Field, Status};
use collodi_script::StepAt;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldLine<'a> {
    key: &'a str,
    title: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
}

impl<'a> FieldLine<'a> {
    pub(super) fn of(field: &'a Field) -> Self {
        Self {
            key: &field.key,
            title: &field.title,
            kind: field.kind.word(),
            required: field.required,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FailureLine<'a> {
    #[serde(flatten)]
    step: At<'a>,
    method: &'a str,
    pointer: &'a str,
    message: String,
    command: Option<&'a str>,
    code: Option<i32>,
    tail: Option<&'a str>,
    hint: Option<&'static str>,
}

impl<'a> FailureLine<'a> {
    pub(super) fn of(status: &'a Status) -> Option<Self> {
        let Status::Failed(failure) = status else {
            return None;
        };
        Some(Self {
            step: At::of(&failure.step),
            method: &failure.method,
            pointer: &failure.pointer,
            message: failure.kind.to_string(),
            command: failure.kind.line(),
            code: failure.kind.exit_code(),
            tail: failure.kind.tail(),
            hint: failure.kind.hint(),
        })
    }
}

/// A step, counted from 1, and its list when that is not `run`.
#[derive(Debug, Serialize)]
struct At<'a> {
    step: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'a str>,
}

impl<'a> At<'a> {
    fn of(at: &'a StepAt) -> Self {
        Self {
            step: at.index.saturating_add(1),
            list: at.list.name(),
        }
    }
}

/// A step of a run.
#[derive(Debug, Serialize)]
pub(super) struct OfRun<'a> {
    run: &'a str,
    #[serde(flatten)]
    step: At<'a>,
}

impl<'a> OfRun<'a> {
    pub(super) fn of(run: &'a str, step: &'a StepAt) -> Self {
        let step = At::of(step);
        Self { run, step }
    }
}
