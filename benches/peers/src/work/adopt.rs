//! SIGKILL to the peer, and what it does with its children when it is started again.

use super::{SETTLE, Work, started, supervisors};
use crate::{
    bench::Bench,
    load::{GRACE, Load},
    measure::process,
    peer::{Instance, Peer},
    site::Site,
    table::{Column, Figure},
};
use anyhow::Result;
use collodi_peers::{Moment, Stamp};
use rustix::process::Signal;
use std::time::{Duration, Instant};

/// How long a peer has to find its children, or to start new ones, and to stop them.
const TIME: Duration = Duration::from_secs(10);

pub(super) struct Adopt;

/// What became of the children of one kind.
#[derive(Debug, Default, PartialEq, Eq)]
struct Fate {
    adopted: usize,
    duplicates: usize,
    lost: usize,
}

impl Work for Adopt {
    fn name(&self) -> &'static str {
        "adopt"
    }

    fn about(&self, bench: &Bench) -> String {
        let half = bench.sizes.children / 2;
        format!(
            "all processes of the peer get SIGKILL and it is started again: of {half} quiet children and {half} that write \
             each 100 ms, adopted (alive, and dead when the peer is told to stop) / duplicates (two alive) / lost (dead before); \
             and ms from its launch until it says that it has all of them, where it can be asked"
        )
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::plain("quiet"),
            Column::plain("writing"),
            Column::plain("has all, ms"),
        ]
    }

    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>> {
        let site = bench.site()?;
        let load = load(&site, bench.sizes.children);
        let (instance, first) = started(peer, &site, &load)?;
        kill(instance.as_ref(), &site)?;
        drop(instance);
        site.settle(SETTLE)?;
        let launched = Instant::now();
        let mut again = peer.ready(&site, &load)?;
        let has_all = has_all(again.as_ref(), &site, first.len(), launched)?;
        again.go()?;
        site.settle(TIME)?;
        let survived = living(&first);
        let doubled = living(&later(&site, &first));
        again.stop()?;
        site.settle(GRACE + TIME)?;
        let unmanaged = living(&survived);
        let fate = |is_quiet: bool| {
            let of = |stamps: &[Stamp]| jobs(stamps, is_quiet);
            fate(&of(&first), &of(&survived), &of(&doubled), &of(&unmanaged))
        };
        let [quiet, writing] = [true, false].map(|is_quiet| Figure::Words(fate(is_quiet).text()));
        Ok(vec![quiet, writing, has_all])
    }
}

/// The even are quiet, the odd write.
fn load(site: &Site, children: usize) -> Load {
    let role = |n: usize| if n.is_multiple_of(2) { "idle" } else { "talk" };
    let jobs = (0..children).map(|n| site.job(n, &[role(n)]));
    Load {
        jobs: jobs.collect(),
        respawn: true,
    }
}

fn jobs(stamps: &[Stamp], is_quiet: bool) -> Vec<usize> {
    let jobs = stamps.iter().map(|stamp| stamp.job);
    jobs.filter(|job| job.is_multiple_of(2) == is_quiet)
        .collect()
}

/// The milliseconds until it says that it has so many children.
fn has_all(
    instance: &dyn Instance,
    site: &Site,
    children: usize,
    launched: Instant,
) -> Result<Figure> {
    let Some(mut known) = instance.known()? else {
        return Ok(Figure::Nothing);
    };
    let waited = site.wait("all children", TIME, || {
        if known != children {
            known = instance.known()?.unwrap_or_default();
        }
        Ok(known == children)
    });
    let millis = waited.map(|()| launched.elapsed().as_secs_f64() * 1_000.0);
    Ok(millis.ok().into())
}

/// The roots first: nobody is there to start the others again.
fn kill(instance: &dyn Instance, site: &Site) -> Result<()> {
    let pids = supervisors(instance, site)?;
    let roots = instance.roots();
    let others = pids.iter().filter(|pid| !roots.contains(pid));
    for pid in roots.iter().chain(others) {
        process::signal(*pid, Signal::KILL);
    }
    Ok(())
}

fn living(stamps: &[Stamp]) -> Vec<Stamp> {
    let living = stamps.iter().filter(|stamp| process::lives(stamp.pid));
    living.copied().collect()
}

fn later(site: &Site, first: &[Stamp]) -> Vec<Stamp> {
    let mut stamps = site.moments(Moment::Main);
    stamps.retain(|stamp| !first.contains(stamp));
    stamps
}

fn fate(first: &[usize], survived: &[usize], doubled: &[usize], unmanaged: &[usize]) -> Fate {
    Fate {
        adopted: survived.len() - unmanaged.len(),
        duplicates: survived.iter().filter(|job| doubled.contains(job)).count(),
        lost: first.len() - survived.len(),
    }
}

impl Fate {
    fn text(&self) -> String {
        format!("{} / {} / {}", self.adopted, self.duplicates, self.lost)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, fate};

    #[test]
    fn fates() {
        let check = |survived: &[usize], doubled: &[usize], unmanaged: &[usize], expected| {
            let fate = fate(&[0, 2, 4], survived, doubled, unmanaged);
            assert_eq!(fate.text(), expected);
        };
        check(&[0, 2, 4], &[], &[], "3 / 0 / 0");
        check(&[0, 2, 4], &[0, 2, 4], &[0, 2, 4], "0 / 3 / 0");
        check(&[], &[0, 2, 4], &[], "0 / 0 / 3");
        check(&[0, 2], &[2, 4], &[2], "1 / 1 / 1");
        assert_eq!(fate(&[], &[], &[], &[]), Fate::default());
    }
}
