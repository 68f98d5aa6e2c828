//! Serving connections, whichever runtime's sockets they are.

mod timer;

use axum::Router;
use collodi_backend::Clock;
use futures::{FutureExt as _, Stream, StreamExt as _, future};
use hyper::{
    rt::{Read, Write},
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::service::TowerToHyperService;
use std::{
    future::Future,
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use timer::ClockTimer;

/// Less than this is not for hyper.
const LEAST_BUFFER: usize = 8192;

/// What connections may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many there may be at once. Others wait until one has ended.
    pub connections: usize,
    /// The bytes that each may keep of what was read and not understood yet, or answered and not
    /// taken yet. A request whose headers are longer is answered with 431.
    pub buffer: usize,
    /// How long a caller may take until all headers of its next request are there.
    pub headers: Duration,
    /// How long answers may take once the server is closing.
    pub farewell: Duration,
    /// How long a caller who has just come may take then to ask something.
    pub first: Duration,
    /// How long nothing is accepted when the system has no descriptors or memory left.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            buffer: 64 << 10,
            headers: Duration::from_secs(30),
            farewell: Duration::from_secs(2),
            first: Duration::from_secs(1),
            pause: Duration::from_secs(1),
        }
    }
}

/// Serves `router` to every connection of `accepted`, on the runtime that polls it, until
/// `closing` is ready. Then requests under way are answered, and those of callers who have just come;
/// idle connections end, and nobody is waited for longer than [`Limits::farewell`].
pub async fn serve<C: Read + Write + Unpin>(
    accepted: impl Stream<Item = io::Result<C>>,
    router: Router,
    clock: Arc<dyn Clock>,
    limits: Limits,
    closing: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(ClockTimer::new(Arc::clone(&clock)))
        .header_read_timeout(limits.headers)
        .max_buf_size(limits.buffer.max(LEAST_BUFFER));
    let closing = closing.shared();
    let accepted = accepted.take_until(closing.clone());
    let served = accepted.for_each_concurrent(limits.connections, |socket| {
        let (http, router, clock, closing) = (&http, &router, &clock, &closing);
        async move {
            match socket {
                Ok(socket) => {
                    let first = rest(&**clock, limits.first);
                    converse(http, socket, router.clone(), closing.clone(), first).await;
                }
                // Its place is taken meanwhile, so failures end before they are many.
                Err(error) if !is_of_caller(&error) => rest(&**clock, limits.pause).await,
                Err(_) => {}
            }
        }
    });
    let patience = closing.clone().then(|()| rest(&*clock, limits.farewell));
    future::select(pin!(served), pin!(patience)).await;
}

/// Serves one connection until `closing`; one that has asked nothing by then, until `first` after
/// that. What goes wrong with it is its caller's affair.
async fn converse<C: Read + Write + Unpin>(
    http: &http1::Builder,
    socket: C,
    router: Router,
    closing: impl Future<Output = ()>,
    first: impl Future<Output = ()>,
) {
    let has_asked = AtomicBool::new(false);
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request| {
        has_asked.store(true, Relaxed);
        router.call(request)
    });
    let enough = async {
        closing.await;
        if !has_asked.load(Relaxed) {
            first.await;
        }
    };
    let mut connection = pin!(http.serve_connection(socket, service));
    if let future::Either::Right(_) = future::select(connection.as_mut(), pin!(enough)).await {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

async fn rest(clock: &dyn Clock, time: Duration) {
    clock.sleep_until(clock.now() + time).await;
}

/// Whether a caller has gone before it was accepted.
fn is_of_caller(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
