//! Processes in a PID namespace that was entered from outside, as by `docker exec`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use collodi_backend::ProcessBackend as _;
use collodi_command::{CommandSpec, Signal, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_tokio::Processes;
use std::process::Command;

/// Whoever may not make a namespace is told so, and this much is not tested.
fn in_a_namespace(options: &[&str], test: &str) {
    let run = |program: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork"]);
        command.args(options).args(program).output().unwrap()
    };
    let probe = run(&["true"]);
    if !probe.status.success() {
        let why = String::from_utf8_lossy(&probe.stderr);
        eprintln!("NOT TESTED, this machine refuses namespaces: {why}");
        return;
    }
    let own = std::env::current_exe().unwrap();
    let told = run(&[own.to_str().unwrap(), "--ignored", "--exact", test]);
    let said = String::from_utf8_lossy(&told.stdout);
    assert!(
        told.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&told.stderr)
    );
}

#[test]
fn whose_session_began_outside() {
    in_a_namespace(&["--mount-proc"], "a_life_inside");
}

#[test]
fn whose_proc_is_of_another() {
    in_a_namespace(&[], "a_life_that_cannot_be_seen");
}

async fn a_life() -> Result<bool, collodi_backend::Error> {
    let backend = Processes::new();
    let tree = TreeId::new("inside");
    let spec = CommandSpec::new("sleep", Root::new("/").at(RelPath::root()), tree.clone())
        .arg("1000")
        .env("PATH", "/usr/bin:/bin");
    let child = backend.spawn(&spec).await?;
    let members = backend.tree_members(&tree).await;
    backend.signal_tree(&tree, Signal::KILL).await?;
    backend.tree_empty(&tree).await?;
    let found = members?
        .iter()
        .any(|member| Some(member.pid) == child.pid());
    Ok(found)
}

#[tokio::test]
#[ignore = "run by another test in a namespace"]
async fn a_life_inside() {
    assert!(a_life().await.unwrap());
}

#[tokio::test]
#[ignore = "run by another test in a namespace"]
async fn a_life_that_cannot_be_seen() {
    let error = a_life().await.unwrap_err().to_string();
    assert!(error.contains("another PID namespace"), "{error}");
}
