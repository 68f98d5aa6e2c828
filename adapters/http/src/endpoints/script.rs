//! The script of an app, as it stands.

use super::{Answered, Shared};
use crate::{names::PathName, views};
use axum::{Json, extract::State};
use collodi_api::ScriptDiagnostics;

/// What there is to say about the script, whether it can be run or not.
pub(crate) async fn diagnostics(
    State(surface): Shared,
    PathName(name): PathName,
) -> Answered<ScriptDiagnostics> {
    let app = surface.workspace.load(&name).await?;
    let diagnostics = app.parsed.diagnostics.iter().map(views::diagnostic);
    Ok(Json(ScriptDiagnostics {
        app_id: name.to_string(),
        diagnostics: diagnostics.collect(),
        runnable: app.parsed.script().is_ok(),
        file: app.app.file,
    }))
}
