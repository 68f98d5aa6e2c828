//! The table of routes. The router is made from it, and so are the tests of what is
//! refused.

use crate::{
    Scope,
    endpoints::*,
    fault::Kind,
    openapi::{About, Parameter, Shape},
    query::Described,
    surface::Served,
};
use axum::{
    extract::{Request, State},
    handler::Handler,
    http::Method,
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use collodi_api::{
    Answer, AppDetail, AppProcesses, AppRemoved, AppRequest, AppUpdate, AppUpdated, Apps,
    AuditPage, Config, ConfigSaved, Doctor, EnvCreated, EnvDeleted, EnvPlan, Envs, Live, LogPage,
    Plan, ProcessDetail, Processes, RerunRequest, Run, RunAccepted, RunAnswer, RunRequest,
    RunResult, Runs, ScriptDiagnostics, ScriptText, SignalRequest, Status, Templates, UsageReport,
};
use collodi_backend::BoxFuture;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};
use std::{fmt, sync::Arc};

/// One thing that can be asked for.
#[derive(Clone)]
pub struct Route {
    /// The method. `HEAD` goes where `GET` goes.
    pub method: Method,
    /// The path, with names in braces.
    pub path: &'static str,
    /// What the token of who asks must allow; none where nobody needs one.
    pub scope: Option<Scope>,
    filter: MethodFilter,
    endpoint: Endpoint,
    pub(crate) about: About,
}

/// Answers what is asked. All have one type, and so one way through the router.
type Endpoint = fn(Asked) -> BoxFuture<'static, Response>;

/// A request to a route, and what is there to answer it with.
struct Asked(Request, Arc<Served>);

impl Asked {
    /// Has `handler` answer.
    fn to<T>(self, handler: impl Handler<T, Arc<Served>>) -> BoxFuture<'static, Response> {
        Box::pin(handler.call(self.0, self.1))
    }
}

impl Route {
    pub(crate) fn endpoint(&self) -> MethodRouter<Arc<Served>> {
        let endpoint = self.endpoint;
        let described = Described(self.about.parameters);
        let answer = move |State(surface): State<Arc<Served>>, mut request: Request| {
            request.extensions_mut().insert(described);
            endpoint(Asked(request, surface))
        };
        on(self.filter, answer)
    }

    /// Who sees may get.
    const fn get(path: &'static str, endpoint: Endpoint) -> Self {
        Self::new(Method::GET, MethodFilter::GET, Scope::Read, path, endpoint)
    }

    const fn post(path: &'static str, endpoint: Endpoint) -> Self {
        Self::new(
            Method::POST,
            MethodFilter::POST,
            Scope::Operate,
            path,
            endpoint,
        )
    }

    const fn put(path: &'static str, endpoint: Endpoint) -> Self {
        Self::new(Method::PUT, MethodFilter::PUT, Scope::Admin, path, endpoint)
    }

    const fn delete(path: &'static str, endpoint: Endpoint) -> Self {
        Self::new(
            Method::DELETE,
            MethodFilter::DELETE,
            Scope::Admin,
            path,
            endpoint,
        )
    }

    const fn new(
        method: Method,
        filter: MethodFilter,
        scope: Scope,
        path: &'static str,
        endpoint: Endpoint,
    ) -> Self {
        Self {
            method,
            filter,
            path,
            scope: Some(scope),
            endpoint,
            about: About {
                summary: "",
                status: "200",
                answer: Shape::Text("text/plain"),
                body: None,
                parameters: &[],
                also: None,
                faults: &[],
            },
        }
    }

    /// Everyone may ask.
    const fn open(mut self) -> Self {
        self.scope = None;
        self
    }

    /// It changes what is executed, or loses it.
    const fn admin(mut self) -> Self {
        self.scope = Some(Scope::Admin);
        self
    }

    /// It answers JSON of this type.
    const fn json<T: JsonSchema>(mut self, summary: &'static str) -> Self {
        self.about.summary = summary;
        self.about.answer = Shape::Json(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// It answers text of this media type.
    const fn text(mut self, kind: &'static str, summary: &'static str) -> Self {
        self.about.summary = summary;
        self.about.answer = Shape::Text(kind);
        self
    }

    /// Its success has this status.
    const fn status(mut self, status: &'static str) -> Self {
        self.about.status = status;
        self
    }

    /// It takes JSON of this type.
    const fn takes<T: JsonSchema>(mut self) -> Self {
        self.about.body = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// It may also succeed with this status, and answer JSON of this type.
    const fn also<T: JsonSchema>(mut self, status: &'static str) -> Self {
        self.about.also = Some((status, SchemaGenerator::subschema_for::<T>));
        self
    }

    /// It may also fail like this, besides what any of its kind may.
    const fn fails(mut self, faults: &'static [Kind]) -> Self {
        self.about.faults = faults;
        self
    }

    const fn with(mut self, parameters: &'static [Parameter]) -> Self {
        self.about.parameters = parameters;
        self
    }
}

/// One behind the question mark.
pub(crate) const fn query(
    name: &'static str,
    kind: &'static str,
    about: &'static str,
) -> Parameter {
    let (place, required) = ("query", false);
    Parameter {
        name,
        place,
        kind,
        required,
        about,
    }
}

const fn header(name: &'static str, required: bool, about: &'static str) -> Parameter {
    Parameter {
        place: "header",
        required,
        ..query(name, "string", about)
    }
}

const SEARCH: Parameter = query("q", "string", "only lines with this text");
const IGNORE_CASE: Parameter = query("ignoreCase", "boolean", "in upper or lower case");
const LINES: &[Parameter] = &[
    query("from", "integer", "the number of the first line"),
    query("limit", "integer", "the most lines, 1000 at most"),
    SEARCH,
    IGNORE_CASE,
];
const TEXT: &[Parameter] = &[
    query("timestamps", "boolean", "each line begins with its time"),
    query("ansi", "boolean", "escape sequences stay"),
    SEARCH,
    IGNORE_CASE,
];
const ASYNC: Parameter = header(
    "Prefer",
    false,
    "respond-async: answer when the run has begun",
);
const IF_MATCH: Parameter = header("If-Match", true, "the ETag of the script that is replaced");
const STREAM: &[Parameter] = &[
    query(
        "topics",
        "string",
        "runs, processes, envs, logs:ID, logs:ID:LINE; with commas between",
    ),
    header(
        "Last-Event-ID",
        false,
        "the id of the last event that was heard",
    ),
];
const DIALECT: &[Parameter] = &[query("dialect", "string", "vatn or pinokio")];
const AUDIT: &[Parameter] = &[
    query("app", "string", "only what this app executed"),
    query("since", "string", "only from this time on"),
    query("level", "string", "only this level of the sandbox"),
    query(
        "probes",
        "boolean",
        "false: without what the program started to look what is there",
    ),
    query("limit", "integer", "the most entries, 1000 at most"),
    query(
        "after",
        "string",
        "only what comes behind: the `next` of the page before",
    ),
];
const REMOVE: &[Parameter] = &[
    query("force", "boolean", "ends what runs of it first"),
    query("env", "boolean", "environments that it alone names go too"),
];
const WAIT: &[Parameter] = &[query(
    "wait",
    "boolean",
    "answer when sizes and users are known",
)];
const FORCE: &[Parameter] = &[query("force", "boolean", "also when something uses it")];
const FOLLOWER: &[Parameter] = &[query(
    "other",
    "boolean",
    "another process follows, which waits until this one has ended",
)];
const PLAIN: &str = "text/plain";

/// What is written or deleted may not be there, nor be possible.
const GONE: &[Kind] = &[Kind::NotFound, Kind::FileFailed];
const ADD: &[Kind] = &[
    Kind::Taken,
    Kind::NotFound,
    Kind::BadSource,
    Kind::FetchFailed,
    Kind::FileFailed,
];
const UPDATE: &[Kind] = &[
    Kind::NotFound,
    Kind::Busy,
    Kind::WouldLose,
    Kind::BadSource,
    Kind::FetchFailed,
    Kind::FileFailed,
];
const RUN: &[Kind] = &[
    Kind::NotFound,
    Kind::BadOverride,
    Kind::Busy,
    Kind::TooMany,
    Kind::Cancelled,
    Kind::NoSuchStep,
    Kind::InvalidScript,
    Kind::StepFailed,
    Kind::FileFailed,
];
const RERUN: &[Kind] = &[
    Kind::NotFound,
    Kind::BadOverride,
    Kind::Busy,
    Kind::TooMany,
    Kind::NoSuchStep,
    Kind::InvalidScript,
    Kind::FileFailed,
];
const START: &[Kind] = &[
    Kind::NotFound,
    Kind::Busy,
    Kind::CannotStart,
    Kind::FileFailed,
];
const RESTART_APP: &[Kind] = &[
    Kind::NothingRuns,
    Kind::Busy,
    Kind::CannotStart,
    Kind::FileFailed,
];
const WRITE: &[Kind] = &[
    Kind::NotFound,
    Kind::NoCondition,
    Kind::Changed,
    Kind::InvalidScript,
    Kind::FileFailed,
];

/// Everything that can be asked for.
#[rustfmt::skip]
pub static ROUTES: &[Route] = &[
    Route::get("/livez", |asked| asked.to(live)).open().json::<Live>("it answers"),
    Route::get("/readyz", |asked| asked.to(ready)).open().json::<Live>("it knows what the machine has").fails(&[Kind::NotReady]),
    Route::get("/metrics", |asked| asked.to(metrics)).text(PLAIN, "figures, for Prometheus"),
    Route::get("/openapi.json", |asked| asked.to(openapi)).json::<Map<String, Value>>("this description"),
    Route::get("/python/ui", |asked| asked.to(page)).open().text("text/html", "the page for people"),
    Route::get("/python/ui/{file}", |asked| asked.to(page_file)).open().text("text/javascript", "a file of the page").fails(&[Kind::NotFound]),
    Route::get("/python/status", |asked| asked.to(status)).json::<Status>("what the server has to work with").fails(&[Kind::FileFailed]),
    Route::get("/python/config", |asked| asked.to(config)).json::<Config>("the settings in force").fails(&[Kind::FileFailed]),
    Route::put("/python/config", |asked| asked.to(change_config)).json::<ConfigSaved>("changes the settings file").takes::<Map<String, Value>>().fails(&[Kind::BadSetting, Kind::Busy, Kind::FileFailed]),
    Route::get("/python/config/environment", |asked| asked.to(environment)).json::<EnvPlan>("the variables that commands get, and by which rule").with(DIALECT),
    Route::get("/python/doctor", |asked| asked.to(doctor)).json::<Doctor>("whether the machine and the workspace are fit"),
    Route::get("/python/envs", |asked| asked.to(envs)).json::<Envs>("the environments").with(WAIT).fails(&[Kind::FileFailed]),
    Route::post("/python/envs/{name}", |asked| asked.to(create_env)).json::<EnvCreated>("makes an environment").status("201").fails(&[Kind::InUse, Kind::EnvFailed, Kind::FileFailed]),
    Route::delete("/python/envs/{name}", |asked| asked.to(delete_env)).json::<EnvDeleted>("deletes an environment").with(FORCE).fails(&[Kind::NotFound, Kind::InUse, Kind::FileFailed]),
    Route::get("/python/apps", |asked| asked.to(apps)).json::<Apps>("the apps").with(WAIT).fails(&[Kind::FileFailed]),
    Route::post("/python/apps", |asked| asked.to(add_app)).admin().json::<AppDetail>("adds an app of a repository or a template").takes::<AppRequest>().status("201").fails(ADD),
    Route::get("/python/apps/{name}", |asked| asked.to(app)).json::<AppDetail>("an app, and what it has").fails(GONE),
    Route::delete("/python/apps/{name}", |asked| asked.to(remove_app)).json::<AppRemoved>("removes an app").with(REMOVE).fails(&[Kind::NotFound, Kind::Busy, Kind::FileFailed]),
    Route::post("/python/apps/{name}/update", |asked| asked.to(update_app)).admin().json::<AppUpdated>("brings an app to the state of its repository").takes::<AppUpdate>().fails(UPDATE),
    Route::get("/python/templates", |asked| asked.to(templates)).json::<Templates>("what apps can be made from"),
    Route::post("/python/apps/{name}/run", |asked| asked.to(run_app)).json::<RunResult>("runs an app's script").also::<RunAccepted>("202").takes::<RunRequest<Map<String, Value>>>().with(&[ASYNC]).fails(RUN),
    Route::post("/python/apps/{name}/stop", |asked| asked.to(stop_app)).json::<Answer>("ends all of an app").fails(&[Kind::NothingRuns, Kind::Busy]),
    Route::post("/python/apps/{name}/restart", |asked| asked.to(restart_app)).json::<Answer>("starts the living processes of an app anew, in the order of what depends on what").fails(RESTART_APP),
    Route::get("/python/apps/{name}/processes", |asked| asked.to(app_processes)).json::<AppProcesses>("the processes of an app"),
    Route::get("/python/apps/{name}/plan", |asked| asked.to(plan)).json::<Plan>("what a run would do").fails(&[Kind::NotFound, Kind::InvalidScript, Kind::FileFailed]),
    Route::post("/python/apps/{name}/plan", |asked| asked.to(plan_text)).json::<Plan>("what a run would do if the script had this text").takes::<ScriptText>().fails(&[Kind::NotFound, Kind::InvalidScript, Kind::FileFailed]),
    Route::get("/python/apps/{name}/diagnostics", |asked| asked.to(diagnostics)).json::<ScriptDiagnostics>("what there is to say about a script").fails(GONE),
    Route::post("/python/apps/{name}/diagnostics", |asked| asked.to(check_text)).json::<ScriptDiagnostics>("what there would be to say about a text").takes::<ScriptText>().fails(GONE),
    Route::get("/python/apps/{name}/script", |asked| asked.to(script_text)).text(PLAIN, "the text of a script, with its ETag").fails(GONE),
    Route::put("/python/apps/{name}/script", |asked| asked.to(replace_script)).json::<ScriptDiagnostics>("replaces a script").takes::<Value>().with(&[IF_MATCH]).fails(WRITE),
    Route::get("/python/runs", |asked| asked.to(runs)).json::<Runs>("the runs"),
    Route::get("/python/runs/{id}", |asked| asked.to(run)).json::<Run>("a run, with its steps").fails(&[Kind::NotFound]),
    Route::get("/python/runs/{id}/logs", |asked| asked.to(run_logs)).json::<LogPage>("lines of its output").with(LINES).fails(&[Kind::NotFound]),
    Route::get("/python/runs/{id}/logs/download", |asked| asked.to(run_log_text)).text(PLAIN, "its output as a file").with(TEXT).fails(&[Kind::NotFound]),
    Route::post("/python/runs/{id}/cancel", |asked| asked.to(cancel_run)).json::<Answer>("ends a run").fails(&[Kind::NotFound]),
    Route::post("/python/runs/{id}/rerun", |asked| asked.to(rerun)).json::<RunAccepted>("runs it once more, from a step on").takes::<RerunRequest<Map<String, Value>>>().status("202").fails(RERUN),
    Route::post("/python/runs/{id}/answer", |asked| asked.to(answer_run)).json::<Answer>("answers what a run asks").takes::<RunAnswer<Map<String, Value>>>().fails(&[Kind::NotFound, Kind::NothingAsked, Kind::BadAnswer]),
    Route::get("/python/processes", |asked| asked.to(processes)).json::<Processes>("the processes"),
    Route::get("/python/processes/{id}/status", |asked| asked.to(process)).json::<ProcessDetail>("a process and its last lines").fails(&[Kind::NotFound]),
    Route::get("/python/processes/{id}/logs", |asked| asked.to(process_logs)).json::<LogPage>("lines of its log").with(LINES).fails(&[Kind::NotFound]),
    Route::get("/python/processes/{id}/logs/download", |asked| asked.to(process_log_text)).text(PLAIN, "its log as a file").with(TEXT).fails(&[Kind::NotFound]),
    Route::post("/python/processes/{id}/stop", |asked| asked.to(stop_process)).json::<Answer>("ends a process").fails(&[Kind::NotFound]),
    Route::post("/python/processes/{id}/start", |asked| asked.to(start_process)).json::<Answer>("has a process run that has ended").fails(START),
    Route::post("/python/processes/{id}/restart", |asked| asked.to(restart_process)).json::<Answer>("starts a process anew").fails(START),
    Route::post("/python/processes/{id}/signal", |asked| asked.to(signal_process)).json::<Answer>("sends a signal to all that lives of a process").takes::<SignalRequest>().fails(&[Kind::NotFound, Kind::HasEnded]),
    Route::get("/python/usage", |asked| asked.to(usage)).json::<UsageReport>("processor time and memory of the processes that live"),
    Route::get("/python/events", |asked| asked.to(events)).text("text/event-stream", "events as they happen").with(STREAM),
    Route::get("/api/guard/sandbox-audit", |asked| asked.to(audit)).json::<AuditPage>("what was executed").with(AUDIT).fails(&[Kind::FileFailed]),
    Route::post("/python/shutdown", |asked| asked.to(shutdown)).admin().json::<Answer>("ends the server").status("202"),
    Route::post("/python/server/handover", |asked| asked.to(hand_over)).admin().json::<Answer>("has the server replaced by its next life").with(FOLLOWER).fails(&[Kind::Busy, Kind::BadSetting]),
];

/// What a token must allow for this request, by the route that it would go to; none where nobody
/// needs one. What goes nowhere needs any token, and what goes to a route that is not in
/// the table needs them all.
pub(crate) fn needed(method: &Method, route: Option<&str>) -> Option<Scope> {
    let Some(path) = route else {
        return Some(Scope::Read);
    };
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let mut at_path = ROUTES.iter().filter(|route| route.path == path).peekable();
    if at_path.peek().is_none() {
        return Some(Scope::Admin);
    }
    let all_open = at_path.clone().all(|route| route.scope.is_none());
    match at_path.find(|route| route.method == *method) {
        Some(route) => route.scope,
        None => (!all_open).then_some(Scope::Read),
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.scope)
    }
}

#[cfg(test)]
mod tests {
    use super::needed;
    use crate::Scope;
    use axum::http::Method;

    #[test]
    fn what_is_not_in_the_table_is_not_open() {
        let get = |path| needed(&Method::GET, Some(path));
        assert_eq!(get("/livez"), None);
        assert_eq!(needed(&Method::HEAD, Some("/livez")), None);
        assert_eq!(get("/python/status"), Some(Scope::Read));
        for path in [
            "",
            "/",
            "/nothing",
            "/x/livez",
            "/livez/",
            "/x/python/status",
        ] {
            assert_eq!(get(path), Some(Scope::Admin), "{path}");
        }
        assert_eq!(needed(&Method::GET, None), Some(Scope::Read));
        assert_eq!(
            needed(&Method::PATCH, Some("/python/config")),
            Some(Scope::Read)
        );
    }
}
