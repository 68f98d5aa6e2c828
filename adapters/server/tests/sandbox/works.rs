//! Programs that must work in a sandbox.

use crate::stage::{By, Stage, text, users};

/// What an install script does, each with what it needs to be tried.
const PROGRAMS: [(&str, &str); 8] = [
    (
        "true",
        "/usr/bin/python3 -m venv --without-pip made && made/bin/python -c 'import sys; assert sys.prefix != sys.base_prefix'",
    ),
    (
        "true",
        "/usr/bin/python3 -c 'import tempfile; tempfile.NamedTemporaryFile().write(b\"x\")'",
    ),
    (
        "gcc",
        "echo 'int main(void) { return 0; }' > a.c && gcc a.c -o a.out && ./a.out",
    ),
    (
        "git",
        "git init -q repository && git -C repository -c user.name=a -c user.email=a@b commit -q --allow-empty -m x",
    ),
    (
        "true",
        "touch packed && tar cf packed.tar packed && mkdir -p un && tar xf packed.tar -C un",
    ),
    (
        "node",
        "node -e 'new (require(\"worker_threads\").Worker)(\"0\", { eval: true })'",
    ),
    ("true", POOL),
    ("true", LOOPBACK),
];

const POOL: &str = "/usr/bin/python3 -c '
from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(2) as pool: assert list(pool.map(abs, [-1, 2])) == [1, 2]'";
const LOOPBACK: &str = "/usr/bin/python3 -c '
import socket
with socket.create_server((\"127.0.0.1\", 0)) as server: socket.create_connection(server.getsockname()); server.accept()'";

/// Without namespaces there are no semaphores and no sockets where there is no network.
const LOST: [&str; 2] = [POOL, LOOPBACK];

#[test]
fn what_install_scripts_do() {
    for user in users() {
        for (level, by) in [
            ("restricted", By::Bwrap),
            ("sandboxed", By::Bwrap),
            ("restricted", By::Landlock),
            ("sandboxed", By::Landlock),
        ] {
            let stage = Stage::new(user);
            let lost = level == "sandboxed" && by == By::Landlock;
            for (needs, line) in PROGRAMS {
                let there = stage
                    .command("/bin/sh")
                    .args(["-c", &format!("command -v {needs}")])
                    .output();
                if !there.unwrap().status.success() || (lost && LOST.contains(&line)) {
                    continue;
                }
                let done = stage.sandbox(level, by, "", &["/bin/sh", "-c", line]);
                let said = text(&done.stderr);
                assert!(
                    done.status.success(),
                    "{user:?}, {level} by {by:?}: {line}\n{said}"
                );
            }
        }
    }
}

/// Nothing is made on the machine in place of what is hidden and absent, but for the folder
/// of settings, which the app is not to make itself; and the folder for temporary files is not the machine's.
#[test]
fn leaves_nothing_behind() {
    let stage = Stage::new(users()[0]);
    let done = stage.sandbox(
        "restricted",
        By::Bwrap,
        "",
        &["/bin/sh", "-c", "touch $TMPDIR/here $HOME/kept"],
    );
    assert!(done.status.success(), "{}", text(&done.stderr));
    let mut left: Vec<_> = std::fs::read_dir(stage.path("app"))
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    left.sort();
    assert_eq!(left, [".vatn", "kept"]);
}

/// Settings that an app could write would be read by whoever works in its folder.
#[test]
fn an_app_plants_no_settings() {
    let plant = [
        "/bin/sh",
        "-c",
        "mkdir -p .vatn && echo x > .vatn/vatn.toml",
    ];
    for level in ["restricted", "sandboxed"] {
        let stage = Stage::new(users()[0]);
        let done = stage.sandbox(level, By::Bwrap, "", &plant);
        assert_ne!(done.status.code(), Some(0), "{}", text(&done.stderr));
        assert!(!stage.path("app/.vatn/vatn.toml").exists());
    }
    for target in ["own", "/nowhere"] {
        let stage = Stage::new(users()[0]);
        std::fs::create_dir(stage.path("app/own")).unwrap();
        std::os::unix::fs::symlink(target, stage.path("app/.vatn")).unwrap();
        let done = stage.sandbox("sandboxed", By::Bwrap, "", &plant);
        let said = text(&done.stderr);
        assert_eq!(done.status.code(), Some(125), "{said}");
        assert!(said.contains("is a link"), "{said}");
    }
}

/// The environment is that of the file, but for the home and temporary folders; variables
/// act inside alone.
#[test]
fn the_environment_is_exact() {
    let stage = Stage::new(users()[0]);
    stage.file(
        "vars",
        "# of the app\nA=1 2\n\nPATH=/usr/bin:/bin\nLD_PRELOAD=/nowhere/x.so\nHOME=/elsewhere\n",
    );
    for by in [By::Bwrap, By::Landlock] {
        let done = stage.sandbox("sandboxed", by, "--env-file vars", &["/usr/bin/env"]);
        let mut lines: Vec<_> = text(&done.stdout).lines().map(str::to_owned).collect();
        // Bubblewrap says where the command is.
        lines.retain(|line| !line.starts_with("PWD="));
        lines.sort();
        let app = stage.path("app");
        let temp = match by {
            By::Bwrap => "/tmp".to_owned(),
            By::Landlock => format!("{}/.tmp", app.display()),
        };
        let expected = [
            "A=1 2".to_owned(),
            format!("HOME={}", app.display()),
            "LD_PRELOAD=/nowhere/x.so".to_owned(),
            "PATH=/usr/bin:/bin".to_owned(),
            format!("TMPDIR={temp}"),
        ];
        assert_eq!(lines, expected);
        // The loader of `env` complains once, and that of no program outside.
        assert_eq!(
            text(&done.stderr).matches("LD_PRELOAD").count(),
            1,
            "{}",
            text(&done.stderr)
        );
    }
}
