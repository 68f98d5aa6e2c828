//! Real processes on the real system: what the conformance suite cannot know about Unix.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use collodi_backend::{Child, ChildEvent, ErrorKind, ProcessBackend};
use collodi_command::{CommandSpec, Exit, Signal, Stdin, Stream, TreeId};
use collodi_contain::{RelPath, Root};
use collodi_tokio::Processes;
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A backend, a folder, and a tree of its own.
struct Stage {
    dir: TempDir,
    backend: Processes,
    tree: TreeId,
}

impl Stage {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            dir: tempfile::tempdir().unwrap(),
            backend: Processes::new(),
            tree: TreeId::new(&format!("test-{}-{number}", std::process::id())),
        }
    }

    fn spec(&self, program: &str) -> CommandSpec {
        self.spec_in(program, "")
    }

    fn spec_in(&self, program: &str, cwd: &str) -> CommandSpec {
        let root = Root::new(self.dir.path().to_str().unwrap());
        let cwd = root.contain(&RelPath::root(), cwd).unwrap();
        CommandSpec::new(program, cwd, self.tree.clone()).env("PATH", PATH)
    }

    fn sh(&self, line: &str) -> CommandSpec {
        self.spec("sh").args(["-c", line])
    }

    async fn spawn(&self, spec: &CommandSpec) -> Box<dyn Child> {
        self.backend.spawn(spec).await.unwrap()
    }

    async fn run(&self, spec: &CommandSpec) -> Told {
        tell(&mut *self.spawn(spec).await).await
    }

    async fn spawn_error(&self, spec: &CommandSpec) -> (ErrorKind, String) {
        let error = self.backend.spawn(spec).await.unwrap_err();
        (error.kind, error.to_string())
    }

    async fn kill(&self) {
        let killed = self.backend.signal_tree(&self.tree, Signal::KILL).await;
        killed.unwrap();
        self.backend.tree_empty(&self.tree).await.unwrap();
    }

    async fn pids(&self) -> Vec<u32> {
        let members = self.backend.tree_members(&self.tree).await.unwrap();
        members.into_iter().map(|member| member.pid).collect()
    }

    async fn names(&self) -> Vec<String> {
        let members = self.backend.tree_members(&self.tree).await.unwrap();
        members.into_iter().map(|member| member.name).collect()
    }
}

/// All that a child told.
#[derive(Debug, Default, PartialEq)]
struct Told {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    exit: Option<Exit>,
    leaked: Option<bool>,
}

impl Told {
    fn out(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap().trim_end()
    }
}

async fn tell(child: &mut dyn Child) -> Told {
    let mut told = Told::default();
    while let Some(event) = child.next_event().await {
        assert_eq!(told.leaked, None, "nothing follows the last event");
        match event {
            ChildEvent::Output { stream, bytes } => {
                assert!(!bytes.is_empty());
                match stream {
                    Stream::Stdout => told.stdout.extend_from_slice(&bytes),
                    Stream::Stderr => told.stderr.extend_from_slice(&bytes),
                }
            }
            ChildEvent::Exited(exit) => assert_eq!(told.exit.replace(exit), None),
            ChildEvent::Closed { leaked } => told.leaked = Some(leaked),
        }
    }
    told
}

/// Reads until the child has said `word` on a line.
async fn until(child: &mut dyn Child, word: &str) {
    let mut said = String::new();
    while !said.contains(word) {
        match child.next_event().await {
            Some(ChildEvent::Output { bytes, .. }) => said += std::str::from_utf8(&bytes).unwrap(),
            other => panic!("{other:?} before {word:?} in {said:?}"),
        }
    }
}

fn is_alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(") ").unwrap().1.starts_with('Z'))
}

#[tokio::test]
async fn exits_and_signals_are_told_as_they_are() {
    let stage = Stage::new();
    let table = [
        ("exit 0", Exit::Code(0)),
        ("exit 77", Exit::Code(77)),
        ("kill -9 $$", Exit::Signal(Signal::KILL)),
        ("kill -USR1 $$", Exit::Signal(Signal::USR1)),
        (
            "kill -34 $$",
            Exit::Signal(Signal::from_number(34).unwrap()),
        ),
    ];
    for (line, exit) in table {
        let told = stage.run(&stage.sh(line)).await;
        assert_eq!(
            (told.exit, told.leaked),
            (Some(exit), Some(false)),
            "{line}"
        );
    }
}

#[tokio::test]
async fn the_environment_is_exactly_the_one_given() {
    let stage = Stage::new();
    let spec = stage.spec("env").env("ONE", "1 = one").env("EMPTY", "");
    let told = stage.run(&spec).await;
    let mut lines: Vec<_> = told.out().lines().map(str::to_owned).collect();
    lines.sort();
    let tree = format!("COLLODI_TREE={}", stage.tree);
    assert_eq!(
        lines,
        [
            tree.as_str(),
            "EMPTY=",
            "ONE=1 = one",
            &format!("PATH={PATH}")
        ]
    );
}

#[tokio::test]
async fn a_child_has_its_three_descriptors_and_leads_its_group() {
    let stage = Stage::new();
    let line = "ls /proc/self/fd; ps -o pgid= -p $$ 2>/dev/null || cut -d' ' -f5 /proc/$$/stat; echo $$; echo $0";
    let told = stage.run(&stage.sh(line)).await;
    let words: Vec<_> = told.out().split_whitespace().collect();
    let [fds @ .., group, pid, name] = words.as_slice() else {
        panic!("{words:?}");
    };
    assert_eq!((group, *name), (pid, "sh"));
    // The fourth is the one that ls lists the folder by. Whoever started the tests may
    // have passed on others, which are not ours to close.
    let ours = |fd: &&&str| fs::read_link(format!("/proc/self/fd/{fd}")).is_err();
    assert_eq!(fds.iter().filter(ours).count(), 0, "{fds:?}");
}

#[tokio::test]
async fn the_working_directory_is_reached_through_links_that_stay_inside() {
    let stage = Stage::new();
    let root = fs::canonicalize(stage.dir.path()).unwrap();
    fs::create_dir_all(root.join("a/b")).unwrap();
    symlink("a/b", root.join("link")).unwrap();
    symlink(root.join("a"), root.join("absolute")).unwrap();
    for (cwd, real) in [
        ("", ""),
        ("a/b", "a/b"),
        ("link", "a/b"),
        ("absolute/b", "a/b"),
    ] {
        let told = stage.run(&stage.spec_in("pwd", cwd).args(["-P"])).await;
        assert_eq!(Path::new(told.out()), root.join(real), "{cwd}");
    }
}

#[tokio::test]
async fn spawn_failures_by_kind() {
    let stage = Stage::new();
    let root = stage.dir.path();
    symlink("/tmp", root.join("out")).unwrap();
    symlink("..", root.join("up")).unwrap();
    fs::write(root.join("file"), "").unwrap();
    let script = root.join("script").to_str().unwrap().to_owned();
    fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    let plain = root.join("file").to_str().unwrap().to_owned();

    let table = [
        (stage.spec_in("true", "out"), ErrorKind::Escapes),
        (stage.spec_in("true", "up"), ErrorKind::Escapes),
        (
            stage.spec_in("true", "missing"),
            ErrorKind::NoWorkingDirectory,
        ),
        (stage.spec_in("true", "file"), ErrorKind::NoWorkingDirectory),
        (stage.spec("no-such-program"), ErrorKind::ProgramNotFound),
        (
            stage.spec("true").env("PATH", "/nowhere"),
            ErrorKind::ProgramNotFound,
        ),
        (stage.spec("./script"), ErrorKind::ProgramNotFound),
        (stage.spec(&script), ErrorKind::ProgramNotFound),
        (stage.spec(&plain), ErrorKind::PermissionDenied),
        (stage.spec("true").env("A=B", ""), ErrorKind::Other),
        (stage.spec("true").arg("nul\0"), ErrorKind::Other),
        (
            stage.spec("true").arg("x".repeat(200_000)),
            ErrorKind::Other,
        ),
    ];
    for (spec, kind) in table {
        let (got, text) = stage.spawn_error(&spec).await;
        assert_eq!(got, kind, "{text}");
    }
}

#[tokio::test]
async fn much_output_on_both_streams_arrives_whole() {
    const EACH: usize = 10 << 20;
    let stage = Stage::new();
    let program = "import sys, threading\n\
        def say(stream, byte):\n\
        \x20   for _ in range(160): stream.buffer.write(byte * 65536)\n\
        \x20   stream.flush()\n\
        both = [threading.Thread(target=say, args=a) for a in [(sys.stdout, b'o'), (sys.stderr, b'e')]]\n\
        [t.start() for t in both]; [t.join() for t in both]";
    let told = stage
        .run(&stage.spec("python3").args(["-c", program]))
        .await;
    assert_eq!((told.stdout.len(), told.stderr.len()), (EACH, EACH));
    assert!(told.stdout.iter().all(|b| *b == b'o') && told.stderr.iter().all(|b| *b == b'e'));
    assert_eq!((told.exit, told.leaked), (Some(Exit::Code(0)), Some(false)));
}

#[tokio::test]
async fn nobody_reads_so_the_child_waits_and_nothing_is_lost() {
    let stage = Stage::new();
    let mut child = stage
        .spawn(&stage.sh("head -c 300000 /dev/zero; echo done >&2"))
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(is_alive(child.pid().unwrap()), "its pipe is full");
    let told = tell(&mut *child).await;
    assert_eq!(
        (told.stdout.len(), told.stderr.as_slice()),
        (300_000, &b"done\n"[..])
    );
}

/// A reader that comes long after the exit still gets what the pipe holds.
#[tokio::test]
async fn a_late_reader_gets_all() {
    let stage = Stage::new();
    let line = "head -c 60000 /dev/zero; sleep 1000 & exit 3";
    let mut child = stage.spawn(&stage.sh(line)).await;
    let mut told = Told::default();
    while told.exit.is_none() {
        match child.next_event().await.unwrap() {
            ChildEvent::Exited(exit) => told.exit = Some(exit),
            ChildEvent::Output { bytes, .. } => told.stdout.extend_from_slice(&bytes),
            other => panic!("{other:?}"),
        }
    }
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let rest = tell(&mut *child).await;
    assert_eq!(told.stdout.len() + rest.stdout.len(), 60_000);
    assert_eq!(rest.leaked, Some(true));
    stage.kill().await;
}

#[tokio::test]
async fn a_grandchild_that_floods_the_pipe_cannot_hold_the_reader() {
    let stage = Stage::new();
    let told = stage.run(&stage.sh("yes & exit 0")).await;
    assert_eq!((told.exit, told.leaked), (Some(Exit::Code(0)), Some(true)));
    stage.kill().await;
}

#[tokio::test]
async fn input_is_written_and_closed() {
    let stage = Stage::new();
    let mut spec = stage.spec("cat");
    assert!(stage.spawn(&spec).await.input().is_none());
    assert_eq!(
        stage.run(&spec).await.exit,
        Some(Exit::Code(0)),
        "end of file at once"
    );
    spec.stdin = Stdin::Piped;
    let mut child = stage.spawn(&spec).await;
    let mut input = child.input().unwrap();
    assert!(child.input().is_none());
    input.write(b"hello").await.unwrap();
    until(&mut *child, "hello").await;
    drop(input);
    assert_eq!(tell(&mut *child).await.exit, Some(Exit::Code(0)));
}

#[tokio::test]
async fn what_holds_the_pipes_after_the_exit_is_a_leak() {
    let stage = Stage::new();
    let mut child = stage
        .spawn(&stage.sh("echo said; sleep 1000 & exit 5"))
        .await;
    let told = tell(&mut *child).await;
    assert_eq!(told.out(), "said");
    assert_eq!((told.exit, told.leaked), (Some(Exit::Code(5)), Some(true)));
    assert_eq!(stage.names().await, ["sleep"]);
    stage.kill().await;
}

#[tokio::test]
async fn dropping_a_child_kills_its_group() {
    let stage = Stage::new();
    let mut child = stage.spawn(&stage.sh("sleep 1000 & echo up; wait")).await;
    until(&mut *child, "up").await;
    drop(child);
    stage.backend.tree_empty(&stage.tree).await.unwrap();

    // Also what a child that is reaped has left in its group.
    let mut child = stage.spawn(&stage.sh("sleep 1000 & exit 0")).await;
    tell(&mut *child).await;
    assert_eq!(stage.names().await, ["sleep"]);
    drop(child);
    stage.backend.tree_empty(&stage.tree).await.unwrap();
}

/// Asked for in the smallest steps, each given up at once unless there is something.
#[tokio::test]
async fn giving_up_waiting_loses_nothing() {
    let stage = Stage::new();
    let line = "for i in 1 2 3 4 5 6 7 8 9; do echo $i; echo $i >&2; sleep 0.01; done; exit 4";
    let mut child = stage.spawn(&stage.sh(line)).await;
    let mut events = Vec::new();
    while !matches!(events.last(), Some(ChildEvent::Closed { .. })) {
        tokio::select! {
            biased;
            event = child.next_event() => events.extend(event),
            () = tokio::task::yield_now() => {}
        }
    }
    let said = |wanted: Stream| -> String {
        let bytes = events.iter().flat_map(|event| match event {
            ChildEvent::Output { stream, bytes } if *stream == wanted => bytes.to_vec(),
            _ => Vec::new(),
        });
        bytes.map(char::from).filter(char::is_ascii_digit).collect()
    };
    assert_eq!(
        (said(Stream::Stdout), said(Stream::Stderr)),
        ("123456789".into(), "123456789".into())
    );
    assert!(events.contains(&ChildEvent::Exited(Exit::Code(4))));
    assert_eq!(child.next_event().await, None);
}

/// Reaped although nobody asks for its events, and although its handle is gone.
#[tokio::test]
async fn no_zombie_stays() {
    let stage = Stage::new();
    let silent = stage.spawn(&stage.sh("exit 0")).await;
    let dropped = stage.spawn(&stage.sh("sleep 1000")).await;
    let pids = [silent.pid().unwrap(), dropped.pid().unwrap()];
    drop(dropped);
    for pid in pids {
        while Path::new(&format!("/proc/{pid}")).exists() {
            tokio::task::yield_now().await;
        }
    }
}

#[cfg(target_os = "linux")]
mod trees {
    use super::*;

    const DAEMON: &str = "import os, sys, time\n\
        if os.fork(): sys.exit()\n\
        os.setsid()\n\
        if os.fork(): sys.exit()\n\
        [os.close(fd) for fd in (0, 1, 2)]\n\
        time.sleep(1000)";

    #[tokio::test]
    async fn a_shell_and_what_it_runs_end_together() {
        let stage = Stage::new();
        let mut child = stage
            .spawn(&stage.sh("cd / && echo up && sleep 60; true"))
            .await;
        until(&mut *child, "up").await;
        stage
            .backend
            .signal_tree(&stage.tree, Signal::TERM)
            .await
            .unwrap();
        assert_eq!(
            tell(&mut *child).await.exit,
            Some(Exit::Signal(Signal::TERM))
        );
        stage.backend.tree_empty(&stage.tree).await.unwrap();
    }

    #[tokio::test]
    async fn who_left_the_session_is_found_by_the_marker() {
        let stage = Stage::new();
        // The shell ends when it has left, and not before: until then it is of the group.
        let line = ": $(setsid sh -c 'exec sleep 1000 >/dev/null 2>&1' &)";
        let told = stage.run(&stage.sh(line)).await;
        assert_eq!(told.leaked, Some(false));
        while stage.names().await != ["sleep"] {}
        stage.kill().await;
        assert_eq!(stage.names().await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn a_daemon_of_two_forks_is_found_and_killed() {
        let stage = Stage::new();
        stage.run(&stage.spec("python3").args(["-c", DAEMON])).await;
        while stage.names().await != ["python3"] {}
        stage.kill().await;
    }

    /// Clearing the environment and leaving the session hides nobody who was seen before
    /// its parents were gone.
    #[tokio::test]
    async fn who_cleared_its_environment_is_found_by_descent() {
        let stage = Stage::new();
        let line = "env -i setsid sh -c 'echo up; sleep 1000; true' & wait";
        let mut child = stage.spawn(&stage.sh(line)).await;
        until(&mut *child, "up").await;
        while stage.names().await != ["sh", "sh", "sleep"] {}
        let pids = stage.pids().await;
        stage.kill().await;
        assert!(!pids.into_iter().any(is_alive));
    }

    #[tokio::test]
    async fn who_was_found_by_descent_stays_known_when_its_parents_are_gone() {
        let stage = Stage::new();
        let hidden = "trap \"\" TERM; echo up; while :; do sleep 0.05; done";
        let line = format!("env -i PATH={PATH} setsid sh -c '{hidden}' & wait");
        let mut child = stage.spawn(&stage.sh(&line)).await;
        until(&mut *child, "up").await;
        stage
            .backend
            .signal_tree(&stage.tree, Signal::TERM)
            .await
            .unwrap();
        while is_alive(child.pid().unwrap()) {}
        assert!(stage.names().await.contains(&"sh".to_owned()));
        let pids = stage.pids().await;
        stage.kill().await;
        assert!(!pids.into_iter().any(is_alive));
    }

    #[tokio::test]
    async fn who_ignores_term_is_killed() {
        let stage = Stage::new();
        let line = "trap '' TERM; echo up; while :; do sleep 0.05; done";
        let mut child = stage.spawn(&stage.sh(line)).await;
        until(&mut *child, "up").await;
        stage
            .backend
            .signal_tree(&stage.tree, Signal::TERM)
            .await
            .unwrap();
        assert!(stage.names().await.contains(&"sh".to_owned()));
        stage.kill().await;
        assert_eq!(
            tell(&mut *child).await.exit,
            Some(Exit::Signal(Signal::KILL))
        );
    }

    /// New sessions all the time: each look finds others than the last one.
    #[tokio::test]
    async fn who_keeps_forking_is_killed() {
        let stage = Stage::new();
        let line = "while :; do setsid sh -c 'sleep 0.03; setsid sleep 1000' & sleep 0.01; done";
        let mut child = stage.spawn(&stage.sh(&format!("echo up; {line}"))).await;
        until(&mut *child, "up").await;
        while stage.names().await.len() < 10 {}
        stage.kill().await;
        assert_eq!(stage.names().await, Vec::<String>::new());
    }

    /// Its first thread has ended, its environment is gone from sight, and it runs on.
    #[tokio::test]
    async fn who_lives_by_its_second_thread_is_no_zombie() {
        let stage = Stage::new();
        let program = "import threading, time, ctypes, os\n\
            os.setsid()\n\
            threading.Thread(target=lambda: time.sleep(1000)).start()\n\
            print('up', flush=True)\n\
            ctypes.CDLL(None).syscall(60, 0)";
        let line = format!("python3 -c \"{program}\" & exit 0");
        let mut child = stage.spawn(&stage.sh(&line)).await;
        while stage.names().await != ["python3"] {}
        tell(&mut *child).await;
        assert_eq!(stage.names().await, ["python3"]);
        stage.kill().await;
    }

    /// Another backend, as after a restart of the server, finds the tree of the first.
    #[tokio::test]
    async fn a_tree_of_an_earlier_life_is_found() {
        let stage = Stage::new();
        let child = stage.spawn(&stage.sh("sleep 1000; true")).await;
        while stage.names().await.len() < 2 {}
        let later = Processes::new();
        later.signal_tree(&stage.tree, Signal::KILL).await.unwrap();
        later.tree_empty(&stage.tree).await.unwrap();
        assert!(!is_alive(child.pid().unwrap()));
    }

    #[tokio::test]
    async fn trees_do_not_touch_each_other() {
        let (one, two) = (Stage::new(), Stage::new());
        let first = one.spawn(&one.sh("sleep 1000")).await;
        let second = one.backend.spawn(&two.sh("sleep 1000")).await.unwrap();
        one.kill().await;
        assert!(!is_alive(first.pid().unwrap()));
        assert!(is_alive(second.pid().unwrap()));
        one.backend
            .signal_tree(&two.tree, Signal::KILL)
            .await
            .unwrap();
        one.backend.tree_empty(&two.tree).await.unwrap();
    }

    /// Time stands still and would jump if anybody slept.
    #[tokio::test(start_paused = true)]
    async fn waiting_for_the_end_of_a_tree_takes_no_timer() {
        let stage = Stage::new();
        let before = tokio::time::Instant::now();
        let line = "setsid sleep 0.3 >/dev/null 2>&1 & sleep 0.2";
        let _child = stage.spawn(&stage.sh(line)).await;
        stage.backend.tree_empty(&stage.tree).await.unwrap();
        assert_eq!(before.elapsed(), std::time::Duration::ZERO);
    }

    #[tokio::test]
    async fn an_empty_tree_is_empty_at_once_and_may_be_signalled() {
        let stage = Stage::new();
        stage
            .backend
            .signal_tree(&stage.tree, Signal::TERM)
            .await
            .unwrap();
        stage.backend.tree_empty(&stage.tree).await.unwrap();
        assert_eq!(stage.names().await, Vec::<String>::new());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_hundred_children_at_once() {
        let stage = Stage::new();
        let mut children = Vec::new();
        for number in 0..200 {
            let line = format!("echo {number}; exec sleep 1000");
            children.push(stage.spawn(&stage.sh(&line)).await);
        }
        for (number, child) in children.iter_mut().enumerate() {
            until(&mut **child, &format!("{number}\n")).await;
        }
        assert_eq!(stage.names().await.len(), 200);
        stage
            .backend
            .signal_tree(&stage.tree, Signal::TERM)
            .await
            .unwrap();
        stage.backend.tree_empty(&stage.tree).await.unwrap();
        for child in &mut children {
            let told = tell(&mut **child).await;
            assert_eq!(told.exit, Some(Exit::Signal(Signal::TERM)));
        }
    }
}
