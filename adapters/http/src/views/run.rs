//! Runs.

use collodi_api::{Run, RunOutcome, RunOverridden, RunStatus, Step, StepFailure, StepStatus};
use collodi_host::{RunEntry, RunPhase, StepPhase, StepView};
use collodi_logs::plain;
use collodi_run::{Failure, FailureKind, Outcome, Overrides, Status};
use collodi_time::Duration;

/// How many of a failed command's last lines are shown.
const LAST_LINES: usize = 20;

/// A run.
pub(crate) fn run(entry: &RunEntry) -> Run {
    let ended = entry.outcome().is_some();
    let steps = entry.steps().iter();
    let is_called = entry.origin() != entry.id();
    Run {
        id: entry.id().to_string(),
        app_id: entry.app().to_owned(),
        file: entry.file().to_owned(),
        status: status(&entry.phase()),
        origin: is_called.then(|| entry.origin().to_string()),
        started_at: entry.started_at().to_string(),
        steps: steps.map(|view| step(view, ended)).collect(),
        daemon_process_ids: entry.daemons().iter().map(ToString::to_string).collect(),
        outcome: entry.outcome().map(|outcome| self::outcome(outcome)),
        overrides: overridden(entry.overrides()),
        question: entry.question().map(|asked| super::question(asked)),
    }
}

fn overridden(said: &Overrides) -> Option<RunOverridden> {
    let millis = |delay: Duration| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
    (!said.is_empty()).then(|| RunOverridden {
        env: said.env.keys().cloned().collect(),
        restart: said.restart.map(|class| class.to_string()),
        restart_delay_ms: said.restart_delay.map(millis),
    })
}

/// A step that failed.
pub(crate) fn failure(failure: &Failure) -> StepFailure {
    let output = match &failure.kind {
        FailureKind::Output { found, .. } => last_lines(found),
        kind => kind.tail().map(last_lines).unwrap_or_default(),
    };
    StepFailure {
        step: failure.step.index,
        list: failure.step.list.name().map(ToOwned::to_owned),
        method: failure.method.clone(),
        pointer: failure.pointer.clone(),
        message: failure.kind.to_string(),
        hint: failure.kind.hint().map(ToOwned::to_owned),
        command: failure.kind.line().map(ToOwned::to_owned),
        exit_code: failure.kind.exit_code(),
        output,
    }
}

fn outcome(outcome: &Outcome) -> RunOutcome {
    RunOutcome {
        status: word(&outcome.status),
        steps_run: outcome.steps_run,
        daemon_process_ids: outcome.daemons.iter().map(ToString::to_string).collect(),
        served: outcome.served,
        failure: match &outcome.status {
            Status::Failed(failed) => Some(failure(failed)),
            _ => None,
        },
    }
}

fn status(phase: &RunPhase) -> RunStatus {
    match phase {
        RunPhase::Waiting => RunStatus::Waiting,
        RunPhase::Running => RunStatus::Running,
        RunPhase::Serving => RunStatus::Serving,
        RunPhase::Ended(outcome) => word(&outcome.status),
    }
}

/// A status of a kind that is not known here is no success.
pub(crate) const fn word(status: &Status) -> RunStatus {
    match status {
        Status::Completed => RunStatus::Completed,
        Status::StoppedEarly => RunStatus::StoppedEarly,
        Status::Cancelled => RunStatus::Cancelled,
        _ => RunStatus::Failed,
    }
}

/// In a run that has ended no step runs: the one that did was ended with it.
fn step(view: &StepView, ended: bool) -> Step {
    Step {
        index: view.at.index,
        list: view.at.list.name().map(ToOwned::to_owned),
        method: view.method.name().to_owned(),
        status: match view.phase {
            StepPhase::Pending => StepStatus::Pending,
            StepPhase::Running if ended => StepStatus::Cancelled,
            StepPhase::Running => StepStatus::Running,
            StepPhase::Done => StepStatus::Done,
            StepPhase::Skipped => StepStatus::Skipped,
            StepPhase::Failed => StepStatus::Failed,
        },
        command: view.command.as_deref().map(ToOwned::to_owned),
        log_from: view.log_from,
    }
}

fn last_lines(text: &str) -> Vec<String> {
    let text = plain(text);
    let lines: Vec<_> = text.lines().collect();
    let skipped = lines.len().saturating_sub(LAST_LINES);
    lines.into_iter().skip(skipped).map(str::to_owned).collect()
}
