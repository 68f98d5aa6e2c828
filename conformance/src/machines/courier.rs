//! What tells webhooks.

use super::Player;
use crate::laws::{Ids, Raw};
use collodi_time::{Duration, WallTime};
use collodi_web::{WebErrorKind, WebUrl};
use collodi_webhooks::{Answer, Courier, Hook, Input, Kind, Occasion};

/// What tells hooks what becomes of processes: one hook of everything, one of deaths, and one
/// that wants to hear of nothing.
pub fn courier() -> Player<Courier> {
    let wanted: [&[Kind]; 3] = [&Kind::ALL, &[Kind::Crashed, Kind::GaveUp], &[]];
    Player {
        start: Box::new(move || {
            let hooks = wanted.iter().filter_map(|events| hook(events));
            Courier::new(hooks.collect(), "life".to_owned(), 7)
        }),
        input: Box::new(input),
        answers: Box::new(|_, id| vec![Input::Answered(id, Answer::Status(200))]),
    }
}

fn hook(events: &[Kind]) -> Option<Hook> {
    Some(Hook {
        name: format!("of-{}", events.len()),
        url: WebUrl::parse("http://127.0.0.1:1/hook").ok()?,
        events: events.iter().copied().collect(),
        secret: None,
    })
}

fn input(&(kind, number, detail): &Raw, ids: &Ids) -> Input {
    match kind % 8 {
        0..=3 => Input::Happened(occasion(detail)),
        4 | 5 => Input::Answered(ids.pick(number), answer(detail)),
        6 if detail > 240 => Input::Close,
        _ => Input::Timeout,
    }
}

fn occasion(detail: u8) -> Occasion {
    let kind = match detail % 4 {
        0 => Kind::Ready,
        1 => Kind::Crashed,
        2 => Kind::GaveUp,
        _ => Kind::Stopped,
    };
    Occasion {
        kind,
        at: WallTime::since_unix_epoch(Duration::from_secs(u64::from(detail))),
        app: "demo".to_owned(),
        process: "demo-0123abcd".to_owned(),
        reason: detail.is_multiple_of(3).then(|| "exit code 7".to_owned()),
        restart: detail.is_multiple_of(5).then_some(u32::from(detail)),
        url: None,
    }
}

fn answer(detail: u8) -> Answer {
    match detail % 8 {
        0 => Answer::Status(200),
        1 => Answer::Status(204),
        2 => Answer::Status(302),
        3 => Answer::Status(404),
        4 => Answer::Status(429),
        5 => Answer::Status(503),
        6 => Answer::Failed(WebErrorKind::TimedOut),
        _ => Answer::Status(u16::from(detail)),
    }
}
