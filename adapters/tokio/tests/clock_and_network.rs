//! Time and ports.
#![allow(clippy::unwrap_used)]

use collodi_backend::{Clock as _, ErrorKind, Network as _};
use collodi_time::{Duration, Instant};
use collodi_tokio::{Clock, Network};
use std::net::TcpListener;

#[tokio::test(start_paused = true)]
async fn sleeps_to_the_instant_and_not_at_all_to_one_that_passed() {
    let clock = Clock::new();
    assert_eq!(clock.now(), Instant::ZERO);
    clock.sleep_until(Instant::from_millis(1_500)).await;
    assert_eq!(clock.now(), Instant::from_millis(1_500));
    clock.sleep_until(Instant::from_millis(1_000)).await;
    assert_eq!(clock.now(), Instant::from_millis(1_500));
    // Never before, also where the timer's grain is coarser than the instant.
    let odd = Instant::from_nanos(2_000_000_001);
    clock.sleep_until(odd).await;
    assert!(clock.now() >= odd);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_time_does_not_come() {
    let clock = Clock::new();
    let never = clock.sleep_until(Instant::from_nanos(u64::MAX));
    let day = Duration::from_secs(86_400);
    assert!(tokio::time::timeout(day, never).await.is_err());
}

/// A future may be made anywhere; only the runtime that polls it has to have a timer.
#[test]
fn a_sleep_is_made_outside_of_a_runtime() {
    let clock = Clock::new();
    let sleep = clock.sleep_until(Instant::from_millis(1));
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(sleep);
    assert!(clock.now() >= Instant::from_millis(1));
}

#[tokio::test]
async fn connects_where_somebody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    assert_eq!(Network.connect("127.0.0.1", port).await, Ok(()));
    assert_eq!(Network.connect("localhost", port).await, Ok(()));
    assert_ne!(Network.free_port(port).await, Ok(port));
    drop(listener);
    let refused = Network.connect("127.0.0.1", port).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Refused);
    let unknown = Network.connect("no.such.host.invalid", port).await;
    assert_eq!(unknown.unwrap_err().kind, ErrorKind::Other);
}

#[tokio::test]
async fn the_last_port_is_the_last() {
    let listener = TcpListener::bind("127.0.0.1:65535");
    let found = Network.free_port(65_535).await.map_err(|error| error.kind);
    if listener.is_ok() {
        assert_eq!(found, Err(ErrorKind::Exhausted));
    }
}
