//! `shell.run`, and what opens, uses and ends shells that stay open

mod aside;
mod command;
mod conda;
mod daemon;
mod exec;
mod handlers;
mod output;
mod session;
mod stop;
mod watch;
mod whole;

pub(crate) use exec::Exec;
pub(crate) use session::{SessionStep, is_typed_into};
pub(super) use session::{enter, open, write};
pub(crate) use stop::Stop;

use super::{Pending, Started, Step};
use crate::{
    Action, Completed, EnvPlace, EnvRequest, Event, context::Context, outcome::FailureKind,
    params::Params, params::at,
};
use alloc::{boxed::Box, collections::VecDeque, string::String, string::ToString};
use collodi_action::{Completion, Progress};
use collodi_command::{Exit, Signal};
use collodi_file::FileOp;
use collodi_machine::ActionId;
use collodi_python::{Contents, EnvDir};
use collodi_time::{Deadline, Instant};
use collodi_value::{Object, Value};
use command::Shape;
use output::Capture;
use watch::{Act, Watch};

/// A `shell.run` under way.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    shape: Shape,
    /// The lines that are still to be run, one shell each.
    lines: VecDeque<String>,
    phase: Phase,
    capture: Capture,
    watch: Watch,
    /// The id of the shell that it opens, when it does.
    opens: Option<String>,
}

/// What the step waits for.
#[derive(Clone, Debug)]
enum Phase {
    /// Its directory.
    Directory,
    /// Its environment.
    Environment,
    /// Its conda environment.
    CondaEnv(String),
    /// This command.
    Command { exec: ActionId, line: String },
    /// The host, to start the daemon.
    Daemon,
    /// The host, to look after this command from here on.
    Keeping(ActionId),
}

/// Starts a step of `shell.run`.
pub(super) fn start(cx: &mut Context, params: Params<'_>) -> Started {
    let shape = Shape::read(cx, params)?;
    let mut lines = command::lines(params)?;
    if lines.is_empty() && params.flag("input") {
        lines.push_back(shape.shell_line());
    }
    let failures = !cx.is_vatn() && !shape.is_daemon;
    let lines = shape.lines(lines);
    let watch = Watch::read(cx, params, failures, !params.flag("input"))?;
    begin(cx, params, shape, lines, watch, None)
}

/// Starts a step of `exec`.
pub(super) fn run_program(cx: &mut Context, now: Instant, params: Params<'_>) -> Started {
    exec::start(cx, now, params)
}

/// Starts a step of `shell.stop`.
pub(super) fn stop(cx: &mut Context, now: Instant, params: Params<'_>) -> Started {
    stop::start(cx, now, params)
}

fn begin(
    cx: &mut Context,
    params: Params<'_>,
    shape: Shape,
    lines: VecDeque<String>,
    watch: Watch,
    opens: Option<String>,
) -> Started {
    let capture = Capture::new(cx.options.limits.output_bytes);
    let phase = Phase::Directory;
    let shell = Box::new(Shell {
        shape,
        lines,
        phase,
        capture,
        watch,
        opens,
    });
    // The real format makes a missing directory; in the plugin's it is an error.
    // In another app nothing is made.
    let path = shell.shape.cwd.clone();
    if !cx.is_vatn() && cx.is_own(&path) && params.get("path").is_some() {
        cx.world(collodi_action::Action::File(FileOp::MakeDir { path }));
        return Ok(shell.wait());
    }
    Ok(shell.environment(cx))
}

impl Shell {
    fn wait(self: Box<Self>) -> Step {
        Step::Wait(Pending::Shell(self))
    }

    /// Has the environment made, when the step uses one.
    fn environment(mut self: Box<Self>, cx: &mut Context) -> Step {
        let Some(env) = self.shape.env.clone() else {
            return self.conda(cx);
        };
        let contents = Contents::Python(self.shape.version.clone());
        let env = EnvPlace::At(env);
        cx.ask(Action::ProvideEnv(EnvRequest { env, contents }));
        self.phase = Phase::Environment;
        self.wait()
    }

    /// Has the conda environment made, when it may have to be.
    fn conda(mut self: Box<Self>, cx: &mut Context) -> Step {
        let conda = self.shape.conda.as_ref();
        let Some(request) = conda.and_then(|conda| conda.to_provide(cx)) else {
            return self.run(cx);
        };
        self.phase = Phase::CondaEnv(request.env.to_string());
        cx.ask(Action::ProvideEnv(request));
        self.wait()
    }

    /// Its conda environment is there: from here on it is the one at its path, whatever the
    /// variables of the step make conda think of names.
    fn conda_is_at(mut self: Box<Self>, cx: &mut Context, env: &EnvDir) -> Step {
        if let Some(conda) = &mut self.shape.conda {
            conda.is_at(env.path().clone());
        }
        self.run(cx)
    }

    fn run(mut self: Box<Self>, cx: &mut Context) -> Step {
        match (self.shape.is_daemon, self.opens.take()) {
            (_, Some(id)) => SessionStep::open(cx, id, *self),
            (true, None) => self.start_daemon(cx),
            (false, None) => self.next_line(cx),
        }
    }

    fn next_line(mut self: Box<Self>, cx: &mut Context) -> Step {
        let Some(line) = self.lines.pop_front() else {
            return self.done(cx, None);
        };
        let spec = self.shape.command(cx, &line);
        cx.out.event(Event::Command {
            step: cx.step(),
            line: line.as_str().into(),
        });
        let exec = cx.world(collodi_action::Action::Exec(spec));
        self.phase = Phase::Command { exec, line };
        self.wait()
    }

    pub(super) fn completed(
        self: Box<Self>,
        cx: &mut Context,
        now: Instant,
        id: ActionId,
        completed: Completed,
    ) -> Step {
        match (&self.phase, completed) {
            (Phase::Directory, Completed::World(Completion::File(Err(error)))) => {
                Step::Fail(at("path", FailureKind::File(error)))
            }
            (Phase::Directory, Completed::World(Completion::File(Ok(_)))) => self.environment(cx),
            (Phase::Environment, Completed::Env(Ok(_))) => self.conda(cx),
            (Phase::CondaEnv(_), Completed::Env(Ok(env))) => self.conda_is_at(cx, &env),
            (Phase::CondaEnv(path), Completed::Env(Err(error))) => {
                let path = path.clone();
                Step::Fail(at("conda", FailureKind::Env { path, error }))
            }
            (Phase::Environment, Completed::Env(Err(error))) => {
                let path = self.shape.env.as_ref().map(|env| env.path().to_string());
                let path = path.unwrap_or_default();
                Step::Fail(at("venv", FailureKind::Env { path, error }))
            }
            (Phase::Command { exec, .. }, Completed::World(Completion::Exec(how)))
                if *exec == id =>
            {
                match how {
                    Ok(ended) => self.ended(cx, now, ended.exit),
                    Err(error) => Step::Fail(at("message", FailureKind::Spawn(error))),
                }
            }
            (Phase::Daemon, Completed::Daemon(Ok(daemon))) => {
                cx.daemons.push(daemon.id.clone());
                Step::Done(daemon::result(&daemon.id, daemon.pid))
            }
            (Phase::Daemon, Completed::Daemon(Err(error))) => {
                Step::Fail(at("message", FailureKind::Spawn(error)))
            }
            (Phase::Keeping(exec), Completed::Daemon(how)) => {
                let exec = *exec;
                self.kept(cx, exec, how)
            }
            _ => self.wait(),
        }
    }

    /// A command ended: does that end the step, or the run?
    fn ended(mut self: Box<Self>, cx: &mut Context, now: Instant, exit: Exit) -> Step {
        cx.out.event(Event::Exited {
            step: cx.step(),
            exit,
        });
        let act = self.watch.close(now);
        aside::tell(cx, &mut self.watch);
        let verdict = || self.watch.verdict(&self.capture.clean_text());
        if let Some(act) = act.or_else(verdict) {
            return self.act(cx, act, true);
        }
        if exit.is_success() {
            return self.after_line(cx, exit);
        }
        if cx.is_vatn() {
            let Phase::Command { line, .. } = &self.phase else {
                return self.wait();
            };
            let tail = self.capture.tail();
            let kind = FailureKind::Command {
                line: line.clone(),
                exit,
                tail,
            };
            return Step::Fail(at("message", kind));
        }
        note_exit(cx, exit);
        self.after_line(cx, exit)
    }

    fn after_line(self: Box<Self>, cx: &mut Context, exit: Exit) -> Step {
        if self.lines.is_empty() {
            self.done(cx, Some(exit))
        } else {
            self.next_line(cx)
        }
    }

    /// The result: in the VATN dialect the output as it came, else a record.
    fn done(self: Box<Self>, cx: &mut Context, exit: Option<Exit>) -> Step {
        if cx.is_vatn() {
            return Step::Done(Value::from(self.capture.text()));
        }
        let id = alloc::format!("{}-{}", cx.options.tree, cx.cursor.tag());
        Step::Done(record(&id, &self.capture, &self.watch, exit))
    }

    pub(super) fn progress(
        mut self: Box<Self>,
        cx: &mut Context,
        now: Instant,
        id: ActionId,
        progress: &Progress,
    ) -> Step {
        let Progress::Output { stream, bytes } = progress else {
            return self.wait();
        };
        match self.phase {
            Phase::Command { exec, .. } | Phase::Keeping(exec) if exec == id => {}
            _ => return self.wait(),
        }
        cx.out.event(Event::Output {
            step: cx.step(),
            stream: *stream,
            bytes: bytes.clone(),
        });
        self.capture.push(bytes);
        let act = self.watch.push(now, *stream, bytes);
        self.go_on(cx, act)
    }

    fn go_on(mut self: Box<Self>, cx: &mut Context, act: Option<Act>) -> Step {
        aside::tell(cx, &mut self.watch);
        match act {
            Some(act) => self.act(cx, act, false),
            None => self.wait(),
        }
    }

    pub(super) fn timeout(mut self: Box<Self>, cx: &mut Context, now: Instant) -> Step {
        let act = self.watch.timeout(now);
        self.go_on(cx, act)
    }

    pub(super) fn deadline(&self) -> Option<Deadline> {
        self.watch.deadline()
    }

    /// A pattern matched.
    fn act(self: Box<Self>, cx: &mut Context, act: Act, ended: bool) -> Step {
        let Phase::Command { exec, line } = self.phase.clone() else {
            return self.wait();
        };
        match act {
            Act::Break { pattern, found } => {
                let kind = FailureKind::Output {
                    line,
                    pattern,
                    found,
                };
                Step::Fail(at("message", kind))
            }
            Act::Done | Act::Kill | Act::Return { .. } if ended => self.done(cx, None),
            Act::Done | Act::Return { .. } if cx.options.script.daemon => self.keep(cx, exec, line),
            Act::Done | Act::Return { .. } => {
                cx.detached.insert(exec);
                self.done(cx, None)
            }
            Act::Kill => {
                let tree = self.shape.tree.clone();
                cx.world_unheard(collodi_action::Action::Signal(tree, Signal::KILL));
                cx.detached.insert(exec);
                self.done(cx, None)
            }
        }
    }
}

/// What a command came to, for the step after it.
fn record(id: &str, capture: &Capture, watch: &Watch, exit: Option<Exit>) -> Value {
    let text = Value::from(capture.clean_text());
    let code = exit
        .and_then(Exit::shell_code)
        .map_or(Value::Null, Value::from);
    let mut record = Object::new();
    record.set("id", Value::from(id));
    record.set("response", text.clone());
    record.set("stdout", text);
    record.set("exit_code", code);
    if let Some(event) = watch.event() {
        record.set("event", event);
    }
    Value::Object(record)
}

fn note_exit(cx: &mut Context, exit: Exit) {
    cx.note(alloc::format!(
        "{exit}; scripts of this dialect go on all the same"
    ));
}
