//! The making of an environment as text.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Completion, Ended, Progress};
use collodi_command::{Exit, Stream, TreeId};
use collodi_contain::{Name, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, Stat};
use collodi_machine::{ActionId, trace::Traced};
use collodi_python::{
    Input, Interpreter, Layout, Platform, Provision, ProvisionOptions, Tool, Toolchain,
};
use collodi_time::Instant;
use insta::assert_snapshot;
use std::collections::BTreeMap;

struct Making {
    traced: Traced<Provision>,
    next: u64,
    now: Instant,
}

fn tools(uv: bool) -> Toolchain {
    let tool = |program: &str| Tool {
        program: program.into(),
        version: "1".into(),
    };
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

impl Making {
    fn of(tools: Toolchain, version: Option<&str>) -> Self {
        let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
        let options = ProvisionOptions {
            env: layout.environment(&Name::parse("myapp").unwrap()),
            version: version.map(Into::into),
            installer: tools.installer(true),
            tools,
            vars: BTreeMap::from([("PATH".into(), "/usr/bin".into())]),
            tree: TreeId::new("t"),
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
        self.traced.input(
            Instant::from_millis(millis),
            Input::Completed(id, completion),
        );
        self.next += 1;
        self
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
    let making = Making::of(tools(true), Some("3.10"))
        .nothing()
        .nothing()
        .nothing();
    assert_snapshot!(making.done().exits(0).done().trace());
}

#[test]
fn without_uv_it_is_made_by_venv() {
    let making = Making::of(tools(false), None).nothing().nothing().nothing();
    assert_snapshot!(making.done().exits(0).done().trace());
}

#[test]
fn a_half_made_one_is_made_anew() {
    let making = Making::of(tools(true), None).there().there().done();
    assert_snapshot!(making.done().exits(0).done().trace());
}

#[test]
fn a_failure_leaves_nothing() {
    let making = Making::of(tools(true), None)
        .nothing()
        .nothing()
        .nothing()
        .done();
    let bytes = b"error: no space\n".as_slice().into();
    let output = Progress::Output {
        stream: Stream::Stderr,
        bytes,
    };
    let making = making.input(200, Input::Progress(ActionId::from_number(5), output));
    assert_snapshot!(making.exits(2).done().done().trace());
}

#[test]
fn one_that_takes_too_long_is_killed_and_undone() {
    let making = Making::of(tools(true), None)
        .nothing()
        .nothing()
        .nothing()
        .done();
    let killed = Ended {
        exit: Exit::Signal(collodi_command::Signal::KILL),
        leaked: false,
    };
    let making = making
        .input(600_002, Input::Timeout)
        .answer(600_010, Completion::Exec(Ok(killed)))
        .answer(600_011, Completion::Signalled(Ok(())));
    assert_snapshot!(making.done().done().trace());
}

#[test]
fn a_directory_that_is_no_environment_is_left_alone() {
    assert_snapshot!(
        Making::of(tools(true), None)
            .nothing()
            .nothing()
            .there()
            .trace()
    );
}

#[test]
fn no_python_names_what_was_tried() {
    let refused = vec![("python3".into(), "exit code 127".into())];
    let none = Toolchain {
        refused,
        ..Toolchain::default()
    };
    let making = Making::of(none, None).nothing().nothing().nothing().done();
    assert_snapshot!(making.done().done().trace());
}

#[test]
fn another_version_needs_uv() {
    let making = Making::of(tools(false), Some("3.10"))
        .nothing()
        .nothing()
        .nothing()
        .done();
    assert_snapshot!(making.done().done().trace());
}

#[test]
fn what_the_disk_says_is_passed_on() {
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let error = FileError::new(FileErrorKind::ReadOnly, layout.environments());
    let making = Making::of(tools(true), None).nothing().nothing().nothing();
    assert_snapshot!(making.answer(2, Completion::File(Err(error))).trace());
}
