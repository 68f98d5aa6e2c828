//! The methods, one file a family.
//!
//! Each has a `start`, which looks at the rendered parameters and says what comes
//! of it. What waits for the world is a [`Pending`].

mod env_file;
mod files;
mod flow;
mod json;
mod log;
mod memory;
mod screen;
mod shell;
mod wait;

use crate::{Completed, context::Context, params::Fault, params::Params};
use alloc::format;
use collodi_action::Progress;
use collodi_machine::ActionId;
use collodi_script::Method;
use collodi_time::{Deadline, Instant};
use collodi_value::Value;

use crate::outcome::FailureKind;

/// What comes of a step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// It is done, with this result.
    Done(Value),
    /// It is done, and so is the run.
    Stop(Value),
    /// It is done, and this step is next.
    Jump(Target, Value),
    /// It waits for the world.
    Wait(Pending),
    /// It failed.
    Fail(Fault),
}

/// A step to go to.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Index(usize),
    Id(alloc::string::String),
}

/// A step that waits for the world.
#[derive(Clone, Debug)]
pub(crate) enum Pending {
    Env(env_file::EnvStep),
    File(files::FileStep),
    Json(alloc::boxed::Box<json::JsonStep>),
    Shell(alloc::boxed::Box<shell::Shell>),
    Wait(wait::Waiting),
}

/// A step, or what is wrong with its parameters.
pub(crate) type Started = Result<Step, Fault>;

/// Whether steps of this method can be run here.
pub fn supports(method: &Method) -> bool {
    !matches!(family(method), Family::Unknown | Family::Unsupported(_))
}

enum Family {
    Env,
    Files,
    Flow,
    Json,
    Log,
    Memory,
    Screen,
    Shell,
    Wait,
    Unsupported(&'static str),
    Unknown,
}

const fn family(method: &Method) -> Family {
    use Method as M;
    match method {
        M::ShellRun => Family::Shell,
        M::FsWrite
        | M::FsAppend
        | M::FsRead
        | M::FsCat
        | M::FsMake
        | M::FsRm
        | M::FsRemove
        | M::FsCopy => Family::Files,
        M::LocalSet | M::LocalGet | M::LocalRm | M::GlobalSet | M::GlobalRm => Family::Memory,
        M::Set | M::Rm | M::SelfSet | M::SelfRm | M::JsonSet | M::JsonRm | M::JsonGet | M::Load => {
            Family::Json
        }
        M::EnvSet | M::EnvSwitch => Family::Env,
        M::Jump | M::Goto | M::ScriptReturn => Family::Flow,
        M::Log => Family::Log,
        M::ProcessWait => Family::Wait,
        M::Notify
        | M::Push
        | M::BrowserOpen
        | M::BrowserClose
        | M::WebOpen
        | M::WebClose
        | M::UriOpen
        | M::TabOpen
        | M::FsOpen
        | M::FsLink
        | M::FsShare
        | M::ProxyStart
        | M::ProxyStop
        | M::LoadingStart
        | M::LoadingEnd
        | M::HtmlmodalOpen
        | M::HtmlmodalUpdate
        | M::HtmlmodalClose => Family::Screen,
        M::Module(_) => Family::Unsupported("functions of JavaScript modules cannot be run"),
        M::Kernel(_) => Family::Unsupported("functions inside the desktop program are not there"),
        M::Unknown(_) => Family::Unknown,
        _ => Family::Unsupported("this method cannot be run yet"),
    }
}

/// Starts a step of `method` with its rendered parameters.
pub(crate) fn start(cx: &mut Context, now: Instant, method: &Method, params: &Value) -> Step {
    let params = Params::new(params);
    let started = match family(method) {
        Family::Env => env_file::start(cx, method, params),
        Family::Files => files::start(cx, method, params),
        Family::Flow => flow::start(cx, method, params),
        Family::Json => json::start(cx, method, params),
        Family::Log => Ok(log::start(cx, params)),
        Family::Memory => memory::start(cx, method, params),
        Family::Screen => Ok(screen::start(cx, method, params)),
        Family::Shell => shell::start(cx, params),
        Family::Wait => wait::start(cx, now, params),
        Family::Unsupported(why) => Err(FailureKind::Unsupported(why).into()),
        Family::Unknown => Ok(unknown(cx, method)),
    };
    started.unwrap_or_else(Step::Fail)
}

/// A method that the format does not have, in a script that was read leniently: nothing
/// comes of it.
fn unknown(cx: &mut Context, method: &Method) -> Step {
    cx.note(format!("there is no method {method}: nothing is done"));
    Step::Done(Value::Null)
}

impl Pending {
    /// An action of the step ended.
    pub(crate) fn completed(
        self,
        cx: &mut Context,
        now: Instant,
        id: ActionId,
        completed: Completed,
    ) -> Step {
        match self {
            Self::Env(env) => env.completed(cx, completed),
            Self::File(file) => file.completed(cx, completed),
            Self::Json(json) => json.completed(cx, completed),
            Self::Shell(shell) => shell.completed(cx, now, id, completed),
            Self::Wait(waiting) => waiting.completed(now, &completed),
        }
    }

    /// Something was heard of an action of the step.
    pub(crate) fn progress(
        self,
        cx: &mut Context,
        now: Instant,
        id: ActionId,
        progress: &Progress,
    ) -> Step {
        match self {
            Self::Shell(shell) => shell.progress(cx, now, id, progress),
            other => Step::Wait(other),
        }
    }

    /// Time has passed.
    pub(crate) fn timeout(self, cx: &mut Context, now: Instant) -> Step {
        match self {
            Self::Shell(shell) => shell.timeout(cx, now),
            Self::Wait(waiting) => waiting.timeout(cx, now),
            other => Step::Wait(other),
        }
    }

    /// What the step waits for.
    pub(crate) fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Env(_) | Self::File(_) | Self::Json(_) => None,
            Self::Shell(shell) => shell.deadline(),
            Self::Wait(waiting) => waiting.deadline(),
        }
    }
}
