//! Events as they happen.

use super::Shared;
use crate::{fault::Fault, stream};
use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};

/// Goes on until the client or the host has gone.
pub(crate) async fn events(
    State(surface): Shared,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    stream::open(surface, &uri, &headers).await
}
