//! Events as they happen.

use super::Shared;
use crate::{
    fault::Fault,
    stream::{self, Sheets},
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};
use std::sync::Arc;

/// Goes on until the client or the host has gone.
pub(crate) async fn events(
    State(surface): Shared,
    Extension(sheets): Extension<Arc<Sheets>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    stream::open(surface, sheets, &uri, &headers).await
}
