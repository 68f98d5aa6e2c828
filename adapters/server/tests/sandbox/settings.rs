//! Settings that say which app is kept in what, and the record of it.

use crate::stage::{Stage, text, users};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt as _, process::Output};

/// Writes into its own folder, and then beside it.
const WRITES: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "echo x > inside && echo x > ../outside/by-$(basename $PWD)"}}]}"#;

/// A workspace with these settings and apps whose scripts are these.
fn workspace(stage: &Stage, settings: &str, apps: &[(&str, &str)]) {
    let write = |path: &str, text: &str| {
        let path = stage.path(path);
        let folder = path.parent().unwrap();
        fs::create_dir_all(folder).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
        fs::write(path, text).unwrap();
    };
    write(".vatn/vatn.toml", settings);
    write("outside/kept", "");
    for (name, script) in apps {
        write(&format!("{name}/pinokio.json"), script);
    }
}

fn collodi(stage: &Stage, line: &str) -> Output {
    let mut command = stage.command(stage.path("collodi"));
    command.arg("--workspace").arg(stage.path(""));
    command.args(line.split_whitespace()).output().unwrap()
}

/// What was executed for an app.
fn audit(stage: &Stage, app: &str) -> Vec<Value> {
    let said = collodi(stage, &format!("audit --json --app {app}"));
    let said = text(&said.stdout);
    said.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn one_app_is_kept_in_a_sandbox_and_another_is_not() {
    for user in users() {
        let stage = Stage::new(user);
        let settings = "[sandbox.apps.kept]\nlevel = 'sandboxed'\n";
        workspace(&stage, settings, &[("kept", WRITES), ("free", WRITES)]);
        let run = |app: &str| collodi(&stage, &format!("run {}", stage.path(app).display()));
        let plan = |app: &str| {
            text(&collodi(&stage, &format!("plan {}", stage.path(app).display())).stdout)
        };
        let all = "sandboxed: bwrap holds all of it here, for every command";
        assert!(plan("kept").contains(all), "{}", plan("kept"));
        assert!(!plan("free").contains("bwrap"));
        let (kept, free) = (run("kept"), run("free"));
        assert_eq!(kept.status.code(), Some(1), "{}", text(&kept.stdout));
        assert!(free.status.success(), "{}", text(&free.stderr));
        for (app, is_free) in [("kept", false), ("free", true)] {
            assert!(stage.path(app).join("inside").exists(), "{app}");
            let outside = stage.path("outside").join(format!("by-{app}"));
            assert_eq!(outside.exists(), is_free, "{app}");
        }
        let kept = &audit(&stage, "kept")[0]["sandbox"];
        assert_eq!(kept["requested"], "sandboxed");
        assert_eq!(kept["mechanism"], "bwrap");
        for protection in ["writes", "network", "credentials"] {
            let enforced = kept["enforced"].as_array().unwrap();
            assert!(enforced.contains(&protection.into()), "{kept}");
        }
        let free = &audit(&stage, "free")[0]["sandbox"];
        assert_eq!(
            *free,
            serde_json::json!({"requested": "full", "enforced": [], "missing": []})
        );
    }
}

/// Puts a link that leads out where a folder was, and has something in it deleted.
const SWAPS: &str = r#"{"dialect": "vatn", "run": [
    {"method": "fs.write", "params": {"path": "folder/kept", "text": "x"}},
    {"method": "shell.run", "params": {"message": "mv folder aside && ln -s ../outside folder"}},
    {"method": "fs.rm", "params": {"path": "folder/kept"}}]}"#;

/// What deletes for an app may delete more than the app: it follows no link that the app has put
/// in the way.
#[test]
fn an_app_has_nothing_deleted_that_is_not_its_own() {
    for user in users() {
        let stage = Stage::new(user);
        workspace(
            &stage,
            "[sandbox]\nlevel = 'sandboxed'\n",
            &[("swaps", SWAPS)],
        );
        let refused = collodi(&stage, &format!("run {}", stage.path("swaps").display()));
        let told = text(&refused.stderr);
        assert!(told.contains("leads out of its folder"), "{told}");
        assert!(stage.path("swaps/aside/kept").exists());
        assert!(stage.path("outside/kept").exists());
    }
}

/// Says of `/tmp` what it is and whose, and that the next command has it again.
const TEMPORARY: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "echo x > /tmp/kept && stat -c %a.%u /tmp > mode && stat -f -c %T /tmp . > kinds"}},
    {"method": "shell.run", "params": {"message": "cp $TMPDIR/kept again && ls ../.vatn/python/tmp > others; true"}}]}"#;

/// Temporary files are on the disk, where a wheel of gigabytes has room, for nobody else, and
/// gone with the run; what a host that was killed has left goes when the next one starts.
#[test]
fn temporary_files_are_on_the_disk_and_go_with_their_run() {
    for user in users() {
        let stage = Stage::new(user);
        workspace(
            &stage,
            "[sandbox]\nlevel = 'sandboxed'\n",
            &[("app", TEMPORARY)],
        );
        let all = stage.path(".vatn/python/tmp");
        fs::create_dir_all(all.join("left/deep")).unwrap();
        for folder in [".vatn/python", ".vatn/python/tmp"] {
            fs::set_permissions(stage.path(folder), fs::Permissions::from_mode(0o777)).unwrap();
        }
        for folder in ["left/deep", "left"] {
            fs::set_permissions(all.join(folder), fs::Permissions::from_mode(0o777)).unwrap();
        }
        let done = collodi(&stage, &format!("run {}", stage.path("app").display()));
        assert!(
            done.status.success(),
            "{}",
            text(&done.stdout) + &text(&done.stderr)
        );
        let said = |name: &str| fs::read_to_string(stage.path("app").join(name)).unwrap();
        assert!(said("mode").starts_with("700."), "{}", said("mode"));
        let kinds = said("kinds");
        let (tmp, own) = kinds.trim_end().split_once('\n').unwrap();
        assert_eq!((tmp, said("again").as_str()), (own, "x\n"));
        assert_eq!(said("others"), "");
        let left: Vec<_> = fs::read_dir(&all).unwrap().flatten().collect();
        assert!(left.is_empty(), "{user:?}: {left:?}");
    }
}

/// The command line is above the file, in both directions.
#[test]
fn the_command_line_wins() {
    let stage = Stage::new(users()[0]);
    let settings = "[sandbox]\nlevel = 'sandboxed'\n[sandbox.apps.free]\nlevel = 'full'\n";
    workspace(&stage, settings, &[("kept", WRITES), ("free", WRITES)]);
    for (app, level, succeeds) in [("kept", "full", true), ("free", "restricted", false)] {
        let app = stage.path(app).display().to_string();
        let done = collodi(&stage, &format!("run --sandbox {level} {app}"));
        assert_eq!(done.status.success(), succeeds, "{}", text(&done.stderr));
    }
    assert_eq!(
        audit(&stage, "free")[0]["sandbox"]["requested"],
        "restricted"
    );
}

/// An app gets nobody else to do what it may not.
#[test]
fn a_sandboxed_script_starts_none_that_is_trusted_further() {
    let stage = Stage::new(users()[0]);
    let starts =
        r#"{"run": [{"method": "script.start", "params": {"uri": "~/free/pinokio.json"}}]}"#;
    let settings = "[sandbox.apps.kept]\nlevel = 'sandboxed'\n";
    workspace(&stage, settings, &[("kept", starts), ("free", WRITES)]);
    let kept = stage.path("kept").display().to_string();
    let done = collodi(&stage, &format!("run {kept}"));
    let said = text(&done.stdout) + &text(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("free may do more than kept"), "{said}");
    assert!(!stage.path("free/inside").exists());
}

/// Where nothing can hold the level, the step does not run, and it is said why.
#[test]
fn a_refusal_is_in_the_record() {
    let stage = Stage::new(users()[0]);
    workspace(
        &stage,
        "[sandbox]\nlevel = 'restricted'\nwrite = ['/proc']\n",
        &[("kept", WRITES)],
    );
    let kept = stage.path("kept").display().to_string();
    let done = collodi(&stage, &format!("run {kept}"));
    assert_eq!(done.status.code(), Some(1), "{}", text(&done.stderr));
    assert!(!stage.path("kept/inside").exists());
    let entry = &audit(&stage, "kept")[0];
    assert_eq!(entry["state"], "refused");
    assert_eq!(entry["exitCode"], Value::Null);
    assert_eq!(entry["sandbox"]["requested"], "restricted");
    assert_eq!(entry["sandbox"]["enforced"], serde_json::json!([]));
    let why = entry["error"].as_str().unwrap();
    assert!(why.contains("too wide"), "{why}");
}
