//! Profiles for macOS, in full.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod stage;

use collodi_sandbox::{Confinement, Decision, Place, Seatbelt, SeatbeltFault, Unfit};
use stage::{Stage, place};

fn text(stage: &Stage) -> String {
    let plan = Seatbelt::plan(&stage.job(), &place("/private/tmp/t"), &stage.machine).unwrap();
    let given = plan
        .parameters
        .iter()
        .map(|(name, path)| format!("{name} = {path}\n"));
    given.chain([plan.text]).collect()
}

#[test]
fn sandboxed() {
    insta::assert_snapshot!(text(&Stage::new(Confinement::Sandboxed)));
}

#[test]
fn restricted() {
    let mut stage = Stage::new(Confinement::Restricted);
    stage.profile.hidden = vec![place("/srv/.vatn")];
    stage.profile.write = vec![place("/srv/.vatn/python/env/a")];
    stage.profile.protected = vec![place("/srv/app/a/b/kept")];
    stage.profile.gpu = true;
    insta::assert_snapshot!(text(&stage));
}

/// The settings of the workspace are the app's own too when it is the workspace: what is
/// granted of them is granted, and nothing else.
#[test]
fn a_workspace_as_its_app() {
    let mut stage = Stage::new(Confinement::Sandboxed);
    stage.machine = stage::machine(&["/srv/w", "/srv/w/.vatn", "/srv/w/.vatn/python/env/a"]);
    (stage.profile.root, stage.cwd) = (place("/srv/w"), place("/srv/w"));
    stage.profile.hidden = vec![place("/srv/w/.vatn")];
    stage.profile.protected = vec![place("/srv/w/.vatn"), place("/srv/w/a/b")];
    stage.profile.write = vec![place("/srv/w/.vatn/python/env/a")];
    let text = text(&stage);
    let own = text
        .lines()
        .skip_while(|line| !line.contains("HOME_0\") \"/Library/Messages"));
    let own: Vec<_> = own
        .skip(1)
        .take_while(|line| !line.contains("appleevent"))
        .collect();
    insta::assert_snapshot!(own.join("\n"));
}

#[test]
fn a_command_with_a_terminal_and_the_network() {
    let mut stage = Stage::new(Confinement::Sandboxed);
    stage.profile.network = Some(true);
    stage.terminal = true;
    insta::assert_snapshot!(text(&stage));
}

/// Variables that act on whatever is started with them are set inside.
#[test]
fn the_loaders_variables_act_inside_alone() {
    let mut stage = Stage::new(Confinement::Sandboxed);
    let given = [
        ("DYLD_INSERT_LIBRARIES", "/srv/app/x.dylib"),
        ("MallocLogFile", "/x"),
    ];
    for (name, value) in given {
        stage.env.insert(name.to_owned(), value.to_owned());
    }
    let temp = place("/private/tmp/t");
    let plan = Seatbelt::plan(&stage.job(), &temp, &stage.machine).unwrap();
    let words = "/usr/bin/env DYLD_INSERT_LIBRARIES=/srv/app/x.dylib MallocLogFile=/x \
        /usr/bin/python3 -c print(1)";
    assert_eq!(plan.command.join(" "), words);
    let names: Vec<_> = plan
        .variables
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["HOME", "TMPDIR", "PATH"]);
    stage.program = "/srv/app/a=b".to_owned();
    let refused = Seatbelt::plan(&stage.job(), &temp, &stage.machine);
    assert_eq!(refused, Err(Unfit::ProgramName(stage.program)));
}

#[test]
fn what_does_not_work_is_refused_with_its_cure() {
    let profile = Stage::new(Confinement::Sandboxed).profile;
    let faults = [
        SeatbeltFault::Missing("/usr/bin/sandbox-exec".to_owned()),
        SeatbeltFault::Untrusted("/usr/bin/sandbox-exec is not root's".to_owned()),
        SeatbeltFault::Nested("sandbox_apply: Operation not permitted".to_owned()),
        SeatbeltFault::Rules("3:1: unbound variable".to_owned()),
        SeatbeltFault::Failed("it said nothing".to_owned()),
    ];
    let told = faults.map(|fault| match Seatbelt::decide(&profile, Err(fault), true) {
        Decision::Refuse(why) => format!("{why}\n  cure: {}\n", why.cure()),
        Decision::Use(with) => panic!("{with:?}"),
    });
    insta::assert_snapshot!(told.concat());
}

#[test]
fn what_is_missing_of_a_level_is_said() {
    let mut said = String::new();
    for confinement in [Confinement::Restricted, Confinement::Sandboxed] {
        for (home, strict) in [(true, false), (false, false), (true, true)] {
            let mut profile = Stage::new(confinement).profile;
            profile.strict = strict;
            let decision = match Seatbelt::decide(&profile, Ok(()), home) {
                Decision::Use(with) => format!("missing: {:?}", with.missing),
                Decision::Refuse(why) => format!("refused: {why}"),
            };
            said.push_str(&format!(
                "{confinement}, home {home}, strict {strict}: {decision}\n"
            ));
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_process_sees_the_system_of_macos() {
    let mut profile = Stage::new(Confinement::Sandboxed).profile;
    profile.hidden = vec![place("/srv/app/.vatn")];
    let shows = |path| Seatbelt::shows(&profile, &Place::parse(path).unwrap());
    for seen in [
        "/opt/homebrew/bin/uv",
        "/System/x",
        "/usr/bin/python3",
        "/srv/app/run",
    ] {
        assert!(shows(seen), "{seen}");
    }
    for unseen in [
        "/Users/joy/.pyenv/bin/python",
        "/private/var/root/x",
        "/srv/app/.vatn/key",
    ] {
        assert!(!shows(unseen), "{unseen}");
    }
}

#[test]
fn a_path_cannot_become_a_rule() {
    let mut stage = Stage::new(Confinement::Sandboxed);
    let odd = "/srv/\")(allow default)(x \"";
    stage.machine = stage::machine(&[odd]);
    (stage.profile.root, stage.cwd) = (place(odd), place(odd));
    let plan = Seatbelt::plan(&stage.job(), &place("/private/tmp/t"), &stage.machine).unwrap();
    assert!(!plan.text.contains("allow default"));
    let open = plan.text.matches('(').count();
    assert_eq!(open, plan.text.matches(')').count());
    let words = plan.arguments();
    let end = words.iter().position(|word| word == "--").unwrap();
    assert_eq!(words[end + 1..], ["/usr/bin/python3", "-c", "print(1)"]);
}
