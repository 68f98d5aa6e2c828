//! Both ways of starting a child do the same.

use crate::{Failure, Limit, Plan, Resource, Stage, Started};
use rustix::{
    fd::OwnedFd,
    fs::{Mode, OFlags, open},
    io::{Errno, FdFlags, fcntl_setfd},
    process::{WaitOptions, waitpid},
};
use std::{
    ffi::CString,
    fs::File,
    io::Read as _,
    os::fd::{AsFd as _, AsRawFd as _},
};

type Way = fn(&Plan<'_>) -> Result<Started, Failure>;

/// The ways that there are on this machine.
fn ways() -> Vec<Way> {
    let mut ways: Vec<Way> = vec![super::posix::spawn];
    if super::can_join() {
        ways.push(super::spawn);
        ways.push(far);
    }
    ways
}

/// With descriptors as high as those of a process that has many.
fn far(plan: &Plan<'_>) -> Result<Started, Failure> {
    let high = plan
        .stdio
        .map(|fd| rustix::io::fcntl_dupfd_cloexec(fd, 300).unwrap());
    super::spawn(&Plan {
        stdio: high.each_ref().map(|fd| fd.as_fd()),
        ..plan.clone()
    })
}

fn folder(path: &str) -> OwnedFd {
    open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).unwrap()
}

fn words(words: &[&str]) -> Vec<CString> {
    words
        .iter()
        .map(|word| CString::new(*word).unwrap())
        .collect()
}

/// What a line of shell says, and its status.
fn run(way: Way, line: &str, limits: &[Limit]) -> (String, i32) {
    let null = File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .unwrap();
    let (ours, theirs) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
    let cwd = folder("/usr");
    let plan = Plan {
        program: c"/bin/sh",
        args: &words(&["sh", "-c", line]),
        env: &words(&["PATH=/usr/bin:/bin", "A=1 2"]),
        cwd: cwd.as_fd(),
        stdio: [null.as_fd(), theirs.as_fd(), null.as_fd()],
        terminal: None,
        limits,
        cgroup: None,
        kept: &[],
        domain: None,
    };
    let started = way(&plan).unwrap();
    assert!(started.pidfd.is_some());
    drop(theirs);
    let mut said = String::new();
    File::from(ours).read_to_string(&mut said).unwrap();
    let (_, status) = waitpid(Some(started.pid), WaitOptions::empty())
        .unwrap()
        .unwrap();
    (said, status.exit_status().unwrap_or(-1))
}

#[test]
fn program_arguments_environment_and_directory() {
    for way in ways() {
        let line = "pwd; env | grep -c .; echo $A; exit 3";
        // PWD, and perhaps others, are the shell's own.
        let (said, status) = run(way, line, &[]);
        let lines: Vec<_> = said.lines().collect();
        assert_eq!((lines[0], lines[2], status), ("/usr", "1 2", 3), "{said}");
    }
}

#[test]
fn leads_a_session_and_takes_signals() {
    let line = "read -r _ _ _ _ group session _ < /proc/$$/stat; echo $((group - $$)) $((session - $$)); \
        grep -E 'Sig(Blk|Ign)' /proc/$$/status | tr -d '\\t'";
    for way in ways() {
        let (said, _) = run(way, line, &[]);
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines[..2], ["0 0", "SigBlk:0000000000000000"], "{said}");
        let ignored = u64::from_str_radix(lines[2].split_once(':').unwrap().1, 16).unwrap();
        assert_eq!(ignored & (1 << (libc::SIGPIPE - 1)), 0, "{said}");
    }
}

#[test]
fn inherits_no_descriptor_also_where_some_are_inheritable() {
    let open = File::open("/dev/null").unwrap();
    let high = rustix::io::fcntl_dupfd_cloexec(&open, 100).unwrap();
    for way in ways() {
        fcntl_setfd(&high, FdFlags::empty()).unwrap();
        // One more is the one that `ls` lists by.
        let (said, _) = run(way, "ls /proc/self/fd", &[]);
        assert_eq!(said.lines().collect::<Vec<_>>(), ["0", "1", "2", "3"]);
    }
}

#[test]
fn keeps_the_descriptors_that_it_is_told_to() {
    let (reader, writer) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
    let (null, cwd) = (File::open("/dev/null").unwrap(), folder("/"));
    for way in ways() {
        let line = format!(
            "echo kept >&{}; ls /proc/self/fd | wc -l >&{0}",
            writer.as_raw_fd()
        );
        let plan = Plan {
            program: c"/bin/sh",
            args: &words(&["sh", "-c", &line]),
            env: &words(&["PATH=/usr/bin:/bin"]),
            cwd: cwd.as_fd(),
            stdio: [null.as_fd(); 3],
            terminal: None,
            limits: &[],
            cgroup: None,
            kept: &[writer.as_fd()],
            domain: None,
        };
        let started = way(&plan).unwrap();
        let (_, status) = waitpid(Some(started.pid), WaitOptions::empty())
            .unwrap()
            .unwrap();
        assert_eq!(status.exit_status(), Some(0));
        let mut said = [0; 16];
        let count = rustix::io::read(&reader, &mut said).unwrap();
        // The three standard ones, this one, and the one that `ls` lists by.
        assert_eq!(&said[..count], b"kept\n5\n");
        let stdin = std::io::stdin();
        let low = Plan {
            kept: &[stdin.as_fd()],
            ..plan
        };
        assert_eq!(crate::spawn(&low).unwrap_err().stage, Stage::Descriptors);
    }
}

#[test]
fn limits_are_set() {
    let limit = Limit::of(Resource::Files, 77);
    if super::can_join() {
        assert_eq!(run(super::spawn, "ulimit -n", &[limit]).0, "77\n");
    }
    // Here only after an instant.
    let line = "while [ $(ulimit -n) != 77 ]; do :; done; echo done";
    assert_eq!(run(super::posix::spawn, line, &[limit]).0, "done\n");
}

#[test]
fn a_failure_says_where_and_leaves_nothing() {
    let null = File::open("/dev/null").unwrap();
    let (root, not_a_folder) = (folder("/"), folder("/etc/passwd"));
    let plan = Plan {
        program: c"/no/such/program",
        args: &[],
        env: &[],
        cwd: root.as_fd(),
        stdio: [null.as_fd(); 3],
        terminal: None,
        limits: &[],
        cgroup: None,
        kept: &[],
        domain: None,
    };
    for way in ways() {
        let failure = way(&plan).unwrap_err();
        assert_eq!(
            (failure.stage, failure.errno),
            (Stage::Program, Errno::NOENT)
        );
    }
    if super::can_join() {
        let there = Plan {
            program: c"/bin/true",
            ..plan
        };
        let wrong = Plan {
            cwd: not_a_folder.as_fd(),
            ..there.clone()
        };
        let failure = super::spawn(&wrong).unwrap_err();
        assert_eq!(
            (failure.stage, failure.errno),
            (Stage::Directory, Errno::NOTDIR)
        );
        let wrong = Plan {
            terminal: Some(c"/dev/null"),
            ..there
        };
        let failure = super::spawn(&wrong).unwrap_err();
        assert_eq!(
            (failure.stage, failure.errno),
            (Stage::Terminal, Errno::NOTTY)
        );
    }
}
