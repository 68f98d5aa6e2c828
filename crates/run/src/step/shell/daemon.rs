//! Daemons: what a script says about them, and how the host gets them.

use super::{Phase, Shell, Step};
use crate::{
    Action, DaemonSpec, DaemonStarted, Event, Keep, Probe, Readiness, Restart,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, wrong},
};
use alloc::{boxed::Box, format, string::String, sync::Arc, vec::Vec};
use collodi_machine::ActionId;
use collodi_restart::RestartClass;
use collodi_script::{
    Template,
    daemon::{self as script, Look, Problem, Reading, Ready},
};
use collodi_value::{Object, Value};

/// What a script says about a command as a daemon.
#[derive(Clone, Debug)]
pub(super) struct Daemon {
    name: Option<String>,
    depends_on: Vec<String>,
    ready: Option<Ready>,
    restart: Arc<Restart>,
}

impl Daemon {
    /// A shell of a script that serves is started again when it fails; a daemon of its own
    /// step only when the script says so.
    pub(super) fn read(
        cx: &mut Context,
        params: Params<'_>,
        is_daemon: bool,
    ) -> Result<Self, Fault> {
        let default = match is_daemon {
            true => RestartClass::Never,
            false => RestartClass::OnFailure,
        };
        let name = name(cx, params, is_daemon)?;
        let depends_on = params.get("dependsOn").map(script::depends_on);
        let ready = params.get("ready").map(Ready::read);
        let restart = restart(cx, params, default)?;
        Ok(Self {
            name,
            depends_on: usable(cx, "dependsOn", depends_on)?.unwrap_or_default(),
            ready: usable(cx, "ready", ready)?.flatten(),
            restart: Arc::new(cx.options.overrides.over_restart(restart)),
        })
    }
}

/// What others call it: its own id, or the label of its step. An empty one is as good as none, and a
/// fault of a daemon's own.
fn name(cx: &Context, params: Params<'_>, is_daemon: bool) -> Result<Option<String>, Fault> {
    let is_name = |id: &String| !id.is_empty();
    match params.text("id")? {
        Some(id) if is_name(&id) => Ok(Some(id)),
        Some(empty) if is_daemon => Err(wrong("id", "a name", &empty.into())),
        _ => {
            let label = cx.step_at_hand().and_then(|step| step.id.clone());
            Ok(label.filter(is_name))
        }
    }
}

fn restart(cx: &mut Context, params: Params<'_>, default: RestartClass) -> Result<Restart, Fault> {
    let class = match (params.get("autoRestart"), params.flag("autoRestart")) {
        (None, _) => default,
        (Some(_), true) => RestartClass::Always,
        (Some(_), false) => RestartClass::Never,
    };
    let reading = params
        .get("restart")
        .map(|value| Restart::read(value, class));
    let restart = usable(cx, "restart", reading)?;
    Ok(restart.unwrap_or_else(|| Restart::of(class)))
}

/// What a parameter says, if it is there. What is odd about values that templates gave is told;
/// of what stands in the file, who checked it was told.
fn usable<T>(cx: &mut Context, key: &str, reading: Option<Reading<T>>) -> Result<Option<T>, Fault> {
    let Some(reading) = reading else {
        return Ok(None);
    };
    let written = cx.step_at_hand().and_then(|step| step.params.get(key));
    if !written.is_some_and(Template::is_static) {
        for odd in &reading.remarks {
            let (pointer, says, hint) = (&odd.pointer, odd.says, odd.hint);
            cx.note(format!("/params{pointer}: {says} ({hint})"));
        }
    }
    Ok(Some(reading.into_result()?))
}

/// As it is found out when it runs as this command: one that looks needs its shape.
fn readiness(ready: &Ready, shell: &Shell, cx: &Context) -> Readiness {
    let probe = match &ready.look {
        Look::Pattern(text) => Probe::Pattern(text.clone()),
        Look::Port(port) => Probe::Port(*port),
        Look::Http(url) => Probe::Http(url.clone()),
        Look::Command(line) => Probe::Command(Box::new(shell.shape.command(cx, line))),
    };
    Readiness {
        probe,
        interval: ready.interval,
        startup: ready.startup,
    }
}

/// What is wrong with what a script says about a daemon.
impl From<script::Fault> for Fault {
    fn from(fault: script::Fault) -> Self {
        let kind = match fault.problem {
            Problem::Kind { expected, found }
            | Problem::Range { expected, found }
            | Problem::Name {
                expected, found, ..
            }
            | Problem::Key { expected, found }
            | Problem::Several { expected, found } => FailureKind::Param { expected, found },
            Problem::Missing(expected) => FailureKind::Param {
                expected,
                found: "nothing".into(),
            },
            Problem::Pattern { text, error } => FailureKind::Pattern(format!("{text}: {error}")),
            Problem::Address { text, error } => FailureKind::Address { text, error },
        };
        Self {
            pointer: format!("/params{}", fault.pointer),
            kind: Box::new(kind),
        }
    }
}

impl Shell {
    /// Has the host start the daemon.
    pub(super) fn start_daemon(mut self: Box<Self>, cx: &mut Context) -> Step {
        let lines: Vec<String> = self.lines.drain(..).collect();
        let line: Arc<str> = lines.join(" && ").into();
        cx.out.event(Event::Command {
            step: cx.step(),
            line: line.clone(),
        });
        let spec = self.daemon(cx, line);
        cx.ask(Action::StartDaemon(Box::new(spec)));
        self.phase = Phase::Daemon;
        self.wait()
    }

    /// The script stays up, and leaves this command running: it is the host's.
    pub(super) fn keep(
        mut self: Box<Self>,
        cx: &mut Context,
        exec: ActionId,
        line: String,
    ) -> Step {
        let daemon = self.daemon(cx, line.into());
        let said = self.capture.bytes();
        let keep = Keep { exec, daemon, said };
        cx.ask(Action::KeepDaemon(Box::new(keep)));
        self.phase = Phase::Keeping(exec);
        self.wait()
    }

    /// The host has it, or has it not: then it is one of the run's, as any other.
    pub(super) fn kept(
        self: Box<Self>,
        cx: &mut Context,
        exec: ActionId,
        how: Result<DaemonStarted, collodi_action::Error>,
    ) -> Step {
        if cx.living.contains(&exec) {
            cx.detached.insert(exec);
        }
        if let Ok(daemon) = how {
            cx.trees.remove(&self.shape.tree);
            cx.kept.insert(self.shape.tree.clone());
            cx.daemons.push(daemon.id);
        }
        self.done(cx, None)
    }

    fn daemon(&self, cx: &Context, line: Arc<str>) -> DaemonSpec {
        let daemon = &self.shape.daemon;
        DaemonSpec {
            command: self.shape.command(cx, &line),
            line,
            restart: daemon.restart.clone(),
            step: cx.step(),
            name: daemon.name.clone(),
            depends_on: daemon.depends_on.clone(),
            ready: daemon
                .ready
                .as_ref()
                .map(|ready| Arc::new(readiness(ready, self, cx))),
        }
    }
}

/// The result of a step that started a daemon.
pub(super) fn result(id: &str, pid: Option<u32>) -> Value {
    let pid = pid.map_or(Value::Null, |pid| Value::from(f64::from(pid)));
    let fields = [("id", Value::from(id)), ("pid", pid)];
    Value::Object(fields.into_iter().collect::<Object>())
}
