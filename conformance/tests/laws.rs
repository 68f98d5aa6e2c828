//! The check of the laws catches a machine that breaks them: each law in turn.

#![allow(clippy::unwrap_used)]

use collodi_conformance::laws::{self, Law, Violation};
use collodi_machine::{ActionId, Machine, Outbox, Output, OutputOf, Stale};
use collodi_time::{Deadline, Duration, Instant};
use proptest::prelude::*;
use std::{cell::Cell, rc::Rc};

/// Rings when pressed and again a second later, three times in all. In between
/// it does one thing that it should not.
#[derive(Clone)]
struct Bell {
    flaw: Flaw,
    out: Outbox<&'static str, u32>,
    again: Option<Deadline>,
    rung: u32,
    polls: u64,
    over: bool,
    shared: Rc<Cell<u32>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    None,
    TalksForEver,
    ChangesItsMind,
    WakesAfterDone,
    ForgetsItIsDone,
    TakesStale,
    RefusesLive,
    ChangesOnStale,
    SpeaksOnStale,
    Panics,
    SharesState,
    StartsUnequal,
    SleepsOn,
    WakesForEver,
    CountsWrong,
}

#[derive(Clone, Debug)]
enum Input {
    Press,
    Rung(ActionId),
    Timeout,
}

thread_local! {
    static STARTS: Cell<u32> = const { Cell::new(0) };
}

impl Bell {
    fn new(flaw: Flaw) -> Self {
        let nth = STARTS.with(|starts| {
            starts.set(starts.get() + 1);
            starts.get()
        });
        Self {
            flaw,
            out: Outbox::new(),
            again: None,
            rung: if flaw == Flaw::StartsUnequal {
                nth % 2
            } else {
                0
            },
            polls: 0,
            over: false,
            shared: Rc::default(),
        }
    }

    fn ring(&mut self, now: Instant) {
        self.out.action("ring");
        self.rung += 1;
        self.again = Some(Deadline::new(now + Duration::from_secs(1), "again"));
        if self.flaw == Flaw::SharesState {
            self.shared.set(self.shared.get() + 1);
            self.out.event(self.shared.get());
        }
    }

    fn complete(&mut self, id: ActionId) -> Result<(), Stale> {
        let complete = self.out.complete(id);
        match (self.flaw, complete) {
            (Flaw::TakesStale, Err(_)) => Ok(()),
            (Flaw::RefusesLive, Ok(())) if self.rung > 1 => Err(Stale(id)),
            (Flaw::ChangesOnStale, Err(stale)) => {
                self.rung = self.rung.max(2);
                Err(stale)
            }
            (Flaw::SpeaksOnStale, Err(stale)) => {
                self.out.event(0);
                Err(stale)
            }
            (_, complete) => complete,
        }
    }
}

impl Machine for Bell {
    type Input = Input;
    type Action = &'static str;
    type Event = u32;
    type Outcome = u32;

    fn timeout() -> Input {
        Input::Timeout
    }

    fn handle_input(&mut self, now: Instant, input: Input) -> Result<(), Stale> {
        if self.over && self.flaw == Flaw::WakesAfterDone {
            self.out.event(1);
        }
        let due = self.again.is_some_and(|deadline| deadline.at <= now);
        match input {
            Input::Press if self.rung == 0 => self.ring(now),
            Input::Press => {
                assert!(
                    self.flaw != Flaw::Panics || self.rung < 2,
                    "pressed too often"
                );
            }
            Input::Timeout if due && self.flaw == Flaw::SleepsOn && self.rung == 2 => {}
            Input::Timeout if due && self.flaw == Flaw::WakesForEver => self.out.event(2),
            Input::Timeout if due && self.rung < 3 => self.ring(now),
            Input::Timeout if due => self.again = None,
            Input::Timeout => {}
            Input::Rung(id) => self.complete(id)?,
        }
        Ok(())
    }

    fn poll_output(&mut self) -> OutputOf<Self> {
        self.polls += 1;
        if self.flaw == Flaw::TalksForEver && self.rung == 2 {
            return Output::Event(3);
        }
        match self.out.pop() {
            Some(Output::Action(_, action)) if self.flaw == Flaw::CountsWrong => {
                Output::Action(ActionId::from_number(1), action)
            }
            Some(output) => output,
            None if self.rung == 3 && self.again.is_none() && self.out.idle() => {
                self.over = true;
                let odd = self.flaw == Flaw::ForgetsItIsDone && self.polls.is_multiple_of(2);
                Output::Done(if odd { 0 } else { self.rung })
            }
            None if self.flaw == Flaw::ChangesItsMind && self.polls.is_multiple_of(3) => {
                Output::Wait(None)
            }
            None => Output::Wait(self.again),
        }
    }
}

fn check(flaw: Flaw) -> Result<(), Box<Violation>> {
    laws::check(
        || Bell::new(flaw),
        any::<Option<usize>>(),
        |number, ids| number.map_or(Input::Press, |number| Input::Rung(ids.pick(number))),
        |_, id| vec![Input::Rung(id)],
    )
}

#[test]
fn a_lawful_machine_passes() {
    check(Flaw::None).unwrap();
}

#[test]
fn each_flaw_breaks_its_law() {
    let table = [
        (Flaw::TalksForEver, Law::Bounded),
        (Flaw::ChangesItsMind, Law::Stable),
        (Flaw::WakesAfterDone, Law::Final),
        (Flaw::ForgetsItIsDone, Law::Final),
        (Flaw::TakesStale, Law::Total),
        (Flaw::RefusesLive, Law::Total),
        (Flaw::ChangesOnStale, Law::Total),
        (Flaw::SpeaksOnStale, Law::Total),
        (Flaw::Panics, Law::Total),
        (Flaw::SharesState, Law::Deterministic),
        (Flaw::StartsUnequal, Law::Deterministic),
        (Flaw::SleepsOn, Law::Live),
        (Flaw::WakesForEver, Law::Live),
        (Flaw::CountsWrong, Law::Numbered),
    ];
    for (flaw, law) in table {
        let found = check(flaw).map_err(|violation| violation.law);
        assert_eq!(found, Err(law), "{flaw:?}");
    }
}

#[test]
fn the_history_is_as_short_as_it_can_be() {
    let violation = check(Flaw::SleepsOn).unwrap_err();
    insta::assert_snapshot!(violation, @r#"
    the law Live does not hold: nothing came of the timeout at t+2.000s (again)
      > Wait(None)
    t+0.000s < Press
      > Action(ActionId(1), "ring")
      > Wait(Some(Deadline { at: t+1.000s, reason: "again" }))
    t+1.000s < Timeout
      > Action(ActionId(2), "ring")
      > Wait(Some(Deadline { at: t+2.000s, reason: "again" }))
    t+2.000s < Timeout
      > Wait(Some(Deadline { at: t+2.000s, reason: "again" }))
    "#);
}
