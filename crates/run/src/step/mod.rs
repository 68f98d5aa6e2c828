//! The methods, one file a family.
//!
//! Each has a `start`, which looks at the rendered parameters and says what comes
//! of it. What waits for the world is a [`Pending`].

mod ask;
mod conflicts;
mod download;
mod env_file;
mod files;
mod flow;
mod gradio;
mod hf;
mod hf_login;
mod json;
mod link;
mod log;
mod memory;
mod multipart;
mod net;
mod query;
mod resources;
mod retry;
mod screen;
mod script;
mod shell;
mod wait;

use crate::{Completed, Question, context::Context, params::Fault, params::Params, session::Heard};
use alloc::{format, sync::Arc};
pub(crate) use ask::{Asked, accept, ask};
pub(crate) use files::{text as file_text, write_private};

use collodi_action::Progress;
use collodi_command::Stream;
use collodi_machine::ActionId;
use collodi_script::Method;
use collodi_time::{Deadline, Instant};
use collodi_value::{Object, Value};

use crate::outcome::FailureKind;

pub(crate) use shell::is_typed_into;

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
    Ask(ask::AskStep),
    Download(alloc::boxed::Box<download::Downloads>),
    Net(alloc::boxed::Box<net::Net>),
    Script(script::ScriptStep),
    Exec(alloc::boxed::Box<shell::Exec>),
    Session(alloc::boxed::Box<shell::SessionStep>),
    ShellStop(alloc::boxed::Box<shell::Stop>),
    Link(link::LinkStep),
    Gradio(alloc::boxed::Box<gradio::Gradio>),
    Login(hf_login::Login),
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
    Download,
    Hf,
    Net,
    Script,
    Unsupported(&'static str),
    Unknown,
    Ask,
    Session,
    Exec,
    Link,
    Gradio,
    Login,
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
        M::ShellStart | M::ShellEnter | M::ShellWrite | M::ShellStop => Family::Session,
        M::Exec => Family::Exec,
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
        | M::ProxyStart
        | M::ProxyStop
        | M::LoadingStart
        | M::LoadingEnd
        | M::HtmlmodalOpen
        | M::HtmlmodalUpdate
        | M::HtmlmodalClose
        | M::ClipboardCopy => Family::Screen,
        M::Input | M::Modal | M::FilepickerOpen | M::ClipboardPaste => Family::Ask,
        M::FsDownload => Family::Download,
        M::HfDownload | M::HfUpload => Family::Hf,
        M::Net => Family::Net,
        M::GradioPredict => Family::Gradio,
        M::HfLogin | M::HfLogout => Family::Login,
        M::ScriptStart
        | M::ScriptRun
        | M::ScriptStop
        | M::ScriptRestart
        | M::ScriptDownload
        | M::ScriptReady
        | M::LocalImport => Family::Script,
        M::FsLink | M::FsShare => Family::Link,
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
        Family::Download => download::start(cx, params),
        Family::Hf => hf::start(cx, method, params),
        Family::Net => net::start(cx, params),
        Family::Script => script::start(cx, method, params),
        Family::Session => session(cx, now, method, params),
        Family::Exec => shell::run_program(cx, now, params),
        Family::Unsupported(why) => Err(FailureKind::Unsupported(why).into()),
        Family::Unknown => Ok(unknown(cx, method)),
        Family::Ask => ask::start(cx, method, params),
        Family::Link => link::start(cx, params),
        Family::Gradio => gradio::start(cx, params),
        Family::Login => hf_login::start(cx, method, params),
    };
    started.unwrap_or_else(Step::Fail)
}

fn session(cx: &mut Context, now: Instant, method: &Method, params: Params<'_>) -> Started {
    match method {
        Method::ShellStart => shell::open(cx, params),
        Method::ShellEnter => shell::enter(cx, params),
        Method::ShellWrite => shell::write(cx, params),
        _ => shell::stop(cx, now, params),
    }
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
            Self::Ask(_) => Step::Wait(self),
            Self::Wait(waiting) => waiting.completed(cx, now, &completed),
            Self::Download(downloads) => downloads.completed(cx, now, completed),
            Self::Net(net) => net.completed(completed),
            Self::Script(script) => script.completed(cx, id, completed),
            Self::Exec(exec) => exec.completed(cx, id, completed),
            Self::Session(session) => session.completed(cx, id, completed),
            Self::ShellStop(stop) => stop.completed(cx, id, &completed),
            Self::Link(link) => link.completed(cx, completed),
            Self::Gradio(gradio) => gradio.completed(cx, completed),
            Self::Login(login) => login.completed(cx, completed),
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
            Self::Download(downloads) => downloads.progress(cx, progress),
            Self::Exec(exec) => exec.progress(cx, id, progress),
            other => Step::Wait(other),
        }
    }

    /// Somebody answers.
    pub(crate) fn answer(self, cx: &mut Context, values: &Object) -> Step {
        match self {
            Self::Ask(asking) => asking.answer(cx, values),
            Self::Login(login) => login.answer(cx, values),
            other => Step::Wait(other),
        }
    }

    /// What the step asks of a person.
    pub(crate) const fn question(&self) -> Option<&Arc<Question>> {
        match self {
            Self::Ask(asking) => Some(asking.question()),
            Self::Login(login) => login.question(),
            _ => None,
        }
    }

    /// Time has passed.
    pub(crate) fn timeout(self, cx: &mut Context, now: Instant) -> Step {
        match self {
            Self::Shell(shell) => shell.timeout(cx, now),
            Self::Wait(waiting) => waiting.timeout(cx, now),
            Self::Download(downloads) => downloads.timeout(cx, now),
            Self::Exec(exec) => exec.timeout(cx, now),
            Self::Session(session) => session.timeout(cx, now),
            Self::ShellStop(stop) => stop.timeout(cx, now),
            other => Step::Wait(other),
        }
    }

    /// What the step waits for.
    pub(crate) fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Env(_)
            | Self::File(_)
            | Self::Json(_)
            | Self::Net(_)
            | Self::Ask(_)
            | Self::Script(_)
            | Self::Gradio(_)
            | Self::Login(_)
            | Self::Link(_) => None,
            Self::Download(downloads) => downloads.deadline(),
            Self::Shell(shell) => shell.deadline(),
            Self::Wait(waiting) => waiting.deadline(),
            Self::Exec(exec) => exec.deadline(),
            Self::Session(session) => session.deadline(),
            Self::ShellStop(stop) => stop.deadline(),
        }
    }

    /// Something was heard of an open shell: the step goes on, when it waits for that.
    pub(crate) fn heard(
        self,
        cx: &mut Context,
        now: Instant,
        shell: ActionId,
        heard: &ShellHeard,
    ) -> Step {
        match (self, heard) {
            (Self::Session(session), ShellHeard::Spawned) if session.shell() == shell => {
                session.spawned(cx)
            }
            (Self::Session(session), ShellHeard::Output(stream, heard))
                if session.shell() == shell =>
            {
                session.heard(cx, now, *stream, heard)
            }
            (other, _) => Step::Wait(other),
        }
    }

    /// An open shell ended.
    pub(crate) fn shell_ended(
        self,
        cx: &mut Context,
        now: Instant,
        shell: ActionId,
        completed: &Completed,
    ) -> Step {
        match self {
            Self::Session(session) if session.shell() == shell => {
                session.shell_ended(cx, now, completed)
            }
            Self::ShellStop(stop) => stop.unless_over(cx),
            other => Step::Wait(other),
        }
    }
}

/// What was heard of an open shell.
#[derive(Clone, Debug)]
pub(crate) enum ShellHeard {
    Spawned,
    Output(Stream, Heard),
}
