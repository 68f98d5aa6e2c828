//! What a peer takes with nothing to do, and with children that do nothing.

use super::{Work, started, supervisors};
use crate::{
    bench::Bench,
    load::Load,
    measure::{
        samples::count,
        usage::{self, Usage},
    },
    peer::Peer,
    table::{Column, Figure},
};
use anyhow::Result;

pub(super) struct Memory;

impl Work for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn about(&self, bench: &Bench) -> String {
        let [few, many] = bench.sizes.idle;
        format!(
            "MiB with no children, with few ({few}) and many ({many}) idle ones; KiB and descriptors a child"
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::times("RSS, none"),
            Column::plain("PSS, none"),
            Column::times("RSS, few"),
            Column::times("RSS, many"),
            Column::times("PSS, many"),
            Column::plain("processes, many"),
            Column::plain("PSS KiB a child, few"),
            Column::plain("PSS KiB a child, many"),
            Column::plain("descriptors a child"),
        ]
    }

    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>> {
        let [few, many] = bench.sizes.idle;
        let none = with(bench, peer, 0)?;
        let with_few = with(bench, peer, few)?;
        let with_many = with(bench, peer, many)?;
        let each = |more: f64, children: usize| more / count(children as u64);
        let kib = |usage: Usage, children| each((usage.pss - none.pss) * 1024.0, children);
        let figures = [
            none.rss,
            none.pss,
            with_few.rss,
            with_many.rss,
            with_many.pss,
            with_many.processes,
            kib(with_few, few),
            kib(with_many, many),
            each(with_many.descriptors - none.descriptors, many),
        ];
        Ok(figures.map(Figure::Number).to_vec())
    }
}

/// What it takes with so many children.
fn with(bench: &Bench, peer: &dyn Peer, children: usize) -> Result<Usage> {
    let site = bench.site()?;
    let load = Load {
        jobs: site.idle(children),
        respawn: false,
    };
    let (instance, _) = started(peer, &site, &load)?;
    Ok(usage::of(&supervisors(instance.as_ref(), &site)?))
}
