//! Answers that are kept as long as nothing happens to the host.

#![allow(clippy::unwrap_used)]

use collodi_contain::{Name, Root};
use collodi_driver::{Driver, Gone, Unchanged};
use collodi_host::{AppChange, Command, Host, HostOptions};
use collodi_python::{Layout, Platform};
use collodi_sim::World;
use futures::future::join;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// How often the question was asked.
static ASKED: AtomicUsize = AtomicUsize::new(0);

fn counted(host: &Host) -> usize {
    ASKED.fetch_add(1, Ordering::Relaxed);
    host.processes().count()
}

#[test]
fn a_host_is_asked_again_when_something_has_happened() {
    let world = World::new();
    world.dir("/w");
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let (driver, host) = Driver::new(Host::new(HostOptions::new(layout, 7)), world.backends());
    let answers = Unchanged::new(counted);
    let asks = async {
        host.query(Host::has_recovered).await.unwrap();
        // What the host finds out at its start is over.
        world
            .backends()
            .clock
            .sleep_until(collodi_time::Instant::from_millis(60_000))
            .await;
        answers.ask(&host).await.unwrap();
        let before = ASKED.load(Ordering::Relaxed);
        for _ in 0..3 {
            assert_eq!(answers.ask(&host).await, Ok(0));
        }
        assert_eq!(
            ASKED.load(Ordering::Relaxed),
            before,
            "nothing has happened"
        );
        let app = Name::parse("demo").unwrap();
        let change = AppChange::Update;
        host.command(Command::ClaimApp { app, change })
            .await
            .unwrap();
        assert_eq!(answers.ask(&host).await, Ok(0));
        assert_eq!(
            ASKED.load(Ordering::Relaxed),
            before + 1,
            "it may be another"
        );
        host.command(Command::Shutdown(Duration::ZERO))
            .await
            .unwrap();
    };
    world.block_on(join(driver.run(), asks)).unwrap();
    assert_eq!(world.block_on(answers.ask(&host)).unwrap(), Err(Gone));
}
