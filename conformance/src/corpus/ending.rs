//! Endings of runs and notes about expressions, in words that hold nothing of the script.

use collodi_python::ProvisionError;
use collodi_run::{FailureKind, Outcome, ScriptFault, Status};

/// Why a run was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cancelled {
    Serving,
    Waiting,
    TooMuch,
}

pub(super) fn name(outcome: &Outcome, cancelled: Option<Cancelled>) -> String {
    match (&outcome.status, cancelled) {
        (Status::Failed(failure), _) => format!("failed: {}", failed(&failure.kind)),
        (Status::Cancelled, Some(Cancelled::Serving)) => "served until cancelled".to_owned(),
        (Status::Cancelled, Some(Cancelled::Waiting)) => "waited until cancelled".to_owned(),
        (Status::Cancelled, Some(Cancelled::TooMuch)) => "went on until cancelled".to_owned(),
        (status, _) => status.word().to_owned(),
    }
}

fn failed(kind: &FailureKind) -> String {
    match kind {
        FailureKind::Command { .. } => "a command".to_owned(),
        FailureKind::TimedOut { .. } => "a command that takes too long".to_owned(),
        FailureKind::TooMuchOutput { .. } => "a command that says too much".to_owned(),
        FailureKind::NoShell(_) => "no open shell".to_owned(),
        FailureKind::ShellOpen(_) => "a shell that is open already".to_owned(),
        FailureKind::ShellEnded { .. } => "a shell that ended".to_owned(),
        FailureKind::NoMatch { .. } => "output without a match".to_owned(),
        FailureKind::NotWritten(error) => format!("input not written ({})", error.kind),
        FailureKind::Output { .. } => "a command by its output".to_owned(),
        FailureKind::Spawn(error) => format!("no command ({})", error.kind),
        FailureKind::Env { error, .. } => format!("no environment ({})", provision(error)),
        FailureKind::NoConda => "no conda".to_owned(),
        FailureKind::File(error) => format!("a file ({})", error.kind),
        FailureKind::Path { error, .. } => format!("a path ({error})"),
        FailureKind::Name { .. } => "a name".to_owned(),
        FailureKind::Param { expected, .. } => format!("a parameter (expected {expected})"),
        FailureKind::Unquotable => "data that cannot be quoted".to_owned(),
        FailureKind::Pattern(_) => "a pattern".to_owned(),
        FailureKind::NoSuchStep { .. } => "no such step".to_owned(),
        FailureKind::TooManySteps(_) => "too many steps".to_owned(),
        FailureKind::NoAnswer(_) => "a question without an answer".to_owned(),
        FailureKind::Unsupported(why) => format!("unsupported ({why})"),
        FailureKind::InputRequired { .. } => "input is required".to_owned(),
        FailureKind::Answer(_) => "an answer that will not do".to_owned(),
        FailureKind::Web(error) => format!("the web ({})", error.kind),
        FailureKind::Address { error, .. } => format!("an address ({error})"),
        FailureKind::NotInTime(_) => "not in time".to_owned(),
        FailureKind::Outside { .. } => "a path outside of the app".to_owned(),
        FailureKind::NoCheckout(_) => "a path in an app that is not there".to_owned(),
        FailureKind::OtherApp { .. } => "a path in another app".to_owned(),
        FailureKind::NoSuchList(_) => "no such list of steps".to_owned(),
        FailureKind::Gradio(_) => "a Gradio app".to_owned(),
        FailureKind::Script(fault) => format!("another script ({})", script(fault)),
        _ => "something else".to_owned(),
    }
}

const fn provision(error: &ProvisionError) -> &'static str {
    match error {
        ProvisionError::NoPython(_) => "no Python",
        ProvisionError::VersionNeedsUv { .. } => "needs uv",
        ProvisionError::Busy(_) => "another program makes it",
        ProvisionError::NotAnEnvironment => "something else is there",
        ProvisionError::Spawn(_) => "its command did not start",
        ProvisionError::Command { .. } | ProvisionError::Conda { .. } => "its command failed",
        ProvisionError::File(_) => "a file",
        ProvisionError::TimedOut => "took too long",
        _ => "something else",
    }
}

const fn script(fault: &ScriptFault) -> &'static str {
    match fault {
        ScriptFault::Failed { .. } => "it failed",
        ScriptFault::File(_) => "a file",
        ScriptFault::NoSteps(_) => "no steps",
        ScriptFault::Invalid { .. } => "it has errors",
        ScriptFault::Cycle(_) | ScriptFault::TooDeep(_) => "they wait for each other",
        ScriptFault::Address { .. } => "its address",
        ScriptFault::Git { .. } | ScriptFault::NoGit(_) => "git",
        _ => "something else",
    }
}

/// What notes say, and what they are called here. The first that fits counts.
const NOTES: [(&str, &str); 13] = [
    (": there is no variable ", "no such variable"),
    (": the expression has no value", "no value"),
    (": the expression failed: ", "thrown"),
    (": the expression takes too many steps", "too many steps"),
    (": the result is too large", "too large"),
    (": the value cannot be written as JSON", "no JSON form"),
    (
        ": the whole command comes from a value",
        "a command that is a value",
    ),
    (": the value was put into the command as it is", "raw"),
    (
        "is not passed on: it needs a grant",
        "a variable without a grant",
    ),
    ("the script requires ", "a program that is not there"),
    ("answer will not do: ", "an answer that will not do"),
    ("; trying again in ", "trying again"),
    (
        " runs already and is not started again",
        "a script that runs",
    ),
];

pub(super) fn note(text: &str) -> &'static str {
    let found = NOTES.iter().find(|(words, _)| text.contains(words));
    found.map_or("something else", |(_, name)| name)
}
