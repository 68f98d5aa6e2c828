//! From the death of a child to its next life.

use super::Work;
use crate::{
    bench::Bench,
    load::Load,
    measure::samples::{millis, percentile},
    peer::Peer,
    table::{Column, Figure},
};
use anyhow::Result;
use collodi_peers::{Moment, Stamp};
use std::time::{Duration, Instant};

/// How long the child of the second column lives, in milliseconds.
const LIFE: &str = "1200";

/// How often is looked whether there were enough lives.
const LOOK: Duration = Duration::from_millis(50);

pub(super) struct Respawn;

impl Work for Respawn {
    fn name(&self) -> &'static str {
        "respawn"
    }

    fn about(&self, bench: &Bench) -> String {
        let (lives, seconds) = (bench.sizes.lives, bench.sizes.window.as_secs());
        let siblings = bench.sizes.children.saturating_sub(1);
        format!(
            "ms from a death to the `main` of the next life, no wait configured, in {lives} lives or {seconds} s; \
             of a child that dies at once, the same beside {siblings} idle ones, and of one that lives for {LIFE} ms"
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::times("at once, p50"),
            Column::times("at once, p90"),
            Column::times("with siblings, p50"),
            Column::times("with siblings, p90"),
            Column::times("lived, p50"),
            Column::times("lived, p90"),
            Column::plain("samples"),
        ]
    }

    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>> {
        let siblings = bench.sizes.children.saturating_sub(1);
        let all = [
            waits(bench, peer, "0", 0)?,
            waits(bench, peer, "0", siblings)?,
            waits(bench, peer, LIFE, 0)?,
        ];
        let percentiles = all
            .iter()
            .flat_map(|waits| [percentile(waits, 50), percentile(waits, 90)]);
        let samples: Vec<String> = all.iter().map(|waits| waits.len().to_string()).collect();
        let mut figures: Vec<Figure> = percentiles.map(Figure::from).collect();
        figures.push(Figure::Words(samples.join(" ")));
        Ok(figures)
    }
}

/// The waits between lives of a child, in milliseconds.
fn waits(bench: &Bench, peer: &dyn Peer, life: &str, siblings: usize) -> Result<Vec<f64>> {
    let site = bench.site()?;
    let mut jobs = site.idle(siblings);
    jobs.push(site.job(siblings, &["die", life]));
    let load = Load {
        jobs,
        respawn: true,
    };
    let mut instance = peer.ready(&site, &load)?;
    instance.go()?;
    site.wait_for(Moment::Main, siblings + 1)?;
    let until = Instant::now() + bench.sizes.window;
    while Instant::now() < until && site.moments(Moment::End).len() <= bench.sizes.lives {
        site.settle(LOOK)?;
    }
    Ok(between(&site.stamps(), siblings))
}

/// From each end of a job's life to the begin of the next.
fn between(stamps: &[Stamp], job: usize) -> Vec<f64> {
    let mut waits = Vec::new();
    let mut ended = None;
    for stamp in stamps.iter().filter(|stamp| stamp.job == job) {
        match (stamp.moment, ended) {
            (Moment::End, _) => ended = Some(stamp.at),
            (Moment::Main, Some(end)) => {
                waits.push(millis(stamp.at.saturating_sub(end)));
                ended = None;
            }
            _ => {}
        }
    }
    waits
}

#[cfg(test)]
mod tests {
    use super::between;
    use collodi_peers::Stamp;

    #[test]
    fn lives_of_one_job_among_others() {
        let text = "main 1 10 0\nmain 0 11 5\nend 1 10 1000000\nmain 1 12 3000000\n\
            end 0 11 3500000\nend 1 12 4000000\nmain 1 13 4500000\n";
        assert_eq!(between(&Stamp::all(text), 1), [2.0, 0.5]);
        assert_eq!(between(&Stamp::all(text), 0), [0.0; 0]);
    }
}
