//! The program on each of its runtimes, as its users and its callers see it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod receiver;
mod stage;

use receiver::Receiving;
use stage::Stage;
use std::{fs, io::Write as _, process::Command};

/// Plays each story on each runtime.
macro_rules! on_each_runtime {
    ($($story:ident)*) => {
        mod tokio { $(#[test] fn $story() { super::$story(super::Stage::new("tokio")); })* }
        mod smol { $(#[test] fn $story() { super::$story(super::Stage::new("smol")); })* }
    };
}

mod called;
mod codes;
mod ended;
mod guest;
mod handover;
mod left_alone;
mod limits;
mod logs;
mod ps;
mod service;
mod sockets;
mod stops;
mod takeover;
mod unread;
mod waits;

on_each_runtime! {
    a_workspace_is_served_until_it_is_told_to_end
    a_daemon_that_is_killed_is_started_again
    an_app_runs_until_its_server_is_stopped
    a_quiet_server_leaves_what_apps_say_to_their_logs
    a_log_that_grows_all_the_time_is_shown_to_where_it_was
    who_does_not_know_the_token_gets_nothing
    tokens_that_are_given_out_count_at_once
    tokens_that_cannot_be_read_are_told_when_a_server_starts
    half_a_request_holds_up_nobody_and_no_shutdown
    a_second_interrupt_waits_for_nobody
    a_plan_is_the_same_everywhere
    apps_come_and_go_while_a_server_runs
    what_is_in_use_is_refused_before_it_is_said_what_goes
    a_process_is_started_anew_by_the_name_of_its_app
    what_has_ended_is_started_by_the_name_of_its_app
    what_an_app_started_by_several_scripts_is_started_by_its_name
    scripts_know_the_card_of_the_machine
    a_run_is_done_by_the_server_that_is_there
    a_run_at_the_server_is_watched_as_one_by_itself
    who_interrupts_a_run_at_the_server_stops_its_app
    a_second_interrupt_leaves_the_app_to_the_server
    a_server_that_is_there_takes_no_options
    hooks_are_told_what_becomes_of_processes
    a_hook_is_told_once_that_a_process_is_ready
    a_hook_without_its_secret_starts_nothing
    settings_are_read_anew_while_daemons_go_on
    what_happens_is_logged_for_programs
}

/// An installation that takes its time.
const INSTALLS: &str = r#"{"run": [{"method": "shell.run", "params": {
    "message": "echo installing; exec sleep 1000"}}]}"#;

const SERVER: &str = r#"{"run": [
    {"method": "shell.run", "params": {"message": "echo installed"}},
    {"method": "shell.run", "params": {
        "message": "echo up; exec sleep 1000", "daemon": true, "autoRestart": true}}]}"#;

fn a_workspace_is_served_until_it_is_told_to_end(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    let ran = stage.post("/python/apps/demo/run");
    assert_eq!(
        (ran.status, &ran.body["stepsRun"]),
        (200, &2.into()),
        "{}",
        ran.body
    );
    serving.until("\"text\":\"up\"");
    let listed = stage.call("ps");
    assert!(
        listed.contains("running") && listed.contains("demo"),
        "{listed}"
    );
    let log = stage.call("logs demo");
    assert!(log.lines().any(|line| line == "up"), "{log}");
    let pid = stage.pid_of("demo");
    assert_eq!(stage.call("stop demo"), "demo has ended\n");
    assert!(!stage::is_alive(pid));
    assert_eq!(stage.post("/python/shutdown").status, 202);
    assert_eq!(serving.code(), Some(0));
    assert!(!stage.path(".vatn/python/server.json").exists());
}

/// What was left of an app that was not made is gone; new ones are there at once.
fn apps_come_and_go_while_a_server_runs(stage: Stage) {
    let left = stage.path(".vatn/python/apps/.work-0123-0/half");
    fs::create_dir_all(&left).unwrap();
    let _serving = stage.serve();
    assert!(!left.parent().unwrap().exists());
    let made = stage.call("new gradio page");
    assert!(
        made.contains("page is added: made from the template gradio"),
        "{made}"
    );
    let folder = stage.path("mine");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("pinokio.json"), SERVER).unwrap();
    let copied = stage.call("add mine");
    assert!(copied.contains("collodi run mine"), "{copied}");
    let listed = stage.get("/python/apps").body;
    assert_eq!(listed["count"], 2);
    assert_eq!(listed["apps"][1]["origin"]["template"], "gradio");

    assert_eq!(stage.post("/python/apps/mine/run").status, 200);
    let pid = stage.pid_of("mine");
    let gone = stage.call("remove mine --yes --force");
    assert!(gone.ends_with("mine is removed\n"), "{gone}");
    assert!(!stage::is_alive(pid) && !stage.path(".vatn/python/apps/mine").exists());
    let shown = stage.call("apps page");
    assert!(shown.contains("A page for a Python function"), "{shown}");
    assert_eq!(stage.post("/python/shutdown").status, 202);
}

const WANTS_ENV: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "echo made", "venv": "web"}}]}"#;

fn what_is_in_use_is_refused_before_it_is_said_what_goes(stage: Stage) {
    let begun = stage.path("begun");
    let made = Command::new("mkfifo").arg(&begun).status().unwrap();
    assert!(made.success());
    let says = begun.display();
    // It takes its time to make an environment.
    let making = format!("*venv*) echo > {says}; exec sleep 1000;;");
    let slow = format!("case \"$*\" in {making} *) echo Python 3.12.0;; esac");
    stage.program("python3", &slow);
    stage.program("uv", "exit 1");
    stage.app("demo", SERVER);
    stage.app("slow", WANTS_ENV);
    let mut serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let _guest = stage.guest(&["run", "slow"]);
    fs::read(begun).unwrap();
    for (line, why, hint) in [
        (
            "remove demo --yes",
            "app demo is busy: demo-",
            "`collodi stop demo`",
        ),
        (
            "remove slow",
            "app slow is busy: slow-run-",
            "`collodi stop slow`",
        ),
        (
            "env rm web --yes",
            "web is in use by its making",
            "stop what uses",
        ),
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let refused = stage.output(&words);
        let (said, told) = (refused.stdout(), refused.stderr());
        assert_eq!((refused.code(), &*said), (Some(1), ""), "{line}: {told}");
        let (cause, what) = told.split_once("\nhint: ").unwrap();
        assert!(cause.contains(why) && what.contains(hint), "{line}: {told}");
    }
    stage.call("stop slow");
    let gone = stage.call("remove slow --yes");
    assert!(
        gone.contains("slow goes, with all that is in it\n"),
        "{gone}"
    );
    assert_eq!(stage.post("/python/shutdown").status, 202);
    assert_eq!(serving.code(), Some(0));
}

fn a_daemon_that_is_killed_is_started_again(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    stage.post("/python/apps/demo/run");
    serving.until("\"text\":\"up\"");
    let first = stage.pid_of("demo");
    stage::signal(first, "-KILL");
    serving.until("\"text\":\"up\"");
    let second = stage.pid_of("demo");
    assert!(second != first && !stage::is_alive(first));
    // The end of the server is the end of all it runs.
    serving.signal("-TERM");
    assert_eq!(serving.code(), Some(0));
    assert!(!stage::is_alive(second));
}

fn an_app_runs_until_its_server_is_stopped(stage: Stage) {
    stage.app("demo", SERVER);
    let mut running = stage.start(&["--json", "run", "demo", "--listen", "127.0.0.1:0"]);
    running.until("\"text\":\"up\"");
    let pid = stage.pid_of("demo");
    assert_eq!(stage.call("stop"), "the server has ended\n");
    assert_eq!(running.code(), Some(0));
    assert!(!stage::is_alive(pid));
}

fn a_quiet_server_leaves_what_apps_say_to_their_logs(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.start(&["--json", "serve", "--quiet", "--listen", "127.0.0.1:0"]);
    serving.until("listening");
    stage.post("/python/apps/demo/run");
    while !stage.call("logs demo").contains("up") {}
    stage.post("/python/shutdown");
    let told = serving.rest();
    assert!(told.contains("\"event\":\"command\""), "{told}");
    assert!(!told.contains("\"text\":"), "{told}");
}

fn a_log_that_grows_all_the_time_is_shown_to_where_it_was(stage: Stage) {
    let flood = r#"{"run": [{"method": "shell.run", "params": {
        "message": "exec yes flooded", "daemon": true}}]}"#;
    stage.app("demo", flood);
    let mut serving = stage.start(&["--json", "serve", "--quiet", "--listen", "127.0.0.1:0"]);
    serving.until("listening");
    stage.post("/python/apps/demo/run");
    while stage.call("logs demo").lines().count() < 50 {}
    assert_eq!(stage.call("logs demo -n 3").lines().count(), 3);
    stage.post("/python/shutdown");
    // Who does not hear what is said does not miss it.
    let told = serving.rest();
    assert!(!told.contains("missed"), "{told}");
}

fn who_does_not_know_the_token_gets_nothing(stage: Stage) {
    let mut serving = stage.serve();
    let wrong = stage.ask("GET", "/python/apps", Some("Bearer wrong"));
    assert_eq!(wrong.status, 401, "{}", wrong.body);
    assert_eq!(stage.ask("POST", "/python/shutdown", None).status, 401);
    assert_eq!(stage.ask("GET", "/livez", None).status, 200);
    assert_eq!(stage.get("/python/apps").status, 200);
    serving.signal("-INT");
    assert_eq!(serving.code(), Some(0));
}

fn tokens_that_are_given_out_count_at_once(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    let make = |scope: &str, more: &str| {
        let line = format!("token new --scope {scope} --for {scope}{more}");
        format!("Bearer {}", stage.call(&line).trim())
    };
    let reads = make("read", " --expires 1d");
    let operates = make("operate", "");
    let status = |method: &str, path: &str, token: &str| {
        let answer = stage.ask(method, path, Some(token));
        let problem = answer.body["type"].as_str().unwrap_or_default().to_owned();
        (answer.status, problem)
    };
    let lacks = (403, "urn:collodi:problem:insufficient-scope".to_owned());
    assert_eq!(status("GET", "/python/apps", &reads).0, 200);
    assert_eq!(status("POST", "/python/apps/demo/run", &reads), lacks);
    assert_eq!(status("POST", "/python/apps/demo/run", &operates).0, 200);
    assert_eq!(status("POST", "/python/shutdown", &operates), lacks);
    // A file that is torn changes nothing, and one that is gone takes all back.
    let file = stage.path(".vatn/python/tokens.json");
    fs::write(&file, "{").unwrap();
    assert_eq!(status("GET", "/python/apps", &reads).0, 200);
    fs::remove_file(&file).unwrap();
    assert_eq!(status("GET", "/python/apps", &reads).0, 401);
    let reads = make("read", "");
    assert_eq!(status("GET", "/python/apps", &reads).0, 200);
    stage.call("token revoke read");
    assert_eq!(status("GET", "/python/apps", &reads).0, 401);
    let late = make("read", " --expires 1d");
    let text = fs::read_to_string(&file).unwrap();
    let mut keys: serde_json::Value = serde_json::from_str(&text).unwrap();
    for key in keys["tokens"].as_array_mut().unwrap() {
        key["expires"] = "2026-01-01T00:00:00Z".into();
    }
    fs::write(&file, keys.to_string()).unwrap();
    let late = stage.ask("GET", "/python/apps", Some(&late));
    assert_eq!(late.status, 401);
    assert!(
        late.body["detail"].as_str().unwrap().contains("expired"),
        "{}",
        late.body
    );
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn tokens_that_cannot_be_read_are_told_when_a_server_starts(stage: Stage) {
    let file = stage.path(".vatn/python/tokens.json");
    let token = stage.call("token new --scope read --for ci");
    let bearer = format!("Bearer {}", token.trim());
    let good = fs::read(&file).unwrap();
    for rubbish in ["", "{"] {
        fs::write(&file, rubbish).unwrap();
        let mut serving =
            stage.logging(&["serve", "--listen", "127.0.0.1:0", "--log-format", "text"]);
        let told = serving.until("listening");
        let parts = [
            "tokens.json: not a list of tokens",
            "none of the tokens that were given out counts",
            "mend the file",
        ];
        for part in parts {
            assert!(told.contains(part), "{told}");
        }
        let status = || stage.ask("GET", "/python/apps", Some(&bearer)).status;
        assert_eq!(status(), 401);
        fs::write(&file, &good).unwrap();
        assert_eq!(status(), 200);
        stage.post("/python/shutdown");
        assert_eq!(serving.code(), Some(0));
    }
}

fn half_a_request_holds_up_nobody_and_no_shutdown(stage: Stage) {
    use std::io::Write as _;
    let mut serving = stage.serve();
    let mut half: Vec<_> = (0..20).map(|_| stage.connect()).collect();
    for socket in &mut half {
        socket.write_all(b"GET /livez HTTP/1.1\r\nhost:").unwrap();
    }
    assert_eq!(stage.get("/python/status").status, 200);
    assert_eq!(stage.post("/python/shutdown").status, 202);
    assert_eq!(serving.code(), Some(0));
}

fn a_second_interrupt_waits_for_nobody(stage: Stage) {
    stage.app(
        "demo",
        r#"{"run": [{"method": "shell.run", "params": {
            "message": "trap '' TERM; echo up; while :; do sleep 1; done"}}]}"#,
    );
    let mut running = stage.start(&[
        "--json",
        "run",
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--grace-period",
        "1000s",
    ]);
    running.until("\"text\":\"up\"");
    running.signal("-INT");
    running.until("interrupted");
    running.insist("-INT");
    assert_eq!(running.code(), Some(130));
}

fn a_plan_is_the_same_everywhere(stage: Stage) {
    stage.app("demo", SERVER);
    let plan = stage.call("plan demo");
    assert!(plan.contains("echo installed"), "{plan}");
    assert!(
        fs::read_dir(stage.path(".vatn/python/apps/demo"))
            .unwrap()
            .count()
            == 1
    );
}

fn a_process_is_started_anew_by_the_name_of_its_app(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    stage.post("/python/apps/demo/run");
    serving.until("\"text\":\"up\"");
    let first = stage.pid_of("demo");
    assert!(stage.call("apps").contains("demo        1  "));
    assert!(stage.call("restart demo").ends_with(" is restarting\n"));
    serving.until("\"text\":\"up\"");
    assert_ne!(stage.pid_of("demo"), first);
    let token = stage.call("token");
    let page = stage.call("token --url");
    assert!(
        page.ends_with(&format!("/python/ui#token={token}")),
        "{page}"
    );
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// One that cannot be started keeps none of the others from it.
fn what_an_app_started_by_several_scripts_is_started_by_its_name(stage: Stage) {
    let start = r#"{"run": [{"method": "script.start", "params": {"uri": "a.json"}},
        {"method": "script.start", "params": {"uri": "b.json"}}]}"#;
    stage.app("demo", start);
    for name in ["a", "b"] {
        fs::create_dir(stage.path(".vatn/python/apps/demo").join(name)).unwrap();
        let serve = format!(
            r#"{{"run": [{{"method": "shell.run", "params": {{"path": "{name}", "daemon": true,
                "message": "echo up; exec sleep 1000"}}}}]}}"#
        );
        stage.app_file(&format!("demo/{name}.json"), &serve);
    }
    let mut serving = stage.serve();
    let mut both_are_up = || {
        (0..2)
            .map(|_| serving.until("\"text\":\"up\""))
            .for_each(drop);
    };
    stage.post("/python/apps/demo/run");
    both_are_up();
    stage.call("stop demo");
    let started = stage.call("start demo");
    assert_eq!(started.matches(" is starting\n").count(), 2, "{started}");
    both_are_up();
    stage.call("stop demo");
    for name in ["a", "b"] {
        let dir = stage.path(".vatn/python/apps/demo").join(name);
        fs::remove_dir(&dir).unwrap();
        let told = stage.output(&["start", "demo"]);
        assert_eq!(told.stdout().lines().count(), 1, "{}", told.stdout());
        assert!(told.stderr().contains("its folder"), "{}", told.stderr());
        assert_eq!(told.code(), Some(1));
        fs::create_dir(&dir).unwrap();
        stage.call("stop demo");
    }
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn what_has_ended_is_started_by_the_name_of_its_app(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    let unknown = stage.output(&["start", "demo"]);
    assert_eq!(
        (unknown.code(), unknown.stderr().lines().count()),
        (Some(1), 2)
    );
    for _ in 0..2 {
        stage.post("/python/apps/demo/run");
        serving.until("\"text\":\"up\"");
        stage.call("stop demo");
    }
    // Only the process of the last run: what ran before it was another.
    let started = stage.call("start demo");
    serving.until("\"text\":\"up\"");
    assert!(
        started.ends_with(" is starting\n") && started.lines().count() == 1,
        "{started}"
    );
    let id = started.split(' ').next().unwrap();
    assert!(stage.call("start demo").starts_with(id), "it is left alone");
    stage.call(&format!("stop {id}"));
    assert_eq!(stage.call("restart demo"), started);
    serving.until("\"text\":\"up\"");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn scripts_know_the_card_of_the_machine(stage: Stage) {
    stage.program("nvidia-smi", "echo 'NVIDIA L4, 550.54, 23034, 8.9'");
    stage.app(
        "demo",
        r#"{"run": [
            {"when": "{{gpu === 'nvidia'}}", "method": "log", "params": {"raw": "{{gpu_target}} {{vram}}"}}]}"#,
    );
    assert!(stage.call("plan demo").contains("log sm_89 22\n"));
    let mut running = stage.start(&["--json", "run", "demo", "--listen", "127.0.0.1:0"]);
    running.until("\"text\":\"sm_89 22\"");
    assert_eq!(running.code(), Some(0));
}

fn a_run_is_done_by_the_server_that_is_there(stage: Stage) {
    stage.app(
        "good",
        r#"{"run": [{"method": "shell.run", "params": {"message": "echo well"}}]}"#,
    );
    stage.app(
        "bad",
        r#"{"dialect": "vatn", "run": [
            {"when": "{{false}}", "method": "log", "params": {"raw": "no"}},
            {"method": "shell.run", "params": {"message": "echo hopeless; exit 3"}}]}"#,
    );
    let serving = stage.serve();
    let mut good = stage.guest(&["run", "good"]);
    good.until("[1/1] shell.run");
    good.until("$ echo well");
    good.until("| well");
    good.until("completed after 1 step");
    assert_eq!(good.code(), Some(0));
    let mut bad = stage.guest(&["run", "bad"]);
    bad.until("[1/2] left out");
    bad.until("| hopeless");
    assert_eq!(bad.code(), Some(1));
    let mut told = stage.guest(&["--json", "run", "good"]);
    told.until("\"event\":\"accepted\"");
    told.until("\"text\":\"well\"");
    assert_eq!(told.code(), Some(0));
    assert_eq!(stage.get("/python/runs").body["count"], 3);
    drop(serving);
}

/// The server's run asks who watches it, and shows the scripts that it starts, each line below
/// its step.
fn a_run_at_the_server_is_watched_as_one_by_itself(stage: Stage) {
    stage.app(
        "demo",
        r#"{"version": "3.7", "run": [
            {"method": "script.start", "params": {"uri": "sub.json"}},
            {"method": "shell.run", "params": {"message": "echo done"}}]}"#,
    );
    stage.app_file(
        "demo/sub.json",
        r#"{"version": "3.7", "run": [
            {"method": "input", "params": {"title": "Size", "form": [{"key": "size",
                "type": "select", "items": [{"text": "Small", "value": "s"},
                {"text": "Large", "value": "l"}]}]}},
            {"method": "shell.run", "params": {"message": "echo it is {{input.size}}"}}]}"#,
    );
    let serving = stage.serve();
    let (mut watching, mut typing) = stage.at_terminal(&["run", "demo"]);
    for line in ["[1/2] script.start", "sub.json [1/2] input", "2) Large"] {
        watching.until(line);
    }
    typing.write_all(b"2\n").unwrap();
    let rest = watching.rest();
    let shown: Vec<_> = rest.lines().map(str::trim).collect();
    // Nothing ends the line of the prompt but the echo of a terminal.
    let shown: Vec<_> = shown
        .iter()
        .map(|line| line.trim_start_matches("size: "))
        .collect();
    let expected = [
        "sub.json [2/2] shell.run",
        "sub.json $ echo it is l",
        "sub.json | it is l",
        "sub.json completed after 2 steps",
        "[2/2] shell.run",
        "$ echo done",
        "| done",
        "completed after 2 steps",
    ];
    assert!(shown.ends_with(&expected), "{rest}");
    assert_eq!(watching.code(), Some(0));
    drop(serving);
}

fn who_interrupts_a_run_at_the_server_stops_its_app(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("| up");
    let pid = stage.pid_of("demo");
    guest.signal("-INT");
    assert_eq!(guest.code(), Some(0));
    assert!(!stage::is_alive(pid));
    assert_eq!(stage.get("/python/status").status, 200);
    // The end of the server is no good end of what it runs for others.
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("| up");
    let pid = stage.living_pid_of("demo");
    serving.signal("-KILL");
    assert_eq!(serving.code(), None);
    assert_eq!(guest.code(), Some(1));
    stage::signal(pid, "-KILL");
}

fn a_second_interrupt_leaves_the_app_to_the_server(stage: Stage) {
    stage.app(
        "demo",
        r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
            "message": "trap '' TERM; echo up; while :; do sleep 1; done", "daemon": true}}]}"#,
    );
    let mut serving = stage.start(&[
        "--json",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--grace-period",
        "1000s",
    ]);
    serving.until("listening");
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("| up");
    guest.signal("-INT");
    guest.until("stopping");
    guest.insist("-INT");
    assert_eq!(guest.code(), Some(130));
    stage::signal(stage.living_pid_of("demo"), "-KILL");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn a_server_that_is_there_takes_no_options(stage: Stage) {
    stage.app("demo", SERVER);
    let _serving = stage.serve();
    let refused = stage.output(&["run", "demo", "--sandbox", "full"]);
    let told = refused.stderr();
    assert!(
        told.contains("`collodi run demo` without options"),
        "{told}"
    );
    assert_eq!(refused.code(), Some(1));
    assert_eq!(stage.get("/python/runs").body["count"], 0);
}

/// One receiver fails at first, one hangs, one sends elsewhere: each is told by itself, and no
/// redirect is followed.
fn hooks_are_told_what_becomes_of_processes(stage: Stage) {
    let moved = Receiving::answers(&["307 Temporary Redirect\r\nlocation: /elsewhere"]);
    let failing = Receiving::answers(&["503 Unavailable", "200 OK"]);
    let hanging = Receiving::answers(&[]);
    let settings = format!(
        "[webhooks.failing]\nurl = {:?}\nsecret_file = {:?}\n[webhooks.hanging]\nurl = {:?}\n\
         [webhooks.moved]\nurl = {:?}\nevents = [\"gave_up\"]\n",
        failing.url,
        stage.path("secret"),
        hanging.url,
        moved.url,
    );
    fs::write(stage.path("secret"), "a secret\n").unwrap();
    stage.settings(&settings);
    stage.app(
        "demo",
        r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
            "message": "echo private; exit 7", "daemon": true, "autoRestart": true}}]}"#,
    );
    let mut serving = stage.start(&[
        "--json",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--give-up",
        "1",
    ]);
    serving.until("listening");
    stage.post("/python/apps/demo/run");
    let [first, again, second] = [failing.next(), failing.next(), failing.next()];
    assert_eq!(first.body["event"], "crashed");
    assert_eq!(first.body["reason"], "exit code 7");
    assert_eq!(first.body, again.body);
    assert_eq!(second.body["event"], "gave_up");
    assert!(first.head.contains("x-collodi-signature: sha256="));
    for told in [&first, &again, &second] {
        assert!(!told.body.to_string().contains("private"), "{}", told.body);
    }
    assert_eq!(hanging.next().body["event"], "crashed");
    assert_eq!(moved.next().body["event"], "gave_up");
    for line in [
        "collodi_webhook_deliveries_total{webhook=\"failing\",outcome=\"delivered\"} 2",
        "collodi_webhook_deliveries_total{webhook=\"moved\",outcome=\"given_up\"} 1",
        "collodi_webhook_failed_tries_total{webhook=\"failing\"} 1",
    ] {
        while !stage.text("/metrics").contains(line) {}
    }
    // Given up, and its redirect, which leads back to it, was not followed.
    assert!(moved.is_silent());
    // Who hangs does not keep the server from its end.
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// Also when the server is replaced, and its next life looks whether the process answers still.
fn a_hook_is_told_once_that_a_process_is_ready(stage: Stage) {
    let hook = Receiving::answers(&["200 OK"]);
    stage.settings(&format!("[webhooks.one]\nurl = {:?}\n", hook.url));
    stage.app(
        "demo",
        r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
            "message": "exec python3 -u -m http.server {{port}} --bind 127.0.0.1", "daemon": true}}]}"#,
    );
    let mut serving = stage.serve();
    stage.post("/python/apps/demo/run");
    let ready = hook.next().body;
    assert_eq!(ready["event"], "ready");
    assert_eq!(stage.post("/python/server/handover").status, 200);
    serving.until("listening");
    while stage.get("/python/processes").body["processes"][0]["url"] != ready["url"] {}
    assert_eq!(stage.call("stop demo"), "demo has ended\n");
    assert_eq!(hook.next().body["event"], "stopped");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn a_hook_without_its_secret_starts_nothing(stage: Stage) {
    stage.settings("[webhooks.one]\nurl = \"http://127.0.0.1:1\"\nsecret_env = \"NO_SUCH\"\n");
    let mut serving = stage.start(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(serving.code(), Some(2));
}

fn settings_are_read_anew_while_daemons_go_on(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    stage.post("/python/apps/demo/run");
    let pid = stage.living_pid_of("demo");
    stage.call("config set python.max_log_lines 77");
    let told = stage.call("reload");
    assert!(told.contains("python.max_log_lines: 500 -> 77"), "{told}");
    assert_eq!(stage.living_pid_of("demo"), pid);
    // What is wrong is refused before anything is let go, whoever asks.
    stage.settings("[python]\nmax_log_lines = \"many\"\n");
    let mut refused = stage.guest(&["reload"]);
    assert_eq!(refused.code(), Some(2));
    assert_eq!(stage.post("/python/server/handover").status, 422);
    assert_eq!(stage.get("/python/config").body["maxLogLines"], 77);
    stage.call("stop");
    assert_eq!(serving.code(), Some(0));
}

/// An object a line on standard error: requests without what they know, runs and processes.
fn what_happens_is_logged_for_programs(stage: Stage) {
    stage.app("demo", SERVER);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--log-format", "json"];
    let mut serving = stage.logging(&[&serve[..], &["--log-level", "trace"]].concat());
    serving.until("listening");
    stage.post("/python/apps/demo/run");
    stage.ask("GET", "/python/status?x=hidden", None);
    stage.post("/python/shutdown");
    let rest = serving.rest();
    let lines: Vec<serde_json::Value> = rest
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let is = |key: &str, value: &str| lines.iter().any(|line| line[key] == value);
    assert!(is("path", "/python/apps/demo/run"), "{rest}");
    assert!(lines.iter().any(|line| line["status"] == 401), "{rest}");
    assert!(is("app", "demo") && is("what", "process"), "{rest}");
    // As people count.
    for said in [
        "step 1 of 2: shell.run",
        "step 1 | installed",
        "step 2 done",
    ] {
        assert!(is("message", said), "{said}: {rest}");
    }
    assert!(!rest.contains("step 0"), "{rest}");
    assert!(
        !rest.contains("hidden") && !rest.contains("Bearer"),
        "{rest}"
    );
}
