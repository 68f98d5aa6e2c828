//! Events as they happen.

use super::Shared;
use crate::{fault::Fault, query::QueryString, stream};
use axum::{extract::State, http::HeaderMap, response::Response};

/// Goes on until the client or the host has gone.
pub(crate) async fn events(
    State(surface): Shared,
    query: QueryString,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    stream::open(surface, &query, &headers).await
}
