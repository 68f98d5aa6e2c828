//! One connection to the world, and what can go wrong with it.

use crate::names::Names;
use collodi_web::{Headers, WebError, WebErrorKind, WebUrl};
use rustls::crypto::ring;
use std::{io, sync::Arc, time::Duration};
use ureq::{
    Agent, Body, Error,
    config::Config,
    http::{Request, Response, request},
    tls::{RootCerts, TlsConfig},
    unversioned::transport::DefaultConnector,
};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(30);

/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// How many redirects are followed.
const REDIRECTS: u32 = 10;

/// An agent for one request or download; shut down, it ends it. Without a time limit it
/// ends when the server is silent for long.
pub(crate) fn agent(timeout: Option<Duration>) -> Agent {
    with(timeout, REDIRECTS)
}

/// As [`agent`], where a redirect is the answer.
pub(crate) fn agent_that_stays(timeout: Option<Duration>) -> Agent {
    with(timeout, 0)
}

fn with(timeout: Option<Duration>, redirects: u32) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    let config = Config::builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(redirects)
        .max_redirects_will_error(redirects > 0)
        .allow_non_standard_methods(true)
        .timeout_global(timeout)
        .timeout_connect(Some(CONNECT))
        .timeout_per_read(timeout.is_none().then_some(SILENCE))
        .timeout_per_write(Some(SILENCE))
        .user_agent(concat!("collodi/", env!("CARGO_PKG_VERSION")))
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Names::default())
}

/// A request with these headers. What is in the address's credentials counts less than a
/// header.
pub(crate) fn request(method: &str, url: &WebUrl, headers: &Headers) -> request::Builder {
    let mut request = Request::builder()
        .method(method)
        .uri(url.without_credentials());
    if let Some(value) = url
        .authorization()
        .filter(|_| headers.get("authorization").is_none())
    {
        request = request.header("authorization", value);
    }
    headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

/// The headers of an answer that can be read.
pub(crate) fn headers(answer: &Response<Body>) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in answer.headers() {
        headers.set(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
    }
    headers
}

/// What went wrong. Texts that could hold an address are left out.
pub(crate) fn failed(url: &WebUrl, error: &Error) -> WebError {
    let (kind, detail) = match error {
        Error::HostNotFound => (WebErrorKind::NoHost, None),
        Error::Timeout(_) => (WebErrorKind::TimedOut, None),
        Error::Io(error) => (io_kind(error), Some(error.to_string())),
        Error::ConnectionFailed => (WebErrorKind::Connection, None),
        Error::ConnectProxyFailed(_) => (
            WebErrorKind::Connection,
            Some("the proxy says no".to_owned()),
        ),
        Error::Rustls(error) => (WebErrorKind::Tls, Some(error.to_string())),
        Error::Tls(why) => (WebErrorKind::Tls, Some((*why).to_owned())),
        Error::BodyExceedsLimit(_) => (WebErrorKind::TooLarge, None),
        Error::Protocol(error) => (WebErrorKind::Protocol, Some(error.to_string())),
        Error::TooManyRedirects => (
            WebErrorKind::Protocol,
            Some("too many redirects".to_owned()),
        ),
        Error::RedirectFailed => (
            WebErrorKind::Protocol,
            Some("a redirect of a request with a body".to_owned()),
        ),
        _ => (WebErrorKind::Protocol, None),
    };
    let failed = WebError::new(kind, url.clone());
    match detail {
        Some(detail) => failed.detail(detail),
        None => failed,
    }
}

fn io_kind(error: &io::Error) -> WebErrorKind {
    if let Some(inner) = error.get_ref()
        && inner.is::<rustls::Error>()
    {
        return WebErrorKind::Tls;
    }
    match error.kind() {
        io::ErrorKind::TimedOut => WebErrorKind::TimedOut,
        io::ErrorKind::UnexpectedEof => WebErrorKind::Truncated,
        io::ErrorKind::InvalidData => WebErrorKind::Protocol,
        _ => WebErrorKind::Connection,
    }
}
