//! The page for people: files that hold no data, so that everyone may have them.

use crate::{
    fault::{Fault, Kind},
    names::PathName,
};
use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};

/// Nothing but what this server has, no code but that of its files, and no text that
/// becomes markup.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'",
);

/// The files of the page by their names.
macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../ui/", $name)))),*]
    };
}

const INDEX: &str = include_str!("../../ui/index.html");

const FILES: &[(&str, &str)] = files! {
    "add.js" "ansi.js" "api.js" "app.js" "apps.js" "code.js" "conflict.js" "dialog.js" "dom.js"
    "editor.js" "envs.js" "gate.js" "icon.svg" "launcher.js" "log.js" "optional.js" "plan.js"
    "processes.js" "question.js" "removal.js" "runs.js" "scope.js" "search.js" "spark.js"
    "status.js" "store.js" "stream.js" "style.css" "theme.js" "update.js" "usage.js" "words.js"
};

pub(crate) async fn page() -> Response {
    file("index.html", INDEX)
}

pub(crate) async fn page_file(PathName(name): PathName) -> Result<Response, Fault> {
    let found = FILES.iter().find(|(file, _)| *file == name.as_str());
    let (name, text) =
        found.ok_or_else(|| Fault::new(Kind::NotFound, "the page has no such file"))?;
    Ok(file(name, text))
}

fn file(name: &str, text: &'static str) -> Response {
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=UTF-8",
        Some((_, "css")) => "text/css; charset=UTF-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "text/html; charset=UTF-8",
    };
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (opener, HeaderValue::from_static("same-origin")),
    ];
    (headers, text).into_response()
}
