//! A line in the log for each request: never what a caller knows or asks for in a query.

use crate::Surface;
use axum::{
    extract::Request,
    http::{Method, StatusCode, Uri},
};
use collodi_time::Instant;

/// As much of a path as a log has room for, in characters.
const LONGEST: usize = 256;

/// A request that is being answered.
#[derive(Debug)]
pub(crate) struct Entry {
    began: Instant,
    method: Method,
    uri: Uri,
}

impl Entry {
    pub(crate) fn of(surface: &Surface, request: &Request) -> Self {
        Self {
            began: surface.clock.now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
        }
    }

    /// Logs how it was answered, and after how long. A stream is answered when it begins.
    pub(crate) fn log(&self, surface: &Surface, status: StatusCode) {
        let path = || self.uri.path().chars().take(LONGEST).collect::<String>();
        let micros = || {
            let took = surface.clock.now().saturating_since(self.began);
            u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
        };
        let (method, code) = (self.method.as_str(), status.as_u16());
        match is_refusal(status) {
            true => {
                tracing::warn!(
                    method,
                    path = path(),
                    status = code,
                    micros = micros(),
                    "refused"
                );
            }
            false => {
                tracing::info!(
                    method,
                    path = path(),
                    status = code,
                    micros = micros(),
                    "answered"
                );
            }
        }
    }
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
