//! Machines, and what there is to say about them.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_disk::Space;
use collodi_doctor::{
    ControlGroups, Finding, Folder, Gpu, Heard, Interpreter, LeftAlone, LeftDaemon, Observed, Port,
    Sandbox, TokenFile, UserNamespaces, examine,
};
use std::fmt::Write as _;

fn said(text: &str) -> Heard {
    Heard::Said(text.into())
}

fn folder(path: &str) -> Folder {
    Folder {
        path: path.into(),
        is_there: true,
        is_writable: true,
        is_open: false,
    }
}

/// Nothing is the matter with this one.
fn well() -> Observed {
    Observed {
        interpreter: Interpreter {
            found: Some(("python3".into(), "Python 3.12.1".into())),
            refused: Vec::new(),
            venv: said("yes"),
        },
        uv: said("uv 0.9.1"),
        prefer_uv: true,
        conda: said("conda 24.1.0"),
        git: said("git version 2.39.2"),
        bash: said("GNU bash, version 5.2.15"),
        sandbox: Some(Sandbox {
            bubblewrap: Ok(()),
            landlock: 7,
            seccomp: true,
            namespaces: UserNamespaces {
                most: Some(63_000),
                ..UserNamespaces::default()
            },
        }),
        sandbox_is_asked: false,
        control_groups: ControlGroups {
            whole_trees: true,
            memory: true,
            processes: true,
            cpu: true,
        },
        gpus: vec![Gpu {
            model: "NVIDIA GeForce RTX 4090".into(),
            driver: Some("550.54.14".into()),
            memory: 24 << 30,
            is_nvidia: true,
        }],
        space: Some(Space {
            free: 100 << 30,
            total: 500 << 30,
        }),
        port: Port::Free("127.0.0.1:8470".into()),
        folders: vec![folder("/w/.vatn/python")],
        token: Some(TokenFile {
            path: "/w/.vatn/python/server.json".into(),
            is_open: false,
        }),
        settings: Vec::new(),
        seatbelt: None,
        left: Some(Vec::new()),
        left_alone: Vec::new(),
        set_aside: Vec::new(),
    }
}

/// As it is right after an installation in a container.
fn bare() -> Observed {
    Observed {
        interpreter: Interpreter {
            found: Some(("python3".into(), "Python 3.8.18".into())),
            refused: Vec::new(),
            venv: Heard::Failed("No module named 'ensurepip'".into()),
        },
        uv: Heard::Missing,
        conda: Heard::Missing,
        git: Heard::Missing,
        sandbox: Some(Sandbox {
            bubblewrap: Err((
                "bubblewrap is missing: there is no /usr/bin/bwrap".into(),
                "install bubblewrap".into(),
            )),
            landlock: 0,
            seccomp: true,
            namespaces: UserNamespaces {
                most: Some(0),
                for_all: Some(false),
                restricted: Some(true),
            },
        }),
        control_groups: ControlGroups::default(),
        gpus: Vec::new(),
        space: Some(Space {
            free: 3 << 30,
            total: 10 << 30,
        }),
        port: Port::Taken("127.0.0.1:8470".into(), Some("python3 (pid 77)".into())),
        token: None,
        ..well()
    }
}

/// Everything that can be wrong at once.
fn broken() -> Observed {
    let python = ("python3".into(), "exit code 127".into());
    Observed {
        interpreter: Interpreter {
            refused: vec![python, ("python".into(), "not found".into())],
            ..Interpreter::default()
        },
        uv: Heard::Failed("exit code 1: no".into()),
        conda: Heard::Silent,
        git: Heard::Silent,
        bash: Heard::Missing,
        sandbox: Some(Sandbox {
            seccomp: false,
            ..bare().sandbox.unwrap()
        }),
        sandbox_is_asked: true,
        control_groups: ControlGroups {
            whole_trees: true,
            processes: true,
            ..ControlGroups::default()
        },
        gpus: vec![Gpu {
            model: "10de:2684".into(),
            driver: None,
            memory: 0,
            is_nvidia: true,
        }],
        space: Some(Space {
            free: 200 << 20,
            total: 10 << 30,
        }),
        port: Port::Refused("127.0.0.1:80".into(), "permission denied".into()),
        folders: vec![
            Folder {
                is_open: true,
                ..folder("/w/.vatn")
            },
            Folder {
                is_writable: false,
                ..folder("/w/.vatn/python/envs")
            },
            Folder {
                is_there: false,
                is_writable: false,
                ..folder("/srv/apps")
            },
        ],
        token: Some(TokenFile {
            path: "/w/.vatn/python/server.json".into(),
            is_open: true,
        }),
        settings: vec!["/w/.vatn/vatn.toml:3:1: sandbox.levle: unknown key".into()],
        ..well()
    }
}

fn table(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        writeln!(text, "{finding}").unwrap();
        if let Some(hint) = &finding.hint {
            writeln!(text, "         hint: {hint}").unwrap();
        }
    }
    text
}

#[test]
fn machines() {
    insta::assert_snapshot!("well", table(&examine(&well())));
    insta::assert_snapshot!("bare", table(&examine(&bare())));
    insta::assert_snapshot!("broken", table(&examine(&broken())));
    insta::assert_snapshot!("nothing_was_seen", table(&examine(&Observed::default())));
}

/// One thing is different, and so is what is said of it.
#[test]
fn one_thing_at_a_time() {
    let of = |about: &str, change: fn(&mut Observed)| {
        let mut observed = well();
        change(&mut observed);
        let all = examine(&observed);
        table(
            &all.into_iter()
                .filter(|f| f.about == about)
                .collect::<Vec<_>>(),
        )
    };
    let no_venv = |observed: &mut Observed| observed.interpreter.venv = Heard::Missing;
    let told = [
        of("venv", no_venv),
        of("venv", |observed| {
            observed.interpreter.venv = Heard::Missing;
            observed.prefer_uv = false;
        }),
        of("uv", |observed| observed.prefer_uv = false),
        of("sandbox", |observed| observed.sandbox = None),
        of("sandbox", |observed| {
            observed.sandbox = None;
            observed.sandbox_is_asked = true;
        }),
        of("namespaces", |observed| {
            observed.sandbox.as_mut().unwrap().namespaces.restricted = Some(true);
        }),
        of("landlock", |observed| {
            observed.sandbox.as_mut().unwrap().landlock = 4;
        }),
        of("control groups", |observed| {
            observed.control_groups.cpu = false;
        }),
        of("gpu", |observed| {
            observed.gpus = vec![Gpu {
                model: "AMD Radeon".into(),
                driver: None,
                memory: 16 << 30,
                is_nvidia: false,
            }];
        }),
        of("disk", |observed| observed.space = None),
        of("port", |observed| {
            observed.port = Port::Ours("127.0.0.1:8470".into(), 9);
        }),
        of("port", |observed| {
            observed.port = Port::Taken("127.0.0.1:8470".into(), None);
        }),
        of("token", |observed| observed.token = None),
    ];
    insta::assert_snapshot!(told.join(""));
}

#[test]
fn on_a_mac_seatbelt_is_what_makes_sandboxes() {
    let seen = |works| {
        let observed = Observed {
            sandbox: None,
            seatbelt: Some(works),
            ..well()
        };
        let findings = examine(&observed).into_iter();
        let of_it: Vec<_> = findings
            .filter(|finding| finding.about == "seatbelt")
            .collect();
        assert_eq!(of_it.len(), 1);
        (of_it[0].to_string(), of_it[0].hint.clone())
    };
    assert_eq!(
        seen(Ok(())),
        (
            "ok       seatbelt        makes sandboxes of every level".into(),
            None
        )
    );
    let nested = (
        "this is in a sandbox already".into(),
        "start it outside".into(),
    );
    assert_eq!(
        seen(Err(nested)),
        (
            "warning  seatbelt        this is in a sandbox already".into(),
            Some("start it outside".into())
        )
    );
}

#[test]
fn what_lives_without_its_server_is_told() {
    let observed = Observed {
        left: Some(vec![LeftDaemon {
            id: "web-1d2f8a30".into(),
            app: "web".into(),
            pids: vec![4711, 4712],
            waits: false,
        }]),
        ..well()
    };
    let findings = examine(&observed).into_iter();
    let left: Vec<_> = findings
        .filter(|finding| finding.about == "daemons")
        .collect();
    assert_eq!(
        left[0].to_string(),
        "warning  daemons         web-1d2f8a30 of app web lives without a server, pid 4711, 4712"
    );
    assert!(
        left[0]
            .hint
            .as_ref()
            .unwrap()
            .contains("collodi stop web-1d2f8a30")
    );
}

#[test]
fn what_waits_without_its_server_is_told() {
    let observed = Observed {
        left: Some(vec![LeftDaemon {
            id: "web-1d2f8a30".into(),
            app: "web".into(),
            pids: Vec::new(),
            waits: true,
        }]),
        ..well()
    };
    let finding = examine(&observed).pop().unwrap();
    assert_eq!(
        finding.to_string(),
        "warning  daemons         web-1d2f8a30 of app web waits without a server for its next start"
    );
    let hint = finding.hint.unwrap();
    assert!(hint.starts_with("`collodi serve` starts it"), "{hint}");
}

#[test]
fn a_daemon_that_servers_leave_alone_is_named_with_its_file() {
    let told = |pids, is_dormant| {
        let observed = Observed {
            left_alone: vec![LeftAlone {
                id: "web-1d2f8a30".into(),
                why: "/w/state/web-1d2f8a30.json is of another version".into(),
                hint: "end it".into(),
                pids,
                is_dormant,
            }],
            ..well()
        };
        examine(&observed).pop().unwrap()
    };
    let why = "/w/state/web-1d2f8a30.json is of another version";
    assert_eq!(
        told(vec![7, 8], false).to_string(),
        format!(
            "warning  daemons         web-1d2f8a30 lives, and no server looks after it, pid 7, 8: {why}"
        )
    );
    assert_eq!(
        told(Vec::new(), false).to_string(),
        format!(
            "warning  daemons         web-1d2f8a30 may live, and no server looks after it: {why}"
        )
    );
    assert_eq!(
        told(Vec::new(), true).to_string(),
        format!("warning  daemons         web-1d2f8a30 does not live, and may run again: {why}")
    );
    assert_eq!(told(Vec::new(), false).hint.as_deref(), Some("end it"));
}

#[test]
fn what_was_set_aside_is_told_as_long_as_it_is_there() {
    let path = "/w/.vatn/python/state/aside/web-1d2f8a30.json";
    let observed = Observed {
        set_aside: vec![path.into()],
        ..well()
    };
    let finding = examine(&observed).pop().unwrap();
    assert_eq!(
        finding.to_string(),
        format!(
            "warning  daemons         {path} is what was known of daemons, and could not be read"
        )
    );
    assert!(finding.hint.unwrap().contains(&format!("rm {path}")));
}
