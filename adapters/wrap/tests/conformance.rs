//! What wraps a backend keeps what every backend promises. Around the simulator.

use collodi_backend::Backends;
use collodi_conformance::{Play, Subject, Verdict, trials};
use collodi_sim::World;
use collodi_wrap::{Faults, Rate, chaos, limit, record};
use std::{num::NonZeroUsize, time::Duration};

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let capabilities = World::new().backends().process.capabilities();
    let mut all = trials("record", &capabilities, |play| {
        around(play, |backends| record(backends, |_| {}))
    });
    all.extend(trials("limit", &capabilities, |play| {
        let many = NonZeroUsize::MIN.saturating_add(63);
        around(play, |backends| limit(backends, many))
    }));
    all.extend(trials("chaos-at-rest", &capabilities, |play| {
        around(play, |backends| chaos(backends, 1, Faults::default()))
    }));
    all.extend(trials("late", &capabilities, |play| {
        let late = Faults {
            delay: Rate::per_mille(300),
            longest: Duration::from_millis(2),
            ..Faults::default()
        };
        (0..10).try_for_each(|seed| around(play, |backends| chaos(backends, seed, late)))
    }));
    libtest_mimic::run(&arguments, all).exit();
}

fn around(play: Play, wrap: impl Fn(Backends) -> Backends) -> Verdict {
    let world = World::new();
    world.dir("/tmp/case/root").dir("/tmp/case/outside");
    let subject = Subject::new(wrap(world.backends()), "/tmp/case", "/bin/collodi-child");
    world.block_on(subject.put_to(play))?
}
