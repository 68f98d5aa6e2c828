//! What hooks are told, as histories in text.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_machine::{ActionId, Machine as _, Output};
use collodi_time::{Duration, Instant, WallTime};
use collodi_web::{WebErrorKind, WebUrl};
use collodi_webhooks::{ATTEMPTS, Answer, Courier, Hook, Input, Kind, Occasion, WAITING};
use insta::assert_snapshot;
use std::fmt::Write as _;

fn hook(name: &str, events: &[Kind]) -> Hook {
    Hook {
        name: name.to_owned(),
        url: WebUrl::parse("http://127.0.0.1:1/").unwrap(),
        events: events.iter().copied().collect(),
        secret: None,
    }
}

fn courier(hooks: Vec<Hook>) -> Courier {
    Courier::new(hooks, "life".to_owned(), 7)
}

fn happened(kind: Kind) -> Input {
    Input::Happened(Occasion {
        kind,
        at: WallTime::since_unix_epoch(Duration::ZERO),
        app: "demo".to_owned(),
        process: "demo-0123abcd".to_owned(),
        reason: None,
        restart: None,
        url: None,
    })
}

const fn answered(number: u64, status: u16) -> Input {
    Input::Answered(ActionId::from_number(number), Answer::Status(status))
}

const fn failed(number: u64) -> Input {
    Input::Answered(
        ActionId::from_number(number),
        Answer::Failed(WebErrorKind::TimedOut),
    )
}

/// The history of these inputs, at these milliseconds.
fn trace(courier: &mut Courier, inputs: &[(u64, Input)]) -> String {
    let mut text = String::new();
    for (millis, input) in inputs {
        let now = Instant::from_millis(*millis);
        writeln!(text, "{now} < {input}").unwrap();
        courier.handle_input(now, input.clone()).unwrap();
        loop {
            match courier.poll_output() {
                Output::Action(id, send) => writeln!(text, "  > {id} {send}").unwrap(),
                Output::Event(event) => writeln!(text, "  > {event}").unwrap(),
                Output::Wait(None) => break,
                Output::Wait(Some(deadline)) => {
                    writeln!(text, "  > wait {deadline}").unwrap();
                    break;
                }
                Output::Done(()) => {
                    writeln!(text, "  > done").unwrap();
                    break;
                }
            }
        }
    }
    text
}

#[test]
fn each_hook_is_told_what_it_wants_to_know() {
    let mut courier = courier(vec![
        hook("pager", &[Kind::GaveUp]),
        hook("log", &Kind::ALL),
    ]);
    assert_snapshot!(trace(
        &mut courier,
        &[
            (0, happened(Kind::Crashed)),
            (5, happened(Kind::GaveUp)),
            (10, answered(2, 200)),
            (20, answered(1, 204)),
            (30, answered(3, 200)),
        ],
    ));
}

#[test]
fn a_receiver_that_hangs_holds_up_no_other_and_is_tried_again() {
    let mut courier = courier(vec![hook("slow", &Kind::ALL), hook("quick", &Kind::ALL)]);
    assert_snapshot!(trace(
        &mut courier,
        &[
            (0, happened(Kind::Ready)),
            (1, answered(2, 200)),
            (2, happened(Kind::Crashed)),
            (10_000, failed(1)),
            (11_100, Input::Timeout),
            (11_200, answered(4, 503)),
            (13_400, Input::Timeout),
            (13_500, answered(5, 200)),
            (13_600, answered(6, 200)),
        ],
    ));
}

#[test]
fn what_will_not_pass_is_given_up_at_once() {
    let mut courier = courier(vec![hook("moved", &Kind::ALL)]);
    let inputs = [(0, happened(Kind::Ready)), (1, answered(1, 302))];
    assert_snapshot!(trace(&mut courier, &inputs));
}

#[test]
fn a_delivery_is_tried_so_often() {
    let mut courier = courier(vec![hook("down", &Kind::ALL)]);
    let mut now = 0;
    trace(&mut courier, &[(now, happened(Kind::Ready))]);
    for number in 1..=u64::from(ATTEMPTS) {
        now += 100_000;
        trace(&mut courier, &[(now, failed(number))]);
        trace(&mut courier, &[(now + 70_000, Input::Timeout)]);
    }
    let (_, figures) = courier.figures().next().unwrap();
    assert_eq!((figures.failed_tries, figures.given_up), (6, 1));
    assert_eq!(courier.poll_output(), Output::Wait(None));
}

#[test]
fn no_more_than_so_many_wait() {
    let mut courier = courier(vec![hook("down", &Kind::ALL)]);
    for _ in 0..WAITING + 10 {
        trace(&mut courier, &[(0, happened(Kind::Crashed))]);
    }
    let (_, figures) = courier.figures().next().unwrap();
    assert_eq!(figures.dropped, 10);
}

#[test]
fn at_the_end_what_waits_is_tried_once_more() {
    let mut courier = courier(vec![hook("down", &Kind::ALL)]);
    assert_snapshot!(trace(
        &mut courier,
        &[
            (0, happened(Kind::Ready)),
            (1, failed(1)),
            (2, happened(Kind::Stopped)),
            (3, Input::Close),
            (4, failed(2)),
            (5, answered(3, 200)),
        ],
    ));
}
