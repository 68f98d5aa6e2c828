//! The seven laws on every machine of the project.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_conformance::machines;
use collodi_restart::Course;
use collodi_time::Instant;

#[test]
fn the_restart_supervisor_keeps_the_laws() {
    machines::supervisor().check().unwrap();
}

#[test]
fn a_restart_supervisor_that_goes_on_keeps_the_laws() {
    let until = Instant::from_millis(700);
    for course in [
        Course::ReadyBy(until),
        Course::ReadyBy(Instant::ZERO),
        Course::Signalled { step: 0, until },
        Course::Signalled {
            step: 1,
            until: Instant::ZERO,
        },
    ] {
        machines::resumed_supervisor(course).check().unwrap();
    }
}

#[test]
fn detection_keeps_the_laws() {
    machines::detect().check().unwrap();
}

#[test]
fn the_making_of_an_environment_keeps_the_laws() {
    machines::provision().check().unwrap();
}

#[test]
fn the_telling_of_webhooks_keeps_the_laws() {
    machines::courier().check().unwrap();
}

#[test]
fn the_search_for_a_conda_environment_keeps_the_laws() {
    machines::locate().unwrap().check().unwrap();
}

#[test]
fn the_run_engine_keeps_the_laws() {
    for script in machines::SCRIPTS {
        let script = machines::script_of(script).unwrap();
        machines::run(script).check().unwrap();
    }
}

#[test]
fn the_host_keeps_the_laws() {
    for script in machines::SCRIPTS {
        let script = machines::script_of(script).unwrap();
        machines::host(script).check().unwrap();
    }
}

#[test]
fn a_host_with_a_journal_keeps_the_laws() {
    for script in machines::SCRIPTS {
        let script = machines::script_of(script).unwrap();
        machines::journaled_host(script).check().unwrap();
    }
}
