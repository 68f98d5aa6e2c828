//! This backend keeps what every backend promises, with control groups and without.

use collodi_backend::Backends;
use collodi_conformance::{Play, Subject, Verdict, trials};
use collodi_tokio::Processes;
use std::sync::Arc;
use tokio::runtime::Runtime;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let capabilities = collodi_tokio::backends().process.capabilities();
    let mut all = trials("tokio", &capabilities, |play| {
        put(collodi_tokio::backends(), play)
    });
    let capabilities = without_control_groups().process.capabilities();
    all.extend(trials("tokio-ungrouped", &capabilities, |play| {
        put(without_control_groups(), play)
    }));
    libtest_mimic::run(&arguments, all).exit();
}

fn without_control_groups() -> Backends {
    Backends {
        process: Arc::new(Processes::without_control_groups()),
        ..collodi_tokio::backends()
    }
}

fn put(backends: Backends, play: Play) -> Verdict {
    let case = async { Subject::in_temp_dir(backends)?.put_to(play).await };
    Runtime::new()?.block_on(case)
}
