//! Answers that are not a success.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use collodi_api::Problem;
use collodi_driver::{AppsError, CommandError, Gone, LoadError};
use collodi_file::FileError;
use collodi_host::Refused;
use collodi_inventory::live_use;

/// When to ask again, in seconds, while too much is under way. Nobody knows when a run ends;
/// asking costs little.
const RETRY_AFTER: &str = "10";

/// The same, while the server is being replaced: the next one is there in a moment.
const RETRY_SOON: &str = "1";

/// A problem on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    status: StatusCode,
    problem: Box<Problem>,
    header: Option<(HeaderName, HeaderValue)>,
}

/// What kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    BadBody,
    BadName,
    BadParameter,
    Unauthorized,
    WrongToken,
    TooLittle,
    ForeignOrigin,
    NotFound,
    NoSuchMethod,
    Busy,
    TooMany,
    InUse,
    HasEnded,
    CannotStart,
    NothingRuns,
    Cancelled,
    TooLarge,
    NotJson,
    ForeignHost,
    InvalidScript,
    StepFailed,
    EnvFailed,
    FileFailed,
    ShuttingDown,
    HandingOver,
    NothingAsked,
    NoSuchStep,
    BadAnswer,
    BadOverride,
    BadSetting,
    NoCondition,
    Changed,
    NotReady,
    Taken,
    BadSource,
    WouldLose,
    FetchFailed,
}

impl Kind {
    /// The status of the answer.
    pub(crate) const fn status(self) -> StatusCode {
        self.facts().0
    }

    /// The status, the name that stays, and the kind in words.
    const fn facts(self) -> (StatusCode, &'static str, &'static str) {
        type S = StatusCode;
        match self {
            Self::BadBody => (S::BAD_REQUEST, "bad-body", "the body cannot be read"),
            Self::BadName => (S::BAD_REQUEST, "bad-name", "a name in the path is none"),
            Self::BadParameter => (S::BAD_REQUEST, "bad-parameter", "a parameter is wrong"),
            Self::Unauthorized => (S::UNAUTHORIZED, "unauthorized", "the token is missing"),
            Self::WrongToken => (S::UNAUTHORIZED, "wrong-token", "the token is wrong"),
            Self::TooLittle => (
                S::FORBIDDEN,
                "insufficient-scope",
                "the token does not allow it",
            ),
            Self::ForeignOrigin => (S::FORBIDDEN, "foreign-origin", "another site asks"),
            Self::NotFound => (S::NOT_FOUND, "not-found", "it is not there"),
            Self::NoSuchMethod => (
                S::METHOD_NOT_ALLOWED,
                "no-such-method",
                "the path has no such method",
            ),
            Self::Busy => (S::CONFLICT, "busy", "the app is busy"),
            Self::TooMany => (S::TOO_MANY_REQUESTS, "too-many", "too much is under way"),
            Self::InUse => (S::CONFLICT, "in-use", "the environment is in use"),
            Self::HasEnded => (S::CONFLICT, "has-ended", "the process has ended"),
            Self::CannotStart => (S::CONFLICT, "cannot-start", "the process cannot run"),
            Self::NothingRuns => (S::CONFLICT, "nothing-runs", "nothing of it runs"),
            Self::Cancelled => (S::CONFLICT, "cancelled", "the run was cancelled"),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too-large", "the body is too large"),
            Self::NotJson => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "the body is not said to be JSON",
            ),
            Self::ForeignHost => (
                S::MISDIRECTED_REQUEST,
                "foreign-host",
                "the server has another name",
            ),
            Self::InvalidScript => (
                S::UNPROCESSABLE_ENTITY,
                "invalid-script",
                "the script cannot be run",
            ),
            Self::StepFailed => (S::INTERNAL_SERVER_ERROR, "step-failed", "a step failed"),
            Self::EnvFailed => (
                S::INTERNAL_SERVER_ERROR,
                "env-failed",
                "the environment could not be made",
            ),
            Self::FileFailed => (
                S::INTERNAL_SERVER_ERROR,
                "file-failed",
                "a file operation failed",
            ),
            Self::ShuttingDown => (
                S::SERVICE_UNAVAILABLE,
                "shutting-down",
                "the server is shutting down",
            ),
            Self::HandingOver => (
                S::SERVICE_UNAVAILABLE,
                "handing-over",
                "the server is being replaced",
            ),
            Self::NothingAsked => (S::CONFLICT, "nothing-asked", "the run asks nothing"),
            Self::NoSuchStep => (
                S::UNPROCESSABLE_ENTITY,
                "no-such-step",
                "the script has no such step",
            ),
            Self::BadAnswer => (
                S::UNPROCESSABLE_ENTITY,
                "bad-answer",
                "the answer will not do",
            ),
            Self::BadSetting => (
                S::UNPROCESSABLE_ENTITY,
                "bad-setting",
                "the settings would be wrong",
            ),
            Self::NoCondition => (
                S::PRECONDITION_REQUIRED,
                "no-condition",
                "the request must say what it knows",
            ),
            Self::Changed => (S::PRECONDITION_FAILED, "changed", "it is not what it was"),
            Self::BadOverride => (
                S::UNPROCESSABLE_ENTITY,
                "bad-override",
                "what is said over the script will not do",
            ),
            Self::NotReady => (
                S::SERVICE_UNAVAILABLE,
                "not-ready",
                "the server is not ready",
            ),
            Self::Taken => (S::CONFLICT, "taken", "the name is taken"),
            Self::BadSource => (
                S::UNPROCESSABLE_ENTITY,
                "bad-source",
                "no app can be had from there",
            ),
            Self::WouldLose => (S::CONFLICT, "would-lose", "something would be lost"),
            Self::FetchFailed => (
                S::BAD_GATEWAY,
                "fetch-failed",
                "the repository could not be had",
            ),
        }
    }
}

impl Fault {
    /// A problem of this kind; `detail` says in words what this one is.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let (status, name, title) = kind.facts();
        let detail = detail.into();
        let problem = Problem {
            kind: format!("urn:collodi:problem:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            error: detail.clone(),
            detail,
            ..Problem::default()
        };
        Self {
            status,
            problem: Box::new(problem),
            header: None,
        }
    }

    /// Adds what to do about it.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        self.with(|problem| problem.hint = Some(hint))
    }

    /// Adds what else is known.
    pub(crate) fn with(mut self, add: impl FnOnce(&mut Problem)) -> Self {
        add(&mut self.problem);
        self
    }

    /// Adds a header to the answer.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        // A problem is plain data: it can always be written.
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = self.status;
        let kind = HeaderValue::from_static("application/problem+json");
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some((name, value)) = self.header {
            answer.headers_mut().insert(name, value);
        }
        answer
    }
}

impl From<Gone> for Fault {
    fn from(gone: Gone) -> Self {
        Self::new(Kind::ShuttingDown, gone.to_string())
    }
}

impl From<CommandError> for Fault {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refused) => refused.into(),
            CommandError::Gone => Gone.into(),
        }
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            Refused::Busy { app, .. } => Self::new(Kind::Busy, detail).hint(format!(
                "end it with `collodi stop {app}` (POST /python/apps/{app}/stop), wait for its end, or run it twice with --again (\"again\": true)"
            )),
            Refused::LeftAlone(daemon) => Self::new(Kind::Busy, detail).hint(daemon.way_beside()),
            Refused::Variables(refused) => Self::new(Kind::BadOverride, detail)
                .hint("the settings say what steps may set: `grant` in [sandbox.shell_env] lets them set a name that is excluded")
                .with(|problem| problem.pointer = refused.first().map(|one| variable(&one.name))),
            Refused::TooManyRuns(_) => Self::new(Kind::TooMany, detail)
                .hint("the page, or GET /python/runs, shows them: wait until one has ended, or cancel one; python.limits.runs in the settings allows more")
                .header(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER)),
            Refused::UnderWay(_) => {
                Self::new(Kind::Busy, detail).hint("wait for its end, or stop it")
            }
            Refused::Changing { .. } | Refused::TooManyChanges(_) => {
                Self::new(Kind::Busy, detail).hint("try again when that is done")
            }
            Refused::NoJournal => Self::new(Kind::Busy, detail),
            Refused::HandingOver => {
                let detail = "the server is being replaced by the next one";
                Self::new(Kind::HandingOver, detail)
                    .hint("ask the next one, at the same address")
                    .header(header::RETRY_AFTER, HeaderValue::from_static(RETRY_SOON))
            }
            Refused::EnvInUse { by, .. } => Self::new(Kind::InUse, detail)
                .hint("stop what uses the environment first, or say --force (?force=true)")
                .with(|problem| problem.used_by = by.into_iter().map(live_use).collect()),
            Refused::NoSuchRun(_) | Refused::NoSuchProcess(_) => Self::new(Kind::NotFound, detail).hint(
                "`collodi ps`, or GET /python/processes and /python/runs, show what the server keeps; of what ran before it started it knows only what lived on",
            ),
            Refused::Stopping(_) => Self::new(Kind::Busy, detail)
                .hint("try again when it has ended, as `collodi ps` shows"),
            Refused::Replaced { app, .. } => Self::new(Kind::CannotStart, detail)
                .hint(format!("use that one, or end it first with `collodi stop {app}`")),
            Refused::NoGround { .. } => Self::new(Kind::CannotStart, detail)
                .hint("run its app again"),
            Refused::NothingRuns(_) => Self::new(Kind::NothingRuns, detail)
                .hint("`collodi ps`, or GET /python/processes and /python/runs, show what runs"),
            Refused::NobodyReads(_) => Self::new(Kind::NothingRuns, detail),
            Refused::NoSuchStep { .. } => Self::new(Kind::NoSuchStep, detail)
                .hint("a plan shows them; `from` in a body is an index, and 0 is the first")
                .with(|problem| problem.pointer = Some("/from".to_owned())),
            Refused::NotAlive(_) => Self::new(Kind::HasEnded, detail)
                .hint("a process that has ended, or waits for its next start, gets no signal"),
            Refused::NothingAsked(run) => Self::new(Kind::NothingAsked, detail)
                .hint(format!("the page, or GET /python/runs/{run}, shows what it asks")),
            Refused::Answers(_) => Self::new(Kind::BadAnswer, detail)
                .hint("the question is still open; answer it again"),
            _ => Self::new(Kind::ShuttingDown, detail),
        }
    }
}

/// Where a variable stands in the body of a run.
fn variable(name: &str) -> String {
    format!("/overrides/env/{}", pointer_part(name))
}

/// A name as a part of a JSON pointer.
pub(crate) fn pointer_part(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl From<FileError> for Fault {
    fn from(error: FileError) -> Self {
        Self::new(Kind::FileFailed, error.to_string())
    }
}

impl From<AppsError> for Fault {
    fn from(error: AppsError) -> Self {
        let kind = match &error {
            AppsError::Taken(_) => Kind::Taken,
            AppsError::UnderWay(_) => Kind::Busy,
            AppsError::NotThere(_) | AppsError::NoTemplate(_) => Kind::NotFound,
            AppsError::NoRepository { .. } | AppsError::Source(_) | AppsError::NoPlace => {
                Kind::BadSource
            }
            AppsError::Changed { .. } | AppsError::Commits { .. } => Kind::WouldLose,
            AppsError::NoGit
            | AppsError::Spawn(_)
            | AppsError::Git { .. }
            | AppsError::TooSlow(_) => Kind::FetchFailed,
            _ => Kind::FileFailed,
        };
        let fault = Self::new(kind, error.to_string());
        match error.hint() {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    }
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Self {
        let detail = error.to_string();
        match error {
            LoadError::NoScript(_) => Self::new(Kind::NotFound, detail)
                .hint("an app is a folder with a pinokio.json; `collodi apps`, or GET /python/apps, lists them"),
            LoadError::File(error) => error.into(),
            _ => Self::new(Kind::FileFailed, detail),
        }
    }
}
