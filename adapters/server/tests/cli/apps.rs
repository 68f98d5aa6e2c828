//! `collodi add`, `new`, `update`, `remove` and `apps`

use crate::stage::{Answer, Stage};
use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

const SCRIPT: &str =
    r#"{"run": [{"method": "shell.run", "params": {"message": "echo hi", "venv": "shared"}}]}"#;
const LAUNCHER: &str = r#"module.exports = {title: "Greeter", description: "Greets", icon: "icon.png",
  version: "4.0", menu: [{text: "Start", href: "start.json", default: true},
  {text: "More", menu: [{text: "Reset", href: "reset.js"}]}]}"#;

/// A folder with git in its path, and a repository of two commits, the first of which is `v1`.
fn stage() -> Stage {
    let stage = Stage::new();
    let found = Command::new("sh").args(["-c", "command -v git"]).output();
    let program = String::from_utf8(found.unwrap().stdout).unwrap();
    symlink(program.trim(), stage.root().join("bin/git")).unwrap();
    let stage = stage
        .file("source/pinokio.js", LAUNCHER)
        .file("source/start.json", SCRIPT)
        .file(
            "source/reset.js",
            "module.exports = async (kernel) => ({run: [{method: 'fs.rm'}]})",
        );
    let source = stage.root().join("source");
    git(&source, &["init", "-q", "-b", "main"]);
    commit(&source, "first");
    git(&source, &["tag", "v1"]);
    fs::write(source.join("more.txt"), "more").unwrap();
    commit(&source, "second");
    stage
}

fn commit(dir: &Path, says: &str) -> String {
    git(dir, &["add", "-A"]);
    git(dir, &["commit", "-q", "-m", says]);
    git(dir, &["rev-parse", "HEAD"])
}

fn git(dir: &Path, args: &[&str]) -> String {
    let me = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
    let output = Command::new("git")
        .current_dir(dir)
        .args(me)
        .args(args)
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn add(stage: &Stage, words: &str) -> Answer {
    let line = format!("add file://{}/source{words}", stage.root().display());
    stage.call(&line)
}

fn app(stage: &Stage, path: &str) -> std::path::PathBuf {
    stage.root().join(".vatn/python/apps").join(path)
}

#[track_caller]
fn done(answer: Answer) -> Answer {
    assert_eq!(answer.status, 0, "{}", answer.shown());
    answer
}

#[track_caller]
fn refused(answer: &Answer, status: i32, why: &str) {
    assert_eq!(answer.status, status, "{}", answer.shown());
    assert!(answer.stderr.contains(why), "{}", answer.shown());
    assert!(answer.stderr.contains("hint: "), "{}", answer.shown());
}

/// All that is in the folder of apps.
fn apps(stage: &Stage) -> Vec<String> {
    let entries = fs::read_dir(app(stage, "")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn an_app_is_added_from_a_repository_and_says_what_it_has() {
    let stage = stage();
    let newest = git(&stage.root().join("source"), &["rev-parse", "HEAD"]);
    let added = done(add(&stage, " greeter"));
    assert!(
        added.stdout.contains("greeter is added: "),
        "{}",
        added.shown()
    );
    assert!(added.stdout.contains("collodi run "), "{}", added.shown());
    assert!(app(&stage, "greeter/more.txt").exists());
    let shown = done(stage.call("apps greeter")).stdout;
    for text in [
        "title   Greeter",
        "about   Greets",
        "version 4.0",
        &format!("source at {}", newest.get(..12).unwrap()),
        "start.json  1 step",
        "reset.js    is a program in JavaScript",
        "menu    Start → start.json (default)",
        "menu      Reset → reset.js",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let json = done(stage.call("--json apps")).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["origin"]["commit"], newest);
    let source = format!("file://{}/source", stage.root().display());
    let folder = app(&stage, "greeter");
    assert_eq!(git(&folder, &["config", "remote.origin.url"]), source);
    assert_eq!(json["hasScript"], true);
    assert_eq!(apps(&stage), ["greeter"]);
}

/// A script's clone, and one by hand, are no less from somewhere; nothing follows them but git.
#[test]
fn what_git_cloned_says_where_it_is_from_and_is_left_to_git() {
    let stage = stage();
    let source = stage.root().join("source").display().to_string();
    let folder = |name: &str| app(&stage, name).display().to_string();
    fs::create_dir_all(app(&stage, "")).unwrap();
    git(&stage.root(), &["clone", "-q", &source, &folder("branch")]);
    git(
        &stage.root(),
        &[
            "clone",
            "-q",
            "--depth=1",
            &format!("file://{source}"),
            &folder("shallow"),
        ],
    );
    git(
        &stage.root(),
        &["clone", "-q", &source, &folder("detached")],
    );
    git(
        &app(&stage, "detached"),
        &["checkout", "-q", "--detach", "v1"],
    );
    fs::create_dir_all(app(&stage, "bare")).unwrap();
    let listed = done(stage.call("apps")).stdout;
    let newest = git(
        &stage.root().join("source"),
        &["rev-parse", "--short=12", "HEAD"],
    );
    for text in [
        format!("cloned from {source} at {newest} (main)"),
        format!("cloned from file://{source} at {newest} (main)"),
        format!("cloned from {source} at "),
        "(no branch)".to_owned(),
    ] {
        assert!(listed.contains(&text), "{text}: {listed}");
    }
    let line = |name: &str| listed.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(!line("branch").contains(" - "), "it has a size: {listed}");
    for (name, hint) in [
        ("branch", "pull` brings it what is new on main"),
        ("shallow", "pull` brings it what is new on main"),
        ("detached", "it is at a commit, on no branch"),
        ("bare", "remove it and add it again"),
    ] {
        let answer = stage.call(&format!("update {name}"));
        refused(&answer, 1, hint);
    }
}

/// An address is shown and written down, also in the `.git/config` of the app.
#[test]
fn an_address_with_a_credential_is_refused_and_not_repeated() {
    let answer = stage().call("add https://me:tok3n@example.org/owner/app");
    assert_ne!(answer.status, 0, "{}", answer.shown());
    let said = format!("{}{}", answer.stdout, answer.stderr);
    assert!(said.contains("user name or password"), "{said}");
    assert!(!said.contains("tok3n"), "{said}");
}

#[test]
fn a_commit_is_pinned_by_its_name_and_stays() {
    let stage = stage();
    let source = stage.root().join("source");
    let first = git(&source, &["rev-parse", "v1"]);
    done(add(&stage, "#v1 tagged"));
    done(add(&stage, &format!(" pinned --commit {first}")));
    for name in ["tagged", "pinned"] {
        assert!(!app(&stage, &format!("{name}/more.txt")).exists());
        let same = done(stage.call(&format!("update {name}")));
        assert!(same.stdout.contains("is up to date"), "{}", same.shown());
    }
    let moved = done(stage.call("update pinned --commit main"));
    assert!(moved.stdout.contains("was at"), "{}", moved.shown());
    assert!(app(&stage, "pinned/more.txt").exists());
}

#[test]
fn an_update_brings_what_is_new_and_loses_nothing() {
    let stage = stage();
    let source = stage.root().join("source");
    done(add(&stage, " greeter"));
    fs::write(app(&stage, "greeter/model.bin"), "made by the app").unwrap();
    fs::write(source.join("third.txt"), "third").unwrap();
    commit(&source, "third");
    done(stage.call("update greeter"));
    assert!(app(&stage, "greeter/third.txt").exists());
    assert!(app(&stage, "greeter/model.bin").exists());

    fs::write(app(&stage, "greeter/third.txt"), "mine").unwrap();
    fs::write(source.join("model.bin"), "theirs").unwrap();
    fs::write(source.join("third.txt"), "new").unwrap();
    commit(&source, "fourth");
    refused(
        &stage.call("update greeter"),
        1,
        "files of greeter were changed: third.txt",
    );
    git(&app(&stage, "greeter"), &["checkout", "-q", "third.txt"]);
    refused(&stage.call("update greeter"), 1, "model.bin");
    let read = |file: &str| fs::read_to_string(app(&stage, &format!("greeter/{file}"))).unwrap();
    assert_eq!(
        (read("third.txt").as_str(), read("model.bin").as_str()),
        ("third", "made by the app")
    );
    done(stage.call("update greeter --discard"));
    assert_eq!(
        (read("third.txt").as_str(), read("model.bin").as_str()),
        ("new", "theirs")
    );

    let own = commit_of_its_own(&app(&stage, "greeter"));
    refused(&stage.call("update greeter"), 1, &own);
    done(stage.call("update greeter --discard"));
}

fn commit_of_its_own(dir: &Path) -> String {
    git(dir, &["commit", "-q", "--allow-empty", "-m", "own"]);
    git(dir, &["rev-parse", "HEAD"])
}

/// A repository has hooks and settings that start programs, in a checkout of an app too.
#[test]
fn nothing_of_a_repository_is_run() {
    let stage = stage().file("template/hooks/post-checkout", "#!/bin/sh\ntouch ran\n");
    done(add(&stage, " greeter"));
    let hooks = app(&stage, "greeter/.git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    let ran = stage.root().join("ran");
    for hook in [
        "post-checkout",
        "reference-transaction",
        "post-index-change",
    ] {
        let path = hooks.join(hook);
        fs::write(&path, format!("#!/bin/sh\ntouch {}\n", ran.display())).unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let watcher = format!("touch {}", ran.display());
    git(
        &app(&stage, "greeter"),
        &["config", "core.fsmonitor", &watcher],
    );
    done(stage.call("update greeter --commit v1"));
    assert!(!ran.exists());
}

#[test]
fn what_is_no_source_is_refused_and_leaves_nothing() {
    let stage = stage();
    done(add(&stage, " taken"));
    refused(&add(&stage, " taken"), 1, "there is an app taken already");
    refused(&add(&stage, "#nothing other"), 1, "failed");
    refused(&add(&stage, " ../other"), 2, "is no name for an app");
    refused(
        &add(&stage, "#--upload-pack=id other"),
        2,
        "names no commit, tag or branch",
    );
    refused(
        &stage.call("add http://127.0.0.1:1/x"),
        1,
        "may not be fetched by http here",
    );
    refused(
        &stage.call("add ssh://git@127.0.0.1:1/x"),
        1,
        "app_schemes = [\"https\", \"ssh\"]",
    );
    refused(
        &stage.call("add ext::sh://x/y"),
        2,
        "no repository is reached by",
    );
    refused(
        &stage.call("add https://a:b@127.0.0.1:1/x"),
        2,
        "user name or password",
    );
    refused(&stage.call("add nowhere"), 1, "nowhere");
    let none = stage.call(&format!("add file://{}/none", stage.root().display()));
    refused(&none, 1, "none' does not appear to be a git repository");
    assert_eq!(none.stderr.lines().count(), 2, "{}", none.shown());
    refused(&stage.call("update nothing"), 1, "there is no app nothing");
    refused(
        &stage.call("remove nothing --yes"),
        1,
        "there is no app nothing",
    );
    assert_eq!(apps(&stage), ["taken"]);
}

#[test]
fn the_settings_allow_further_ways_but_none_that_run_programs() {
    let stage = stage().file(
        ".vatn/vatn.toml",
        "[python]\napp_schemes = [\"https\", \"http\"]\n",
    );
    let tried = stage.call("add http://127.0.0.1:1/x");
    refused_by_git(&tried);
    for scheme in ["ext", "file", "fd"] {
        let text = format!("[python]\napp_schemes = [\"{scheme}\"]\n");
        fs::write(stage.root().join(".vatn/vatn.toml"), text).unwrap();
        refused(&stage.call("add https://127.0.0.1:1/x"), 2, "is none of");
    }
}

#[track_caller]
fn refused_by_git(answer: &Answer) {
    assert_eq!(answer.status, 1, "{}", answer.shown());
    assert!(
        answer.stderr.contains("git fetch failed"),
        "{}",
        answer.shown()
    );
}

#[test]
fn a_folder_is_copied_and_links_that_lead_out_are_named() {
    let stage = Stage::new()
        .file("mine/pinokio.json", SCRIPT)
        .file("mine/deep/notes.txt", "notes")
        .file("mine/.vatn/origin.json", "not theirs to say")
        .file("secret.txt", "secret");
    let mine = stage.root().join("mine");
    symlink("../pinokio.json", mine.join("deep/inside")).unwrap();
    let added = done(stage.call("add mine"));
    assert!(added.stdout.contains("copied from "), "{}", added.shown());
    assert_eq!(
        fs::read_link(app(&stage, "mine/deep/inside")).unwrap(),
        Path::new("../pinokio.json")
    );
    let answer = stage.call("update mine");
    refused(&answer, 1, "that is not followed");
    let again = format!("collodi remove mine && collodi add {} mine", mine.display());
    refused(&answer, 1, &again);

    symlink("../../secret.txt", mine.join("deep/out")).unwrap();
    symlink("/etc", mine.join("etc")).unwrap();
    let out = stage.call("add mine other");
    refused(
        &out,
        1,
        "deep/out is a link that leads out, etc is a link that leads out",
    );
    refused(&stage.call("add . other"), 1, "holds the apps themselves");
    assert_eq!(apps(&stage), ["mine"]);
}

#[test]
fn an_app_is_removed_and_its_environments_when_asked_for() {
    let stage = Stage::new()
        .file(".vatn/python/envs/shared/bin/python", "")
        .file(".vatn/python/envs/other/bin/python", "")
        .file(
            "one/pinokio.json",
            SCRIPT.replacen('{', "{\"dialect\": \"vatn\", ", 1),
        );
    done(stage.call("add one"));
    done(stage.call("add one two"));
    refused(&stage.call("remove one"), 1, "nobody can be asked");
    let kept = done(stage.call("remove one --yes --env"));
    assert!(!kept.stdout.contains("environment"), "{}", kept.shown());
    let envs = |name: &str| stage.root().join(".vatn/python/envs").join(name).exists();
    assert!(envs("shared"));
    let gone = done(stage.call("remove two --yes --env"));
    assert!(
        gone.stdout.contains("the environment shared is deleted"),
        "{}",
        gone.shown()
    );
    assert!(!envs("shared") && envs("other"));
    assert!(apps(&stage).is_empty());
}

/// What a server knew when it was killed is in its journal; a file that only has such a name
/// says nothing.
#[test]
fn an_app_whose_daemons_live_is_removed_by_force_alone() {
    let stage = Stage::new();
    for program in ["bash", "sleep"] {
        symlink(
            format!("/bin/{program}"),
            stage.root().join("bin").join(program),
        )
        .unwrap();
    }
    let says = stage.root().join("says");
    assert!(
        Command::new("mkfifo")
            .arg(&says)
            .status()
            .unwrap()
            .success()
    );
    let line = format!("echo $$ > {}; exec sleep 1000", says.display());
    let script = format!(
        r#"{{"dialect": "vatn", "run": [{{"method": "shell.run", "params": {{"message": "{line}", "daemon": true,
        "autoRestart": true}}}}]}}"#
    );
    let stage = stage
        .file("one/pinokio.json", script)
        .file(".vatn/python/state/other-0123abcd.json", "{}");
    done(stage.call("add one"));
    done(stage.call("add one other"));
    let mut server = stage.spawn("run one");
    let pid = fs::read_to_string(&says).unwrap().trim().to_owned();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(lives(&pid));
    let state = stage.root().join(".vatn/python/state");
    let files = fs::read_dir(&state).unwrap().map(|entry| entry.unwrap());
    let is_its = |name: &str| name.starts_with("one-");
    let mut its = files.filter(|entry| entry.file_name().to_str().is_some_and(is_its));
    // It was killed in the middle of a write.
    fs::copy(its.next().unwrap().path(), state.join(".collodi-9-9")).unwrap();
    let looked = stage.call("doctor --listen 127.0.0.1:0").stdout;
    let told = format!(" of app one lives without a server, pid {pid}");
    assert!(looked.contains(&told), "{looked}");
    for (app, running) in [("one", 1), ("other", 0)] {
        let shown = stage.call(&format!("--json apps {app}")).stdout;
        let told = format!("\"runningProcesses\":{running},");
        assert!(shown.contains(&told), "{shown}");
        let all = stage.call("--json apps").stdout;
        assert!(all.contains(&told), "{all}");
    }
    done(stage.call("remove other --yes"));
    let refusal = stage.call("remove one --yes");
    refused(&refusal, 1, "a server that is gone has left one-");
    assert!(refusal.stderr.contains("--force ends it first"));
    let refusal = stage.call("update one");
    refused(&refusal, 1, "then end it with `collodi stop one`");
    assert!(!refusal.stderr.contains("--force"), "{}", refusal.stderr);
    assert!(lives(&pid) && app(&stage, "one").exists());
    done(stage.call("remove one --yes --force"));
    assert!(!lives(&pid) && apps(&stage).is_empty());
    let left = fs::read_dir(state)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let of_app = |name: &std::ffi::OsString| name.to_string_lossy().starts_with("one-");
    assert!(!left.into_iter().any(|name| of_app(&name)));
}

/// A git that stops at one of its commands, half done, and says so by its process.
struct Stopping {
    says: std::path::PathBuf,
}

impl Stopping {
    /// Stops `stage`'s git at this command.
    fn at(stage: &Stage, command: &str) -> Self {
        let (bin, says) = (stage.root().join("bin"), stage.root().join("says"));
        let real = fs::read_link(bin.join("git")).unwrap();
        let made = Command::new("mkfifo").arg(&says).status().unwrap();
        assert!(made.success());
        let text = format!(
            "#!/bin/sh\nfor word; do [ \"$word\" = {command} ] && {{\n\
             echo > .git/index.lock; echo half > third.txt; echo $$ > {}; exec /bin/sleep 1000; }}; done\n\
             exec {} \"$@\"\n",
            says.display(),
            real.display()
        );
        fs::rename(bin.join("git"), bin.join("real-git")).unwrap();
        fs::write(bin.join("git"), text).unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(bin.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
        Self { says }
    }

    /// The process of git, when it has come so far.
    fn pid(&self) -> String {
        fs::read_to_string(&self.says).unwrap().trim().to_owned()
    }

    /// Has git be whole again.
    fn end(self, stage: &Stage) {
        let bin = stage.root().join("bin");
        fs::rename(bin.join("real-git"), bin.join("git")).unwrap();
        fs::remove_file(&self.says).unwrap();
    }
}

fn lives(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// Who is killed leaves a git that works on: whoever comes next ends it.
#[test]
fn an_update_that_was_killed_is_brought_to_its_end() {
    for command in ["fetch", "checkout"] {
        for victim in ["program", "git", "both"] {
            let stage = stage();
            let source = stage.root().join("source");
            done(add(&stage, " greeter"));
            fs::write(app(&stage, "greeter/model.bin"), "made by the app").unwrap();
            fs::write(source.join("third.txt"), "third").unwrap();
            let third = commit(&source, "third");
            let git_stops = Stopping::at(&stage, command);
            let mut program = stage.spawn("update greeter");
            let pid = git_stops.pid();
            if victim != "git" {
                program.kill().unwrap();
            }
            if victim != "program" {
                let killed = Command::new("kill").args(["-KILL", &pid]).status();
                assert!(killed.unwrap().success());
            }
            program.wait().unwrap();
            git_stops.end(&stage);
            let place = format!("{command} {victim}");
            if command == "fetch" {
                // What git did not get to do is nobody's change.
                fs::remove_file(app(&stage, "greeter/third.txt")).unwrap();
            }
            done(stage.call("update greeter"));
            assert!(!lives(&pid), "{place}: {pid}");
            let folder = app(&stage, "greeter");
            assert_eq!(git(&folder, &["rev-parse", "HEAD"]), third, "{place}");
            assert_eq!(
                git(&folder, &["status", "--porcelain", "-uno"]),
                "",
                "{place}"
            );
            let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
            assert_eq!(read("third.txt"), "third", "{place}");
            assert_eq!(read("model.bin"), "made by the app", "{place}");
            assert_eq!(apps(&stage), ["greeter"], "{place}");
        }
    }
}

/// Between the death and the mending, somebody works in the folder.
#[test]
fn what_is_changed_after_an_update_was_cut_is_kept() {
    let stage = stage();
    let source = stage.root().join("source");
    fs::write(source.join("old.txt"), "old").unwrap();
    commit(&source, "old");
    done(add(&stage, " greeter"));
    fs::remove_file(source.join("old.txt")).unwrap();
    fs::write(source.join("third.txt"), "third").unwrap();
    fs::write(source.join("more.txt"), "more and more").unwrap();
    let third = commit(&source, "third");
    let git_stops = Stopping::at(&stage, "checkout");
    let mut program = stage.spawn("update greeter");
    let pid = git_stops.pid();
    program.kill().unwrap();
    program.wait().unwrap();
    git_stops.end(&stage);
    assert!(lives(&pid));
    let folder = app(&stage, "greeter");
    // A file of both commits, one of the old alone, and one that the update does not touch.
    for file in ["more.txt", "old.txt", "start.json"] {
        fs::write(folder.join(file), "mine").unwrap();
    }
    let updated = done(stage.call("update greeter"));
    assert!(
        updated.stderr.contains("are kept in "),
        "{}",
        updated.shown()
    );
    let kept = folder.join(format!(".vatn/kept/{}-1", third.get(..12).unwrap()));
    let read = |path: std::path::PathBuf| fs::read_to_string(path).unwrap();
    for file in ["more.txt", "old.txt", "start.json"] {
        assert_eq!(read(kept.join(file)), "mine", "{file}");
    }
    assert_eq!(read(kept.join("third.txt")), "half\n");
    assert_eq!(read(folder.join("more.txt")), "more and more");
    assert!(!folder.join("old.txt").exists());
    assert_eq!(git(&folder, &["status", "--porcelain"]), "");
    let again = done(stage.call("update greeter"));
    assert!(!again.stderr.contains("kept"), "{}", again.shown());
}

#[test]
fn an_app_that_was_being_added_by_a_program_that_was_killed_is_gone_with_the_next() {
    for command in ["init", "fetch", "checkout"] {
        let stage = stage();
        fs::create_dir_all(app(&stage, "")).unwrap();
        let git_stops = Stopping::at(&stage, command);
        let line = format!("add file://{}/source greeter", stage.root().display());
        let mut program = stage.spawn(&line);
        let pid = git_stops.pid();
        // What somebody who lives makes is left alone.
        let other = stage.call("new fastapi web");
        refused(&other, 1, "another command is changing this workspace");
        assert!(lives(&pid));
        assert_eq!(apps(&stage).len(), 2, "{:?}", apps(&stage));
        program.kill().unwrap();
        program.wait().unwrap();
        git_stops.end(&stage);
        done(add(&stage, " other"));
        assert!(!lives(&pid), "{command}");
        assert_eq!(apps(&stage), ["other"], "{command}");
    }
}

#[test]
fn looking_makes_nothing() {
    let stage = Stage::new();
    assert!(
        done(stage.call("apps"))
            .stdout
            .contains("there are no apps")
    );
    assert!(done(stage.call("new")).stdout.contains("fastapi"));
    assert!(!stage.root().join(".vatn").exists());
}

#[test]
fn every_template_becomes_an_app_that_check_and_plan_are_content_with() {
    let stage = Stage::new().file("bin/python3", "");
    let listed = done(stage.call("new")).stdout;
    let names: Vec<_> = listed
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(names.len(), 6, "{listed}");
    for name in names {
        done(stage.call(&format!("new {name} my-{name}")));
        let folder = app(&stage, &format!("my-{name}"));
        done(stage.call(&format!("check --deny warnings {}", folder.display())));
        let plan = done(stage.call(&format!(
            "plan my-{name} --fact platform=darwin --fact arch=arm64"
        )));
        assert!(plan.stdout.contains("uv pip install"), "{}", plan.shown());
        let gone = if name.starts_with("mlx") {
            "left out: 1"
        } else {
            "left out: 0"
        };
        assert!(plan.stdout.contains(gone), "{}", plan.shown());
    }
    refused(&stage.call("new nothing"), 1, "there is no template");
    refused(
        &stage.call("new fastapi my-fastapi"),
        1,
        "there is an app my-fastapi already",
    );
}
