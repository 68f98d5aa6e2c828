//! A line in the log for each request: never what a caller knows or asks for in a query.

use crate::Surface;
use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use std::sync::Arc;

/// As much of a path as a log has room for, in characters.
const LONGEST: usize = 256;

/// Logs a request with how it was answered, and after how long. A stream is answered when it
/// begins.
pub(crate) async fn log(
    State(surface): State<Arc<Surface>>,
    request: Request,
    next: Next,
) -> Response {
    let began = surface.clock.now();
    let method = request.method().clone();
    let path: String = request.uri().path().chars().take(LONGEST).collect();
    let response = next.run(request).await;
    let took = surface.clock.now().saturating_since(began);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let (method, status) = (method.as_str(), response.status());
    let code = status.as_u16();
    match is_refusal(status) {
        true => tracing::warn!(method, path, status = code, micros, "refused"),
        false => tracing::info!(method, path, status = code, micros, "answered"),
    }
    response
}

/// Whether a caller was not who or where it should be.
fn is_refusal(status: StatusCode) -> bool {
    let refusals = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::MISDIRECTED_REQUEST,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    refusals.contains(&status)
}
