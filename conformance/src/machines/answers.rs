//! What the world may say, by number.

use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_command::{Exit, Member, Signal, Stream};
use collodi_contain::{RelPath, Root};
use collodi_file::{Claim, Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp, Stat};
use collodi_web::{Downloaded, Fetched, Headers, WebError, WebErrorKind};

/// What commands say: whole lines and parts of them, what steps look for, what no
/// decoder likes.
const OUTPUTS: &[&[u8]] = &[
    b"ready\n",
    b"dead",
    b"error: x\n",
    b"Python 3.12.1\n",
    b"uv 0.9.2\n",
    b"http://127.0.0.1:78",
    b"60\r\n",
    b"\x1b[31m\xff\xc3",
    b"\rdone\r",
    b"errno 2",
    b"",
    // What an open shell says when a line has been run.
    b"\x1b]133;D;0;aid=demo-0-1\x07",
    b"\x1b]133;D;1;aid=demo-0-2\x07",
    b"\x1b]133;D;0;aid=demo-1-1\x07",
];

/// A daemon that an earlier host has left.
pub(super) const LEFT: &str = "demo-00000001";

/// The file of trees that names it, and its own, which is of another version.
const TREES: &[u8] = br#"{"version": 1, "trees": ["a"], "daemons": {"demo-00000001": "left"}}"#;
const LATER: &[u8] = br#"{"version": 9}"#;

/// What is in files.
const FILES: &[&[u8]] = &[
    b"text",
    b"",
    br#"{"a": {"b": [1, 2]}, "run": []}"#,
    b"A=1\nB=./x\n# note\nC='q'\n",
    b"[1, 2",
    b"\xff\xfe{",
    br#"{"run": [{"method": "script.start", "params": {"uri": "start.json"}},
        {"method": "global.set", "params": {"n": "{{global.n || 0}}"}}]}"#,
    br#"{"daemon": true, "run": [{"method": "shell.run", "params": {"message": "serve", "on": [
        {"event": "/ready/", "done": true}]}}]}"#,
    // What a host writes down.
    br#"{"version": 1, "trees": ["a", "b"]}"#,
    include_bytes!("daemon.json"),
    TREES,
    LATER,
    b"[remote \"origin\"]\n\turl = https://host/owner/repo.git\n",
];

/// What is heard of a command.
pub(super) fn progress(detail: u8) -> Progress {
    match detail % 5 {
        4 => Progress::Transferred {
            done: u64::from(detail),
            total: None,
        },
        0 => Progress::Spawned { pid: Some(100) },
        1 => Progress::Exited(exit(detail / 4)),
        bit => Progress::Output {
            stream: if bit == 3 {
                Stream::Stderr
            } else {
                Stream::Stdout
            },
            bytes: one_of(OUTPUTS, detail / 4).into(),
        },
    }
}

pub(super) const fn exit(detail: u8) -> Exit {
    match detail % 4 {
        0 | 1 => Exit::Code(0),
        2 => Exit::Code(1),
        _ => Exit::Signal(Signal::KILL),
    }
}

/// Any completion, whether it fits or not.
pub(super) fn completion(detail: u8) -> Completion {
    let leaked = detail > 127;
    match detail % 12 {
        8 => fetched(200),
        9 => downloaded(),
        10 => Completion::Aborted,
        11 => Completion::Written(Ok(())),
        0 | 1 => Completion::Exec(Ok(Ended {
            exit: exit(detail / 8),
            leaked,
        })),
        2 => Completion::File(Ok(FileAnswer::Done)),
        3 => Completion::File(Ok(FileAnswer::Bytes(one_of(FILES, detail / 8).to_vec()))),
        4 => Completion::Empty(Ok(())),
        5 => Completion::Port(Ok(42_003)),
        6 => Completion::Signalled(Ok(())),
        _ => Completion::Connected(Err(error())),
    }
}

/// What the world may answer to an action.
pub(super) fn completions(action: &Action) -> Vec<Completion> {
    match action {
        Action::Exec(_) | Action::Adopt(..) => vec![
            ended(Exit::Code(0)),
            ended(Exit::Code(1)),
            ended(Exit::Signal(Signal::TERM)),
            Completion::Exec(Err(error())),
        ],
        Action::File(op) => file_answers(op),
        Action::Signal(..) => vec![
            Completion::Signalled(Ok(())),
            Completion::Signalled(Err(error())),
        ],
        Action::AwaitEmpty(_) => vec![Completion::Empty(Ok(())), Completion::Empty(Err(error()))],
        Action::Members(_) => {
            let member = Member {
                pid: 100,
                name: "python".into(),
            };
            vec![
                Completion::Members(Ok(vec![member])),
                Completion::Members(Err(error())),
            ]
        }
        Action::Connect { .. } => vec![
            Completion::Connected(Ok(())),
            Completion::Connected(Err(error())),
        ],
        Action::Fetch(spec) => {
            let failed = |kind| Completion::Fetched(Err(WebError::new(kind, spec.url.clone())));
            let kinds = [WebErrorKind::Connection, WebErrorKind::Aborted];
            let bad = kinds.map(failed).into_iter();
            [fetched(200), fetched(404)]
                .into_iter()
                .chain(bad)
                .collect()
        }
        Action::Download(spec) => {
            let failed = |kind| Completion::Downloaded(Err(WebError::new(kind, spec.url.clone())));
            let kinds = [
                WebErrorKind::Truncated,
                WebErrorKind::Status(404),
                WebErrorKind::Aborted,
            ];
            let bad = kinds.map(failed).into_iter();
            [downloaded()].into_iter().chain(bad).collect()
        }
        Action::Abort(_) => vec![Completion::Aborted],
        Action::Write(..) => {
            let failed = |kind| Completion::Written(Err(Error::new(kind, "write to", "x")));
            vec![
                Completion::Written(Ok(())),
                failed(ErrorKind::Gone),
                failed(ErrorKind::Full),
            ]
        }
        _ => vec![Completion::Port(Ok(42_003)), Completion::Port(Err(error()))],
    }
}

fn ended(exit: Exit) -> Completion {
    Completion::Exec(Ok(Ended {
        exit,
        leaked: false,
    }))
}

fn error() -> Error {
    Error::new(ErrorKind::ProgramNotFound, "start", "x")
}

fn fetched(status: u16) -> Completion {
    Completion::Fetched(Ok(Fetched {
        status,
        headers: Headers::default(),
        body: b"{}".to_vec(),
    }))
}

fn downloaded() -> Completion {
    Completion::Downloaded(Ok(Downloaded {
        path: Root::new("/app").at(RelPath::root()),
        bytes: 7,
        was_there: false,
    }))
}

fn file_answers(op: &FileOp) -> Vec<Completion> {
    let stat = |kind| Some(Stat { kind, size: 1 });
    let good = match op {
        FileOp::Read { .. } => {
            let bytes = FILES.iter().map(|bytes| FileAnswer::Bytes(bytes.to_vec()));
            bytes.collect()
        }
        FileOp::Stat { .. } => vec![
            FileAnswer::Stat(None),
            FileAnswer::Stat(stat(FileKind::File)),
            FileAnswer::Stat(stat(FileKind::Directory)),
        ],
        FileOp::Claim { .. } => vec![
            FileAnswer::Claimed(None),
            FileAnswer::Claimed(Some(Claim::read("7\nt"))),
            FileAnswer::Held(Claim::read("7\nt")),
        ],
        FileOp::Holder { .. } => vec![FileAnswer::NotHeld, FileAnswer::Held(Claim::read("7\nt"))],
        FileOp::List { .. } => {
            let named = |name: &str, kind| Entry {
                name: name.into(),
                kind,
            };
            let entry = |name| named(name, FileKind::Directory);
            let file = |name| named(name, FileKind::File);
            vec![
                FileAnswer::Entries(Vec::new()),
                FileAnswer::Entries(vec![entry("repo"), entry("x")]),
                FileAnswer::Entries(vec![file("trees.json"), file("demo-1.json"), file("x")]),
                FileAnswer::Entries(vec![entry(&format!("{LEFT}.json")), entry("x.json")]),
            ]
        }
        FileOp::ReadAll { .. } => vec![
            FileAnswer::Files(Vec::new()),
            FileAnswer::Files(vec![("trees.json".into(), b"{}".to_vec())]),
            FileAnswer::Files(vec![
                (format!("{LEFT}.json"), LATER.to_vec()),
                ("trees.json".into(), TREES.to_vec()),
            ]),
            FileAnswer::Done,
        ],
        _ => vec![FileAnswer::Done],
    };
    let kinds = [FileErrorKind::PermissionDenied, FileErrorKind::NotFound];
    let bad = kinds.map(|kind| Completion::File(Err(FileError::new(kind, op.path().clone()))));
    let good = good.into_iter().map(|answer| Completion::File(Ok(answer)));
    good.chain(bad).collect()
}

fn one_of(all: &[&'static [u8]], which: u8) -> &'static [u8] {
    let at = usize::from(which) % all.len();
    all.get(at).copied().unwrap_or_default()
}
