//! Commands that try to get out.

use crate::stage::{By, Stage, User, text, users};
use std::{
    collections::BTreeSet, fs, os::unix::process::ExitStatusExt as _, path::Path, process::Output,
};

/// What succeeds for everybody without a sandbox, on any machine: that a sandbox refuses it
/// is worth something.
const POSSIBLE: [&str; 29] = [
    "abstract_socket",
    "change_protected",
    "chmod_outside",
    "create_set_user_id",
    "enter_folder",
    "inherited_descriptor",
    "link_outside",
    "move_protected",
    "personality",
    "pin_outside",
    "read_environment",
    "read_hidden",
    "read_keys",
    "read_shared_memory",
    "renice_outside",
    "see_outside",
    "set_user_id",
    "shared_segment",
    "signal_outside",
    "socket_in_tmp",
    "socket_outside",
    "tcp",
    "through_link",
    "touch_outside",
    "trace_own",
    "truncate_outside",
    "udp",
    "write_home",
    "write_outside",
];

/// What a level and its mechanism let succeed, because they do not promise otherwise.
fn left(level: &str, by: By) -> &'static [&'static str] {
    match (level, by) {
        // The network, and sockets beside the hidden folders of services, are the level's.
        ("restricted", By::Bwrap) => &["socket_outside", "tcp", "udp"],
        ("restricted", By::Landlock) => &[
            "change_protected",
            "chmod_outside",
            "move_protected",
            "pin_outside",
            "read_shared_memory",
            "see_outside",
            "socket_in_tmp",
            "socket_outside",
            "tcp",
            "touch_outside",
            "udp",
            "write_shared_memory",
        ],
        ("sandboxed", By::Bwrap) => &[],
        _ => &[
            "change_protected",
            "chmod_outside",
            "move_protected",
            "pin_outside",
            "see_outside",
            "touch_outside",
        ],
    }
}

#[test]
fn nothing_gets_out() {
    if std::env::consts::ARCH != "x86_64" {
        // The attempts have the numbers of its system calls.
        return;
    }
    for user in users() {
        let stage = Stage::new(user).with_host();
        stage.file("attacks.py", include_str!("attacks.py"));
        let words = ["/usr/bin/python3", "attacks.py", "here.json"];
        let mut free = stage.command(words[0]);
        let free = with_a_folder_open(|| free.args(&words[1..]).output().unwrap());
        let possible = succeeded(&free);
        for attempt in POSSIBLE {
            assert!(
                possible.contains(attempt),
                "{attempt} is not possible for {user:?}: {possible:?}"
            );
        }
        for (level, by) in [
            ("restricted", By::Bwrap),
            ("sandboxed", By::Bwrap),
            ("restricted", By::Landlock),
            ("sandboxed", By::Landlock),
        ] {
            let hide = format!("--hide {}", stage.path("hidden").display());
            let mut command = stage.sandboxed(level, by, &hide, &words);
            let tried = with_a_folder_open(|| command.output().unwrap());
            let got: BTreeSet<String> = succeeded(&tried);
            let may = left(level, by);
            let out: Vec<_> = got
                .iter()
                .filter(|attempt| !may.contains(&attempt.as_str()))
                .collect();
            assert!(
                out.is_empty(),
                "{user:?}, {level} by {by:?}: {out:?}\n{}",
                text(&tried.stderr)
            );
        }
    }
}

/// The attempts that succeeded. A file that was written may be a private one.
fn succeeded(output: &Output) -> BTreeSet<String> {
    let said = text(&output.stdout);
    let (tried, attempts) = (said.lines().next_back(), said.lines());
    assert!(
        tried.is_some_and(|line| line.starts_with("all tried")),
        "{said}{}",
        text(&output.stderr)
    );
    let real = attempts.filter_map(|line| {
        let (name, how) = line.split_once(' ')?;
        let is_real = how == "done" || (how.starts_with('/') && fs::remove_file(how).is_ok());
        is_real.then(|| name.to_owned())
    });
    real.collect()
}

/// A folder that this process has open and hands on to what it starts, by mistake.
fn with_a_folder_open<T>(start: impl FnOnce() -> T) -> T {
    let folder = fs::File::open("/").unwrap();
    let leaked = rustix::io::fcntl_dupfd_cloexec(&folder, 100).unwrap();
    rustix::io::fcntl_setfd(&leaked, rustix::io::FdFlags::empty()).unwrap();
    start()
}

/// The command is gone with who runs it, and so is what it left behind itself.
#[test]
fn nobody_lives_on() {
    for (user, by) in users()
        .into_iter()
        .flat_map(|user| [(user, By::Bwrap), (user, By::Landlock)])
    {
        let stage = Stage::new(user);
        let line = "setsid sh -c 'echo $$ > /dev/null; touch up; exec sleep 1000' & \
            while [ ! -e up ]; do :; done; touch ready; wait";
        let mut collodi = stage
            .sandboxed("sandboxed", by, "", &["/bin/sh", "-c", line])
            .spawn()
            .unwrap();
        wait_until(|| stage.path("app/ready").exists());
        let inside = below(collodi.id());
        assert!(inside.len() >= 3, "{inside:?}");
        collodi.kill().unwrap();
        assert_eq!(collodi.wait().unwrap().signal(), Some(9));
        wait_until(|| inside.iter().all(|pid| !is_alive(*pid)));
    }
}

/// A daemon that a command leaves behind is gone when the command has ended.
#[test]
fn no_daemon_is_left() {
    for (user, by) in users()
        .into_iter()
        .flat_map(|user| [(user, By::Bwrap), (user, By::Landlock)])
    {
        let stage = Stage::new(user);
        let line = "(setsid sleep 1000 </dev/null >/dev/null 2>&1 &); exit 3";
        let done = stage.sandbox("sandboxed", by, "", &["/bin/sh", "-c", line]);
        assert_eq!(done.status.code(), Some(3));
        wait_until(|| {
            below(std::process::id())
                .iter()
                .all(|pid| !told(*pid, "cmdline").contains("sleep"))
        });
    }
}

/// The end of a command is its end here, and a signal that is sent here is sent there.
#[test]
fn ends_as_the_command_does() {
    for by in [By::Bwrap, By::Landlock] {
        let stage = Stage::new(User::Own);
        let code = |line: &str| {
            stage
                .sandbox("restricted", by, "", &["/bin/sh", "-c", line])
                .status
                .code()
        };
        assert_eq!(
            (code("exit 0"), code("exit 7"), code("exit 125")),
            (Some(0), Some(7), Some(125))
        );
        assert_eq!(code("kill -TERM $$"), Some(128 + 15));
        let line = "trap 'exit 9' TERM; touch ready; while :; do sleep 0.01; done";
        let mut collodi = stage
            .sandboxed("restricted", by, "", &["/bin/sh", "-c", line])
            .spawn()
            .unwrap();
        wait_until(|| stage.path("app/ready").exists());
        let pid = rustix::process::Pid::from_child(&collodi);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert_eq!(collodi.wait().unwrap().code(), Some(9));
    }
}

/// A test runner ends one that waits for ever.
fn wait_until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        std::thread::yield_now();
    }
}

/// The processes below one, whoever of them started which.
fn below(root: u32) -> Vec<u32> {
    let all: Vec<_> = fs::read_dir("/proc").unwrap().flatten().collect();
    let pids = all
        .iter()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parents: Vec<_> = pids.filter_map(|pid| Some((pid, parent(pid)?))).collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(pid) = found.get(next).copied() {
        found.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == pid)
                .map(|(child, _)| *child),
        );
        next += 1;
    }
    found.split_off(1)
}

fn parent(pid: u32) -> Option<u32> {
    told(pid, "stat")
        .rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

fn is_alive(pid: u32) -> bool {
    let stat = told(pid, "stat");
    let state = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.split_whitespace().next());
    state.is_some_and(|state| state != "Z")
}

fn told(pid: u32, what: &str) -> String {
    let path = format!("/proc/{pid}/{what}");
    text(&fs::read(Path::new(&path)).unwrap_or_default())
}
