//! The simulator keeps what every backend promises.

use collodi_conformance::{Subject, Verdict, trials};
use collodi_sim::World;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let capabilities = World::new().backends().process.capabilities();
    let mut all = trials("sim", &capabilities, |play| in_world(&World::new(), play));
    all.extend(trials("sim-shuffled", &capabilities, |play| {
        (1..=20).try_for_each(|seed| in_world(&World::seeded(seed), play))
    }));
    libtest_mimic::run(&arguments, all).exit();
}

fn in_world(world: &World, play: collodi_conformance::Play) -> Verdict {
    world.dir("/tmp/case/root").dir("/tmp/case/outside");
    let subject = Subject::new(world.backends(), "/tmp/case", "/bin/collodi-child");
    world.block_on(subject.put_to(play))?
}
