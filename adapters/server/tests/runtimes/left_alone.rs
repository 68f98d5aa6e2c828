//! Daemons of a server that is gone, of which the next one cannot read what is written down.

use super::{SERVER, stage, stage::Stage};
use std::{fs, os::unix::fs::symlink, path::Path};

on_each_runtime! {
    what_a_later_version_wrote_down_is_left_alone
    what_is_no_file_is_left_alone
    what_has_ended_holds_nothing_up
    what_nobody_can_find_is_said_when_it_is_stopped
    what_says_nothing_is_seen_until_the_next_server_ends_it
    what_says_nothing_is_ended_by_a_removal_that_is_forced
    a_step_of_an_interrupted_run_is_seen_until_it_is_ended
}

/// A daemon that lives on without its server: its name and its process.
fn left(stage: &Stage) -> (String, u64) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    let ran = stage.post("/python/apps/demo/run").body;
    let id = ran["daemonProcessIds"][0].as_str().unwrap().to_owned();
    let trees = stage.path(".vatn/python/state/trees.json");
    while !fs::read_to_string(&trees).unwrap_or_default().contains(&id) {}
    let pid = stage.pid_of("demo");
    serving.signal("-KILL");
    assert_eq!(serving.code(), None);
    (id, pid)
}

fn of_a_later_version(file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let later = text.replace("\"version\": 1", "\"version\": 9");
    assert_ne!(later, text);
    fs::write(file, later).unwrap();
}

/// Everybody can see it, nothing begins beside it, and it goes on until it is stopped.
fn is_left_alone(stage: &Stage, (id, pid): (&str, u64), why: &str) {
    let refused = |line: &str| {
        let answer = stage.output(&line.split(' ').collect::<Vec<_>>());
        let said = answer.stderr();
        assert_eq!(answer.code(), Some(1), "{line}: {said}");
        for part in [id, why, &format!("`collodi stop {id}`")] {
            assert!(said.contains(part), "{line} does not say {part}: {said}");
        }
    };
    refused("remove demo --yes");
    refused("run demo --listen 127.0.0.1:0");
    let mut serving = stage.serve_quietly();
    for line in [
        "run demo",
        "start demo",
        "restart demo",
        "signal TERM demo",
        "logs demo",
        "remove demo --yes",
        "update demo",
    ] {
        refused(line);
    }
    let shown = stage.call("ps");
    let row = shown.lines().find(|line| line.starts_with(id)).unwrap();
    assert!(row.contains("unread") && shown.contains(why), "{shown}");
    let shown = stage.call("--json ps");
    assert!(shown.contains(why), "{shown}");
    let doctor = stage
        .output(&["doctor", "--listen", "127.0.0.1:0"])
        .stdout();
    let named = format!("{id} lives, and no server looks after it, pid {pid}");
    assert!(doctor.contains(&named) && doctor.contains(why), "{doctor}");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
    assert!(stage::is_alive(pid), "a shutdown does not end it");
    let mut serving = stage.serve_quietly();
    assert_eq!(
        stage.call(&format!("stop {id}")),
        format!("{id} has ended\n")
    );
    assert!(!stage::is_alive(pid));
    assert_eq!(stage.call("ps"), "nothing runs\n");
    let aside = format!(".vatn/python/state/aside/{id}.json");
    assert!(stage.path(&aside).symlink_metadata().is_ok());
    assert_eq!(stage.post("/python/apps/demo/run").status, 200);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn what_a_later_version_wrote_down_is_left_alone(stage: Stage) {
    let (id, pid) = left(&stage);
    of_a_later_version(&stage.path(&format!(".vatn/python/state/{id}.json")));
    is_left_alone(&stage, (&id, pid), "is of another version");
}

fn what_is_no_file_is_left_alone(stage: Stage) {
    for what in ["directory", "link"] {
        let (id, pid) = left(&stage);
        let file = stage.path(&format!(".vatn/python/state/{id}.json"));
        fs::remove_file(&file).unwrap();
        match what {
            "link" => symlink(&file, &file).unwrap(),
            _ => fs::create_dir(&file).unwrap(),
        }
        let why = format!("cannot be read: it is a {what}");
        is_left_alone(&stage, (&id, pid), &why);
    }
}

/// A later program may want to start it again: its file stays.
fn what_has_ended_holds_nothing_up(stage: Stage) {
    let (id, pid) = left(&stage);
    let file = stage.path(&format!(".vatn/python/state/{id}.json"));
    of_a_later_version(&file);
    let mut serving = stage.serve_quietly();
    assert!(stage.call("ps").contains("unread"));
    stage::signal(pid, "-KILL");
    while stage.call("ps").contains("unread") {}
    assert!(is_dormant(&stage, &id));
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
    assert!(is_dormant(&stage, &id));
    let mut serving = stage.serve_quietly();
    assert_eq!(stage.call("ps"), "nothing runs\n");
    assert_eq!(stage.post("/python/apps/demo/run").status, 200);
    assert!(file.exists());
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// Whether it is said to be no more, but perhaps for now.
fn is_dormant(stage: &Stage, id: &str) -> bool {
    let words = ["doctor", "--listen", "127.0.0.1:0"];
    let named = format!("{id} does not live, and may run again: ");
    let shown = stage.output(&words).stdout();
    let mut lines = shown.lines().skip_while(|line| !line.contains(&named));
    let is_of_version = |line: &str| line.ends_with(".json is of another version");
    lines.next().is_some_and(is_of_version) && lines.any(|line| line.contains("rm -r "))
}

fn what_nobody_can_find_is_said_when_it_is_stopped(stage: Stage) {
    let (id, pid) = left(&stage);
    of_a_later_version(&stage.path(&format!(".vatn/python/state/{id}.json")));
    fs::remove_file(stage.path(".vatn/python/state/trees.json")).unwrap();
    stays(&stage, &id);
    let mut serving = stage.serve_quietly();
    let shown = stage.call("ps");
    assert!(shown.contains("nobody knows whether it lives"), "{shown}");
    stays(&stage, &id);
    let answer = stage.output(&["stop", "demo"]);
    let said = answer.stderr();
    assert!(
        said.contains("nobody knows which processes are those of"),
        "{said}"
    );
    assert_eq!(answer.code(), Some(0));
    assert!(stage::is_alive(pid));
    assert_eq!(stage.call("ps"), "nothing runs\n");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
    stage::signal(pid, "-KILL");
}

/// Nobody can end what may live in the folder of its app.
fn stays(stage: &Stage, id: &str) {
    let answer = stage.output(&["remove", "demo", "--force", "--yes"]);
    let said = answer.stderr();
    assert_eq!(answer.code(), Some(1), "{said}");
    assert!(said.contains(&format!("`collodi stop {id}`")), "{said}");
    assert_eq!(answer.stdout(), "", "nothing goes");
    assert!(stage.path(".vatn/python/apps/demo/pinokio.json").exists());
    let file = stage.path(&format!(".vatn/python/state/{id}.json"));
    assert!(file.exists());
}

/// What a file is that says nothing.
const LOST: [&str; 3] = ["is not there", "is empty", "is of no use"];

fn lose(file: &Path, how: &str) {
    match how {
        "is not there" => fs::remove_file(file).unwrap(),
        "is empty" => fs::write(file, "").unwrap(),
        _ => fs::write(file, &fs::read(file).unwrap()[..100]).unwrap(),
    }
}

/// Its app has an environment, though nobody knows that it lives in that.
fn with_environment(stage: &Stage) {
    let script = r#"{"dialect": "vatn", "run": [
        {"method": "shell.run", "params": {"message": "ls", "venv": "web"}}]}"#;
    stage.app_file("demo/more.json", script);
    let env = stage.path(".vatn/python/envs/web");
    fs::create_dir_all(env.join("bin")).unwrap();
    fs::write(env.join("bin/python"), "").unwrap();
    fs::write(env.join("pyvenv.cfg"), "version = 3.12.1\n").unwrap();
}

/// Who looks while no server runs, and wants to remove what it lives in.
fn what_says_nothing_is_seen_until_the_next_server_ends_it(stage: Stage) {
    for how in LOST {
        let (id, pid) = left(&stage);
        with_environment(&stage);
        let file = stage.path(&format!(".vatn/python/state/{id}.json"));
        lose(&file, how);
        for line in ["remove demo --yes", "update demo", "env rm web --yes"] {
            let answer = stage.output(&line.split(' ').collect::<Vec<_>>());
            let said = answer.stderr();
            assert_eq!(answer.code(), Some(1), "{line}: {said}");
            let parts = [&id, "`collodi serve`"];
            let mut missing = parts.iter().filter(|part| !said.contains(**part));
            assert_eq!(missing.next(), None, "{line}: {said}");
        }
        let doctor = ["doctor", "--listen", "127.0.0.1:0"];
        let shown = stage.output(&doctor).stdout();
        let named = format!("{id} lives, and no server looks after it, pid {pid}: ");
        assert!(shown.contains(&named) && shown.contains(how), "{shown}");
        for line in ["apps", "apps demo"] {
            let shown = stage.call(line);
            let named = format!("{id} lives, and no server can go on with it: ");
            assert!(shown.contains(&named) && shown.contains(how), "{shown}");
        }
        let counted = "\"runningProcesses\":1,";
        assert!(stage.call("--json apps demo").contains(counted));
        let mut serving = stage.serve_quietly();
        assert!(!stage::is_alive(pid));
        assert_eq!(stage.call("ps"), "nothing runs\n");
        stage.post("/python/shutdown");
        assert_eq!(serving.code(), Some(0));
        for shown in [stage.output(&doctor).stdout(), stage.call("apps")] {
            assert!(!shown.contains(&format!("{id} lives")), "{shown}");
        }
        let env = stage.output(&["env", "rm", "web", "--yes"]);
        assert_eq!(env.code(), Some(0), "{}", env.stderr());
    }
}

fn what_says_nothing_is_ended_by_a_removal_that_is_forced(stage: Stage) {
    for how in LOST {
        let (id, pid) = left(&stage);
        lose(&stage.path(&format!(".vatn/python/state/{id}.json")), how);
        stage.call("remove demo --yes --force");
        assert!(!stage::is_alive(pid) && !stage.path(".vatn/python/apps/demo").exists());
        let shown = stage.call("apps");
        assert!(!shown.contains(&id), "{shown}");
    }
}

/// A run whose step lives on without its server: its name and the process of the step.
fn interrupted(stage: &Stage) -> (String, u64) {
    let step = r#"{"method": "shell.run", "params": {"message": "echo in $$; exec sleep 1000"}}"#;
    stage.app("demo", &format!(r#"{{"run": [{step}]}}"#));
    with_environment(stage);
    let mut alone = stage.start(&["run", "demo", "--listen", "127.0.0.1:0"]);
    let said = alone.until("| in ");
    let (_, pid) = said.rsplit_once("| in ").unwrap();
    let pid = pid.trim().parse().unwrap();
    alone.signal("-KILL");
    assert_eq!(alone.code(), None);
    let trees = fs::read_to_string(stage.path(".vatn/python/state/trees.json")).unwrap();
    let (_, number) = trees.split_once("demo-run-").unwrap();
    (format!("demo-run-{}", number.get(..8).unwrap()), pid)
}

/// An installation goes on in its folder and its environment.
fn a_step_of_an_interrupted_run_is_seen_until_it_is_ended(stage: Stage) {
    for is_forced in [false, true] {
        let (run, pid) = interrupted(&stage);
        for line in ["remove demo --yes", "update demo", "env rm web --yes"] {
            let answer = stage.output(&line.split(' ').collect::<Vec<_>>());
            let said = answer.stderr();
            assert_eq!(answer.code(), Some(1), "{line}: {said}");
            assert!(said.contains(&run), "{line}: {said}");
        }
        let shown = stage
            .output(&["doctor", "--listen", "127.0.0.1:0"])
            .stdout();
        let named = format!("{run} lives, and no server looks after it, pid {pid}: ");
        assert!(shown.contains(&named), "{shown}");
        let shown = stage.call("apps");
        assert!(shown.contains(&format!("a step of {run} lives")), "{shown}");
        if is_forced {
            stage.call("remove demo --yes --force");
        } else {
            let mut serving = stage.serve_quietly();
            stage.post("/python/shutdown");
            assert_eq!(serving.code(), Some(0));
        }
        assert!(!stage::is_alive(pid));
        let shown = stage.call("apps");
        assert!(!shown.contains(&run), "{shown}");
    }
}
