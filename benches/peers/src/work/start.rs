//! From one call to all children running.

use super::Work;
use crate::{
    bench::Bench,
    load::Load,
    measure::samples::millis,
    peer::Peer,
    table::{Column, Figure},
};
use anyhow::Result;
use collodi_peers::{Moment, now};
use std::time::Duration;

/// How long a peer that is up is left alone before the call. runit waits by itself while its
/// folder is younger than a second.
const BEFORE: Duration = Duration::from_millis(2_000);

pub(super) struct Start;

impl Work for Start {
    fn name(&self) -> &'static str {
        "start"
    }

    fn about(&self, bench: &Bench) -> String {
        let children = bench.sizes.children;
        format!("ms from one call to the `main` of the first and the last of {children} children")
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::times("first"),
            Column::times("last"),
            Column::plain("the call returns"),
        ]
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
        let mut instance = peer.ready(&site, &load)?;
        site.settle(BEFORE)?;
        let called = now();
        instance.go()?;
        let returned = now();
        let stamps = site.wait_for(Moment::Main, bench.sizes.children)?;
        let times = || stamps.iter().map(|stamp| stamp.at.saturating_sub(called));
        Ok(vec![
            times().min().map(millis).into(),
            times().max().map(millis).into(),
            Figure::Number(millis(returned - called)),
        ])
    }
}
