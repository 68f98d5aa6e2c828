//! What every request must pass before anything is done.

use crate::{
    Surface,
    body::whole,
    caller,
    fault::{Fault, Kind},
    headers::secure,
    log::Entry,
    routes::needed,
    surface::Served,
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use std::sync::Arc;

/// Lets a request through, its body read, or answers with a problem. Whatever is answered has the
/// headers of every answer, and is logged. An endpoint finds the caller's [`Scope`](crate::Scope)
/// among the extensions, where a token was needed.
pub(crate) async fn guard(
    State(surface): State<Arc<Served>>,
    request: Request,
    next: Next,
) -> Response {
    let entry = Entry::of(&surface, &request);
    let mut answer = match admit(&surface, request).await {
        Ok(request) => next.run(request).await,
        Err(fault) => fault.into_response(),
    };
    secure(&mut answer);
    entry.log(&surface, answer.status());
    answer
}

async fn admit(surface: &Surface, mut request: Request) -> Result<Request, Fault> {
    let host = own_host(surface, request.headers(), request.uri())?;
    own_site(request.headers(), host)?;
    let path = request.extensions().get::<MatchedPath>();
    let path = path.map(MatchedPath::as_str);
    if let Some(needed) = needed(request.method(), path) {
        let scope = caller::admit(surface, request.headers(), needed).await?;
        request.extensions_mut().insert(scope);
    }
    let (head, body) = request.into_parts();
    let body = whole(&head.headers, body).await?;
    Ok(Request::from_parts(head, body))
}

/// The host that is asked must be this one: a page whose name was made to resolve to
/// this machine gives itself away here. A request line with a host counts too.
fn own_host<'a>(surface: &Surface, headers: &'a HeaderMap, uri: &'a Uri) -> Result<&'a str, Fault> {
    let header = only(headers, &header::HOST);
    let line = uri.authority().map(Authority::as_str);
    let host = line.or(header.unwrap_or_default());
    let own = |host: &str| surface.allowed_hosts.contains(host);
    match (host, header) {
        (Some(host), Ok(other)) if own(host) && other.is_none_or(own) => Ok(host),
        _ => Err(Fault::new(
            Kind::ForeignHost,
            "the host that is asked is not this server",
        )
        .hint("ask by localhost, a loopback address, or a name that the server was started with")),
    }
}

/// A browser says which site asks. Only pages of this very server may.
fn own_site(headers: &HeaderMap, host: &str) -> Result<(), Fault> {
    let foreign = |what: &str| Err(Fault::new(Kind::ForeignOrigin, what));
    match only(headers, &header::ORIGIN) {
        Ok(None) => {}
        Ok(Some(origin)) if is_of_host(origin, host) => {}
        _ => return foreign("a page of another origin asks"),
    }
    match only(headers, &HeaderName::from_static("sec-fetch-site")) {
        Ok(None | Some("same-origin" | "none")) => Ok(()),
        _ => foreign("a page of another site asks"),
    }
}

fn is_of_host(origin: &str, host: &str) -> bool {
    origin.split_once("://").is_some_and(|(scheme, of)| {
        matches!(scheme, "http" | "https") && of.eq_ignore_ascii_case(host)
    })
}

/// A header that was sent more than once, or is not text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unclear;

/// The value of a header that may be sent once.
pub(crate) fn only<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a str>, Unclear> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Unclear),
        (Some(_), Some(_)) => Err(Unclear),
    }
}
