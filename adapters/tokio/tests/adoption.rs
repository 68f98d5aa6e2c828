//! A server is killed, and the next one takes its children over.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use collodi_backend::{Child, ChildEvent, ErrorKind, ProcessBackend as _};
use collodi_command::{CommandSpec, Exit, Identity, Recording, Signal, Stream, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_logs::recording::{Recorded, recorded, segment_files};
use collodi_tokio::Processes;
use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Stdio},
};

const CHILDREN: u32 = 20;
/// Numbers that each child says: some megabytes, more than pipes hold.
const NUMBERS: u32 = 300_000;

/// Says the numbers, and ends with its own one.
fn spec(dir: &Path, number: u32) -> CommandSpec {
    let root = Root::new(dir.to_str().unwrap());
    let tree = format!(
        "adoption-{}-{number}",
        dir.file_name().unwrap().to_str().unwrap()
    );
    let line = format!("seq 1 {NUMBERS}; exit {number}");
    let mut spec = CommandSpec::new("sh", root.at(RelPath::root()), TreeId::new(&tree))
        .args(["-c", &line])
        .env("PATH", "/usr/bin:/bin");
    let kept = root
        .contain(&RelPath::root(), &format!("kept/{number}"))
        .unwrap();
    spec.recording = Some(Recording::new(kept).into());
    spec
}

/// The server that is killed: it says who its children are, and reads until then.
#[tokio::test]
#[ignore = "run by another test, which kills it"]
async fn a_server_that_is_killed() {
    let dir = std::env::var("COLLODI_TEST_DIR").unwrap();
    let backend = Processes::new();
    let mut children = Vec::new();
    for number in 0..CHILDREN {
        let child = backend.spawn(&spec(Path::new(&dir), number)).await.unwrap();
        println!("child {}", child.identity().unwrap());
        children.push(child);
    }
    let mut heard = 0;
    loop {
        for child in &mut children {
            if let Some(ChildEvent::Output { bytes, .. }) = child.next_event().await {
                heard += bytes.len();
            }
        }
        if heard > 4 << 20 {
            println!("heard enough");
        }
    }
}

/// Starts the server, kills it amid what its children say, and gives their identities.
fn kill_a_server(dir: &Path) -> Vec<Identity> {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "a_server_that_is_killed",
        ])
        .env("COLLODI_TEST_DIR", dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut identities = Vec::new();
    for line in BufReader::new(server.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.contains("heard enough") {
            break;
        }
        if let Some((_, identity)) = line.split_once("child ") {
            identities.push(identity.parse().unwrap());
        }
    }
    server.kill().unwrap();
    assert_eq!(server.wait().unwrap().signal(), Some(9));
    identities
}

async fn to_the_end(mut child: Box<dyn Child>) -> Option<Exit> {
    let mut exit = None;
    while let Some(event) = child.next_event().await {
        if let ChildEvent::Exited(how) = event {
            exit = Some(how);
        }
    }
    exit
}

/// What is kept of standard output, over all lives of the server.
fn kept(dir: &Path, number: u32) -> (String, Vec<Exit>) {
    let (log, index) = segment_files(1);
    let dir = dir.join(format!("kept/{number}"));
    let bytes = fs::read(dir.join(log)).unwrap();
    let index = fs::read_to_string(dir.join(index)).unwrap();
    let (mut said, mut exits) = (Vec::new(), Vec::new());
    for (_, what) in recorded(&index, bytes.len() as u64) {
        match what {
            Recorded::Said(Stream::Stdout, range) => {
                let range =
                    usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
                said.extend_from_slice(bytes.get(range).unwrap());
            }
            Recorded::Ended(exit) => exits.push(exit),
            other => assert!(matches!(other, Recorded::Began(_)), "{other:?}"),
        }
    }
    (String::from_utf8(said).unwrap(), exits)
}

/// The same processes, no byte lost, and their status known where the kernel says it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn children_outlive_their_server() {
    let dir = tempfile::tempdir().unwrap();
    let identities = kill_a_server(dir.path());
    assert_eq!(identities.len(), CHILDREN as usize);
    let backend = Processes::new();
    let mut adopted = Vec::new();
    for (number, identity) in (0..).zip(&identities) {
        let child = backend
            .adopt(&spec(dir.path(), number), identity)
            .await
            .unwrap();
        assert_eq!(child.pid(), Some(identity.pid));
        adopted.push(tokio::spawn(to_the_end(child)));
    }
    let all: String = (1..=NUMBERS).map(|number| format!("{number}\n")).collect();
    for (number, ended) in (0..).zip(adopted) {
        let exit = ended.await.unwrap();
        let (said, exits) = kept(dir.path(), number);
        assert!(said == all, "{} bytes of {}", said.len(), all.len());
        assert_eq!(Some(exits), exit.map(|exit| vec![exit]));
        let code = i32::try_from(number).unwrap();
        let known = Some(Exit::Code(code));
        assert!(exit == known || exit == Some(Exit::Unknown), "{exit:?}");
        let tree = spec(dir.path(), number).tree;
        backend.signal_tree(&tree, Signal::KILL).await.unwrap();
        backend.tree_empty(&tree).await.unwrap();
    }
}

/// As the kernel names a process of this life of the machine.
fn identity_of(pid: u32) -> Identity {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields = stat.rsplit(')').next().unwrap();
    let started = fields.split_whitespace().nth(19).unwrap().parse().unwrap();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    Identity {
        pid,
        started,
        boot: boot.trim().into(),
    }
}

/// A server that becomes the next one keeps its children: one that ends meanwhile has nobody who waits
/// for it until it is taken over.
#[tokio::test]
async fn how_a_child_ended_while_its_server_was_replaced_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let backend = Processes::new();
    for (number, code) in [(0, 0), (1, 7)] {
        let line = format!("exit {code}");
        let mut child = Command::new("sh").args(["-c", &line]).spawn().unwrap();
        let identity = identity_of(child.id());
        let state = || fs::read_to_string(format!("/proc/{}/stat", identity.pid)).unwrap();
        while !state().contains(") Z ") {}
        let spec = spec(dir.path(), number);
        let adopted = backend.adopt(&spec, &identity).await.unwrap();
        assert_eq!(to_the_end(adopted).await, Some(Exit::Code(code)));
        assert!(child.wait().is_err(), "somebody has waited for it");
        let gone = backend.adopt(&spec, &identity).await.map(drop);
        assert_eq!(gone.unwrap_err().kind, ErrorKind::Gone);
    }
}
