//! The script of an app, as it stands.

use super::{Answered, Shared};
use crate::{
    Surface, body,
    fault::{Fault, Kind},
    guard::only,
    names::PathName,
    views,
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use collodi_api::ScriptDiagnostics;
use collodi_contain::Name;
use collodi_driver::LoadedApp;
use collodi_script::Parsed;
use futures::lock::Mutex;
use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::LazyLock,
};

/// Who replaces a script looks at it and writes it without another one in between.
static REPLACING: LazyLock<Mutex<()>> = LazyLock::new(Mutex::default);

/// What there is to say about the script, whether it can be run or not.
pub(crate) async fn diagnostics(
    State(surface): Shared,
    PathName(name): PathName,
) -> Answered<ScriptDiagnostics> {
    let app = surface.workspace.load(&name).await?;
    Ok(Json(told(&name, &app.app.file, &app.parsed)))
}

/// What there would be to say about the script if it had this text.
pub(crate) async fn check_text(
    State(surface): Shared,
    PathName(name): PathName,
    bytes: Bytes,
) -> Answered<ScriptDiagnostics> {
    let text = body::script(&bytes)?;
    let app = surface.workspace.load(&name).await?;
    let parsed = surface.workspace.parse(&app, text.as_bytes());
    Ok(Json(told(&name, &app.app.file, &parsed)))
}

/// The script's text.
pub(crate) async fn script_text(
    State(surface): Shared,
    PathName(name): PathName,
) -> Result<Response, Fault> {
    let app = surface.workspace.load(&name).await?;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::ETAG, etag(&app.source)),
    ];
    Ok((headers, app.source).into_response())
}

/// Replaces the script by one that can be run, when it is still the one that the caller knows.
pub(crate) async fn replace_script(
    State(surface): Shared,
    PathName(name): PathName,
    headers: HeaderMap,
    text: Bytes,
) -> Result<Response, Fault> {
    let _alone = REPLACING.lock().await;
    let app = surface.workspace.load(&name).await?;
    unchanged(&headers, &app)?;
    let parsed = valid(&surface, &app, &text)?;
    surface.workspace.replace(&app, text.to_vec()).await?;
    let answer = Json(told(&name, &app.app.file, &parsed));
    let text = String::from_utf8_lossy(&text);
    Ok(([(header::ETAG, etag(&text))], answer).into_response())
}

fn told(name: &Name, file: &str, parsed: &Parsed) -> ScriptDiagnostics {
    ScriptDiagnostics {
        app_id: name.to_string(),
        file: file.to_owned(),
        runnable: parsed.script().is_ok(),
        diagnostics: parsed.diagnostics.iter().map(views::diagnostic).collect(),
    }
}

/// Tells versions of a text apart. It guards against oversights, not against malice.
fn etag(text: &str) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let tag = format!("\"{:x}-{:016x}\"", text.len(), hasher.finish());
    // Hexadecimal digits are what a header may have.
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""))
}

fn unchanged(headers: &HeaderMap, app: &LoadedApp) -> Result<(), Fault> {
    let hint = "send If-Match with the ETag of GET on the same path";
    let tag = etag(&app.source);
    match only(headers, &header::IF_MATCH) {
        Ok(None) => Err(Fault::new(
            Kind::NoCondition,
            "a script is replaced only by who says which one it knows",
        )
        .hint(hint)),
        Ok(Some(known)) if known == "*" || has(known, &tag) => Ok(()),
        _ => Err(Fault::new(
            Kind::Changed,
            "the script is not the one that the request knows",
        )
        .hint("get it again, and see what has changed")),
    }
}

/// Whether the tag is in a list of them. Ours have no commas.
fn has(known: &str, tag: &HeaderValue) -> bool {
    let mut tags = known.split(',').map(str::trim);
    tags.any(|known| known.as_bytes() == tag.as_bytes())
}

fn valid(surface: &Surface, app: &LoadedApp, text: &[u8]) -> Result<Parsed, Fault> {
    if !app.app.file.ends_with(".json") {
        let detail = format!(
            "{} is JavaScript, and changed in its file only",
            app.app.file
        );
        return Err(Fault::new(Kind::NotJson, detail));
    }
    let parsed = surface.workspace.parse(app, text);
    super::run_app::script(&parsed)?;
    Ok(parsed)
}
