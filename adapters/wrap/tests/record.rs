//! What is written down, in the words of a trace.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_command::{CommandSpec, Signal, Stdin, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_file::FileOp;
use collodi_sim::World;
use collodi_wrap::record;
use std::sync::{Arc, Mutex};

#[test]
fn calls_answers_and_what_was_left() {
    let world = World::new();
    let lines = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&lines);
    let backends = record(world.backends(), move |line| {
        let mut text = written.lock().unwrap();
        text.push_str(line);
        text.push('\n');
    });
    let root = Root::new("/tmp").at(RelPath::root());
    let tree = TreeId::new("demo-1");
    let child = |words: &[&str]| {
        CommandSpec::new("/bin/collodi-child", root.clone(), tree.clone()).args(words.to_vec())
    };
    let story = async {
        let file = root.join("note").unwrap();
        let write = FileOp::write(file, b"x".to_vec());
        backends.files.perform(write).await.unwrap();
        let mut echo = child(&["cat"]);
        echo.stdin = Stdin::Piped;
        let mut echoing = backends.process.spawn(&echo).await.unwrap();
        let mut input = echoing.input().unwrap();
        input.write(b"hello").await.unwrap();
        drop(input);
        while echoing.next_event().await.is_some() {}
        let left = backends.process.spawn(&child(&["wait"])).await.unwrap();
        let members = backends.process.tree_members(&tree).await.unwrap();
        assert_eq!(members.len(), 1);
        drop(left);
        backends
            .process
            .signal_tree(&tree, Signal::TERM)
            .await
            .unwrap();
        let refused = backends.network.connect("127.0.0.1", 9).await;
        assert!(refused.is_err());
    };
    world.block_on(story).unwrap();
    insta::assert_snapshot!(lines.lock().unwrap(), @r#"
    t+0.000s > #1 write /tmp/note (1 bytes)
    t+0.000s < #1 done
    t+0.000s > #2 exec /bin/collodi-child cat
    t+0.000s < #2 spawned pid 101
    t+0.000s > #3 write "hello" to demo-1
    t+0.000s < #3 written
    t+0.000s < #2 stdout "hello"
    t+0.000s < #2 exited (exit code 0)
    t+0.000s < #2 ended (exit code 0)
    t+0.000s > #4 exec /bin/collodi-child wait
    t+0.000s < #4 spawned pid 102
    t+0.000s > #5 look who is in demo-1
    t+0.000s < #5 1 processes
    t+0.000s < #4 left
    t+0.000s > #6 signal SIGTERM to demo-1
    t+0.000s < #6 signalled
    t+0.000s > #7 connect to 127.0.0.1:9
    t+0.000s < #7 failed to connect to 127.0.0.1:9: connection refused
    "#);
}
