//! What is measured, one file each.

mod adopt;
mod capture;
mod idle;
mod memory;
mod peak;
mod respawn;
mod start;
mod stop;
mod survivors;

use crate::{
    bench::Bench,
    load::Load,
    measure::process,
    peer::{Instance, Peer},
    site::Site,
    table::{Column, Figure},
};
use anyhow::{Result, bail};
use collodi_peers::{Moment, Stamp};
use std::time::Duration;

/// How long a peer is left alone after its children have come up.
const SETTLE: Duration = Duration::from_secs(3);

/// One table.
pub(crate) trait Work {
    fn name(&self) -> &'static str;

    /// What the figures are.
    fn about(&self, bench: &Bench) -> String;

    fn columns(&self) -> Vec<Column>;

    /// How often it is measured.
    fn rounds(&self, _: &Bench) -> usize {
        1
    }

    /// One figure a column.
    ///
    /// # Errors
    ///
    /// When the peer does not do as it is told, or someone interrupts.
    fn measure(&self, bench: &Bench, peer: &dyn Peer) -> Result<Vec<Figure>>;
}

const WORKS: &[fn() -> Box<dyn Work>] = &[
    || Box::new(memory::Memory),
    || Box::new(start::Start),
    || Box::new(respawn::Respawn),
    || Box::new(capture::Capture),
    || Box::new(peak::Peak),
    || Box::new(stop::Stop),
    || Box::new(survivors::Survivors),
    || Box::new(adopt::Adopt),
    || Box::new(idle::Idle),
];

/// The works of these names; all when there are none.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Box<dyn Work>>> {
    let all: Vec<Box<dyn Work>> = WORKS.iter().map(|work| work()).collect();
    let known: Vec<&str> = all.iter().map(|work| work.name()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no work {unknown}; there are {}", known.join(", "));
    }
    let mut chosen = all;
    chosen.retain(|work| names.is_empty() || names.iter().any(|name| name == work.name()));
    Ok(chosen)
}

/// A peer whose children are all there, and what they said when they came up.
fn started<'s>(
    peer: &'s dyn Peer,
    site: &'s Site,
    load: &'s Load,
) -> Result<(Box<dyn Instance + 's>, Vec<Stamp>)> {
    let mut instance = peer.ready(site, load)?;
    instance.go()?;
    let stamps = site.wait_for(Moment::Main, load.jobs.len())?;
    site.settle(SETTLE)?;
    Ok((instance, stamps))
}

/// The processes of a peer.
fn supervisors(instance: &dyn Instance, site: &Site) -> Result<Vec<i32>> {
    let pids = process::supervisors(&instance.roots(), site.child());
    if pids.is_empty() {
        bail!("it has ended");
    }
    Ok(pids)
}

#[cfg(test)]
mod tests {
    use super::{WORKS, chosen};

    #[test]
    fn works_are_chosen_by_name() {
        let names = |given: &[&str]| -> Option<Vec<&str>> {
            let given: Vec<String> = given.iter().map(ToString::to_string).collect();
            Some(
                chosen(&given)
                    .ok()?
                    .iter()
                    .map(|work| work.name())
                    .collect(),
            )
        };
        assert_eq!(names(&["stop", "start"]), Some(vec!["start", "stop"]));
        assert_eq!(names(&["sleep"]), None);
        assert_eq!(names(&[]).unwrap().len(), WORKS.len());
    }
}
