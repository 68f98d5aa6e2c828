//! Real processes play the scenarios.

use collodi_conformance::{Subject, scenario};

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = scenario::trials("tokio", |play, scenario| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let _inside = runtime.enter();
        let subject = Subject::in_temp_dir(collodi_tokio::backends())?;
        runtime.block_on(play(subject, scenario))
    });
    match trials {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit(),
        Err(broken) => {
            eprintln!("{broken}");
            std::process::exit(1);
        }
    }
}
