//! Walks on the trees of `walk.cases`, and one of them as a trace.
#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice)]

mod world;

use collodi_contain::{
    AbsoluteLinks, Answer, Found, RelPath, Root, Walk, WalkAction, WalkInput, WalkPolicy,
};
use collodi_machine::{Output, trace::Traced};
use collodi_time::Instant;
use world::{Node, World};

const CASES: &str = include_str!("walk.cases");

#[test]
fn cases() {
    let mut wrong = Vec::new();
    for block in CASES.split("\n== ").skip(1) {
        let (title, lines) = block.split_once('\n').unwrap();
        let mut world = World::default();
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let (word, rest) = line.split_once(' ').unwrap();
            match (word, rest.split_once(" -> "), rest.split_once(" => ")) {
                ("dir", ..) => world.put(rest, Node::Dir),
                ("file", ..) => world.put(rest, Node::File),
                ("special", ..) => world.put(rest, Node::Special),
                ("link", Some((path, target)), _) => world.put(path, Node::Link(target.to_owned())),
                (question, _, Some((path, expected))) => {
                    let answer = ask(&world, policy(question), path);
                    if answer != expected {
                        wrong.push(format!("{title}: {line}\n    but it is {answer}"));
                    }
                }
                _ => panic!("what is {line:?}?"),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn policy(word: &str) -> WalkPolicy {
    match word {
        "open" => WalkPolicy::OPEN,
        "create" => WalkPolicy::CREATE,
        "create-all" => WalkPolicy::CREATE_ALL,
        "entry" => WalkPolicy::ENTRY,
        "beneath" => WalkPolicy {
            absolute_links: AbsoluteLinks::Refuse,
            ..WalkPolicy::OPEN
        },
        other => panic!("no question {other:?}"),
    }
}

fn ask(world: &World, policy: WalkPolicy, path: &str) -> String {
    let path = Root::new("/r").contain(&RelPath::root(), path).unwrap();
    match Walk::new(&path, policy).run(|action| world.answer(action)) {
        Ok(resolved) => format!("{} ({})", resolved.path.rel(), resolved.found),
        Err(error) => format!("{:?} at {}", error.kind, error.at.rel()),
    }
}

#[test]
fn a_walk_as_a_trace() {
    let mut world = World::default();
    world.put(
        "venv/bin/python",
        Node::Link("/r/py/bin/python3".to_owned()),
    );
    world.put("py/bin/python3", Node::Link("python3.12".to_owned()));
    world.put("py/bin/python3.12", Node::File);
    insta::assert_snapshot!(trace(&world, "venv/bin/python"), @r#"
             > #1 look at /r/venv
             > wait
    t+0.000s < #1 directory
             > #2 look at /r/venv/bin
             > wait
    t+0.000s < #2 directory
             > #3 look at /r/venv/bin/python
             > wait
    t+0.000s < #3 link
             > #4 read link /r/venv/bin/python
             > wait
    t+0.000s < #4 link to "/r/py/bin/python3"
             > #5 look at /r/py
             > wait
    t+0.000s < #5 directory
             > #6 look at /r/py/bin
             > wait
    t+0.000s < #6 directory
             > #7 look at /r/py/bin/python3
             > wait
    t+0.000s < #7 link
             > #8 read link /r/py/bin/python3
             > wait
    t+0.000s < #8 link to "python3.12"
             > #9 look at /r/py/bin/python3.12
             > wait
    t+0.000s < #9 file
             > done /r/py/bin/python3.12 (file)
    "#);
}

#[test]
fn an_escape_as_a_trace() {
    let mut world = World::default();
    world.put("data", Node::Link("../../home".to_owned()));
    insta::assert_snapshot!(trace(&world, "data/x"), @r#"
             > #1 look at /r/data
             > wait
    t+0.000s < #1 link
             > #2 read link /r/data
             > wait
    t+0.000s < #2 link to "../../home"
             > done refused: /r/data: the link climbs out of its folder
    "#);
}

fn trace(world: &World, path: &str) -> String {
    let path = Root::new("/r").contain(&RelPath::root(), path).unwrap();
    let mut walk = Traced::new(Walk::new(&path, WalkPolicy::OPEN));
    let mut outputs = walk.drain(Instant::ZERO);
    while let Some(Output::Action(id, action)) = outputs.into_iter().next() {
        outputs = walk.input(
            Instant::ZERO,
            WalkInput::Answered(id, world.answer(&action)),
        );
    }
    walk.text().to_owned()
}

/// Between the look and the reading the link may become something else.
#[test]
fn the_newer_fact_counts() {
    let path = Root::new("/r").contain(&RelPath::root(), "a").unwrap();
    let resolved = Walk::new(&path, WalkPolicy::OPEN).run(|action| match action {
        WalkAction::Look(_) => Answer::Found(Found::Link),
        WalkAction::ReadLink(_) => Answer::Found(Found::File),
    });
    assert_eq!(resolved.unwrap().found, Found::File);
}

#[test]
fn a_backend_may_answer_a_look_with_the_target_at_once() {
    let path = Root::new("/r").contain(&RelPath::root(), "a").unwrap();
    let resolved =
        Walk::new(&path, WalkPolicy::OPEN).run(|action| match action.to_string().as_str() {
            "look at /r/a" => Answer::Target("b".to_owned()),
            _ => Answer::Found(Found::File),
        });
    assert_eq!(resolved.unwrap().to_string(), "/r/b (file)");
}

/// A link that is a link each time it is read would be asked about for ever.
#[test]
fn questions_are_bounded() {
    let path = Root::new("/r").contain(&RelPath::root(), "a/b").unwrap();
    let mut asked = 0;
    let error = Walk::new(&path, WalkPolicy::OPEN).run(|_| {
        asked += 1;
        Answer::Found(Found::Link)
    });
    insta::assert_snapshot!(error.unwrap_err(), @"/r/a: the links make the path too long");
    assert_eq!(asked, Walk::MAX_LOOKS);
}

#[test]
fn long_targets_are_bounded() {
    let path = Root::new("/r").contain(&RelPath::root(), "a").unwrap();
    let long = "x/../".repeat(4096 / 5);
    let mut asked = 0;
    let error = Walk::new(&path, WalkPolicy::OPEN).run(|action| {
        asked += 1;
        if action.to_string().ends_with("/x") {
            Answer::Found(Found::Directory)
        } else {
            Answer::Target(format!("{long}a"))
        }
    });
    insta::assert_snapshot!(error.unwrap_err(), @"/r/a: the links make the path too long");
    assert!(asked <= Walk::MAX_LOOKS);
    let error = Walk::new(&path, WalkPolicy::OPEN).run(|_| Answer::Target("x".repeat(4097)));
    insta::assert_snapshot!(error.unwrap_err(), @"/r/a: a path has at most 4096 bytes");
}

#[test]
fn the_limit_of_links_is_forty() {
    let chain = |links: usize| {
        let mut world = World::default();
        for i in 0..links {
            world.put(&format!("l{i}"), Node::Link(format!("l{}", i + 1)));
        }
        world.put(&format!("l{links}"), Node::File);
        ask(&world, WalkPolicy::OPEN, "l0")
    };
    assert_eq!(chain(40), "l40 (file)");
    assert_eq!(chain(41), "TooManyLinks at l40");
}

#[test]
fn windows_targets_are_read_as_windows_does() {
    let root = Root::new(r"C:\srv");
    let follow = |target: &str| {
        let link = root.contain(&RelPath::root(), "d/l").unwrap();
        let outcome = Walk::new(&link, WalkPolicy::OPEN).run(|action| {
            match action.to_string().trim_start_matches("look at ") {
                r"C:\srv\d" => Answer::Found(Found::Directory),
                r"C:\srv\d\l" => Answer::Target(target.to_owned()),
                _ => Answer::Found(Found::File),
            }
        });
        outcome.map_or_else(|error| error.to_string(), |resolved| resolved.to_string())
    };
    let targets = [
        "f",
        r"..\f",
        "../f",
        r"..\..\f",
        r"\f",
        "C:f",
        r"C:\f",
        r"\\?\C:\srv\f",
        "nul",
        "f:s",
        "f.",
    ];
    let table: Vec<_> = targets
        .iter()
        .map(|t| format!("{t} => {}", follow(t)))
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r#"
    f => C:\srv\d\f (file)
    ..\f => C:\srv\f (file)
    ../f => C:\srv\f (file)
    ..\..\f => C:\srv\d\l: the link climbs out of its folder
    \f => C:\srv\d\l: the link is absolute and leads out of its folder
    C:f => C:\srv\d\l: the link is absolute and leads out of its folder
    C:\f => C:\srv\d\l: the link is absolute and leads out of its folder
    \\?\C:\srv\f => C:\srv\d\l: the link is absolute and leads out of its folder
    nul => C:\srv\d\l: windows keeps this name for a device
    f:s => C:\srv\d\l: the link is absolute and leads out of its folder
    f. => C:\srv\d\l: a file name cannot end with '.' or a blank on windows
    "#);
}
