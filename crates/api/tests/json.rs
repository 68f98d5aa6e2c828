//! Every type as JSON: what is written here is what clients read.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_api::*;
use insta::assert_snapshot;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// The JSON of a value, which reads back as the value.
fn json<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let text = serde_json::to_string_pretty(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    text
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn size() -> Size {
    Size {
        bytes: 12_288,
        freed_bytes: 4096,
        shared_bytes: 8192,
        entries: 3,
        whole: false,
        note: None,
        left_out: vec![NotCounted {
            path: text("lib/secret"),
            why: text("permission denied"),
        }],
        measured_at: text("2026-01-01T00:00:00.000Z"),
    }
}

fn process() -> Process {
    Process {
        id: text("demo-0123abcd"),
        app_id: text("demo"),
        name: Some(text("api")),
        status: ProcessStatus::Crashed,
        pid: -1,
        restart_count: 2,
        last_exit_code: 3,
        started_at: Some(text("2026-01-01T00:00:00.000Z")),
        auto_restart: true,
        url: Some(text("http://127.0.0.1:7860")),
        run_id: text("demo-run-0123abcd"),
        command: text("python app.py"),
        own_log_from: 3,
        next_start: Some(text("2026-01-01T00:00:03.000Z")),
        restart_policy: text("always"),
        next_delays_ms: vec![90, 180],
        waits_for: vec![text("db")],
        being_stopped: true,
        still_alive: vec![TreeMember {
            pid: 7,
            name: text("python"),
        }],
        not_kept: Some(text("state/demo-1.json: no space left on the disk")),
        ended: None,
        ended_at: None,
        reason: Some(text("exit code 3")),
        failed: true,
    }
}

fn failure() -> StepFailure {
    StepFailure {
        step: 1,
        list: None,
        method: text("shell.run"),
        pointer: text("/run/1/params/message"),
        message: text("`exit 7` failed: exit code 7"),
        hint: Some(text("do not")),
        command: Some(text("exit 7")),
        exit_code: Some(7),
        output: vec![text("a \"quoted\" line")],
    }
}

fn run() -> Run {
    Run {
        id: text("demo-run-0123abcd"),
        app_id: text("demo"),
        file: text("pinokio.json"),
        status: RunStatus::Failed,
        origin: None,
        started_at: text("2026-01-01T00:00:00.000Z"),
        steps: vec![
            Step {
                index: 0,
                list: None,
                method: text("log"),
                status: StepStatus::Skipped,
                command: None,
                log_from: None,
            },
            Step {
                index: 1,
                list: None,
                method: text("shell.run"),
                status: StepStatus::Failed,
                command: Some(text("exit 7")),
                log_from: Some(3),
            },
        ],
        daemon_process_ids: vec![],
        outcome: Some(RunOutcome {
            status: RunStatus::Failed,
            steps_run: 1,
            daemon_process_ids: vec![],
            served: false,
            failure: Some(failure()),
        }),
        overrides: Some(RunOverridden {
            env: vec![text("SEED")],
            restart: Some(text("on-failure")),
            restart_delay_ms: Some(500),
        }),
        question: None,
    }
}

fn question() -> Question {
    let field = |key: &str, kind: &str| QuestionField {
        key: text(key),
        title: String::new(),
        description: String::new(),
        placeholder: String::new(),
        kind: text(kind),
        multiple: false,
        items: vec![],
        default: None,
        required: false,
    };
    let item = |value: &str, shown: &str| QuestionItem {
        value: text(value),
        text: text(shown),
    };
    Question {
        number: 3,
        step: 2,
        list: Some(text("answer")),
        id: Some(text("setup")),
        method: text("input"),
        title: text("Settings"),
        description: text("before the first start"),
        fields: vec![
            QuestionField {
                title: text("Key"),
                description: text("of the service"),
                placeholder: text("sk-…"),
                required: true,
                ..field("key", "password")
            },
            QuestionField {
                items: vec![item("s", "small"), item("l", "large")],
                default: Some(DefaultAnswer::Text(text("s"))),
                ..field("size", "select")
            },
            QuestionField {
                default: Some(DefaultAnswer::Flag(true)),
                ..field("share", "checkbox")
            },
            QuestionField {
                default: Some(DefaultAnswer::Paths(vec![])),
                multiple: true,
                ..field("paths", "paths")
            },
        ],
    }
}

#[test]
fn questions() {
    let asking = Run {
        status: RunStatus::Running,
        outcome: None,
        question: Some(question()),
        ..run()
    };
    assert_snapshot!("run_asking", json(&asking));
    let answer = RunAnswer {
        step: Some(2),
        question: Some(3),
        values: serde_json::json!({"key": "x", "share": false}),
    };
    assert_snapshot!("run_answer", json(&answer));
}

#[test]
fn the_server() {
    assert_snapshot!("live", json(&Live { status: text("ok") }));
    let status = Status {
        python: text("python3"),
        version: text("Python 3.12.1"),
        healthy: true,
        uv: text("uv 0.9.1"),
        conda: text("not found"),
        apple_silicon: false,
        mlx: text("n/a"),
        mlx_env: None,
        env_count: 1,
        process_count: 3,
        running_count: 2,
        machine: [("platform".to_owned(), "linux".to_owned())].into(),
        scope: text("operate"),
    };
    assert_snapshot!("status", json(&status));
    let config = Config {
        envs_dir: text("/w/envs"),
        apps_dir: text("/w/apps"),
        toml_path: None,
        python_binary: None,
        prefer_uv: true,
        restart_delay_ms: 3000,
        max_log_lines: 500,
        note: text("a sentence"),
        disk: Some(DiskUse {
            envs_whole: true,
            apps_whole: false,
            envs_bytes_used: 2048,
            apps_bytes_used: 1,
            free_bytes: 1 << 30,
            total_bytes: 1 << 40,
            envs_human: text("2.0 KB"),
            apps_human: text("1 B"),
            free_human: text("1.00 GB"),
            total_human: text("1024.00 GB"),
        }),
        settings: vec![Setting {
            key: text("python.prefer_uv"),
            value: true.into(),
            counts: None,
            about: text("a sentence"),
            source: SettingSource::File,
            line: Some(2),
            column: Some(13),
        }],
        foreign_sections: vec![text("node")],
    };
    assert_snapshot!("config", json(&config));
    let saved = ConfigSaved {
        status: text("saved"),
        restart_required: true,
        message: text("a sentence"),
        ignored: Vec::new(),
    };
    assert_snapshot!("config_saved", json(&saved));
    let plan = EnvPlan {
        dialect: text("vatn"),
        variables: vec![EnvVariable {
            name: text("HF_TOKEN"),
            kept: false,
            verdict: EnvVerdict::Dropped,
            rule: text("default-exclude"),
            pattern: Some(text("*_TOKEN")),
            about: Some(text("host")),
            reason: text("a sentence"),
            secret: true,
            value: None,
        }],
        environment: [(text("PATH"), text("/bin"))].into(),
        secrets: Vec::new(),
        removed: None,
    };
    assert_snapshot!("env_plan", json(&plan));
    let answer = |id| Answer {
        status: text("stopping"),
        id,
    };
    assert_snapshot!("answer", json(&answer(Some(text("demo-0123abcd")))));
    assert_snapshot!("answer_of_the_server", json(&answer(None)));
}

#[test]
fn findings() {
    let doctor = Doctor {
        findings: vec![Finding {
            about: text("uv"),
            state: FindingState::Warning,
            seen: text("not found"),
            hint: Some(text("install uv")),
        }],
        problems: 0,
        warnings: 1,
    };
    assert_snapshot!("doctor", json(&doctor));
}

#[test]
fn environments() {
    let env = Env {
        name: text("tools"),
        path: text("/w/envs/tools"),
        mlx: None,
        python_version: Some(text("3.13.1")),
        size: Some(size()),
        used_by: vec![EnvUse {
            kind: EnvUseKind::Process,
            app: Some(text("demo")),
            id: Some(text("demo-0123abcd")),
        }],
        last_used_at: Some(text("2026-01-01T00:00:00.000Z")),
    };
    let envs = Envs {
        envs: vec![env],
        count: 1,
    };
    assert_snapshot!("envs", json(&envs));
    let created = EnvCreated {
        name: text("tools"),
        path: text("/w/envs/tools"),
        status: text("created"),
        reused: true,
        warning: Some(text("space is short")),
    };
    assert_snapshot!("env_created", json(&created));
    let deleted = EnvDeleted {
        status: text("deleted"),
        name: text("tools"),
    };
    assert_snapshot!("env_deleted", json(&deleted));
}

#[test]
fn apps_and_processes() {
    let app = App {
        name: text("demo"),
        path: text("/w/apps/demo"),
        has_script: true,
        running_processes: 1,
        origin: None,
        size: None,
    };
    let apps = Apps {
        apps: vec![app],
        count: 1,
    };
    assert_snapshot!("apps", json(&apps));
    let of_app = AppProcesses {
        app_id: text("demo"),
        processes: vec![],
        left_alone: vec![],
    };
    assert_snapshot!("app_processes", json(&of_app));
    let processes = Processes {
        processes: vec![process()],
        count: 1,
        forgotten: 2,
        left_alone: vec![LeftAlone {
            id: text("demo-1d2f8a30"),
            app_id: Some(text("demo")),
            file: text("/w/state/demo-1d2f8a30.json"),
            reason: text("is of another version"),
            found: true,
            hint: text("end it"),
        }],
    };
    assert_snapshot!("processes", json(&processes));
    let ended = Process {
        name: None,
        status: ProcessStatus::Stopped,
        started_at: None,
        url: None,
        next_start: None,
        restart_policy: String::new(),
        next_delays_ms: vec![],
        waits_for: vec![],
        being_stopped: false,
        still_alive: vec![],
        not_kept: None,
        ended: Some(EndedHow::Failed),
        reason: Some(text("failed (could not be started)")),
        ..process()
    };
    let detail = ProcessDetail {
        process: ended,
        logs: vec![text("one"), text("two")],
    };
    assert_snapshot!("process_detail", json(&detail));
}

#[test]
fn logs() {
    let line = |seq, stream, dropped| LogLine {
        seq,
        time: text("2026-01-01T00:00:00.000Z"),
        stream,
        text: text("\u{1b}[1mbold\u{1b}[0m"),
        dropped,
    };
    let page = LogPage {
        id: text("demo-0123abcd"),
        lines: vec![line(5, LogStream::Stderr, 0), line(6, LogStream::Note, 9)],
        next: 7,
        gap: Some(Gap { from: 0, to: 5 }),
        unfinished: vec![UnfinishedLine {
            stream: LogStream::Stdout,
            text: text("name: "),
            dropped: 0,
        }],
    };
    assert_snapshot!("log_page", json(&page));
}

#[test]
fn runs() {
    let result = RunResult {
        status: RunStatus::StoppedEarly,
        steps_run: 2,
        daemon_process_ids: vec![text("demo-0123abcd")],
        run_id: text("demo-run-0123abcd"),
    };
    assert_snapshot!("run_result", json(&result));
    let accepted = RunAccepted {
        run_id: text("demo-run-0123abcd"),
    };
    assert_snapshot!("run_accepted", json(&accepted));
    let runs = Runs {
        runs: vec![run()],
        count: 1,
    };
    assert_snapshot!("runs", json(&runs));
    let request = RunRequest {
        args: Some(serde_json::json!({"port": 1})),
        answers: Some(serde_json::json!({"prompt": "a cat", "2": {"seed": "7"}})),
        unattended: true,
        again: false,
        from: Some(2),
        overrides: Some(RunOverrides {
            env: [(text("SEED"), text("7"))].into(),
            restart: Some(RestartPolicy::OnFailure),
            restart_delay_ms: Some(500),
        }),
    };
    assert_snapshot!("run_request", json(&request));
    let nothing = RunRequest::<()> {
        args: None,
        answers: None,
        unattended: false,
        again: false,
        from: None,
        overrides: None,
    };
    assert_eq!(json(&nothing), "{}");
}

#[test]
fn problems() {
    let smallest = Problem {
        kind: text("urn:collodi:problem:not-found"),
        title: text("it is not there"),
        status: 404,
        detail: text("there is no run x"),
        error: text("there is no run x"),
        ..Problem::default()
    };
    assert_snapshot!("problem", json(&smallest));
    let diagnostic = Diagnostic {
        code: text("unknown-method"),
        severity: Severity::Error,
        message: text("there is no method `x`"),
        line: 3,
        column: 16,
        end_line: 3,
        end_column: 19,
        pointer: text("/run/0/method"),
        note: Some(text("a note")),
        hint: Some(text("a hint")),
    };
    let largest = Problem {
        hint: Some(text("look elsewhere")),
        pointer: Some(text("/run/0/method")),
        file: Some(text("pinokio.json")),
        line: Some(3),
        column: Some(16),
        run_id: Some(text("demo-run-0123abcd")),
        failure: Some(failure()),
        diagnostics: vec![diagnostic],
        ..smallest
    };
    assert_snapshot!("problem_with_everything", json(&largest));
}

/// An answer of the plugin, without what was added since.
#[test]
fn what_was_added_can_be_missing() {
    let old = r#"{"id":"a-0123abcd","appId":"a","status":"running","pid":7,"restartCount":0,
        "lastExitCode":0,"startedAt":null,"autoRestart":false,"logs":["x"]}"#;
    let detail: ProcessDetail = serde_json::from_str(old).unwrap();
    assert_eq!(detail.process.pid, 7);
    let old = r#"{"status":"completed","stepsRun":1,"daemonProcessIds":[]}"#;
    assert!(serde_json::from_str::<RunResult>(old).is_ok());
    let old = r#"{"name":"a","path":"/a","status":"created"}"#;
    assert!(serde_json::from_str::<EnvCreated>(old).is_ok());
}

#[test]
fn words_are_what_they_print_as() {
    for status in [ProcessStatus::Starting, ProcessStatus::Stopped] {
        assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        assert_eq!(format!("{status:<9}|"), format!("{:<9}|", status.as_str()));
    }
    assert!(serde_json::from_str::<ProcessStatus>("\"Running\"").is_err());
}

/// A slip of a key is no answer that goes unheard.
#[test]
fn a_run_has_no_unknown_keys() {
    let read = serde_json::from_str::<collodi_api::RunRequest<serde_json::Value>>;
    assert!(read(r#"{"unattended": true}"#).is_ok());
    let error = read(r#"{"anwsers": {}}"#).unwrap_err().to_string();
    assert!(error.contains("unknown field `anwsers`"), "{error}");
}
