//! Machines that lack what a sandbox needs: nothing runs, and it is said why.

use crate::stage::{By, Stage, User, text};
use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    process::Output,
};

/// Nothing was run, and both lines say this.
fn refused(stage: &Stage, output: &Output, why: &str, cure: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(125), "{said}");
    assert!(
        said.contains("nothing was run") && said.contains(why) && said.contains(cure),
        "{said}"
    );
    assert!(!stage.path("app/ran").exists());
}

const TOUCH: [&str; 2] = ["/usr/bin/touch", "ran"];

#[test]
fn bubblewrap_is_missing_or_not_to_be_trusted() {
    let stage = Stage::new(User::Own);
    for level in ["restricted", "sandboxed"] {
        let done = stage.sandbox(level, By::Bwrap, "--bwrap /nowhere/bwrap", &TOUCH);
        refused(&stage, &done, "bubblewrap is missing", "install bubblewrap");
        let copy = stage.path("bwrap");
        fs::copy("/bin/true", &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o777)).unwrap();
        let done = stage.sandbox(
            level,
            By::Bwrap,
            &format!("--bwrap {}", copy.display()),
            &TOUCH,
        );
        refused(&stage, &done, "not to be trusted", "let root own it");
    }
}

/// Within a sandbox that has no namespaces to give there is no second one, and the fallback
/// is another matter.
#[test]
fn namespaces_are_blocked() {
    let stage = Stage::new(User::Own);
    let collodi = stage.path("collodi").display().to_string();
    let within = |words: &[&str]| {
        let mut command = stage.command("/usr/bin/bwrap");
        command.args([
            "--dev-bind",
            "/",
            "/",
            "--unshare-user",
            "--disable-userns",
            "--",
            &collodi,
        ]);
        command
            .args(["sandbox", "--level", "restricted"])
            .args(words)
            .arg("--")
            .args(TOUCH)
            .output()
            .unwrap()
    };
    refused(
        &stage,
        &within(&[]),
        "user namespaces are blocked",
        "AppArmor profile",
    );
    let done = within(&["--fallback", "landlock"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(
        text(&done.stderr).contains("does not hold"),
        "{}",
        text(&done.stderr)
    );
    assert!(stage.path("app/ran").exists());
}

#[test]
fn strictness_refuses_what_is_missing() {
    let stage = Stage::new(User::Own);
    let done = stage.sandbox("restricted", By::Landlock, "--strict", &TOUCH);
    refused(&stage, &done, "cannot hold", "do not ask for strictness");
}

#[test]
fn what_is_no_app_is_refused() {
    let stage = Stage::new(User::Own);
    fs::create_dir_all(stage.path("home/app")).unwrap();
    for root in [
        "/",
        "/proc",
        stage.path("home").to_str().unwrap(),
        stage.path("").to_str().unwrap(),
    ] {
        let done = stage.sandbox(
            "restricted",
            By::Bwrap,
            &format!("--root {root} --cwd {root}"),
            &TOUCH,
        );
        refused(&stage, &done, "too wide", "");
    }
    let done = stage.sandbox("restricted", By::Bwrap, "--cwd /usr", &TOUCH);
    refused(&stage, &done, "in no folder of the sandbox", "");
}

/// The home is not only where the environment says that it is.
#[test]
fn who_says_to_live_elsewhere_keeps_its_home() {
    let stage = Stage::new(User::Own);
    let uid = fs::metadata("/proc/self").unwrap().uid();
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let home = collodi_sandbox::home_of(&users, uid).unwrap();
    for elsewhere in ["/nonexistent", "/srv"] {
        let done = stage
            .sandboxed("restricted", By::Bwrap, &format!("--root {home}"), &TOUCH)
            .env("HOME", elsewhere)
            .output()
            .unwrap();
        refused(&stage, &done, "too wide", "");
    }
}

/// A word that is no level is none, and nothing runs.
#[test]
fn an_unknown_level_is_none() {
    let stage = Stage::new(User::Own);
    for level in ["", "null", "ful", "Full ", "trusted"] {
        let done = stage.sandbox(level, By::Bwrap, "", &TOUCH);
        assert_eq!(done.status.code(), Some(125), "{level}");
        assert!(!stage.path("app/ran").exists());
    }
}

/// As a shell tells it: 127 where there is no program, 126 where it may not be executed.
#[test]
fn a_command_that_is_none_is_told_as_a_shell_does() {
    let stage = Stage::new(User::Own);
    stage.file("plain", "");
    for level in ["full", "restricted", "sandboxed"] {
        for (word, status) in [("no-such-program", 127), ("./none", 127), ("./plain", 126)] {
            let done = stage.sandbox(level, By::Bwrap, "", &[word]);
            assert_eq!(done.status.code(), Some(status), "{level} {word}");
        }
    }
}

/// The first program of a name may lie where a sandbox does not look.
#[test]
fn a_program_that_is_not_shown_is_passed_over() {
    let stage = Stage::new(User::Own);
    fs::create_dir(stage.path("shims")).unwrap();
    let shim = stage.path("shims/touch");
    fs::write(&shim, "#!/bin/sh\nexit 9\n").unwrap();
    fs::set_permissions(&shim, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin", stage.path("shims").display());
    let mut command = stage.sandboxed("sandboxed", By::Bwrap, "", &["touch", "ran"]);
    let done = command.env("PATH", path).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(stage.path("app/ran").exists());
    let shim = shim.display().to_string();
    let done = stage.sandbox("sandboxed", By::Bwrap, "", &[&shim]);
    assert_eq!(done.status.code(), Some(127), "{}", text(&done.stderr));
}

/// Without a sandbox too, a variable is one that an environment holds.
#[test]
fn full_trust_takes_no_odd_variables() {
    let stage = Stage::new(User::Own);
    for odd in ["=x\n", "A=a\0b\n", "A\0=b\n"] {
        stage.file("vars", odd);
        let done = stage.sandbox("full", By::Bwrap, "--env-file vars", &TOUCH);
        refused(&stage, &done, "variable", "");
    }
}

/// What ends with the same status as a command may is told apart from it.
#[test]
fn a_script_without_its_interpreter_is_no_command() {
    let stage = Stage::new(User::Own);
    let script = stage.path("app/script").display().to_string();
    stage.file("script", "#!/nowhere/interpreter\n");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    for by in [By::Bwrap, By::Landlock] {
        let done = stage.sandbox("restricted", by, "", &[&script]);
        assert_eq!(done.status.code(), Some(127), "{}", text(&done.stderr));
    }
}
