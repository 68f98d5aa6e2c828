//! What holds for every job.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod stage;

use collodi_sandbox::{Confinement, Descriptor, Features, Kind, Place, Seen};
use proptest::prelude::*;
use stage::Stage;
use std::collections::BTreeMap;

/// The options of bubblewrap that plans use, with the number of their words.
const OPTIONS: &[(&str, usize)] = &[
    ("--clearenv", 0),
    ("--setenv", 2),
    ("--unshare-user", 0),
    ("--disable-userns", 0),
    ("--unshare-pid", 0),
    ("--unshare-ipc", 0),
    ("--unshare-uts", 0),
    ("--unshare-cgroup-try", 0),
    ("--unshare-net", 0),
    ("--die-with-parent", 0),
    ("--new-session", 0),
    ("--cap-drop", 1),
    ("--ro-bind", 2),
    ("--bind", 2),
    ("--bind-fd", 2),
    ("--dev-bind-try", 2),
    ("--symlink", 2),
    ("--dev", 1),
    ("--proc", 1),
    ("--size", 1),
    ("--tmpfs", 1),
    ("--chdir", 1),
    ("--remount-ro", 1),
    ("--add-seccomp-fd", 1),
    ("--json-status-fd", 1),
];

/// Reads options as bubblewrap does: the name, and the words that belong to it.
fn read(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let mut words = text.split_terminator('\0').map(str::to_owned);
    let mut options = Vec::new();
    while let Some(option) = words.next() {
        let known = OPTIONS.iter().find(|(name, _)| *name == option);
        let (_, count) = known.unwrap_or_else(|| panic!("{option:?} is read as an option"));
        options.push(
            [option]
                .into_iter()
                .chain(words.by_ref().take(*count))
                .collect(),
        );
    }
    options
}

/// A name that may look like anything.
fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("--bind".to_owned()),
        Just("-- / /".to_owned()),
        Just("--share-net".to_owned()),
        "[ -~]{1,12}",
        any::<String>(),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    prop::collection::vec(odd(), 1..4).prop_filter_map("no place", |parts| {
        Place::parse(&format!("/srv/{}", parts.join("/"))).ok()
    })
}

fn stage() -> impl Strategy<Value = Stage> {
    let places = || prop::collection::vec(place(), 0..3);
    let env = prop::collection::btree_map(odd(), odd(), 0..4);
    let args = prop::collection::vec(odd(), 0..4);
    (
        any::<bool>(),
        place(),
        places(),
        places(),
        places(),
        env,
        odd(),
        args,
    )
        .prop_map(
            |(sandboxed, root, write, hidden, protected, env, program, args)| {
                let confinement = if sandboxed {
                    Confinement::Sandboxed
                } else {
                    Confinement::Restricted
                };
                let mut stage = Stage::new(confinement);
                for place in write.iter().chain(&hidden).chain(&protected).chain([&root]) {
                    let seen = Seen {
                        kind: Kind::Folder,
                        real: place.clone(),
                        link: None,
                    };
                    stage.machine.seen.insert(place.as_str().to_owned(), seen);
                }
                stage.cwd = root.clone();
                stage.profile.root = root;
                stage.profile.write = write;
                stage.profile.hidden = hidden;
                stage.profile.protected = protected;
                Stage {
                    env,
                    program,
                    args,
                    ..stage
                }
            },
        )
}

proptest! {
    /// Whatever paths, variables and commands are called: the options that bubblewrap reads
    /// are the plan's, and those that protect are all there.
    #[test]
    fn no_name_becomes_an_option(stage in stage()) {
        let Ok(plan) = stage.plan(Features::ALL) else { return Ok(()) };
        let number = |descriptor| match descriptor {
            Descriptor::Folder(number) => 100 + i32::try_from(number).unwrap(),
            Descriptor::Filter => 50,
            Descriptor::Status => 51,
        };
        let options = read(&plan.options(number));
        prop_assert_eq!(options.len(), plan.clauses.len() + plan.clauses.iter()
            .filter(|clause| clause.words[0].to_string() == "--size").count());
        let names: Vec<_> = options.iter().map(|words| words[0].as_str()).collect();
        for needed in ["--clearenv", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--cap-drop",
            "--die-with-parent", "--new-session", "--add-seccomp-fd", "--json-status-fd", "--chdir"] {
            prop_assert_eq!(names.iter().filter(|name| **name == needed).count(), 1, "{}", needed);
        }
        let sandboxed = stage.profile.confinement == Confinement::Sandboxed;
        prop_assert_eq!(names.contains(&"--unshare-net"), sandboxed);
        let command = plan.arguments(9);
        prop_assert_eq!(&command[..3], ["--args", "9", "--"]);
        prop_assert_eq!(&command[3], &stage.program);
        prop_assert_eq!(&command[4..], &stage.args);
    }

    /// Nothing is bound to be changed but the app's folders and what is granted.
    #[test]
    fn only_named_folders_are_writable(stage in stage()) {
        let Ok(plan) = stage.plan(Features::ALL) else { return Ok(()) };
        let options = read(&plan.options(|_| 0));
        for words in options.iter().filter(|words| words[0].starts_with("--bind")) {
            let bound = Place::parse(&words[2]).unwrap();
            let granted = stage.profile.writable().any(|folder| folder.holds(&bound));
            prop_assert!(granted, "{:?}", words);
        }
    }

    /// What is set inside is what was given, but for the home and temporary folders.
    #[test]
    fn the_environment_is_exact(env in prop::collection::btree_map("[A-Z_]{1,8}", "[ -~]{0,12}", 0..6)) {
        let stage = Stage { env, ..Stage::new(Confinement::Restricted) };
        let options = read(&stage.plan(Features::ALL).unwrap().options(|_| 0));
        let set = options.into_iter().filter(|words| words[0] == "--setenv");
        let set: BTreeMap<_, _> = set.map(|words| (words[1].clone(), words[2].clone())).collect();
        let mut expected = stage.env.clone();
        expected.retain(|name, _| name != "TMP" && name != "TEMP");
        expected.insert("HOME".to_owned(), "/srv/app".to_owned());
        expected.insert("TMPDIR".to_owned(), "/tmp".to_owned());
        prop_assert_eq!(set, expected);
    }
}
