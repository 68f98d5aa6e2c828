//! Out of descriptors. Alone in its program: the limit is everybody's.
#![allow(clippy::unwrap_used)]

use collodi_backend::{ErrorKind, ProcessBackend as _};
use collodi_command::{CommandSpec, Signal, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_tokio::Processes;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[tokio::test]
async fn no_descriptors_left_is_told_and_passes() {
    let backend = Processes::new();
    let tree = TreeId::new(&format!("exhausted-{}", std::process::id()));
    let spec = CommandSpec::new("sleep", Root::new("/").at(RelPath::root()), tree.clone())
        .arg("1000")
        .env("PATH", "/usr/bin:/bin");
    let before = getrlimit(Resource::Nofile);
    let limit = Rlimit {
        current: Some(64),
        maximum: before.maximum,
    };
    setrlimit(Resource::Nofile, limit).unwrap();

    let mut children = Vec::new();
    let error = loop {
        match backend.spawn(&spec).await {
            Ok(child) => children.push(child),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind, ErrorKind::Exhausted, "{error}");

    let started = children.len();
    assert!(started > 3);
    children.truncate(started - 3);
    backend.spawn(&spec).await.unwrap();
    setrlimit(Resource::Nofile, before).unwrap();
    backend.signal_tree(&tree, Signal::KILL).await.unwrap();
    backend.tree_empty(&tree).await.unwrap();
}
