//! The laws of machines, for the walk: any answers, in any order, from any tree.
//!
//! *Live* has nothing to hold on to here: a walk names no deadline, which is checked.
#![allow(clippy::unwrap_used, clippy::panic)]

mod world;

use collodi_contain::{
    Absent, AbsoluteLinks, Answer, Found, RelPath, Root, Walk, WalkAction, WalkInput, WalkOutcome,
    WalkPolicy,
};
use collodi_machine::{ActionId, Machine, Output, OutputOf, Stale};
use collodi_time::Instant;
use proptest::{collection::vec, prelude::*};
use world::{Node, World};

fn place() -> impl Strategy<Value = String> {
    vec(prop::sample::select(vec!["a", "b", "c"]), 1..4).prop_map(|parts| parts.join("/"))
}

fn target() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec!["a", "b", "c", "..", "..", ".", "", "/r", "/", "é\\"]);
    vec(part, 0..5).prop_map(|parts| parts.join("/"))
}

fn found() -> impl Strategy<Value = Found> {
    prop::sample::select(vec![
        Found::Directory,
        Found::Directory,
        Found::File,
        Found::Link,
        Found::Link,
        Found::Special,
        Found::Missing,
    ])
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        5 => found().prop_map(Answer::Found),
        4 => target().prop_map(Answer::Target),
        1 => Just(Answer::Failed),
    ]
}

fn policy() -> impl Strategy<Value = WalkPolicy> {
    let absent = prop::sample::select(vec![Absent::Refuse, Absent::File, Absent::Tree]);
    let links = prop::sample::select(vec![AbsoluteLinks::BelowRoot, AbsoluteLinks::Refuse]);
    (any::<bool>(), absent, links).prop_map(|(follow_last, absent, absolute_links)| WalkPolicy {
        follow_last,
        absent,
        absolute_links,
    })
}

fn walk() -> impl Strategy<Value = Walk> {
    let root = prop::sample::select(vec!["/r", "/", r"C:\r"]).prop_map(Root::new);
    (root, place(), policy()).prop_map(|(root, path, policy)| {
        Walk::new(&root.contain(&RelPath::root(), &path).unwrap(), policy)
    })
}

/// An input that may or may not fit: an answer to the action this many before the
/// newest, or after it.
#[derive(Clone, Debug)]
enum Move {
    Answer { behind: i64, answer: Answer },
    Timeout,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let behind = prop_oneof![8 => Just(0i64), 1 => -2..4i64];
    let answer = (behind, answer()).prop_map(|(behind, answer)| Move::Answer { behind, answer });
    vec(prop_oneof![9 => answer, 1 => Just(Move::Timeout)], 0..60)
}

/// A walk with what has been seen of it.
struct Watched {
    walk: Walk,
    newest: u64,
    in_flight: Option<ActionId>,
    done: Option<WalkOutcome>,
}

impl Watched {
    fn new(walk: Walk) -> Self {
        let mut watched = Self {
            walk,
            newest: 0,
            in_flight: None,
            done: None,
        };
        watched.drain();
        watched
    }

    fn drain(&mut self) {
        // bounded: at most the one question, then the end of the drain
        if let Output::Action(id, _) = self.poll() {
            assert!(id.number() > self.newest, "numbered");
            assert!(self.in_flight.is_none() && self.done.is_none(), "final");
            self.newest = id.number();
            self.in_flight = Some(id);
        }
        let last = self.poll();
        match &last {
            Output::Wait(None) => assert!(self.in_flight.is_some(), "it waits for an answer"),
            Output::Done(outcome) => {
                assert!(self.in_flight.is_none());
                assert!(
                    self.done.as_ref().is_none_or(|before| before == outcome),
                    "final"
                );
                self.done = Some(outcome.clone());
            }
            other => panic!("bounded, and without deadlines: {other:?}"),
        }
        assert_eq!(self.walk.poll_output(), last, "stable");
    }

    fn poll(&mut self) -> OutputOf<Walk> {
        let mut twin = self.walk.clone();
        let output = self.walk.poll_output();
        assert_eq!(twin.poll_output(), output, "deterministic");
        output
    }

    fn make(&mut self, made: &Move) {
        let input = match made {
            Move::Timeout => Walk::timeout(),
            Move::Answer { behind, answer } => {
                let number = self.newest.saturating_add_signed(-behind);
                WalkInput::Answered(ActionId::from_number(number), answer.clone())
            }
        };
        let before = format!("{:?}", self.walk);
        let fits = match &input {
            WalkInput::Answered(id, _) => Some(*id) == self.in_flight,
            WalkInput::Timeout => false,
        };
        let taken = self.walk.handle_input(Instant::ZERO, input.clone());
        match (fits, &input) {
            (true, _) => self.in_flight = None,
            (false, WalkInput::Answered(id, _)) => assert_eq!(taken, Err(Stale(*id)), "total"),
            (false, WalkInput::Timeout) => assert_eq!(taken, Ok(())),
        }
        if !fits {
            assert_eq!(
                format!("{:?}", self.walk),
                before,
                "a stale input changes nothing"
            );
        }
        self.drain();
    }
}

fn world() -> impl Strategy<Value = World> {
    let node = prop_oneof![
        2 => Just(Node::Dir),
        2 => Just(Node::File),
        1 => Just(Node::Special),
        5 => target().prop_map(Node::Link),
    ];
    vec((place(), node), 0..12).prop_map(|nodes| {
        let mut world = World::default();
        for (place, node) in nodes {
            world.put_if_free(&place, node);
        }
        world
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_laws_hold_in_any_history(walk in walk(), moves in moves()) {
        let mut watched = Watched::new(walk);
        for made in &moves {
            watched.make(made);
        }
    }

    /// Whatever it is told, a walk ends within its limits, and at a path of its root.
    #[test]
    fn a_walk_ends_below_its_root(walk in walk(), answers in vec(answer(), 1..40)) {
        let mut asked = 0;
        let mut answers = answers.into_iter().cycle();
        let outcome = walk.run(|action| {
            asked += 1;
            let (WalkAction::Look(path) | WalkAction::ReadLink(path)) = action;
            assert!(is_below(path.rel()), "{path}");
            answers.next().unwrap()
        });
        prop_assert!(asked <= Walk::MAX_LOOKS);
        let at = outcome.map_or_else(|error| error.at, |resolved| resolved.path);
        prop_assert!(is_below(at.rel()), "{}", at);
    }

    /// In a world that stands still the answer has no link in it, says what is
    /// there, and walking to it again leads to it.
    #[test]
    fn what_is_resolved_is_resolved(world in world(), path in place(), policy in policy()) {
        let path = Root::new("/r").contain(&RelPath::root(), &path).unwrap();
        if let Ok(resolved) = Walk::new(&path, policy).run(|action| world.answer(action)) {
            let kind = world.found(resolved.path.rel().as_str());
            prop_assert_eq!(kind, resolved.found);
            prop_assert!(kind != Found::Link || !policy.follow_last);
            let again = Walk::new(&resolved.path, policy).run(|action| {
                assert!(matches!(action, WalkAction::Look(_)), "{action}");
                world.answer(action)
            });
            prop_assert_eq!(again, Ok(resolved));
        }
    }

    /// A stricter policy refuses more and changes no answer.
    #[test]
    fn strictness_only_refuses(world in world(), path in place(), policy in policy()) {
        let path = Root::new("/r").contain(&RelPath::root(), &path).unwrap();
        let strict = WalkPolicy {
            absent: Absent::Refuse,
            absolute_links: AbsoluteLinks::Refuse,
            ..policy
        };
        let walk = |policy| Walk::new(&path, policy).run(|action| world.answer(action));
        if let Ok(resolved) = walk(strict) {
            prop_assert_eq!(walk(policy), Ok(resolved));
        }
    }
}

fn is_below(path: &RelPath) -> bool {
    path.components()
        .all(|name| !matches!(name, "" | "." | ".."))
}
