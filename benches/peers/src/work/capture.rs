//! How fast the output of a child gets through.

use super::{SETTLE, Work, started, supervisors};
use crate::{
    bench::Bench,
    load::Load,
    measure::{samples::count, usage},
    peer::{Instance, Peer},
    site::{PATIENCE, Site},
    table::{Column, Figure},
};
use anyhow::{Context as _, Result, bail};
use collodi_peers::{Moment, now};
use std::time::Duration;

/// A large piece is many lines in one write.
pub(super) const LARGE: usize = 64 << 10;

/// One line a write.
const LINE: usize = 100;

/// How long a flood may take.
const FLOOD: Duration = Duration::from_secs(600);

/// What a flood is made of.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// A rest that is no whole line is left out.
    pub(super) bytes: usize,
    /// How much is written at once.
    pub(super) piece: usize,
    /// `lines`, or one endless `line`.
    pub(super) lines: &'static str,
    /// Children beside it that do nothing.
    pub(super) siblings: usize,
}

/// What came of it.
pub(super) struct Flood {
    pub(super) mib_per_second: f64,
    /// On the processor, of the peer.
    pub(super) seconds: f64,
    /// MiB more than before, at the most.
    pub(super) growth: f64,
}

pub(super) struct Capture;

impl Work for Capture {
    fn name(&self) -> &'static str {
        "capture"
    }

    fn about(&self, bench: &Bench) -> String {
        let (all, part) = (bench.sizes.flood >> 20, (bench.sizes.flood / 10) >> 20);
        let siblings = bench.sizes.children.saturating_sub(1);
        format!(
            "MiB/s of {all} MiB in lines of {LINE} bytes, in writes of 64 KiB and with one write a line; \
             {part} MiB in writes of 64 KiB beside {siblings} idle children; seconds on the processor"
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::percent("64 KiB"),
            Column::times("64 KiB, CPU s"),
            Column::percent("a line"),
            Column::times("a line, CPU s"),
            Column::percent("with siblings"),
        ]
    }

    fn rounds(&self, bench: &Bench) -> usize {
        bench.sizes.rounds.min(3)
    }

    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>> {
        if !peer.captures() {
            let words = Figure::Words("no capture".to_owned());
            return Ok(vec![words; self.columns().len()]);
        }
        let shape = Shape {
            bytes: bench.sizes.flood,
            piece: LARGE,
            lines: "lines",
            siblings: 0,
        };
        let large = flood(bench, peer, shape)?;
        let line = flood(
            bench,
            peer,
            Shape {
                piece: LINE,
                ..shape
            },
        )?;
        let siblings = bench.sizes.children.saturating_sub(1);
        let bytes = bench.sizes.flood / 10;
        let beside = flood(
            bench,
            peer,
            Shape {
                bytes,
                siblings,
                ..shape
            },
        )?;
        let figures = [
            large.mib_per_second,
            large.seconds,
            line.mib_per_second,
            line.seconds,
            beside.mib_per_second,
        ];
        Ok(figures.map(Figure::Number).to_vec())
    }
}

/// Lets one child write, and waits until all of it has come.
pub(super) fn flood(bench: &Bench, peer: &dyn Peer, shape: Shape) -> Result<Flood> {
    let shape = Shape {
        bytes: shape.bytes - shape.bytes % LINE,
        ..shape
    };
    let site = bench.site()?;
    let gate = site.gate()?;
    let load = load(&site, shape);
    let (instance, _) = started(peer, &site, &load)?;
    let pids = supervisors(instance.as_ref(), &site)?;
    // What it takes to find out whom to ask is not measured.
    instance.captured(&site, shape.siblings, 0)?;
    let before = usage::of(&pids);
    site.open(&gate)?;
    site.wait("the flood", FLOOD, || {
        Ok(!site.moments(Moment::End).is_empty())
    })?;
    let ended = arrival(instance.as_ref(), &site, shape)?;
    let began = site.moments(Moment::Begin).first().map(|stamp| stamp.at);
    let began = began.context("the flood has no begin")?;
    let after = usage::of(&pids);
    if after.processes < before.processes {
        bail!("it died of the flood");
    }
    let seconds = count(ended.saturating_sub(began)) / 1e9;
    Ok(Flood {
        mib_per_second: count(shape.bytes as u64) / f64::from(1 << 20) / seconds,
        seconds: after.seconds - before.seconds,
        growth: after.peak - before.rss,
    })
}

fn load(site: &Site, shape: Shape) -> Load {
    let mut jobs = site.idle(shape.siblings);
    let (gate, bytes, piece) = (
        site.path("gate"),
        shape.bytes.to_string(),
        shape.piece.to_string(),
    );
    let role = [
        "flood",
        &gate.display().to_string(),
        &bytes,
        &piece,
        shape.lines,
    ];
    jobs.push(site.job(shape.siblings, &role));
    Load {
        jobs,
        respawn: false,
    }
}

/// When the last of it had come: with the end of the writing where all is there by then.
/// Nobody can say of an endless line where it got to; it has its time.
fn arrival(instance: &dyn Instance, site: &Site, shape: Shape) -> Result<u64> {
    if shape.lines != "lines" {
        site.settle(SETTLE)?;
        return Ok(now());
    }
    let written = site.moments(Moment::End).first().map(|stamp| stamp.at);
    let bytes = shape.bytes as u64;
    if instance.captured(site, shape.siblings, bytes)? {
        return written.context("the flood has no end");
    }
    site.wait("all output to come", PATIENCE, || {
        instance.captured(site, shape.siblings, bytes)
    })?;
    Ok(now())
}
