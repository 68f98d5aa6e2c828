//! The table of routes. The router is made from it, and so are the tests of what is
//! refused.

use crate::{Surface, endpoints::*};
use axum::{
    http::Method,
    routing::{MethodRouter, delete, get, post, put},
};
use std::{fmt, sync::Arc};

/// One thing that can be asked for.
#[derive(Clone)]
pub struct Route {
    /// The method. `HEAD` goes where `GET` goes.
    pub method: Method,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Who may ask.
    pub scope: Scope,
    endpoint: fn() -> Endpoint,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everyone who can reach the server.
    Open,
    /// Who knows the token.
    Token,
}

type Endpoint = MethodRouter<Arc<Surface>>;

impl Route {
    pub(crate) fn endpoint(&self) -> Endpoint {
        (self.endpoint)()
    }

    const fn get(path: &'static str, endpoint: fn() -> Endpoint) -> Self {
        Self::new(Method::GET, path, endpoint)
    }

    const fn post(path: &'static str, endpoint: fn() -> Endpoint) -> Self {
        Self::new(Method::POST, path, endpoint)
    }

    const fn put(path: &'static str, endpoint: fn() -> Endpoint) -> Self {
        Self::new(Method::PUT, path, endpoint)
    }

    const fn delete(path: &'static str, endpoint: fn() -> Endpoint) -> Self {
        Self::new(Method::DELETE, path, endpoint)
    }

    const fn new(method: Method, path: &'static str, endpoint: fn() -> Endpoint) -> Self {
        let scope = Scope::Token;
        Self {
            method,
            path,
            scope,
            endpoint,
        }
    }

    const fn open(path: &'static str, endpoint: fn() -> Endpoint) -> Self {
        Self {
            method: Method::GET,
            path,
            scope: Scope::Open,
            endpoint,
        }
    }
}

/// Everything that can be asked for.
pub static ROUTES: &[Route] = &[
    Route::open("/livez", || get(live)),
    Route::open("/readyz", || get(ready)),
    Route::get("/metrics", || get(metrics)),
    Route::open("/python/ui", || get(page)),
    Route::open("/python/ui/{file}", || get(page_file)),
    Route::get("/python/status", || get(status)),
    Route::get("/python/config", || get(config)),
    Route::get("/python/envs", || get(envs)),
    Route::post("/python/envs/{name}", || post(create_env)),
    Route::delete("/python/envs/{name}", || delete(delete_env)),
    Route::get("/python/apps", || get(apps)),
    Route::post("/python/apps/{name}/run", || post(run_app)),
    Route::post("/python/apps/{name}/stop", || post(stop_app)),
    Route::get("/python/apps/{name}/processes", || get(app_processes)),
    Route::get("/python/apps/{name}/plan", || get(plan)),
    Route::get("/python/apps/{name}/diagnostics", || get(diagnostics)),
    Route::get("/python/apps/{name}/script", || get(script_text)),
    Route::put("/python/apps/{name}/script", || put(replace_script)),
    Route::get("/python/runs", || get(runs)),
    Route::get("/python/runs/{id}", || get(run)),
    Route::get("/python/runs/{id}/logs", || get(run_logs)),
    Route::get("/python/runs/{id}/logs/download", || get(run_log_text)),
    Route::post("/python/runs/{id}/cancel", || post(cancel_run)),
    Route::post("/python/runs/{id}/answer", || post(answer_run)),
    Route::get("/python/processes", || get(processes)),
    Route::get("/python/processes/{id}/status", || get(process)),
    Route::get("/python/processes/{id}/logs", || get(process_logs)),
    Route::get("/python/processes/{id}/logs/download", || {
        get(process_log_text)
    }),
    Route::post("/python/processes/{id}/stop", || post(stop_process)),
    Route::post("/python/processes/{id}/restart", || post(restart_process)),
    Route::get("/python/events", || get(events)),
    Route::post("/python/shutdown", || post(shutdown)),
    Route::post("/python/server/handover", || post(hand_over)),
];

/// Whether everyone may ask for this path. What is not in the table is not open.
pub(crate) fn is_open(path: &str) -> bool {
    let mut routes = ROUTES.iter().filter(|route| route.path == path).peekable();
    routes.peek().is_some() && routes.all(|route| route.scope == Scope::Open)
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.scope)
    }
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn what_is_not_in_the_table_is_not_open() {
        assert!(is_open("/livez"));
        for path in ["", "/", "/nothing", "/x/livez", "/livez/", "/python/status"] {
            assert!(!is_open(path), "{path}");
        }
    }
}
