//! HTTP: servers of this machine, and pages of others.

use crate::{
    clock::Sleep,
    download::Running,
    executor::Shared,
    site::{self, Reply, Request, Then},
};
use async_trait::async_trait;
use collodi_backend::{Download, Web};
use collodi_web::{DownloadSpec, FetchSpec, Fetched, Headers, WebError, WebErrorKind, WebUrl};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

/// How long a request is on its way.
const WAY: Duration = Duration::from_millis(1);

/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// The most redirects.
const REDIRECTS: usize = 10;

/// Who answers what.
#[derive(Debug)]
pub(crate) struct Pages {
    /// The words of a page, by its address.
    pub(crate) pages: BTreeMap<String, String>,
    /// The ports of servers that answer as their paths say.
    pub(crate) sites: BTreeSet<u16>,
    /// The places that downloads work on.
    pub(crate) busy: BTreeSet<String>,
    /// How often a body was asked for, by address.
    seen: BTreeMap<String, u32>,
}

impl Pages {
    pub(crate) const fn new() -> Self {
        Self {
            pages: BTreeMap::new(),
            sites: BTreeSet::new(),
            busy: BTreeSet::new(),
            seen: BTreeMap::new(),
        }
    }
}

/// The web, seen from this machine.
pub(crate) struct Internet(pub(crate) Arc<Shared>);

#[async_trait]
impl Web for Internet {
    async fn fetch(&self, spec: FetchSpec) -> Result<Fetched, WebError> {
        let world = Arc::clone(&self.0);
        let timeout = Sleep::after(Arc::clone(&self.0), spec.timeout);
        let url = spec.url.clone();
        let late = async {
            timeout.await;
            Err(WebError::new(WebErrorKind::TimedOut, url))
        };
        first(fetch(world, spec), late).await
    }

    fn download(&self, spec: DownloadSpec) -> Box<dyn Download> {
        Box::new(Running::new(Arc::clone(&self.0), spec))
    }
}

impl fmt::Debug for Internet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.state().web)
    }
}

/// Whatever is ready first.
async fn first<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|cx| match one.as_mut().poll(cx) {
        Poll::Pending => other.as_mut().poll(cx),
        ready => ready,
    })
    .await
}

async fn fetch(world: Arc<Shared>, spec: FetchSpec) -> Result<Fetched, WebError> {
    let fail = |kind| Err(WebError::new(kind, spec.url.clone()));
    let reply = ask(&world, &spec.method, &spec.url, &spec.headers, &spec.body).await?;
    if reply.body.len() as u64 > spec.limit {
        return fail(WebErrorKind::TooLarge);
    }
    let cut = reply
        .length
        .is_some_and(|length| length > reply.body.len() as u64);
    match reply.then {
        Then::Nothing => std::future::pending().await,
        Then::End if cut && spec.method != "HEAD" => fail(WebErrorKind::Truncated),
        Then::End => {
            let headers = headers(&reply);
            Ok(Fetched {
                status: reply.status,
                headers,
                body: reply.body,
            })
        }
    }
}

/// The headers of an answer, its length among them.
pub(crate) fn headers(reply: &Reply) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in &reply.headers {
        headers.set(name, value);
    }
    if let Some(length) = reply.length {
        headers.set("content-length", &length.to_string());
    }
    headers
}

/// The answer to a request, redirects followed.
pub(crate) async fn ask(
    world: &Arc<Shared>,
    method: &str,
    url: &WebUrl,
    headers: &Headers,
    body: &[u8],
) -> Result<Reply, WebError> {
    let fail = |kind| WebError::new(kind, url.clone());
    let mut at = url.clone();
    for _ in 0..=REDIRECTS {
        Sleep::after(Arc::clone(world), WAY).await;
        let request = request(method, &at, headers, body);
        let reply = {
            let mut state = world.state();
            state.record(format_args!("{method} {at}"));
            let ports = state.ports.keys().copied().collect();
            state.web.answer(&at, &request, &ports)
        };
        let reply = reply.map_err(fail)?;
        let to = reply.headers.iter().find(|(name, _)| *name == "location");
        let Some((_, to)) = to else {
            return Ok(reply);
        };
        let host = at.host_and_port();
        let absolute = if to.starts_with('/') {
            format!("http://{host}{to}")
        } else {
            to.clone()
        };
        at = WebUrl::parse(&absolute).map_err(|_| fail(WebErrorKind::Protocol))?;
    }
    Err(fail(WebErrorKind::Protocol).detail("too many redirects"))
}

/// Waits as long as a server may be silent.
pub(crate) async fn silence(world: &Arc<Shared>) {
    Sleep::after(Arc::clone(world), SILENCE).await;
}

fn request(method: &str, url: &WebUrl, headers: &Headers, body: &[u8]) -> Request {
    let (path, query) = url.path_and_query();
    let path = if path.is_empty() { "/" } else { path };
    let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let own = headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let mut headers: Vec<_> = own.collect();
    if let Some(value) = url.authorization()
        && headers.iter().all(|(name, _)| name != "authorization")
    {
        headers.push(("authorization".to_owned(), value));
    }
    Request {
        method: method.to_owned(),
        target,
        headers,
        body: body.to_vec(),
    }
}

impl Pages {
    fn answer(
        &mut self,
        url: &WebUrl,
        request: &Request,
        ports: &BTreeSet<u16>,
    ) -> Result<Reply, WebErrorKind> {
        let words = self.words(url, request, ports)?;
        let whole = url.without_credentials();
        let seen = self.seen.get(&whole).copied().unwrap_or(0);
        if request.method != "HEAD" {
            self.seen.insert(whole, seen.saturating_add(1));
        }
        Ok(site::answer(&words, request, seen))
    }

    fn words(
        &self,
        url: &WebUrl,
        request: &Request,
        ports: &BTreeSet<u16>,
    ) -> Result<String, WebErrorKind> {
        let whole = url.without_credentials();
        let address = whole.split('?').next().unwrap_or_default();
        if let Some(words) = self.pages.get(address) {
            return Ok(words.clone());
        }
        let (host, port) = url
            .host_and_port()
            .split_once(':')
            .unwrap_or((url.host_and_port(), "80"));
        let port = port.parse().unwrap_or(0);
        match host {
            "127.0.0.1" | "localhost" | "0.0.0.0" if !ports.contains(&port) => {
                Err(WebErrorKind::Connection)
            }
            "127.0.0.1" | "localhost" | "0.0.0.0" if self.sites.contains(&port) => {
                Ok(site::words(&request.target).to_owned())
            }
            host if host.ends_with(".invalid") => Err(WebErrorKind::NoHost),
            _ if address.ends_with(".json") => Ok("json:{}".to_owned()),
            _ => Ok(String::new()),
        }
    }
}
