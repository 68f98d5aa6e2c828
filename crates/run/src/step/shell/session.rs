//! `shell.start`, `shell.enter`, `shell.write`

use super::{
    Capture, Pending, Shell, Started, Step, aside, begin,
    command::{self, Shape},
    note_exit, record,
    watch::{Act, Watch},
};
use crate::{
    Completed, Event, OtherApps,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, at, wrong},
    rendering::at_match,
    session::{Heard, Session},
};
use alloc::{boxed::Box, string::String, vec::Vec};
use collodi_action::{Action, Completion, ErrorKind};
use collodi_command::{Exit, Signal, Stream};
use collodi_machine::ActionId;
use collodi_time::{Deadline, Instant};
use collodi_value::{Object, Value};

/// A step that waits for an open shell.
#[derive(Clone, Debug)]
pub(crate) struct SessionStep {
    id: String,
    exec: ActionId,
    aim: Aim,
    /// What was typed, for people.
    line: String,
    watch: Watch,
    /// What the handlers of `on` return where nothing is left to render.
    returns: Vec<Value>,
    capture: Capture,
    writing: Option<ActionId>,
}

/// What the step is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    /// The shell is there.
    Opened,
    /// The first command in it has ended, or said what was waited for.
    Started,
    /// A command has ended, or said what was waited for.
    Entered,
    /// What was typed is written.
    Written,
}

/// Starts a step of `shell.start`.
pub(in crate::step) fn open(cx: &mut Context, params: Params<'_>) -> Started {
    let id = match params.text("id")?.filter(|id| !id.is_empty()) {
        Some(id) => id,
        None => cx.options.app.cwd().absolute(),
    };
    if cx.sessions.get(&id).is_some() {
        return Err(at("id", FailureKind::ShellOpen(id)));
    }
    let shape = Shape::read(cx, params)?.kept_open(cx);
    let message = command::message(params)?;
    let message = command::chain(message, params).join("\n");
    let lines = Some(message).filter(|message| !message.trim().is_empty());
    let lines = shape.lines(lines.into_iter().collect());
    let watch = Watch::read(cx, params, !cx.is_vatn(), false)?;
    begin(cx, params, shape, lines, watch, Some(id))
}

/// Starts a step of `shell.enter`.
pub(in crate::step) fn enter(cx: &mut Context, params: Params<'_>) -> Started {
    let line = command::message(params)?.join("\n");
    type_in(cx, params, line, Aim::Entered)
}

/// Starts a step of `shell.write`.
pub(in crate::step) fn write(cx: &mut Context, params: Params<'_>) -> Started {
    let line = command::message(params)?.join("\n");
    type_in(cx, params, line, Aim::Written)
}

/// Whether what these parameters type goes to a program that runs in their shell.
pub(crate) fn is_typed_into(cx: &Context, params: Params<'_>) -> bool {
    let session = session_id(cx, params)
        .ok()
        .and_then(|id| cx.sessions.get(&id));
    session.is_some_and(Session::is_busy)
}

/// The shell that parameters mean: that of `id`, else one that was opened in `path`,
/// else that of the script's folder.
pub(super) fn session_id(cx: &Context, params: Params<'_>) -> Result<String, Fault> {
    if let Some(id) = params.text("id")?.filter(|id| !id.is_empty()) {
        return Ok(id);
    }
    let cwd = cx.path_in_any(
        "path",
        &params.text("path")?.unwrap_or_default(),
        OtherApps::Read,
    )?;
    let cwd = cwd.absolute();
    let opened_there = || cx.sessions.in_directory(&cwd).cloned();
    match cx.sessions.get(&cwd) {
        Some(_) => Ok(cwd),
        None => Ok(opened_there().unwrap_or(cwd)),
    }
}

fn type_in(cx: &mut Context, params: Params<'_>, line: String, aim: Aim) -> Started {
    let id = session_id(cx, params)?;
    let (watch, capture) = (
        Watch::read_typed(cx, params, !cx.is_vatn())?,
        Capture::new(cx.options.limits.output_bytes),
    );
    let step = cx.step();
    let Some(session) = cx.sessions.get_mut(&id) else {
        return Err(at("id", FailureKind::NoShell(id)));
    };
    session.step = step.clone();
    let (exec, tree) = (session.exec, session.tree.clone());
    let bytes = match aim {
        Aim::Written => session.write(&line).map_err(|_| too_long(&line))?,
        _ => session.enter(&line),
    };
    let mut typed = SessionStep {
        id,
        exec,
        aim,
        line: line.clone(),
        watch,
        returns: returns(params),
        capture,
        writing: None,
    };
    if aim == Aim::Written && typed.watch.can_end() {
        typed.aim = Aim::Entered;
    }
    let line = line.into();
    cx.out.event(Event::Command { step, line });
    if bytes.is_empty() {
        return Ok(typed.written(cx));
    }
    typed.writing = Some(cx.world(Action::Write(tree, bytes.into())));
    Ok(Box::new(typed).wait())
}

fn too_long(line: &str) -> Fault {
    wrong("message", "a line of at most 64 KiB", &Value::from(line))
}

fn returns(params: Params<'_>) -> Vec<Value> {
    let handlers = params
        .get("on")
        .and_then(Value::as_array)
        .unwrap_or_default();
    let of = |handler: &Value| handler.pointer("/return").cloned().unwrap_or_default();
    handlers.iter().map(of).collect()
}

impl SessionStep {
    /// Opens the shell for which all is prepared.
    pub(super) fn open(cx: &mut Context, id: String, shell: Shell) -> Step {
        let line = shell.lines.into_iter().collect::<Vec<_>>().join("\n");
        let spec = shell.shape.open_shell(cx);
        let (tree, cwd) = (spec.tree.clone(), spec.cwd.absolute());
        let shown = if line.is_empty() {
            shell.shape.shell_line()
        } else {
            line.clone()
        };
        cx.out.event(Event::Command {
            step: cx.step(),
            line: shown.into(),
        });
        let exec = cx.world(Action::Exec(spec));
        cx.detached.insert(exec);
        let mut session = Session::new(exec, tree.clone(), cwd, cx.step());
        let (aim, typed) = match line.as_str() {
            "" => (Aim::Opened, None),
            line => (Aim::Started, Some(session.enter(line))),
        };
        let writing = typed.map(|typed| cx.world(Action::Write(tree, typed.into())));
        cx.sessions.insert(&id, session);
        let (watch, capture) = (shell.watch, shell.capture);
        Box::new(Self {
            id,
            exec,
            aim,
            line,
            watch,
            returns: Vec::new(),
            capture,
            writing,
        })
        .wait()
    }

    /// The shell that it waits for.
    pub(crate) const fn shell(&self) -> ActionId {
        self.exec
    }

    fn wait(self: Box<Self>) -> Step {
        Step::Wait(Pending::Session(self))
    }

    /// The shell was started.
    pub(crate) fn spawned(self: Box<Self>, cx: &mut Context) -> Step {
        match self.aim {
            Aim::Opened => {
                let id = Value::from(self.id.as_str());
                self.done(cx, id)
            }
            _ => self.wait(),
        }
    }

    /// What was to be written is written, or is not.
    pub(crate) fn completed(
        mut self: Box<Self>,
        cx: &mut Context,
        id: ActionId,
        completed: Completed,
    ) -> Step {
        if self.writing != Some(id) {
            return self.wait();
        }
        self.writing = None;
        match completed {
            // Of a shell that is gone, how it ended says more.
            Completed::World(Completion::Written(Err(error)))
                if error.kind != ErrorKind::Gone || self.aim == Aim::Written =>
            {
                Step::Fail(at("message", FailureKind::NotWritten(error)))
            }
            _ if self.aim == Aim::Written => self.written(cx),
            _ => self.wait(),
        }
    }

    fn written(self, cx: &mut Context) -> Step {
        self.done(cx, Value::Null)
    }

    /// The shell, or what runs in it, said something.
    pub(crate) fn heard(
        mut self: Box<Self>,
        cx: &mut Context,
        now: Instant,
        stream: Stream,
        heard: &Heard,
    ) -> Step {
        self.capture.push(&heard.bytes);
        let act = self.watch.push(now, stream, &heard.bytes);
        aside::tell(cx, &mut self.watch);
        match (act, heard.ended) {
            (Some(act), _) => self.act(cx, act),
            (None, Some(code)) => self.ended(cx, now, Exit::Code(code)),
            (None, None) => self.wait(),
        }
    }

    pub(crate) fn timeout(mut self: Box<Self>, cx: &mut Context, now: Instant) -> Step {
        let act = self.watch.timeout(now);
        aside::tell(cx, &mut self.watch);
        match act {
            Some(act) => self.act(cx, act),
            None => self.wait(),
        }
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        self.watch.deadline()
    }

    /// The command in the shell ended.
    fn ended(mut self: Box<Self>, cx: &mut Context, now: Instant, exit: Exit) -> Step {
        if self.aim == Aim::Written || self.aim == Aim::Opened {
            return self.wait();
        }
        cx.out.event(Event::Exited {
            step: cx.step(),
            exit,
        });
        let act = self.watch.close(now);
        aside::tell(cx, &mut self.watch);
        if let Some(act) = act {
            return self.act(cx, act);
        }
        if self.watch.can_end() {
            return self.fail_without_match(exit);
        }
        if let Some(act) = self.watch.verdict(&self.capture.clean_text()) {
            return self.act(cx, act);
        }
        self.after_command(cx, exit)
    }

    fn fail_without_match(self: Box<Self>, exit: Exit) -> Step {
        let code = exit.shell_code().unwrap_or_default();
        let (line, tail) = (self.line, self.capture.tail());
        Step::Fail(at("on", FailureKind::NoMatch { line, code, tail }))
    }

    fn after_command(self: Box<Self>, cx: &mut Context, exit: Exit) -> Step {
        if !exit.is_success() && cx.is_vatn() {
            let (line, tail) = (self.line, self.capture.tail());
            return Step::Fail(at("message", FailureKind::Command { line, exit, tail }));
        }
        if !exit.is_success() {
            note_exit(cx, exit);
        }
        let result = match self.aim {
            Aim::Started => Value::from(self.id.as_str()),
            _ => record(&self.id, &self.capture, &self.watch, Some(exit)),
        };
        self.done(cx, result)
    }

    /// A pattern matched.
    fn act(self: Box<Self>, cx: &mut Context, act: Act) -> Step {
        match act {
            Act::Break { pattern, found } => {
                let kind = FailureKind::Output {
                    line: self.line,
                    pattern,
                    found,
                };
                Step::Fail(at("message", kind))
            }
            Act::Return { handler, event } => {
                let record = Object::from_iter([
                    ("id", Value::from(self.id.as_str())),
                    ("matches", Value::Array([event].into())),
                ]);
                let said = at_match(cx, handler, "return", Value::Object(record));
                let result = said.or_else(|| self.returns.get(handler).cloned());
                self.done(cx, result.unwrap_or_default())
            }
            Act::Kill => {
                let session = cx.sessions.remove(self.exec);
                if let Some(session) = session {
                    cx.world_unheard(Action::Signal(session.tree, Signal::KILL));
                }
                self.enough(cx)
            }
            Act::Done => self.enough(cx),
        }
    }

    /// Done with `done` or `kill`.
    fn enough(self: Box<Self>, cx: &mut Context) -> Step {
        let result = match self.aim {
            Aim::Started | Aim::Opened => Value::from(self.id.as_str()),
            _ => record(&self.id, &self.capture, &self.watch, None),
        };
        self.done(cx, result)
    }

    fn done(self, cx: &mut Context, result: Value) -> Step {
        cx.unheard.extend(self.writing);
        Step::Done(result)
    }

    /// The shell itself ended.
    pub(crate) fn shell_ended(
        mut self: Box<Self>,
        cx: &mut Context,
        now: Instant,
        completed: &Completed,
    ) -> Step {
        cx.unheard.extend(self.writing.take());
        if let Completed::World(Completion::Exec(Err(error))) = completed {
            return Step::Fail(at("shell", FailureKind::Spawn(error.clone())));
        }
        let act = self.watch.close_output(now);
        aside::tell(cx, &mut self.watch);
        if let Some(act) = act {
            return self.act(cx, act);
        }
        let exit = match completed {
            Completed::World(Completion::Exec(Ok(ended))) => ended.exit,
            _ => Exit::Unknown,
        };
        let (id, tail) = (self.id, self.capture.tail());
        Step::Fail(at("message", FailureKind::ShellEnded { id, exit, tail }))
    }
}
