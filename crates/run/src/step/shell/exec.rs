//! `exec`

use super::{
    Capture, Pending, Started, Step,
    command::{message, shell, variables},
    whole::{to_u64, to_usize},
};
use crate::{
    Completed, Event, OtherApps,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, at, missing, wrong},
};
use alloc::{boxed::Box, string::String};
use collodi_action::{Action, Completion, Progress};
use collodi_command::{CommandSpec, Exit, Signal, Stream};
use collodi_machine::ActionId;
use collodi_time::{Deadline, Duration, Instant};
use collodi_value::{Object, Value};

/// A program that is run without a terminal, its two outputs apart.
#[derive(Clone, Debug)]
pub(crate) struct Exec {
    exec: ActionId,
    line: String,
    stdout: Capture,
    stderr: Capture,
    limits: Limits,
}

/// What ends a program early.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// When it has taken too long, and how long that is in milliseconds.
    timeout: Option<(Instant, u64)>,
    /// The most bytes on one stream.
    most: Option<usize>,
    /// What it is ended with.
    signal: Option<Signal>,
}

pub(super) fn start(cx: &mut Context, now: Instant, params: Params<'_>) -> Started {
    for unsupported in ["uid", "gid"] {
        if params.get(unsupported).is_some() {
            let why = "commands cannot be run as another user";
            return Err(at(unsupported, FailureKind::Unsupported(why)));
        }
    }
    check_encoding(params)?;
    let line = message(params)?.join("\n");
    if line.trim().is_empty() {
        return Err(missing("message", "a command"));
    }
    let spec = command(cx, params, &line)?;
    let limits = Limits::read(params, now)?;
    cx.out.event(Event::Command {
        step: cx.step(),
        line: line.as_str().into(),
    });
    let exec = cx.world(Action::Exec(spec));
    let most = cx.options.limits.output_bytes;
    Ok(Box::new(Exec {
        exec,
        line,
        stdout: Capture::new(most),
        stderr: Capture::new(most),
        limits,
    })
    .wait())
}

fn command(cx: &mut Context, params: Params<'_>, line: &str) -> Result<CommandSpec, Fault> {
    let key = if params.get("path").is_some() {
        "path"
    } else {
        "cwd"
    };
    let cwd = cx.path_in_any(key, &params.text(key)?.unwrap_or_default(), OtherApps::Read)?;
    let vars = variables(cx, params, None, false)?;
    Ok(
        CommandSpec::new(&shell(params, "sh")?, cwd, cx.options.tree.clone())
            .args(["-c", line])
            .envs(&vars),
    )
}

/// Output becomes text in any case.
fn check_encoding(params: Params<'_>) -> Result<(), Fault> {
    match params.text("encoding")?.as_deref() {
        None | Some("utf8" | "utf-8" | "ascii") => Ok(()),
        Some(_) => {
            let why = "output can only be read as utf8";
            Err(at("encoding", FailureKind::Unsupported(why)))
        }
    }
}

impl Limits {
    fn read(params: Params<'_>, now: Instant) -> Result<Self, Fault> {
        let timeout = params.number("timeout")?.filter(|millis| *millis > 0.0);
        let timeout = timeout.map(to_u64);
        let at = |millis| (now + Duration::from_millis(millis), millis);
        Ok(Self {
            timeout: timeout.map(at),
            most: params.number("maxBuffer")?.map(to_usize),
            signal: signal(params)?,
        })
    }
}

fn signal(params: Params<'_>) -> Result<Option<Signal>, Fault> {
    let Some(text) = params.text("killSignal")? else {
        return Ok(None);
    };
    match text.parse() {
        Ok(signal) => Ok(Some(signal)),
        Err(_) => Err(wrong("killSignal", "a signal", &Value::from(text))),
    }
}

impl Exec {
    fn wait(self: Box<Self>) -> Step {
        Step::Wait(Pending::Exec(self))
    }

    pub(crate) fn progress(
        mut self: Box<Self>,
        cx: &mut Context,
        id: ActionId,
        progress: &Progress,
    ) -> Step {
        let Progress::Output { stream, bytes } = progress else {
            return self.wait();
        };
        if self.exec != id {
            return self.wait();
        }
        cx.out.event(Event::Output {
            step: cx.step(),
            stream: *stream,
            bytes: bytes.clone(),
        });
        let capture = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        capture.push(bytes);
        match self.limits.most {
            Some(most) if capture.said() > most => self.too_much(cx, most),
            _ => self.wait(),
        }
    }

    fn too_much(self, cx: &mut Context, most: usize) -> Step {
        self.signal(cx);
        let line = self.line;
        Step::Fail(at("maxBuffer", FailureKind::TooMuchOutput { line, most }))
    }

    pub(crate) fn completed(
        self: Box<Self>,
        cx: &mut Context,
        id: ActionId,
        completed: Completed,
    ) -> Step {
        if self.exec != id {
            return self.wait();
        }
        match completed {
            Completed::World(Completion::Exec(Ok(ended))) => self.ended(cx, ended.exit),
            Completed::World(Completion::Exec(Err(error))) => {
                Step::Fail(at("message", FailureKind::Spawn(error)))
            }
            _ => self.wait(),
        }
    }

    fn ended(self, cx: &mut Context, exit: Exit) -> Step {
        cx.out.event(Event::Exited {
            step: cx.step(),
            exit,
        });
        if !exit.is_success() {
            let (line, tail) = (self.line.clone(), self.tail());
            return Step::Fail(at("message", FailureKind::Command { line, exit, tail }));
        }
        Step::Done(Value::Object(Object::from_iter([
            ("stdout", Value::from(self.stdout.text())),
            ("stderr", Value::from(self.stderr.text())),
            ("error", Value::Null),
        ])))
    }

    /// What it said about its failure; where it said nothing, what it said at all.
    fn tail(&self) -> String {
        match self.stderr.tail() {
            said if said.trim().is_empty() => self.stdout.tail(),
            said => said,
        }
    }

    /// It has taken too long. What is left of it is ended with the run.
    pub(crate) fn timeout(self: Box<Self>, cx: &mut Context, now: Instant) -> Step {
        let Some((_, millis)) = self.limits.timeout.filter(|(at, _)| *at <= now) else {
            return self.wait();
        };
        self.signal(cx);
        let (line, tail) = (self.line.clone(), self.tail());
        Step::Fail(at("timeout", FailureKind::TimedOut { line, millis, tail }))
    }

    fn signal(&self, cx: &mut Context) {
        if let Some(signal) = self.limits.signal {
            let tree = cx.options.tree.clone();
            cx.world_unheard(Action::Signal(tree, signal));
        }
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        let (at, _) = self.limits.timeout?;
        Some(Deadline::new(at, "timeout"))
    }
}
