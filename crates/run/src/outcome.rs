//! How a run ended.

use crate::{AnswerError, OtherApps, ScriptFault};
use alloc::{string::String, sync::Arc, vec::Vec};
use collodi_command::Exit;
use collodi_contain::{ContainedPath, NameError, PathError};
use collodi_file::FileError;
use collodi_python::ProvisionError;
use collodi_script::{Place, StepAt};
use collodi_value::Value;
use collodi_web::{UrlError, WebError, WebErrorKind};
use core::fmt;

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Whether it went well.
    pub status: Status,
    /// Steps that were begun; skipped ones are not counted.
    pub steps_run: usize,
    /// The daemons it started, by the host's names.
    pub daemons: Vec<Arc<str>>,
    /// The result of the last step.
    pub result: Value,
    /// Whether all steps were done and it stayed up, before it ended.
    pub served: bool,
}

impl Outcome {
    /// Whether this is a success: all that was asked for was done. A run that was ended before
    /// did not do it.
    pub const fn is_success(&self) -> bool {
        match self.status {
            Status::Completed | Status::StoppedEarly => true,
            Status::Cancelled => self.served,
            Status::Failed(_) => false,
        }
    }
}

/// Whether a run went well.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// All steps were done.
    Completed,
    /// `script.return` ended it.
    StoppedEarly,
    /// A step failed.
    Failed(Failure),
    /// Someone ended it.
    Cancelled,
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The step.
    pub step: StepAt,
    /// What it does.
    pub method: String,
    /// JSON pointer in the script file: of the parameter at fault where one is.
    pub pointer: String,
    /// What went wrong.
    pub kind: FailureKind,
}

/// What went wrong in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// A command ended with something other than success.
    Command {
        /// The line.
        line: String,
        /// How it ended.
        exit: Exit,
        /// The last of what it said.
        tail: String,
    },
    /// A command took longer than it may, in milliseconds.
    TimedOut {
        /// The line.
        line: String,
        /// How long it may take.
        millis: u64,
        /// The last of what it said.
        tail: String,
    },
    /// A command said more than it may.
    TooMuchOutput {
        /// The line.
        line: String,
        /// The most bytes on one stream.
        most: usize,
    },
    /// There is no open shell of this id.
    NoShell(String),
    /// There is an open shell of this id already.
    ShellOpen(String),
    /// A shell ended while something of it was waited for.
    ShellEnded {
        /// Its id.
        id: String,
        /// How it ended.
        exit: Exit,
        /// The last of what it said.
        tail: String,
    },
    /// A command in a shell ended, and its output matched no pattern that was waited for.
    NoMatch {
        /// The line.
        line: String,
        /// Its exit code.
        code: i32,
        /// The last of what it said.
        tail: String,
    },
    /// What a command was to read could not be written.
    NotWritten(collodi_action::Error),
    /// The output of a command says that it failed.
    Output {
        /// The command.
        line: String,
        /// The pattern that matched.
        pattern: String,
        /// The line of output that it matched.
        found: String,
    },
    /// A command or daemon could not be started.
    Spawn(collodi_action::Error),
    /// An environment could not be made.
    Env {
        /// Its path.
        path: String,
        /// Why.
        error: ProvisionError,
    },
    /// `conda` is asked for, and there is none.
    NoConda,
    /// A file operation failed.
    File(FileError),
    /// A file does not hold JSON.
    Json {
        /// The file.
        path: ContainedPath,
        /// Where it stops being JSON.
        place: Place,
        /// What is wrong there.
        message: String,
    },
    /// A path leads out of the app's folder or cannot be one.
    Path {
        /// The path.
        text: String,
        /// Why not.
        error: PathError,
    },
    /// A path has a form that names scripts elsewhere: `~/…`, or an address.
    Outside {
        /// The parameter.
        key: String,
        /// What it is.
        text: String,
    },
    /// A path names an app by an address of which no app is a checkout.
    NoCheckout(String),
    /// A path leads into another app, and the script may not do this with it.
    OtherApp {
        /// What it is.
        text: String,
        /// What would have to be allowed.
        wanted: OtherApps,
    },
    /// A name is not one.
    Name {
        /// The name.
        text: String,
        /// Why not.
        error: NameError,
    },
    /// A parameter has a value that it cannot have.
    Param {
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// Data stands in a shell line at a place at which no quoting is safe.
    Unquotable,
    /// Data would be typed into a shell in which a command still runs.
    TypedData,
    /// A regular expression that is none.
    Pattern(String),
    /// A step to go to that is not there.
    NoSuchStep {
        /// Its id, or its index, from 0.
        target: String,
        /// How many steps the list has.
        steps: usize,
    },
    /// A list of steps to begin that is not there.
    NoSuchList(String),
    /// More steps than a run may take.
    TooManySteps(usize),
    /// The world has no answer to what a template asks.
    NoAnswer(String),
    /// A method of the format that cannot be run here.
    Unsupported(&'static str),
    /// A person must answer, and nobody is there.
    InputRequired {
        /// The fields without an answer.
        fields: Vec<String>,
        /// Whether the answers that were prepared have been used.
        again: bool,
    },
    /// A prepared answer that will not do.
    Answer(AnswerError),
    /// A request or download failed.
    Web(WebError),
    /// A Gradio app fails, or is none: what, where.
    Gradio(String),
    /// A text is no address that can be asked.
    Address {
        /// The text.
        text: String,
        /// Why not.
        error: UrlError,
    },
    /// What a step waited for was not there in time.
    NotInTime(String),
    /// Another script gives no result.
    Script(ScriptFault),
}

impl FailureKind {
    /// The command at fault, where there is one.
    pub fn line(&self) -> Option<&str> {
        match self {
            Self::Command { line, .. }
            | Self::TimedOut { line, .. }
            | Self::TooMuchOutput { line, .. }
            | Self::NoMatch { line, .. }
            | Self::Output { line, .. } => Some(line),
            _ => None,
        }
    }

    /// The exit code of the command or shell at fault, as a shell says it.
    pub fn exit_code(&self) -> Option<i32> {
        match self {
            Self::Command { exit, .. } | Self::ShellEnded { exit, .. } => exit.shell_code(),
            Self::NoMatch { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The last of what the command at fault said, where there is one.
    pub fn tail(&self) -> Option<&str> {
        match self {
            Self::Command { tail, .. }
            | Self::TimedOut { tail, .. }
            | Self::ShellEnded { tail, .. }
            | Self::NoMatch { tail, .. } => Some(tail),
            _ => None,
        }
    }

    /// Puts in place of the texts that come from commands what `hide` makes of them.
    pub fn hide(&mut self, hide: impl Fn(&str) -> String) {
        if let Self::Command { line, .. }
        | Self::TimedOut { line, .. }
        | Self::TooMuchOutput { line, .. }
        | Self::NoMatch { line, .. }
        | Self::Output { line, .. } = self
        {
            *line = hide(line);
        }
        if let Self::Command { tail, .. }
        | Self::TimedOut { tail, .. }
        | Self::ShellEnded { tail, .. }
        | Self::NoMatch { tail, .. } = self
        {
            *tail = hide(tail);
        }
    }

    /// What to do about it, when there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Env {
                error: ProvisionError::NoPython(tried),
                ..
            } if tried.iter().any(|(program, _)| program.contains('/')) => {
                "the interpreter that was chosen cannot be used: correct `--python` or `python.python_binary`, or leave them out"
            }
            Self::Env {
                error: ProvisionError::NoPython(_),
                ..
            } => {
                "install python3 (on Debian: apt install python3 python3-venv), or set the interpreter"
            }
            Self::Env {
                error: ProvisionError::NotAnEnvironment,
                ..
            } => "move what is there away, or use another name for the environment",
            Self::Env {
                error: ProvisionError::VersionNeedsUv { .. },
                ..
            } => "install uv, or that Python so that its `python3.…` is on PATH",
            Self::Env {
                error: ProvisionError::Busy(_),
                ..
            } => "wait until that program is done, or end it; what it leaves is made anew",
            Self::Env {
                error: ProvisionError::Conda { .. },
                ..
            } => {
                "conda must be able to install it: look at the channels and the names of the packages, and at the room on the disk"
            }
            Self::Env {
                error: ProvisionError::NoCondaFolder(_),
                ..
            } => "`conda info --json` must work by itself, and name its `envs_dirs`",
            Self::Env {
                error: ProvisionError::Command { .. },
                ..
            } => {
                "python3 -m venv must work by itself (on Debian it needs the package python3-venv), and there must be room on the disk"
            }
            Self::Json { .. } => "the file must be plain JSON; correct it, or move it away",
            Self::NoConda => "install conda, mamba or micromamba, or use `venv` in the script",
            Self::Path { .. } => "paths are read from the app's folder and stay in it",
            Self::Outside { .. } => {
                "paths are read from the app's folder and stay in it; `~/…` and addresses are for scripts only"
            }
            Self::NoCheckout(_) => "fetch it with `script.download` first",
            Self::OtherApp { .. } => {
                "`--other-apps write` allows it, to every script that is run; `read` is the default"
            }
            Self::Name { .. } => "use letters, digits, '.', '_' and '-'",
            Self::Unquotable => {
                "put the value between blanks or in quotes, or write raw(…) if it is meant as shell code"
            }
            Self::TypedData => {
                "wait for the end of the command before, write raw(…) if the value may be run as shell code, or run the program with `input`"
            }
            Self::NoShell(_) => {
                "open it with `shell.start` first, with the same `id`; it ends with a command such as `exit`"
            }
            Self::ShellOpen(_) => "end it with `shell.stop`, or give this one another `id`",
            Self::NoMatch { .. } => {
                "write a pattern that its output matches, or leave out `on` to go on when it ends"
            }
            Self::NotWritten(error) if error.kind == collodi_action::ErrorKind::Full => {
                "the program does not read; write less at once"
            }
            Self::NoSuchList(_) => {
                "write the steps under this name beside `run`, or correct `trigger`"
            }
            Self::TooManySteps(_) => "look for a jump that has no way out",
            Self::Spawn(error) if error.kind == collodi_action::ErrorKind::NoWorkingDirectory => {
                "the `path` of the step must be a directory in the app's folder"
            }
            Self::InputRequired { again: false, .. } | Self::Answer(_) => {
                "give answers with the run (`--answer KEY=VALUE`, or `answers` in a request), or run it where somebody can answer"
            }
            Self::InputRequired { again: true, .. } => {
                "prepared answers are given once a step; run it where somebody can answer"
            }
            Self::Web(error) => return web_hint(error.kind),
            Self::Address { text, .. } if text.contains("{{") => {
                "the script is given this address by whoever runs it; see the note above"
            }
            Self::Gradio(_) => {
                "look at what the app says itself; its page for developers names the endpoints"
            }
            Self::Script(fault) => return fault.hint(),
            _ => return None,
        })
    }
}

impl Status {
    /// The word for it: `completed`, `stopped_early`, `failed` or `cancelled`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::StoppedEarly => "stopped_early",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} after {} steps", self.status.word(), self.steps_run)?;
        if let Status::Failed(failure) = &self.status {
            write!(f, ": {failure}")?;
        }
        self.daemons
            .iter()
            .try_for_each(|id| write!(f, ", daemon {id}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "step {} ({}): {}",
            self.step.counted(),
            self.method,
            self.kind
        )
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command { line, exit, .. } => write!(f, "`{line}` failed: {exit}"),
            Self::TimedOut { line, millis, .. } => {
                write!(f, "`{line}` was not done after {millis} ms")
            }
            Self::TooMuchOutput { line, most } => {
                write!(f, "`{line}` said more than {most} bytes")
            }
            Self::NoShell(id) => write!(f, "there is no open shell {id:?}"),
            Self::ShellOpen(id) => write!(f, "there is an open shell {id:?} already"),
            Self::ShellEnded { id, exit, .. } => write!(f, "the shell {id:?} ended: {exit}"),
            Self::NoMatch { line, code, .. } => {
                write!(
                    f,
                    "`{line}` ended with exit code {code}, and its output matches none of `on`"
                )
            }
            Self::NotWritten(error) => write!(f, "{error}"),
            Self::Output {
                line,
                pattern,
                found,
            } => {
                write!(f, "`{line}` failed: its output matches {pattern}: {found}")
            }
            Self::Spawn(error) => write!(f, "{error}"),
            Self::Env { path, error } => write!(f, "failed to make environment {path}: {error}"),
            Self::NoConda => f.write_str("there is no conda on this machine"),
            Self::File(error) => write!(f, "{error}"),
            Self::Json {
                path,
                place,
                message,
            } => write!(f, "{path}:{place}: {message}"),
            Self::Path { text, error } => write!(f, "{error}: {text:?}"),
            Self::Outside { key, text } if key.is_empty() => {
                write!(f, "not a path in the app's folder: {text:?}")
            }
            Self::Outside { key, text } => {
                write!(f, "`{key}` is not a path in the app's folder: {text:?}")
            }
            Self::NoCheckout(text) => write!(f, "no app is a checkout of {text:?}"),
            Self::OtherApp { text, wanted } => {
                let what = match wanted {
                    OtherApps::Write => "change",
                    _ => "read",
                };
                write!(f, "scripts may not {what} what is in other apps: {text:?}")
            }
            Self::Name { text, error } => write!(f, "{error}: {text:?}"),
            Self::Param { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Unquotable => {
                f.write_str("data stands in the command at a place at which no quoting is safe")
            }
            Self::TypedData => f.write_str(
                "a command still runs in the shell; if it does not read, the shell would run the data",
            ),
            Self::Pattern(why) => f.write_str(why),
            Self::NoSuchStep { target, steps } => no_such_step(f, target, *steps),
            Self::NoSuchList(name) => write!(f, "the script has no list of steps {name:?}"),
            Self::TooManySteps(most) => write!(f, "the run took more than {most} steps"),
            Self::NoAnswer(question) => write!(f, "there is no answer to {question}"),
            Self::Unsupported(why) => f.write_str(why),
            Self::InputRequired { fields, again } => {
                let fields = fields.join(", ");
                let again = if *again { " again" } else { "" };
                write!(
                    f,
                    "input is required{again}, and nobody is there to give it: {fields}"
                )
            }
            Self::Answer(error) => write!(f, "the answer will not do: {error}"),
            Self::Web(error) => write!(f, "{error}"),
            Self::Gradio(why) => f.write_str(why),
            Self::Address { text, error } => write!(f, "{error}: {text:?}"),
            Self::NotInTime(what) => write!(f, "{what} was not there in time"),
            Self::Script(fault) => write!(f, "{fault}"),
        }
    }
}

impl core::error::Error for Failure {}

const fn web_hint(kind: WebErrorKind) -> Option<&'static str> {
    Some(match kind {
        WebErrorKind::NoHost | WebErrorKind::Connection => {
            "check the address and the network; behind a proxy, set HTTPS_PROXY where Collodi is started"
        }
        WebErrorKind::Tls => {
            "the certificates of the system are used (on Debian: apt install ca-certificates)"
        }
        WebErrorKind::Status(401 | 403) => {
            "the server wants to know who asks: a token belongs into the address or a header"
        }
        WebErrorKind::Status(404 | 410) => "it is not there any more; look for where it has gone",
        WebErrorKind::Truncated | WebErrorKind::TimedOut => {
            "what is there of a file stays; the next run goes on with it"
        }
        WebErrorKind::File(collodi_file::FileErrorKind::NoSpace) => {
            "make room on the disk; the next run goes on with what is there"
        }
        WebErrorKind::NameTaken => {
            "move the file that is there away, or say in `path` what the new one is called"
        }
        WebErrorKind::ReservedName => "if it is to be called so, say that in `path`",
        WebErrorKind::Busy => "wait until the other run is done",
        _ => return None,
    })
}

/// Indices count from 0, and people from 1.
fn no_such_step(f: &mut fmt::Formatter<'_>, target: &str, steps: usize) -> fmt::Result {
    match target.parse::<usize>() {
        Ok(index) => write!(
            f,
            "there is no step {} (index {index}) to go to: the list has {steps}",
            index.saturating_add(1)
        ),
        Err(_) => write!(f, "there is no step {target:?} to go to among {steps}"),
    }
}
