//! The making of an environment as text.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Completion, Ended, Progress};
use collodi_command::{Exit, Stream, TreeId};
use collodi_contain::{Name, RelPath, Root};
use collodi_file::{Claim, FileAnswer, FileError, FileErrorKind, FileKind, Stat};
use collodi_machine::{ActionId, trace::Traced};
use collodi_python::{
    Contents, EnvDir, Input, Interpreter, Layout, Platform, Provision, ProvisionOptions, Tool,
    Toolchain,
};
use collodi_time::Instant;
use insta::assert_snapshot;
use std::collections::BTreeMap;

struct Making {
    traced: Traced<Provision>,
    next: u64,
    now: Instant,
}

fn tool(program: &str) -> Tool {
    Tool {
        program: program.into(),
        version: "1".into(),
    }
}

fn tools(uv: bool) -> Toolchain {
    let python = Interpreter {
        program: "python3".into(),
        version: "Python 3.11.7".into(),
    };
    Toolchain {
        python: Some(python),
        uv: uv.then(|| tool("uv")),
        ..Toolchain::default()
    }
}

fn layout() -> Layout {
    Layout::new(Root::new("/w"), Platform::LINUX_X64)
}

fn other(note: &str) -> Claim {
    let (pid, note) = (Some(4711), note.into());
    Claim { pid, note }
}

impl Making {
    fn of(tools: Toolchain, version: Option<&str>) -> Self {
        Self::on(Platform::LINUX_X64, tools, version)
    }

    fn on(platform: Platform, tools: Toolchain, version: Option<&str>) -> Self {
        let layout = Layout::new(Root::new("/w"), platform);
        let env = layout.environment(&Name::parse("myapp").unwrap());
        let contents = Contents::Python(version.map(Into::into));
        Self::with(env, contents, tools)
    }

    fn by_conda(conda: Option<Tool>) -> Self {
        let path = Root::new("/w/app").at(RelPath::parse("env").unwrap());
        let contents = Contents::Conda(["python=3.10".into(), "ffmpeg".into()].into());
        let tools = Toolchain {
            conda,
            ..tools(true)
        };
        Self::with(EnvDir::conda(path, Platform::LINUX_X64), contents, tools)
    }

    fn with(env: EnvDir, contents: Contents, tools: Toolchain) -> Self {
        let options = ProvisionOptions {
            env,
            contents,
            installer: tools.installer(true),
            tools,
            vars: BTreeMap::from([("PATH".into(), "/usr/bin".into())]),
            tree: TreeId::new("env-1"),
        };
        let mut traced = Traced::new(Provision::new(options));
        traced.input(Instant::ZERO, Input::Timeout);
        Self {
            traced,
            next: 1,
            now: Instant::ZERO,
        }
    }

    /// Answers the oldest question.
    fn answer(mut self, millis: u64, completion: Completion) -> Self {
        let id = ActionId::from_number(self.next);
        self.next += 1;
        self.input(millis, Input::Completed(id, completion))
    }

    /// Something happens at `millis`, or as late as the last thing did.
    fn input(mut self, millis: u64, input: Input) -> Self {
        self.now = self.now.max(Instant::from_millis(millis));
        self.traced.input(self.now, input);
        self
    }

    fn nothing(self) -> Self {
        self.answer(1, Completion::File(Ok(FileAnswer::Stat(None))))
    }

    fn there(self) -> Self {
        let stat = Stat {
            kind: FileKind::Directory,
            size: 0,
        };
        self.answer(1, Completion::File(Ok(FileAnswer::Stat(Some(stat)))))
    }

    fn claimed(self) -> Self {
        self.answer(1, Completion::File(Ok(FileAnswer::Claimed(None))))
    }

    /// A claim of another program is in the marker.
    fn left(self, note: &str) -> Self {
        let left = Some(other(note));
        self.answer(1, Completion::File(Ok(FileAnswer::Claimed(left))))
    }

    fn held(self, millis: u64) -> Self {
        let held = FileAnswer::Held(other("env-7"));
        self.answer(millis, Completion::File(Ok(held)))
    }

    /// Nothing is there, and the marker is claimed.
    fn free(self) -> Self {
        self.nothing().nothing().claimed().nothing().nothing()
    }

    /// The command says this on its standard output.
    fn says(self, millis: u64, text: &str) -> Self {
        let id = ActionId::from_number(self.next);
        let (stream, bytes) = (Stream::Stdout, text.as_bytes().into());
        self.input(
            millis,
            Input::Progress(id, Progress::Output { stream, bytes }),
        )
    }

    fn signalled(self) -> Self {
        self.answer(2, Completion::Signalled(Ok(())))
    }

    fn done(self) -> Self {
        self.answer(2, Completion::File(Ok(FileAnswer::Done)))
    }

    fn exits(self, code: i32) -> Self {
        let ended = Ended {
            exit: Exit::Code(code),
            leaked: false,
        };
        self.answer(300, Completion::Exec(Ok(ended)))
    }

    fn trace(&self) -> &str {
        self.traced.text()
    }
}

#[test]
fn one_that_is_there_is_used() {
    assert_snapshot!(Making::of(tools(true), None).there().nothing().trace());
}

#[test]
fn one_that_is_not_is_made_by_uv() {
    let making = Making::of(tools(true), Some("3.10")).free();
    assert_snapshot!(making.exits(0).done().done().trace());
}

#[test]
fn without_uv_it_is_made_by_venv() {
    let making = Making::of(tools(false), None).free();
    assert_snapshot!(making.exits(0).done().done().trace());
}

/// Of an environment of which something is there.
fn clearing() -> Making {
    let env = layout().environment(&Name::parse("myapp").unwrap());
    Making::with(env, Contents::Nothing, tools(true))
}

#[test]
fn what_is_half_made_can_go_without_anything_being_made() {
    let making = clearing().there().there().left("env-7").signalled();
    let making = making.answer(3, Completion::Empty(Ok(()))).done();
    assert_snapshot!(making.done().done().trace());
}

#[test]
fn only_what_nobody_is_at_goes() {
    let whole = clearing().there().nothing();
    let held = clearing().there().there().held(2);
    let dealt_with = clearing().nothing().there().claimed().done().done();
    for making in [whole, held, dealt_with] {
        let trace = making.trace();
        assert!(trace.ends_with("> done reused\n"), "{trace}");
        assert!(
            !trace.contains("remove /w/.vatn/python/envs/myapp"),
            "{trace}"
        );
    }
}

#[test]
fn conda_makes_its_own() {
    let making = Making::by_conda(Some(tool("micromamba"))).free();
    assert_snapshot!(making.exits(0).done().done().trace());
}

#[test]
fn one_of_conda_that_is_half_made_is_made_anew_like_any_other() {
    let making = Making::by_conda(Some(tool("conda")));
    let making = making.there().there().left("env-7").signalled();
    let making = making.answer(3, Completion::Empty(Ok(()))).done();
    assert_snapshot!(making.exits(0).done().done().trace());
}

#[test]
fn without_conda_nothing_is_left() {
    let making = Making::by_conda(None).free();
    assert_snapshot!(making.done().done().done().trace());
}

#[test]
fn a_half_made_one_is_made_anew_when_nothing_of_its_maker_is_left() {
    let making = Making::of(tools(true), None).there().there().left("env-7");
    let empty = Completion::Empty(Ok(()));
    let making = making.signalled().answer(3, empty).done();
    assert_snapshot!(making.exits(0).done().done().trace());
}

#[test]
fn what_may_live_on_is_not_removed() {
    let making = Making::of(tools(true), None).there().there().left("env-7");
    let error =
        collodi_action::Error::new(collodi_action::ErrorKind::Unsupported, "watch", "env-7");
    let making = making.signalled().answer(3, Completion::Empty(Err(error)));
    let trace = making.done().trace().to_owned();
    assert!(
        trace.contains("release") && !trace.contains("> #6 remove"),
        "{trace}"
    );
    assert!(
        trace.contains("done failed: what an earlier maker left of it may go on"),
        "{trace}"
    );
}

/// An app may write the marker of an environment in its folder.
#[test]
fn a_marker_ends_no_other_tree_than_those_of_makers() {
    for note in [
        "",
        "env",
        "env-77",
        "env-x",
        "web-1",
        "env-1-7",
        "web-env-7",
    ] {
        let making = Making::of(tools(true), None).there().there().left(note);
        let trace = making.trace();
        assert!(
            trace.contains("#4 remove") && !trace.contains("signal"),
            "{note}: {trace}"
        );
    }
}

#[test]
fn one_that_another_program_makes_is_waited_for() {
    let making = Making::of(tools(true), None).there().there().held(10);
    let making = making.input(110, Input::Timeout).held(111);
    let making = making.input(211, Input::Timeout).claimed();
    assert_snapshot!(making.there().done().done().trace());
}

#[test]
fn another_program_is_not_waited_for_without_end() {
    let making = Making::of(tools(true), None).there().there().held(10);
    assert_snapshot!(making.input(660_010, Input::Timeout).trace());
}

#[test]
fn a_wait_that_nobody_wants_ends_at_once() {
    let making = Making::of(tools(true), None).there().there().held(10);
    assert_snapshot!(making.input(20, Input::Cancel).trace());
}

#[test]
fn a_claim_that_nobody_wants_any_more_is_given_back() {
    let making = Making::of(tools(true), None).nothing().nothing();
    let making = making.input(1, Input::Cancel).claimed();
    assert_snapshot!(making.done().done().trace());
}

#[test]
fn a_failure_leaves_nothing() {
    let making = Making::of(tools(true), None).free();
    let bytes = b"error: no space\n".as_slice().into();
    let output = Progress::Output {
        stream: Stream::Stderr,
        bytes,
    };
    let making = making.input(200, Input::Progress(ActionId::from_number(6), output));
    let making = making.exits(2).done();
    assert_snapshot!(making.exits(1).done().done().done().trace());
}

/// uv gets pip from an index.
#[test]
fn where_uv_cannot_venv_does() {
    let making = Making::of(tools(true), None).free().exits(2).done();
    assert_snapshot!(making.exits(0).done().done().trace());
}

#[test]
fn another_python_than_the_machines_is_for_uv_alone() {
    let making = Making::of(tools(true), Some("3.10")).free().exits(2);
    let trace = making.done().done().done().trace().to_owned();
    assert!(trace.ends_with("> done failed: exit code 2: \n"), "{trace}");
}

#[test]
fn what_cannot_be_removed_stays_marked() {
    let making = Making::of(tools(false), None).free().exits(2);
    let error = FileError::new(FileErrorKind::PermissionDenied, layout().environments());
    assert_snapshot!(
        making
            .answer(301, Completion::File(Err(error)))
            .done()
            .trace()
    );
}

#[test]
fn one_that_takes_too_long_is_killed_and_undone() {
    let making = Making::of(tools(true), None).free();
    let killed = Ended {
        exit: Exit::Signal(collodi_command::Signal::KILL),
        leaked: false,
    };
    let making = making
        .input(600_002, Input::Timeout)
        .answer(600_010, Completion::Exec(Ok(killed)))
        .signalled();
    assert_snapshot!(making.done().done().done().trace());
}

#[test]
fn a_directory_that_is_no_environment_is_left_alone() {
    let making = Making::of(tools(true), None).nothing().nothing().claimed();
    assert_snapshot!(making.nothing().there().done().done().trace());
}

#[test]
fn no_python_names_what_was_tried() {
    let refused = vec![("python3".into(), "exit code 127".into())];
    let none = Toolchain {
        refused,
        ..Toolchain::default()
    };
    assert_snapshot!(Making::of(none, None).free().done().done().done().trace());
}

#[test]
fn without_uv_another_version_is_used_by_its_name() {
    let making = Making::of(tools(false), Some("3.12")).free();
    let making = making.says(2, "Python 3.12.4\n").exits(0);
    assert_snapshot!(making.exits(0).done().done().trace());
}

#[test]
fn another_version_that_does_not_work_needs_uv() {
    let table = [
        (
            "3.12",
            "",
            127,
            "Python 3.12 needs uv; python3.12: exit code 127",
        ),
        (
            "3.12.4",
            "Python 3.12.1",
            0,
            "Python 3.12.4 needs uv; python3.12: Python 3.12.1",
        ),
        (
            "3",
            "Python 2.7",
            0,
            "Python 3 needs uv; python3: too old: Python 2.7",
        ),
    ];
    let old = Toolchain {
        python: Some(Interpreter {
            program: "python".into(),
            version: "Python 4.0".into(),
        }),
        ..Toolchain::default()
    };
    for (version, said, code, expected) in table {
        let making = Making::of(old.clone(), Some(version)).free();
        let making = making.says(2, said).exits(code).done().done().done();
        assert!(making.trace().contains(expected), "{}", making.trace());
    }
}

#[test]
fn what_is_no_plain_version_needs_uv() {
    for version in [">=3.10", "3.x", "pypy", "", "3.12; rm -rf x", "../python"] {
        let making = Making::of(tools(false), Some(version)).free();
        let expected = format!("failed: Python {version} needs uv");
        let making = making.done().done().done();
        assert!(
            making.trace().ends_with(&format!("{expected}\n")),
            "{}",
            making.trace()
        );
    }
}

#[test]
fn what_the_disk_says_is_passed_on() {
    let error = FileError::new(FileErrorKind::ReadOnly, layout().environments());
    let making = Making::of(tools(true), None).nothing().nothing();
    assert_snapshot!(making.answer(2, Completion::File(Err(error))).trace());
}

#[test]
fn windows_has_its_own_places() {
    let windows = Platform::from_rust("windows", "x86_64");
    let making = Making::on(windows, tools(false), None).free();
    assert_snapshot!(making.exits(0).done().done().trace());
}
