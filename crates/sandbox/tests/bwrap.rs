//! Plans for bubblewrap, in full.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod stage;

use collodi_sandbox::{Bwrap, Confinement, Features, Kind, Lifetime, Profile, Seen, Temp, Unfit};
use stage::{Stage, machine, place};

fn words(stage: &Stage) -> String {
    match stage.plan(Features::ALL) {
        Ok(plan) => plan.to_string(),
        Err(unfit) => format!("error: {unfit}\n"),
    }
}

#[test]
fn sandboxed() {
    insta::assert_snapshot!(words(&Stage::new(Confinement::Sandboxed)));
}

#[test]
fn restricted() {
    insta::assert_snapshot!(words(&Stage::new(Confinement::Restricted)));
}

#[test]
fn restricted_with_everything() {
    let mut stage = Stage::new(Confinement::Restricted);
    stage.lifetime = Lifetime::Own;
    stage.terminal = true;
    stage.machine.is_root = true;
    stage.profile = Profile {
        read: vec![place("/srv/.vatn/python/env/shared")],
        write: vec![place("/srv/.vatn/python/env/a")],
        hidden: vec![place("/srv/.vatn")],
        protected: vec![
            place("/srv/app/.vatn"),
            place("/srv/app/a/b/kept"),
            place("/srv/app/absent"),
        ],
        gpu: true,
        temp: Temp::Folder(place("/srv/app/tmp")),
        ..stage.profile
    };
    stage.cwd = place("/srv/app/a");
    insta::assert_snapshot!(words(&stage));
}

#[test]
fn an_old_bubblewrap() {
    let none = Features {
        bind_fd: false,
        disable_userns: false,
    };
    let plan = Stage::new(Confinement::Sandboxed)
        .plan(none)
        .unwrap()
        .to_string();
    assert!(plan.contains("--bind /srv/app /srv/app"), "{plan}");
    assert!(
        !plan.contains("--disable-userns") && !plan.contains("-fd <folder"),
        "{plan}"
    );
}

#[test]
fn a_command_is_never_an_option() {
    let mut stage = Stage::new(Confinement::Restricted);
    stage.program = "--bind".to_owned();
    stage.args = vec!["/".to_owned(), "/".to_owned(), "sh".to_owned()];
    let plan = stage.plan(Features::ALL).unwrap();
    assert_eq!(
        plan.arguments(9),
        ["--args", "9", "--", "--bind", "/", "/", "sh"]
    );
}

/// Else what the terminal interrupts is bubblewrap, and all that it holds.
#[test]
fn a_command_takes_its_terminal_where_it_can() {
    let mut stage = Stage::new(Confinement::Restricted);
    stage.terminal = true;
    stage.program = "-x".to_owned();
    let alone = stage.plan(Features::ALL).unwrap();
    assert!(!alone.takes_terminal && !alone.to_string().contains("--new-session"));
    stage.machine.seen.insert(
        "/usr/bin/setsid".to_owned(),
        Seen {
            kind: Kind::File,
            real: place("/usr/bin/setsid"),
            link: None,
        },
    );
    let plan = stage.plan(Features::ALL).unwrap();
    assert!(plan.takes_terminal && plan.to_string().contains("--new-session"));
    let command = ["/usr/bin/setsid", "-c", "--", "-x", "-c", "print(1)"];
    assert_eq!(plan.command, command);
    stage.terminal = false;
    assert!(!stage.plan(Features::ALL).unwrap().takes_terminal);
}

#[test]
fn what_is_no_sandbox_is_refused() {
    let home = place("/home/ada");
    let refused = |change: &dyn Fn(&mut Stage)| {
        let mut stage = Stage::new(Confinement::Sandboxed);
        change(&mut stage);
        stage.plan(Features::ALL).map(drop)
    };
    for wide in [
        "/",
        "/home",
        "/home/ada",
        "/proc",
        "/dev/shm",
        "/sys/fs",
        "/etc/x",
        "/tmp",
    ] {
        let wide = place(wide);
        assert_eq!(
            refused(&|s| s.profile.root = wide.clone()),
            Err(Unfit::TooWide(wide.clone()))
        );
        let write = vec![wide.clone()];
        assert_eq!(
            refused(&|s| s.profile.write = write.clone()),
            Err(Unfit::TooWide(wide.clone()))
        );
    }
    let absent = place("/srv/absent");
    assert_eq!(
        refused(&|s| s.profile.root = absent.clone()),
        Err(Unfit::NotAFolder(absent.clone()))
    );
    assert_eq!(
        refused(&|s| s.cwd = home.clone()),
        Err(Unfit::Outside(home.clone()))
    );
    for name in ["", "A=B", "A\0B"] {
        let refusal = refused(&|s| drop(s.env.insert(name.to_owned(), String::new())));
        assert_eq!(refusal, Err(Unfit::VariableName(name.to_owned())));
    }
    let value = refused(&|s| drop(s.env.insert("A".to_owned(), "\0--bind".to_owned())));
    assert_eq!(value, Err(Unfit::VariableValue("A".to_owned())));
    assert_eq!(
        refused(&|s| s.args = vec!["a\0b".to_owned()]),
        Err(Unfit::Command)
    );
    let many = |s: &mut Stage| {
        let variables = (0..4000).map(|n| (format!("V{n}"), String::new()));
        s.env.extend(variables);
    };
    assert_eq!(refused(&many), Err(Unfit::TooLong));
}

/// A link that is bound over still leads where it did, and could be replaced.
#[test]
fn a_link_is_not_protected() {
    let link = place("/srv/app/.vatn");
    let elsewhere = Seen {
        kind: Kind::Folder,
        real: place("/srv/app/own"),
        link: Some("own".to_owned()),
    };
    let through = Seen {
        link: None,
        ..elsewhere.clone()
    };
    for seen in [elsewhere, through] {
        let mut stage = Stage::new(Confinement::Sandboxed);
        stage.profile.protected = vec![link.clone()];
        stage.machine.seen.insert(link.as_str().to_owned(), seen);
        let plan = stage.plan(Features::ALL).map(drop);
        assert_eq!(plan, Err(Unfit::Link(link.clone())));
    }
}

#[test]
fn nothing_absent_is_covered() {
    let mut stage = Stage::new(Confinement::Restricted);
    stage.machine = machine(&["/srv/app"]);
    let plan: Bwrap = stage.plan(Features::ALL).unwrap();
    let text = plan.to_string();
    assert!(!text.contains(".ssh") && !text.contains("/proc/sys") && !text.contains("shadow"));
}
