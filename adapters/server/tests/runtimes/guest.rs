//! `collodi run` beside the server of its workspace.

use super::{SERVER, stage::Stage};
use std::fs;

on_each_runtime! {
    a_run_goes_on_from_a_step_at_a_server_that_knows_no_earlier_one
    a_folder_beside_a_server_can_become_one_of_its_apps
}

const TWO_STEPS: &str = r#"{"run": [
    {"method": "shell.run", "params": {"message": "echo first"}},
    {"method": "shell.run", "params": {"message": "echo second"}}]}"#;

/// The earlier one was run by a server that is gone.
fn a_run_goes_on_from_a_step_at_a_server_that_knows_no_earlier_one(stage: Stage) {
    stage.app("demo", TWO_STEPS);
    let mut first = stage.serve_quietly();
    assert_eq!(stage.post("/python/apps/demo/run").status, 200);
    first.signal("-USR1");
    assert_eq!(first.code(), Some(0));
    let _second = stage.serve_quietly();
    let ran = stage.output(&["run", "demo", "--from", "2"]);
    let (said, told) = (ran.stdout(), ran.stderr());
    assert!(said.contains("[1/2] left out\n"), "{said}");
    assert!(
        said.ends_with("| second\ncompleted after 1 step\n"),
        "{said}"
    );
    assert!(told.contains("knows no earlier run of demo"), "{told}");
    assert_eq!(ran.code(), Some(0));
    let beyond = stage.output(&["run", "demo", "--from", "4"]);
    let told = beyond.stderr();
    assert!(told.contains("the script has 2 steps"), "{told}");
}

fn a_folder_beside_a_server_can_become_one_of_its_apps(stage: Stage) {
    fs::create_dir_all(stage.path("mine/demo")).unwrap();
    fs::write(stage.path("mine/demo/pinokio.json"), SERVER).unwrap();
    let _serving = stage.serve_quietly();
    let refused = stage.output(&["run", "mine/demo"]);
    let told = refused.stderr();
    assert!(told.contains("`collodi add mine/demo`"), "{told}");
    assert_eq!((refused.code(), refused.stdout()), (Some(1), String::new()));
}
