//! What a peer does while nothing happens.

use super::{SETTLE, Work, started, supervisors};
use crate::{
    bench::Bench,
    load::Load,
    measure::{
        samples::{count, millis},
        usage,
    },
    peer::Peer,
    table::{Column, Figure},
};
use anyhow::Result;
use collodi_peers::now;

pub(super) struct Idle;

impl Work for Idle {
    fn name(&self) -> &'static str {
        "idle"
    }

    fn about(&self, bench: &Bench) -> String {
        let ([children, _], seconds) = (bench.sizes.idle, bench.sizes.window.as_secs());
        format!(
            "with {children} quiet children and no client, over {seconds} s: context switches a second, ms on the processor a second"
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![Column::plain("switches/s"), Column::plain("CPU ms/s")]
    }

    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>> {
        let [children, _] = bench.sizes.idle;
        let site = bench.site()?;
        let load = Load {
            jobs: site.idle(children),
            respawn: false,
        };
        let (instance, _) = started(peer, &site, &load)?;
        site.settle(SETTLE)?;
        let pids = supervisors(instance.as_ref(), &site)?;
        let (began, before) = (now(), usage::activity(&pids));
        site.settle(bench.sizes.window)?;
        let done = usage::activity(&pids) - before;
        let seconds = count(now() - began) / 1e9;
        let figures = [count(done.switches), millis(done.nanos)];
        Ok(figures
            .map(|figure| Figure::Number(figure / seconds))
            .to_vec())
    }
}
