//! From one call to all children dead.

use super::{Work, started};
use crate::{
    bench::Bench,
    load::Load,
    measure::{death::Deaths, samples::millis},
    peer::Peer,
    site::PATIENCE,
    table::{Column, Figure},
};
use anyhow::{Result, bail};
use collodi_peers::now;
use std::thread;

pub(super) struct Stop;

impl Work for Stop {
    fn name(&self) -> &'static str {
        "stop"
    }

    fn about(&self, bench: &Bench) -> String {
        let children = bench.sizes.children;
        format!(
            "ms until the last of {children} children that die of SIGTERM is dead, and until the call returns"
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![Column::times("all dead"), Column::times("the call returns")]
    }

    fn rounds(&self, bench: &Bench) -> usize {
        bench.sizes.rounds
    }

    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>> {
        let site = bench.site()?;
        let load = Load {
            jobs: site.idle(bench.sizes.children),
            respawn: false,
        };
        let (mut instance, stamps) = started(peer, &site, &load)?;
        let pids: Vec<i32> = stamps.iter().map(|stamp| stamp.pid).collect();
        let deaths = Deaths::of(&pids)?;
        let watch = thread::spawn(move || deaths.last(PATIENCE));
        let called = now();
        instance.stop()?;
        let returned = now();
        let Ok(dead) = watch.join() else {
            bail!("nobody watched the deaths");
        };
        Ok([dead? - called, returned - called]
            .map(|nanos| Figure::Number(millis(nanos)))
            .to_vec())
    }
}
