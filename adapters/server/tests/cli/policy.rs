//! Settings in force: what children get, what is told of it, and what is written down.

use crate::stage::Stage;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

const POLICY: &str =
    "[sandbox.shell_env]\ngrant = ['API_TOKEN']\nset = { DB_PASSWORD = 'pw_of_operator' }\n";

/// A workspace whose programs are those of the system.
fn stage(settings: &str, steps: &str) -> Stage {
    let stage = Stage::new().file(".vatn/vatn.toml", settings);
    for program in ["bash", "sh", "cat", "python3"] {
        let found = ["/bin", "/usr/bin", "/usr/local/bin"]
            .map(|dir| Path::new(dir).join(program))
            .into_iter()
            .find(|path| path.exists());
        if let Some(found) = found {
            std::os::unix::fs::symlink(found, stage.root().join("bin").join(program)).unwrap();
        }
    }
    let script = format!(r#"{{"dialect": "vatn", "run": [{steps}]}}"#);
    stage.file("app/pinokio.json", script)
}

const SAYS_SECRETS: &str = r#"{"method": "shell.run", "params": {
    "message": "echo $API_TOKEN $DB_PASSWORD $HF_TOKEN; exit 3", "env": {"API_TOKEN": "tok_of_script"}}}"#;

#[test]
fn a_secret_is_in_no_output_log_message_or_record() {
    let stage = stage(POLICY, SAYS_SECRETS);
    for json in ["", "--json "] {
        let answer = stage.call(&format!("{json}run app"));
        assert_eq!(answer.status, 1, "{}", answer.shown());
        let told = answer.stdout + &answer.stderr;
        assert!(told.contains("*** ***"), "{told}");
        for secret in ["tok_of_script", "pw_of_operator", "hf_not_to_be_seen"] {
            assert!(!told.contains(secret), "{told}");
        }
    }
    let state = stage.root().join(".vatn/python");
    assert!(!holds(&state, b"tok_of_script") && !holds(&state, b"hf_not_to_be_seen"));
}

/// Whether a file below this folder has these bytes in it.
fn holds(dir: &Path, bytes: &[u8]) -> bool {
    fs::read_dir(dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => holds(&path, bytes),
            false => fs::read(path)
                .unwrap()
                .windows(bytes.len())
                .any(|w| w == bytes),
        }
    })
}

#[test]
fn everything_that_ran_is_written_down() {
    let stage = stage(POLICY, SAYS_SECRETS);
    assert_eq!(stage.call("run app").status, 1);
    let entries: Vec<Value> = stage
        .call("audit --app app --json")
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [entry] = &entries[..] else {
        panic!("{entries:?}")
    };
    assert_eq!(entry["exitCode"], 3);
    assert_eq!(entry["kind"], "step");
    assert_eq!(entry["step"], "1");
    assert_eq!(entry["state"], "ended");
    assert_eq!(entry["sandbox"]["requested"], "full");
    assert_eq!(
        entry["environment"]["refused"]["HF_TOKEN"],
        "default-exclude"
    );
    for field in ["sessionId", "timestamp", "durationMs", "cwd", "run"] {
        assert!(!entry[field].is_null(), "{field}");
    }
    // The probes are there too, for who wants to see them, and not the app's.
    let own = stage.call("audit").stdout;
    assert_eq!(own.lines().count(), 1, "{own}");
    let all = stage.call("audit --all").stdout;
    assert!(
        all.contains("python3 --version") && all.lines().count() > 1,
        "{all}"
    );
    let kind = |line: &str| line.split_whitespace().nth(2).map(str::to_owned);
    let of_no_app = all.lines().filter(|line| line.contains("  - "));
    let kinds: BTreeSet<_> = of_no_app.filter_map(kind).collect();
    assert_eq!(kinds, BTreeSet::from(["probe".to_owned()]), "{all}");
    for (sought, said) in [
        (
            "audit --since 2099-01-01T00:00:00Z",
            "no command of an app is recorded since then\n",
        ),
        (
            "audit --app nosuch",
            "no command of app nosuch is recorded\n",
        ),
        (
            "audit --all --since 2099-01-01T00:00:00Z --level restricted",
            "no command is recorded since then at this level\n",
        ),
    ] {
        let nothing = stage.call(sought);
        assert_eq!((&*nothing.stdout, &*nothing.stderr), ("", said));
        assert_eq!(nothing.status, 0);
    }
    assert_eq!(stage.call("audit --since yesterday").status, 2);
}

#[test]
fn a_record_says_what_of_it_is_missing() {
    let text = "{\"event\":\"lost\",\"count\":3}\n{\"event\":\"opened\",\"id\":\"5-";
    let told = Stage::new()
        .file(".vatn/python/audit/audit.jsonl", text)
        .call("audit");
    assert!(
        told.stderr.contains("3 entries were not written"),
        "{}",
        told.stderr
    );
    assert!(told.stderr.contains("1 line in "), "{}", told.stderr);
    assert!(
        told.stderr.contains("/audit could not be read"),
        "{}",
        told.stderr
    );
    assert_eq!(told.status, 0);
}

#[test]
fn limits_of_the_settings_bound_a_run() {
    let settings = "[python.limits]\nsteps = 1\n";
    let steps =
        r#"{"method": "log", "params": {"text": "a"}}, {"method": "log", "params": {"text": "b"}}"#;
    let answer = stage(settings, steps).call("run app");
    assert_eq!(answer.status, 1, "{}", answer.shown());
    let settings = "[python.limits]\nfile = \"4\"\n";
    assert_eq!(stage(settings, steps).call("run app").status, 2);
    let settings = "[python.limits]\nfile = 4\n";
    let read = r#"{"method": "fs.read", "params": {"path": "pinokio.json"}}"#;
    let answer = stage(settings, read).call("run app");
    assert!(answer.stderr.contains("too large"), "{}", answer.shown());
}

#[test]
fn folders_of_the_settings_are_used() {
    let settings = "[python]\napps_dir = 'my-apps'\n";
    let app =
        r#"{"dialect": "vatn", "run": [{"method": "log", "params": {"text": "from there"}}]}"#;
    let stage = stage(settings, "").file("my-apps/demo/pinokio.json", app);
    let answer = stage.call("run demo");
    assert!(answer.stdout.contains("from there"), "{}", answer.shown());
}

#[test]
fn extra_roots_are_named_in_full_and_read_only_where_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let extra = dir.path().canonicalize().unwrap();
    let extra = extra.to_str().unwrap();
    fs::write(dir.path().join("model"), "weights").unwrap();
    let step = |method: &str, path: &str| {
        format!(r#"{{"method": "{method}", "params": {{"path": "{path}", "data": "x"}}}}"#)
    };
    let read = step("fs.read", &format!("{extra}/model"));
    let write = step("fs.write", &format!("{extra}/new"));
    for (settings, step, done) in [
        (String::new(), &read, false),
        (format!("[sandbox]\nread = ['{extra}']\n"), &read, true),
        (format!("[sandbox]\nread = ['{extra}']\n"), &write, false),
        (format!("[sandbox]\nwrite = ['{extra}']\n"), &write, true),
    ] {
        let answer = stage(&settings, step).call("run app");
        assert_eq!(answer.status == 0, done, "{settings}{}", answer.shown());
    }
    assert_eq!(fs::read_to_string(dir.path().join("new")).unwrap(), "x");
}
