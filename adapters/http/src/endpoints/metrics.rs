//! Figures for who watches over many servers.

use super::Shared;
use crate::{
    fault::Fault,
    metrics::{of_hooks, of_host},
    usage::used,
};
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};

pub(crate) async fn metrics(State(surface): Shared) -> Result<Response, Fault> {
    let used = used(&surface).await?;
    let mut text = surface.host.query(move |host| of_host(host, &used)).await?;
    text.push_str(&of_hooks(&(surface.hooks)()));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
