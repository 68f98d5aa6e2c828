//! What of a tree outlives its end.

use super::Work;
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
use std::time::Duration;

/// What leaders leave, by the letters of the table.
const KINDS: [(&str, &str); 4] = [
    ("d", "obedient"),
    ("i", "stubborn"),
    ("s", "session"),
    ("f", "daemon"),
];

/// How long a peer has, besides the grace period, to clear up.
const CLEARING: Duration = Duration::from_secs(6);

pub(super) struct Survivors;

impl Work for Survivors {
    fn name(&self) -> &'static str {
        "survivors"
    }

    fn about(&self, _: &Bench) -> String {
        "what a leader started and the peer leaves alive. d: in its group, dies of SIGTERM; i: in its group, does not; \
         s: in a session of its own; f: a daemon by double fork; L: the leader itself"
            .to_owned()
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::plain("stopped"),
            Column::plain("stopped, leader ignores SIGTERM"),
            Column::plain("leader crashed"),
        ]
    }

    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>> {
        let manners = ["lives", "stubborn", "crashes"];
        let words = manners.map(|manner| left(bench, peer, manner).map(Figure::Words));
        words.into_iter().collect()
    }
}

/// The letters of what is left of four trees whose leaders behave like this.
fn left(bench: &Bench, peer: &dyn Peer, manner: &str) -> Result<String> {
    let site = bench.site()?;
    let leaders = KINDS.iter().enumerate();
    let jobs = leaders.map(|(n, (_, kind))| site.job(n, &["leader", kind, manner]));
    let load = Load {
        jobs: jobs.collect(),
        respawn: true,
    };
    let mut instance = peer.ready(&site, &load)?;
    instance.go()?;
    site.wait_for(Moment::Left, KINDS.len())?;
    let leaders = first_lives(&site);
    if manner != "crashes" {
        site.wait_for(Moment::End, KINDS.len())?;
        stop(bench, instance.as_mut());
    }
    clear(&site, &leaders)?;
    Ok(letters(&leaders, &site.moments(Moment::Left)))
}

/// A peer that says it did not manage shows what is left like any other.
fn stop(bench: &Bench, instance: &mut dyn Instance) {
    if let Err(error) = instance.stop() {
        bench.tell(&format!("the stop failed: {error:#}"));
    }
}

/// Waits as long as it takes, and not longer than a peer should need.
fn clear(site: &Site, leaders: &[Stamp]) -> Result<()> {
    let all_gone = || {
        let left = site.moments(Moment::Left);
        !leaders
            .iter()
            .chain(&left)
            .any(|stamp| process::lives(stamp.pid))
    };
    // What is left when patience ends is the figure.
    let _ = site.wait("the trees to end", GRACE + CLEARING, || Ok(all_gone()));
    site.settle(Duration::ZERO)
}

fn first_lives(site: &Site) -> Vec<Stamp> {
    let mut mains = site.moments(Moment::Main);
    mains.sort_by_key(|stamp| (stamp.job, stamp.at));
    mains.dedup_by_key(|stamp| stamp.job);
    mains
}

fn letters(leaders: &[Stamp], left: &[Stamp]) -> String {
    let is_alive = |job: usize| {
        left.iter()
            .any(|stamp| stamp.job == job && process::lives(stamp.pid))
    };
    let kinds = KINDS.iter().enumerate().filter(|(job, _)| is_alive(*job));
    let mut letters: Vec<&str> = kinds.map(|(_, (letter, _))| *letter).collect();
    if leaders.iter().any(|stamp| process::lives(stamp.pid)) {
        letters.push("L");
    }
    if letters.is_empty() {
        return "none".to_owned();
    }
    letters.join(" ")
}

#[cfg(test)]
mod tests {
    use super::letters;
    use collodi_peers::{Moment, Stamp};

    #[test]
    fn who_lives_has_a_letter() {
        let this = std::process::id().cast_signed();
        let stamp = |job, pid| Stamp {
            moment: Moment::Left,
            job,
            pid,
            at: 0,
        };
        // No process has this id.
        let dead = i32::MAX;
        assert_eq!(
            letters(&[stamp(0, dead)], &[stamp(0, dead), stamp(3, dead)]),
            "none"
        );
        assert_eq!(
            letters(&[stamp(0, dead)], &[stamp(0, this), stamp(3, this)]),
            "d f"
        );
        assert_eq!(letters(&[stamp(0, this)], &[]), "L");
    }
}
