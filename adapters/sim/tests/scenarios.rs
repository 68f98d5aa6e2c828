//! The simulator plays the scenarios.

use collodi_conformance::{Subject, scenario};
use collodi_sim::World;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = scenario::trials("sim", |play, scenario| {
        let world = World::new();
        world.dir("/tmp/case/root").dir("/tmp/case/outside");
        let subject = Subject::new(world.backends(), "/tmp/case", "/bin/collodi-child");
        world.block_on(play(subject, scenario))?
    });
    match trials {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit(),
        Err(broken) => {
            eprintln!("{broken}");
            std::process::exit(1);
        }
    }
}
