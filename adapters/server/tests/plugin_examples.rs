//! Scripts in the forms that the plugin documents, and the templates, for real: packages of
//! our own are installed from a folder in place of the large ones, and serve. FastAPI comes
//! from the package index.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::{
    io::{BufRead, BufReader, Read as _},
    path::Path,
    process::{Child, Command, Stdio},
};

/// Installs from the folder `wheels`, so that no network is needed.
const FULL: &str = r#"{"run": [
    {"method": "local.set", "params": {"key": "who", "value": "everybody"}},
    {"method": "local.get", "id": "greeted", "params": {"key": "who"}},
    {"method": "fs.write", "params": {"path": "app/settings.json", "data": {"greeting": "hello"}}},
    {"method": "fs.read", "id": "settings", "params": {"path": "app/settings.json"}},
    {"method": "shell.run", "params": {"message": "echo {{settings}} for {{greeted}}"}},
    {"method": "shell.run", "params": {
        "message": "uv pip install --no-index --find-links ../wheels demo-serve",
        "venv": "demo", "path": "app"}},
    {"method": "shell.run", "params": {
        "message": "demo-serve --port {{port}} --settings settings.json",
        "venv": "demo", "path": "app", "daemon": true, "autoRestart": true}}
]}"#;

const CONDA: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "python app.py", "conda": "science"}}
]}"#;

#[test]
fn a_script_with_every_method_installs_a_package_and_serves() {
    let workspace = tempfile::tempdir().unwrap();
    let app = workspace.path().join("greeter");
    write_app(&app, FULL);
    make_wheels(&app.join("wheels"), &["demo-serve"]);
    let mut collodi = start(workspace.path(), &app, None);
    let mut told = String::new();
    let url = address(&mut collodi, &mut told);
    let body = ureq::get(&url)
        .call()
        .map(|mut r| r.body_mut().read_to_string());
    assert_eq!(body.expect(&told).unwrap(), "hello", "{told}");
    assert!(told.contains("\"greeting\": \"hello\""), "{told}");
    assert!(told.contains("for everybody"), "{told}");
    interrupt(&collodi);
    let status = collodi.wait().unwrap();
    assert!(
        ureq::get(&url).call().is_err(),
        "{url} answers after {status}"
    );
}

const MODEL_SERVER: &str = include_str!("../../../conformance/fixtures/plugin-model-server.json");
const PAGE: &str = include_str!("../../../conformance/fixtures/plugin-gradio.json");
const HEARD: &str = include_str!("../../../conformance/fixtures/plugin-whisper.json");

#[test]
fn a_model_server_is_installed_and_serves() {
    let workspace = with_stand_ins(&["vllm"]);
    let app = workspace.path().join("models");
    write_app(&app, MODEL_SERVER);
    assert_eq!(served(workspace.path(), &app), "the model some/model");
}

#[test]
fn a_page_that_a_script_writes_is_served() {
    let workspace = with_stand_ins(&["gradio"]);
    let app = workspace.path().join("page");
    write_app(&app, PAGE);
    assert_eq!(served(workspace.path(), &app), "a page for SOMEBODY");
}

#[test]
fn a_program_of_the_environment_hears_and_its_words_are_read() {
    let workspace = with_stand_ins(&["openai-whisper"]);
    let app = workspace.path().join("ear");
    write_app(&app, HEARD);
    std::fs::write(app.join("speech.wav"), "a voice").unwrap();
    let output = start(workspace.path(), &app, None)
        .wait_with_output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(told.contains("heard: tiny hears a voice"), "{told}");
}

#[test]
fn the_templates_for_models_and_pages_serve() {
    let workspace = with_stand_ins(&["vllm", "gradio"]);
    let expected = [
        ("vllm", "the model Qwen/Qwen2.5-0.5B-Instruct"),
        ("gradio", "a page for Hello, somebody!"),
    ];
    for (template, answer) in expected {
        let app = made(workspace.path(), template);
        assert_eq!(served(workspace.path(), &app), answer);
    }
}

/// With the real FastAPI and uvicorn, which are fetched.
#[test]
fn the_template_for_apis_serves() {
    let workspace = tempfile::tempdir().unwrap();
    let app = made(workspace.path(), "fastapi");
    assert_eq!(served(workspace.path(), &app), r#"{"hello":"world"}"#);
}

/// A workspace in which a folder has these packages, newer than any other.
fn with_stand_ins(packages: &[&str]) -> tempfile::TempDir {
    let workspace = tempfile::tempdir().unwrap();
    let wheels = workspace.path().join("wheels");
    make_wheels(&wheels, packages);
    let folder = wheels.display();
    let settings = format!(
        "[sandbox.shell_env.set]\nPIP_FIND_LINKS = \"{folder}\"\nUV_FIND_LINKS = \"{folder}\"\n"
    );
    std::fs::create_dir(workspace.path().join(".vatn")).unwrap();
    std::fs::write(workspace.path().join(".vatn/vatn.toml"), settings).unwrap();
    workspace
}

/// Makes an app of a template.
fn made(workspace: &Path, template: &str) -> std::path::PathBuf {
    let output = Command::new(env!("CARGO_BIN_EXE_collodi"))
        .arg("--workspace")
        .arg(workspace)
        .args(["new", template])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    workspace.join(".vatn/python/apps").join(template)
}

/// Runs the app, asks where it answers, and ends it.
fn served(workspace: &Path, app: &Path) -> String {
    let mut collodi = start(workspace, app, None);
    let mut told = String::new();
    let url = address(&mut collodi, &mut told);
    let answer = ureq::get(&url).call();
    let body = answer.map(|mut answer| answer.body_mut().read_to_string());
    interrupt(&collodi);
    collodi.wait().unwrap();
    assert!(ureq::get(&url).call().is_err(), "{url} still answers");
    body.expect(&told).unwrap()
}

#[test]
fn a_script_for_conda_says_what_is_missing() {
    let workspace = tempfile::tempdir().unwrap();
    let app = workspace.path().join("science");
    write_app(&app, CONDA);
    let programs = workspace.path().join("programs");
    std::fs::create_dir(&programs).unwrap();
    for program in ["bash", "sh"] {
        std::os::unix::fs::symlink(format!("/bin/{program}"), programs.join(program)).unwrap();
    }
    let collodi = start(workspace.path(), &app, Some(&programs));
    let output = collodi.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{told}");
    assert!(told.contains("there is no conda on this machine"), "{told}");
    assert!(
        told.contains("hint: install conda, mamba or micromamba"),
        "{told}"
    );
}

fn write_app(app: &Path, script: &str) {
    std::fs::create_dir(app).unwrap();
    std::fs::write(app.join("pinokio.json"), script).unwrap();
}

fn make_wheels(folder: &Path, packages: &[&str]) {
    std::fs::create_dir(folder).unwrap();
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/make_wheel.py");
    let mut python = Command::new("python3");
    let status = python.arg(program).arg(folder).args(packages).status();
    assert!(
        status
            .expect("this test needs python3 on the PATH")
            .success()
    );
}

fn start(workspace: &Path, app: &Path, path: Option<&Path>) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_collodi"));
    if let Some(path) = path {
        command.env("PATH", path);
    }
    command
        .env("UV_PYTHON_DOWNLOADS", "never")
        .arg("--workspace")
        .arg(workspace)
        .arg("run")
        .arg(app)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads on to the address at which the app answers.
fn address(collodi: &mut Child, told: &mut String) -> String {
    let stdout = collodi.stdout.take().unwrap();
    for line in BufReader::new(stdout).lines() {
        let line = line.unwrap();
        told.push_str(&line);
        told.push('\n');
        if let Some((_, url)) = line.split_once("answers at ") {
            return url.trim().to_owned();
        }
    }
    let mut errors = String::new();
    let mut stderr = collodi.stderr.take().unwrap();
    stderr.read_to_string(&mut errors).unwrap();
    panic!("the app never answers:\n{told}\n{errors}");
}

fn interrupt(collodi: &Child) {
    let id = collodi.id().to_string();
    let status = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(status.success());
}
