//! Connections, on the simulator's clock: what they may take, and how they end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use axum::{Router, routing::get};
use collodi_http::{Limits, serve};
use collodi_sim::World;
use collodi_time::Instant;
use futures::{
    FutureExt as _, StreamExt as _,
    channel::{mpsc, oneshot},
    future, stream,
};
use hyper_util::rt::TokioIo;
use std::{future::Future, io, time::Duration};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

type Arriving = io::Result<TokioIo<DuplexStream>>;

/// A server in a world of its own, and the way in.
struct Stage {
    world: World,
    door: mpsc::UnboundedSender<Arriving>,
    arriving: mpsc::UnboundedReceiver<Arriving>,
    close: Option<oneshot::Sender<()>>,
    closing: oneshot::Receiver<()>,
    limits: Limits,
}

/// The caller's side.
struct Caller {
    world: World,
    door: mpsc::UnboundedSender<Arriving>,
    close: Option<oneshot::Sender<()>>,
}

impl Stage {
    fn new(limits: Limits) -> Self {
        let (door, arriving) = mpsc::unbounded();
        let (close, closing) = oneshot::channel();
        Self {
            world: World::new(),
            door,
            arriving,
            close: Some(close),
            closing,
            limits,
        }
    }

    /// Serves while `story` plays, and to its own end: the virtual time of it.
    fn play<F: Future<Output = ()>>(self, story: impl FnOnce(Caller) -> F) -> Instant {
        let caller = Caller {
            world: self.world.clone(),
            door: self.door,
            close: self.close,
        };
        let clock = self.world.backends().clock;
        let closing = self.closing.map(drop);
        // Ends only when it is closed, as a listener does.
        let arriving = self.arriving.chain(stream::pending());
        let slow = clock.clone();
        let later = move || async move {
            slow.sleep_until(Instant::from_millis(60_000)).await;
            "later"
        };
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/later", get(later));
        let served = serve(arriving, router, clock.clone(), self.limits, closing);
        let both = future::join(served, story(caller));
        self.world.block_on(both).unwrap();
        clock.now()
    }
}

impl Caller {
    fn call(&self) -> DuplexStream {
        let (near, far) = duplex(4096);
        self.door.unbounded_send(Ok(TokioIo::new(far))).unwrap();
        near
    }

    fn now(&self) -> Instant {
        self.world.backends().clock.now()
    }

    async fn at(&self, millis: u64) {
        let clock = self.world.backends().clock;
        clock.sleep_until(Instant::from_millis(millis)).await;
    }

    async fn close_at(&mut self, seconds: u64) {
        self.at(seconds * 1000).await;
        drop(self.close.take());
    }
}

/// All that is answered until the connection ends.
async fn rest(mut socket: DuplexStream) -> String {
    let mut text = String::new();
    socket.read_to_string(&mut text).await.unwrap();
    text
}

/// What is answered up to the end of this text.
async fn until(socket: &mut DuplexStream, end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        text.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(text).unwrap()
}

fn is_answer(text: &str, body: &str) -> bool {
    text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with(body)
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
const LATER: &[u8] = b"GET /later HTTP/1.1\r\nhost: here\r\n\r\n";

#[test]
fn headers_that_do_not_come_end_the_connection() {
    let end = Stage::new(Limits::default()).play(|mut caller| async move {
        let mut socket = caller.call();
        socket.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
        assert!(!is_answer(&rest(socket).await, "here"));
        caller.close_at(0).await;
    });
    assert_eq!(end, Instant::from_millis(30_000));
}

#[test]
fn headers_that_are_too_many_or_too_long_are_refused() {
    let many = "a: b\r\n".repeat(101);
    let long = format!("authorization: Bearer {}\r\n", "x".repeat(64 << 10));
    for headers in [many, long] {
        Stage::new(Limits::default()).play(|mut caller| async move {
            let mut socket = caller.call();
            let request = format!("GET / HTTP/1.1\r\nhost: here\r\n{headers}\r\n");
            // It hangs up in the midst of it.
            let _ = socket.write_all(request.as_bytes()).await;
            let answer = rest(socket).await;
            assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
            caller.close_at(0).await;
        });
    }
}

#[test]
fn a_connection_that_asks_nothing_more_is_ended() {
    Stage::new(Limits::default()).play(|mut caller| async move {
        let mut socket = caller.call();
        for _ in 0..2 {
            socket.write_all(REQUEST).await.unwrap();
            assert!(is_answer(&until(&mut socket, "here").await, "here"));
        }
        assert_eq!(rest(socket).await, "");
        assert_eq!(caller.now(), Instant::from_millis(30_000));
        caller.close_at(0).await;
    });
}

#[test]
fn who_comes_when_there_are_enough_waits() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    Stage::new(limits).play(|mut caller| async move {
        let (first, _second, mut third) = (caller.call(), caller.call(), caller.call());
        third.write_all(REQUEST).await.unwrap();
        let asked = until(&mut third, "here");
        let gone = async {
            caller.at(9_000).await;
            drop(first);
        };
        let (answer, ()) = future::join(asked, gone).await;
        assert!(is_answer(&answer, "here"));
        assert_eq!(caller.now(), Instant::from_millis(9_000));
        caller.close_at(0).await;
    });
}

#[test]
fn closing_answers_what_was_asked_and_ends_what_is_idle() {
    let limits = Limits {
        farewell: Duration::from_secs(300),
        headers: Duration::from_secs(1000),
        ..Limits::default()
    };
    let end = Stage::new(limits).play(|mut caller| async move {
        let (mut idle, mut asking) = (caller.call(), caller.call());
        idle.write_all(REQUEST).await.unwrap();
        until(&mut idle, "here").await;
        asking.write_all(LATER).await.unwrap();
        caller.close_at(10).await;
        assert_eq!(rest(idle).await, "");
        assert_eq!(caller.now(), Instant::from_millis(10_000));
        let answer = rest(asking).await;
        assert!(
            is_answer(&answer, "later") && answer.contains("connection: close"),
            "{answer}"
        );
    });
    assert_eq!(end, Instant::from_millis(60_000));
}

/// Its question is under way, as it looks from outside.
#[test]
fn closing_answers_who_has_just_come() {
    let end = Stage::new(Limits::default()).play(|mut caller| async move {
        let (mut asking, silent) = (caller.call(), caller.call());
        caller.close_at(10).await;
        caller.at(10_500).await;
        asking.write_all(REQUEST).await.unwrap();
        assert!(is_answer(&rest(asking).await, "here"));
        assert_eq!(rest(silent).await, "");
    });
    assert_eq!(end, Instant::from_millis(11_000));
}

#[test]
fn closing_does_not_wait_for_ever() {
    let end = Stage::new(Limits::default()).play(|mut caller| async move {
        let mut asking = caller.call();
        asking.write_all(LATER).await.unwrap();
        caller.close_at(10).await;
        assert_eq!(rest(asking).await, "");
    });
    assert_eq!(end, Instant::from_millis(12_000));
}

/// A full table of descriptors is looked at again, and not all the time.
#[test]
fn what_cannot_be_accepted_is_tried_again() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    Stage::new(limits).play(|mut caller| async move {
        let fail = |kind: io::ErrorKind| caller.door.unbounded_send(Err(kind.into())).unwrap();
        fail(io::ErrorKind::ConnectionAborted);
        fail(io::ErrorKind::Other);
        fail(io::ErrorKind::OutOfMemory);
        let mut socket = caller.call();
        socket.write_all(REQUEST).await.unwrap();
        assert!(is_answer(&until(&mut socket, "here").await, "here"));
        assert_eq!(caller.now(), Instant::from_millis(2_000));
        caller.close_at(0).await;
    });
}
