//! This backend keeps what every backend promises.

use collodi_conformance::{Subject, trials};
use tokio::runtime::Runtime;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let capabilities = collodi_tokio::backends().process.capabilities();
    let trials = trials("tokio", &capabilities, |play| {
        let case = async {
            Subject::in_temp_dir(collodi_tokio::backends())?
                .put_to(play)
                .await
        };
        Runtime::new()?.block_on(case)
    });
    libtest_mimic::run(&arguments, trials).exit();
}
