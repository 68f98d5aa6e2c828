//! Requests and downloads: scripts and what comes of them, as text. The world answers by
//! a list.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion, Progress};
use collodi_contain::{RelPath, Root};
use collodi_disk::Space;
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_machine::{ActionId, Output, OutputOf, trace::Traced};
use collodi_run::{Action, App, Completed, Input, Run, RunOptions};
use collodi_script::{Options, parse};
use collodi_time::Instant;
use collodi_web::{
    DownloadSpec, Downloaded, FetchSpec, Fetched, Headers, Target, WebError, WebErrorKind,
};
use insta::assert_snapshot;
use std::collections::VecDeque;

/// What the world answers to a request or download; the last one again and again.
#[derive(Clone, Copy)]
enum Reply {
    Status(u16, &'static str),
    Fails(WebErrorKind),
    /// So much is there, and then it fails.
    Breaks(u64, WebErrorKind),
    Refused,
    /// No answer until it is aborted.
    Never,
}

struct Play {
    traced: Traced<Run>,
    now: Instant,
    replies: VecDeque<Reply>,
    inputs: VecDeque<(u64, Input)>,
    silent: Vec<(ActionId, World)>,
    /// What is free on the disk.
    free: u64,
    /// Deadlines that come later do not come.
    patience: Instant,
}

impl Play {
    fn new(steps: &str, replies: &[Reply]) -> Self {
        let source = format!(r#"{{"dialect": "pinokio", "run": [{steps}]}}"#);
        let parsed = parse(&source, &Options::for_file("start.json"));
        let script = parsed
            .script()
            .unwrap_or_else(|error| panic!("{error}"))
            .clone();
        let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
        Self {
            traced: Traced::new(Run::new(RunOptions::new(script, app))),
            now: Instant::ZERO,
            replies: replies.iter().copied().collect(),
            inputs: VecDeque::from([(0, Input::Start)]),
            silent: Vec::new(),
            free: 1 << 40,
            patience: Instant::from_millis(u64::from(u32::MAX)),
        }
    }

    fn later(mut self, millis: u64, input: Input) -> Self {
        self.run();
        self.inputs.push_back((millis, input));
        self
    }

    fn trace(mut self) -> String {
        self.run();
        self.traced.text().to_owned()
    }

    fn run(&mut self) {
        for _ in 0..1_000 {
            let Some((millis, input)) = self.inputs.pop_front() else {
                return;
            };
            self.now = self.now.max(Instant::from_millis(millis));
            let outputs = self.traced.input(self.now, input);
            outputs.iter().for_each(|output| self.answer(output));
            if let (Some(Output::Wait(Some(deadline))), true) =
                (outputs.last(), self.inputs.is_empty())
            {
                let millis = deadline.at.as_nanos() / 1_000_000;
                if deadline.at <= self.patience {
                    self.inputs.push_back((millis, Input::Timeout));
                }
            }
        }
        panic!("no end:\n{}", self.traced.text());
    }

    fn answer(&mut self, output: &OutputOf<Run>) {
        let Output::Action(id, Action::World(action)) = output else {
            return;
        };
        match action {
            World::Abort(which) => {
                self.complete(*id, Completion::Aborted);
                let at = self.silent.iter().position(|(id, _)| id == which);
                if let Some((id, action)) = at.map(|at| self.silent.remove(at)) {
                    self.reply(id, &action, Reply::Fails(WebErrorKind::Aborted));
                }
            }
            World::File(FileOp::Space { .. }) => {
                let (free, total) = (self.free, 1 << 40);
                let space = FileAnswer::Space(Space { free, total });
                self.complete(*id, Completion::File(Ok(space)));
            }
            action => {
                let reply = match self.replies.len() {
                    0 | 1 => self.replies.front().copied().unwrap_or(Reply::Never),
                    _ => self.replies.pop_front().unwrap(),
                };
                self.reply(*id, action, reply);
            }
        }
    }

    fn reply(&mut self, id: ActionId, action: &World, reply: Reply) {
        if let Reply::Breaks(done, _) = reply {
            let total = Some(1000);
            self.inputs.push_back((
                0,
                Input::Progress(id, Progress::Transferred { done, total }),
            ));
        }
        match (action, reply) {
            (_, Reply::Never) => self.silent.push((id, action.clone())),
            (World::Fetch(spec), reply) => {
                self.complete(id, Completion::Fetched(fetched(spec, reply)));
            }
            (World::Download(spec), reply) => {
                self.complete(id, Completion::Downloaded(downloaded(spec, reply)));
            }
            (World::Connect { .. }, reply) => {
                let refused = collodi_action::Error::new(
                    collodi_action::ErrorKind::Refused,
                    "connect to",
                    "x",
                );
                let answer = if matches!(reply, Reply::Refused) {
                    Err(refused)
                } else {
                    Ok(())
                };
                self.complete(id, Completion::Connected(answer));
            }
            (World::File(_), Reply::Refused) => {
                self.complete(id, Completion::File(Ok(FileAnswer::Stat(None))));
            }
            (World::File(_), _) => {
                let stat = collodi_file::Stat {
                    kind: collodi_file::FileKind::File,
                    size: 1,
                };
                self.complete(id, Completion::File(Ok(FileAnswer::Stat(Some(stat)))));
            }
            (other, _) => panic!("the world has no answer to {other}"),
        }
    }

    fn complete(&mut self, id: ActionId, completion: Completion) {
        self.inputs
            .push_back((0, Input::Completed(id, Completed::World(completion))));
    }
}

fn fetched(spec: &FetchSpec, reply: Reply) -> Result<Fetched, WebError> {
    match reply {
        Reply::Status(status, body) => {
            let headers = Headers::default();
            Ok(Fetched {
                status,
                headers,
                body: body.into(),
            })
        }
        other => Err(WebError::new(kind(other), spec.url.clone())),
    }
}

fn downloaded(spec: &DownloadSpec, reply: Reply) -> Result<Downloaded, WebError> {
    let path = match &spec.target {
        Target::Dir(dir) => dir.join("file.bin").unwrap(),
        Target::File(path) => path.clone(),
    };
    match reply {
        Reply::Status(200, _) => Ok(Downloaded {
            path,
            bytes: 1000,
            was_there: false,
        }),
        other => Err(WebError::new(kind(other), spec.url.clone())),
    }
}

fn kind(reply: Reply) -> WebErrorKind {
    match reply {
        Reply::Status(status, _) => WebErrorKind::Status(status),
        Reply::Fails(kind) | Reply::Breaks(_, kind) => kind,
        _ => WebErrorKind::Connection,
    }
}

fn trace(steps: &str, replies: &[Reply]) -> String {
    Play::new(steps, replies).trace()
}

const DOWNLOAD: &str = r#"{"method": "fs.download", "params": {"uri": "https://h/file.bin?token=x", "dir": "models"}}"#;
const GOOD: Reply = Reply::Status(200, "");

#[test]
fn a_download() {
    assert_snapshot!(trace(
        DOWNLOAD,
        &[Reply::Breaks(600, WebErrorKind::Truncated), GOOD]
    ));
}

/// It is told when the length is known, and goes on: somebody may make room.
#[test]
fn a_download_for_which_there_is_no_room() {
    let full = WebErrorKind::File(FileErrorKind::NoSpace);
    let mut play = Play::new(DOWNLOAD, &[Reply::Breaks(600, full)]);
    play.free = 300;
    assert_snapshot!(play.trace());
}

#[test]
fn several_downloads_in_order() {
    let steps =
        r#"{"method": "fs.download", "params": {"url": ["http://h/a", "http://h/b"], "dir": "."}}"#;
    assert_snapshot!(trace(steps, &[GOOD]));
}

#[test]
fn a_download_is_given_up() {
    assert_snapshot!(trace(DOWNLOAD, &[Reply::Fails(WebErrorKind::Connection)]));
}

#[test]
fn what_does_not_pass_is_not_tried_again() {
    let steps =
        r#"{"method": "fs.download", "params": {"url": ["http://h/a", "http://h/b"], "dir": "."}}"#;
    let full = WebErrorKind::File(FileErrorKind::NoSpace);
    assert_snapshot!(trace(steps, &[GOOD, Reply::Fails(full)]));
}

#[test]
fn a_cancelled_download_ends() {
    let play = Play::new(DOWNLOAD, &[Reply::Never]);
    assert_snapshot!(play.later(5_000, Input::Cancel).trace());
}

#[test]
fn a_download_that_waits_to_be_tried_again_is_cancelled() {
    let mut play = Play::new(DOWNLOAD, &[Reply::Fails(WebErrorKind::TimedOut)]);
    play.patience = Instant::from_millis(2_000);
    assert_snapshot!(play.later(2_500, Input::Cancel).trace());
}

#[test]
fn a_request_and_its_result() {
    let steps = r#"
        {"method": "net", "params": {"url": "http://me:pw@h/x", "method": "post", "params": {"q": "a b"},
            "data": {"a": [1, null]}, "headers": {"X-Key": "secret"}, "timeout": 1500}},
        {"method": "log", "params": {"text": "{{input.list[1]}} {{input.name}}"}}"#;
    assert_snapshot!(trace(
        steps,
        &[Reply::Status(200, r#"{"list": [1, 2], "name": "x"}"#)]
    ));
}

#[test]
fn a_request_gives_text_and_bytes() {
    let steps = r#"
        {"method": "net", "params": {"url": "http://h/x", "responseType": "text"}},
        {"method": "log", "params": {"text": "{{typeof input}} {{input}}"}},
        {"method": "net", "params": {"url": "http://h/x", "responseType": "arraybuffer"}},
        {"method": "log", "params": {"text": "{{input.toString('base64')}}"}},
        {"method": "net", "params": {"url": "http://h/x"}},
        {"method": "log", "params": {"text": "{{typeof input}} {{input}}"}}"#;
    assert_snapshot!(trace(
        steps,
        &[
            Reply::Status(200, "12"),
            Reply::Status(200, "bytes"),
            Reply::Status(200, "plain")
        ]
    ));
}

#[test]
fn a_status_of_400_or_more_fails() {
    let steps = r#"{"method": "net", "params": {"url": "http://h/x?key=secret"}}"#;
    assert_snapshot!(trace(
        steps,
        &[Reply::Status(422, "{\"detail\":\n \"no such model\"}")]
    ));
}

#[test]
fn a_cancelled_request_ends() {
    let steps = r#"{"method": "net", "params": {"url": "http://h/x"}}"#;
    assert_snapshot!(
        Play::new(steps, &[Reply::Never])
            .later(500, Input::Cancel)
            .trace()
    );
}

#[test]
fn waiting_for_an_address() {
    let steps =
        r#"{"method": "process.wait", "params": {"url": "http://0.0.0.0:7860/x", "interval": 2}}"#;
    let replies = [
        Reply::Refused,
        Reply::Status(503, ""),
        Reply::Status(204, ""),
    ];
    assert_snapshot!(trace(steps, &replies));
}

#[test]
fn waiting_for_several_things() {
    let steps = r#"{"method": "process.wait", "params": {"on": {"delay": 1000, "interval": 100, "timeout": 9000,
        "resources": ["http-get://localhost:1/x", "tcp:localhost:2", "tcp:3", "file:a/b", "c.txt"]}}}"#;
    let replies = [GOOD, GOOD, Reply::Refused, GOOD, Reply::Refused, GOOD];
    assert_snapshot!(trace(steps, &replies));
}

#[test]
fn waiting_is_given_up() {
    let steps = r#"{"method": "process.wait", "params": {"on": {"interval": 400, "timeout": 1000,
        "resources": "tcp:7860"}}}"#;
    assert_snapshot!(trace(steps, &[Reply::Refused]));
    let steps = r#"{"method": "process.wait", "params": {"url": "http://h/", "timeout": 3}}"#;
    assert_snapshot!(trace(steps, &[Reply::Never]));
}

#[test]
fn parameters_at_fault() {
    let table = [
        r#"{"method": "fs.download", "params": {"uri": "ftp://h/x", "dir": "a"}}"#,
        r#"{"method": "fs.download", "params": {"uri": ["http://h/x", "nowhere"], "dir": "a"}}"#,
        r#"{"method": "fs.download", "params": {"uri": ["http://h/x", 1], "dir": "a"}}"#,
        r#"{"method": "fs.download", "params": {"uri": ["http://h/x", "http://h/y"], "path": "a"}}"#,
        r#"{"method": "fs.download", "params": {"uri": [], "dir": "a"}}"#,
        r#"{"method": "net", "params": {"url": "http://"}}"#,
        r#"{"method": "net", "params": {"url": "http://h", "method": "a b"}}"#,
        r#"{"method": "net", "params": {"url": "http://h", "headers": {"a b": "c"}}}"#,
        r#"{"method": "net", "params": {"url": "http://h", "headers": {"a": "c\r\nd: e"}}}"#,
        r#"{"method": "net", "params": {"url": "http://h", "responseType": "stream"}}"#,
        r#"{"method": "process.wait", "params": {"on": {"resources": ["unix:/x"]}}}"#,
        r#"{"method": "process.wait", "params": {"on": {"resources": ["tcp:h:0"]}}}"#,
        r#"{"method": "process.wait", "params": {"on": {"resources": ["file:../x"]}}}"#,
        r#"{"method": "process.wait", "params": {"on": {}}}"#,
        r#"{"method": "process.wait", "params": {"app": "x"}}"#,
    ];
    let failure = |steps: &&str| {
        let mut play = Play::new(steps, &[Reply::Never]);
        let outputs = play.traced.input(Instant::ZERO, Input::Start);
        match outputs.last() {
            Some(Output::Done(outcome)) => match &outcome.status {
                collodi_run::Status::Failed(failure) => {
                    format!("{} {}\n", failure.pointer, failure.kind)
                }
                other => panic!("{steps}: {other:?}"),
            },
            other => panic!("{steps}: {other:?}"),
        }
    };
    assert_snapshot!(table.iter().map(failure).collect::<String>());
}

/// What is sent, which traces do not show.
#[test]
fn what_a_request_sends() {
    let sent = |params: &str| {
        let steps = format!(r#"{{"method": "net", "params": {params}}}"#);
        let mut play = Play::new(&steps, &[Reply::Never]);
        play.run();
        let Some((_, World::Fetch(spec))) = play.silent.pop() else {
            panic!("nothing was sent: {params}");
        };
        let headers: Vec<_> = spec
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let body = String::from_utf8_lossy(&spec.body).into_owned();
        format!(
            "{} {}\n  {}\n  {body:?}, within {:?}\n",
            spec.method,
            spec.url.as_str(),
            headers.join("\n  "),
            spec.timeout
        )
    };
    let table = [
        r#"{"url": "http://h/x", "params": {"a": [1, 2], "b": "ä&"}}"#,
        r#"{"url": "/x", "baseURL": "http://h/api/", "method": "put", "data": {"a": 1}, "timeout": 250}"#,
        r#"{"url": "http://h", "method": "post", "data": "a=b"}"#,
        r#"{"url": "http://h", "method": "post", "data": {"a": "b c"}, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}"#,
        r#"{"url": "http://h", "method": "post", "data": "{{Buffer.from('00ff', 'hex')}}"}"#,
        r#"{"url": "http://h", "auth": {"username": "me", "password": "pw"}, "data": {"a": 1}}"#,
    ];
    assert_snapshot!(table.map(sent).concat());
}

const PREDICT: &str = r#"{"method": "gradio.predict", "params": {"uri": "http://127.0.0.1:7860/", "path": "/add up", "params": [1, "b"]}},
    {"method": "log", "params": {"json": "{{input}}"}}"#;

#[test]
fn a_gradio_app_that_streams_its_events() {
    let config = r#"{"version": "5.50.0", "api_prefix": "/gradio_api", "protocol": "sse_v3"}"#;
    let events = "event: generating\ndata: [2]\n\nevent: complete\ndata: [3]\n\n";
    let replies = [
        Reply::Status(200, config),
        Reply::Status(200, r#"{"event_id": "../a b"}"#),
        Reply::Status(200, events),
    ];
    assert_snapshot!(trace(PREDICT, &replies));
}

#[test]
fn an_older_gradio_app_answers_at_once() {
    let replies = [
        Reply::Status(200, r#"{"version": "3.50.2"}"#),
        Reply::Status(200, r#"{"data": [3], "duration": 0.1}"#),
    ];
    assert_snapshot!(trace(PREDICT, &replies));
}

#[test]
fn a_gradio_app_that_fails_or_is_none() {
    let config = Reply::Status(200, r#"{"protocol": "sse_v3"}"#);
    let event = Reply::Status(200, r#"{"event_id": "7"}"#);
    let cases: [&[Reply]; 5] = [
        &[Reply::Status(200, "<html>")],
        &[config, Reply::Status(404, r#"{"detail": "Not Found"}"#)],
        &[
            config,
            event,
            Reply::Status(200, "event: error\ndata: \"no such model\"\n\n"),
        ],
        &[
            config,
            event,
            Reply::Status(200, "event: generating\ndata: [1]\n\n"),
        ],
        &[Reply::Fails(WebErrorKind::Connection)],
    ];
    let ends = cases.map(|replies| trace(PREDICT, replies).lines().last().unwrap().to_owned());
    assert_snapshot!(ends.join("\n"));
}

#[test]
fn a_form_of_several_parts() {
    let steps = r#"{"method": "net", "params": {"url": "http://h/upload", "method": "post",
        "headers": {"content-type": "multipart/form-data"},
        "data": {"name": "a", "file": "{{Buffer.from('hi')}}"}}}"#;
    assert_snapshot!(trace(steps, &[GOOD]));
}
