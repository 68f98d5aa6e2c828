//! The `ENVIRONMENT` files, `pre` and `requires`, as text. The world is a disk of a
//! few files, and every command succeeds.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use collodi_action::{Action as World, Completion, Ended};
use collodi_command::Exit;
use collodi_contain::{RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp, Stat};
use collodi_machine::{Machine as _, Output};
use collodi_run::{
    Action, App, Completed, EnvironmentFiles, EnvironmentLayer, Input, PreparedAnswers, Run,
    RunOptions,
};
use collodi_script::{Options, parse};
use collodi_time::Instant;
use collodi_value::{Object, Value};
use insta::assert_snapshot;
use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

/// The variables that are of interest.
const NAMES: [&str; 6] = ["A", "B", "C", "HF_HOME", "HF_TOKEN", "LD_PRELOAD"];

struct Play {
    options: RunOptions,
    disk: BTreeMap<String, Vec<u8>>,
    said: String,
    /// What somebody writes to the app's file once it was read.
    edit: Option<String>,
    /// Why the app's file cannot be read.
    unreadable: Option<FileErrorKind>,
}

impl Play {
    /// A run of this script with the layers of a host: the workspace's file, then the
    /// app's.
    fn new(script: &str, disk: &[(&str, &str)]) -> Self {
        let parsed = parse(script, &Options::for_file("start.json"));
        let script = parsed.script().unwrap_or_else(|error| panic!("{error}"));
        let app = App::new("demo", Root::new("/app"), RelPath::root(), "start.json");
        let mut options = RunOptions::new(script.clone(), app.clone());
        let vars = [("PATH", "/usr/bin:/bin"), ("B", "host"), ("C", "host")];
        let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
        options.host_vars = Arc::new(vars.into());
        options.answers = PreparedAnswers::unattended();
        let workspace = Root::new("/work").at(RelPath::root());
        options.environment = EnvironmentFiles {
            defaults: [
                ("HF_HOME".into(), "/cache".into()),
                ("C".into(), "default".into()),
            ]
            .into(),
            layers: vec![
                EnvironmentLayer {
                    files: vec![workspace.join("ENVIRONMENT").unwrap()],
                    dir: workspace,
                },
                EnvironmentLayer::of_app(&app.cwd()),
            ],
        };
        let disk = disk
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Self {
            options,
            disk: disk.collect(),
            said: String::new(),
            edit: None,
            unreadable: None,
        }
    }

    fn answering(mut self, key: &str, value: &str) -> Self {
        let fields: Object = [(key.to_owned(), Value::from(value))].into_iter().collect();
        self.options.answers = PreparedAnswers::of(&fields, true);
        self
    }

    fn file(mut self, path: &str, bytes: &[u8]) -> Self {
        self.disk.insert(path.to_owned(), bytes.to_vec());
        self
    }

    /// What is told, done with files, and run.
    fn told(mut self) -> String {
        let mut run = Run::new(self.options.clone());
        run.handle_input(Instant::ZERO, Input::Start).unwrap();
        for _ in 0..1000 {
            match run.poll_output() {
                Output::Action(id, Action::World(action)) => {
                    let completion = self.perform(&action);
                    let input = Input::Completed(id, Completed::World(completion));
                    run.handle_input(Instant::ZERO, input).unwrap();
                }
                Output::Event(event) => writeln!(self.said, "{event}").unwrap(),
                Output::Done(outcome) => {
                    writeln!(self.said, "{outcome}").unwrap();
                    return self.said;
                }
                other => panic!("{other:?}\n{}", self.said),
            }
        }
        panic!("no end\n{}", self.said);
    }

    fn perform(&mut self, action: &World) -> Completion {
        match action {
            World::File(op) => Completion::File(self.file_op(op)),
            World::Exec(spec) => {
                for name in NAMES {
                    if let Some(value) = spec.env.get(name) {
                        writeln!(self.said, "  {name}={value}").unwrap();
                    }
                }
                let (exit, leaked) = (Exit::Code(0), false);
                Completion::Exec(Ok(Ended { exit, leaked }))
            }
            World::AwaitEmpty(_) => Completion::Empty(Ok(())),
            other => panic!("{other}"),
        }
    }

    fn file_op(&mut self, op: &FileOp) -> Result<FileAnswer, FileError> {
        let path = op.path().absolute();
        if let (FileOp::Read { .. }, "/app/ENVIRONMENT") = (op, path.as_str()) {
            if let Some(kind) = self.unreadable {
                return Err(FileError::new(kind, op.path().clone()));
            }
            if let Some(text) = self.edit.take() {
                let old = self.disk.insert(path, text.into_bytes());
                return Ok(FileAnswer::Bytes(old.unwrap_or_default()));
            }
        }
        let there = self.disk.get(&path);
        match op {
            FileOp::Read { .. } => match there {
                Some(bytes) => Ok(FileAnswer::Bytes(bytes.clone())),
                None => Err(FileError::new(FileErrorKind::NotFound, op.path().clone())),
            },
            FileOp::Stat { .. } => Ok(FileAnswer::Stat(there.map(|bytes| Stat {
                kind: FileKind::File,
                size: bytes.len() as u64,
            }))),
            FileOp::Write { bytes, private, .. } => {
                assert!(*private, "{path}");
                let text = String::from_utf8_lossy(bytes);
                writeln!(self.said, "  {path} := {text:?}").unwrap();
                self.disk.insert(path, bytes.clone());
                Ok(FileAnswer::Done)
            }
            FileOp::MakeDir { .. } => {
                writeln!(self.said, "  made {path}").unwrap();
                Ok(FileAnswer::Done)
            }
            other => panic!("{other}"),
        }
    }
}

const SHOW: &str = r#"{"dialect": "pinokio", "run": [
    {"method": "shell.run", "params": {"message": "show", "env": {"B": "step"}}},
    {"method": "log", "params": {"text": "{{env.A}} {{envs.B}} {{env.C}}"}}]}"#;

#[test]
fn later_files_win_and_steps_win_over_files() {
    let disk = [
        ("/work/ENVIRONMENT", "A=./models\nB=work\nC=work\n"),
        ("/app/ENVIRONMENT", "# mine\nA=./cache\nB=app\nD=\n"),
    ];
    assert_snapshot!("layers", Play::new(SHOW, &disk).told());
    assert_snapshot!("no_files", Play::new(SHOW, &[]).told());
}

#[test]
fn the_file_in_pinokio_counts_and_starts_in_the_app() {
    let disk = [
        ("/app/ENVIRONMENT", "A=outer\n"),
        (
            "/app/pinokio/ENVIRONMENT",
            "A=./inner\nPIP_CONFIG_FILE=./pip.ini\n",
        ),
    ];
    let set = r#"{"dialect": "pinokio", "run": [
        {"method": "env.set", "params": {"B": "./new"}},
        {"method": "shell.run", "params": {"message": "show {{env.B}}"}}]}"#;
    assert_snapshot!(Play::new(set, &disk).told());
}

#[test]
fn what_needs_a_grant_stays_out() {
    let disk = [(
        "/app/ENVIRONMENT",
        "A=1\nHF_TOKEN=secret\nLD_PRELOAD=x.so\nB=./../../up\n",
    )];
    assert_snapshot!(Play::new(SHOW, &disk).told());
}

#[test]
fn utf_16_is_read() {
    let text = "A=größer\n".encode_utf16();
    let bytes: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(text.flat_map(u16::to_le_bytes))
        .collect();
    let told = Play::new(SHOW, &[]).file("/app/ENVIRONMENT", &bytes).told();
    assert!(told.contains("A=größer"), "{told}");
}

const REQUIRES: &str = r#"{"dialect": "pinokio", "pre": [
        {"env": "HF_TOKEN", "title": "Your token"}, {"env": "A", "default": "7"},
        {"env": "LD_PRELOAD", "default": "x.so"}, {"env": "B"}],
    "run": [{"method": "shell.run", "params": {"message": "show"}}]}"#;

#[test]
fn required_variables_are_asked_for_and_kept() {
    assert_snapshot!("nobody_answers", Play::new(REQUIRES, &[]).told());
    let answered = Play::new(REQUIRES, &[("/app/ENVIRONMENT", "# mine\n")]);
    assert_snapshot!("answers", answered.answering("HF_TOKEN", "a # b").told());
    let kept = [("/app/ENVIRONMENT", "HF_TOKEN=t\nA=1\nLD_PRELOAD=x.so\n")];
    assert_snapshot!("kept", Play::new(REQUIRES, &kept).told());
}

#[test]
fn answers_are_written_into_what_is_there_by_then() {
    let mut play = Play::new(REQUIRES, &[("/app/ENVIRONMENT", "# mine\n")]);
    play.edit = Some("# mine\nMEANWHILE=1\n".to_owned());
    let told = play.answering("HF_TOKEN", "t").told();
    assert!(told.contains(r"# mine\nMEANWHILE=1\n"), "{told}");
    assert!(told.contains("HF_TOKEN=t"), "{told}");
}

#[test]
fn a_file_that_cannot_be_read_is_not_written_over() {
    for kind in [FileErrorKind::PermissionDenied, FileErrorKind::TooLarge] {
        let mut play = Play::new(REQUIRES, &[("/app/ENVIRONMENT", "# mine\n")]);
        play.unreadable = Some(kind);
        let told = play.answering("HF_TOKEN", "t").told();
        assert!(told.contains("failed") && !told.contains(":="), "{told}");
        assert!(told.contains(&kind.to_string()), "{told}");
    }
    let latin = Play::new(REQUIRES, &[]).file("/app/ENVIRONMENT", b"A=gr\xF6\n");
    let told = latin.answering("HF_TOKEN", "t").told();
    assert!(told.contains("not UTF-8") && !told.contains(":="), "{told}");
}

#[test]
fn required_programs_are_looked_for() {
    let script = r#"{"dialect": "pinokio", "requires": [
        {"type": "conda", "name": ["ffmpeg", "cmake=3"]}, {"name": "git"},
        {"platform": "darwin", "name": "brew"}, {"platform": ["linux"], "name": "cuda"},
        {"type": "pip", "name": "torch"}],
        "run": [{"method": "log", "params": {"text": "on it goes"}}]}"#;
    let disk = [("/bin/git", ""), ("/usr/bin/cmake", "")];
    assert_snapshot!(Play::new(script, &disk).told());
}

#[test]
fn the_plugins_dialect_has_no_such_files() {
    let script = REQUIRES.replace("pinokio", "vatn");
    let mut play = Play::new(&script, &[]);
    play.options.environment = EnvironmentFiles::default();
    let told = play.told();
    assert!(
        told.contains("completed") && !told.contains("HF_"),
        "{told}"
    );
}
