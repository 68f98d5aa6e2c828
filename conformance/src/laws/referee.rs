//! Watches three machines that must say the same.

use super::{Law, Observable, Violation};
use collodi_machine::{ActionId, Output, OutputOf, Stale, trace::DRAIN_LIMIT};
use collodi_time::{Deadline, Duration, Instant};
use std::fmt::Write;

/// The longest history that is written down.
const HISTORY_BYTES: usize = 100_000;

type Ruled<T> = Result<T, Box<Violation>>;
type Issued<M> = Vec<(ActionId, <M as collodi_machine::Machine>::Action)>;

/// A machine, its like, and its clone.
pub(super) struct Referee<M: Observable> {
    machine: M,
    /// Started like the machine; gets the same inputs.
    like: M,
    /// Cloned from the machine; gets the same inputs, but no stale ones.
    clone: M,
    /// Whether the machine refused an input since the clone was made.
    refused: bool,
    now: Instant,
    last: Option<OutputOf<M>>,
    last_id: Option<ActionId>,
    said: usize,
    text: String,
}

impl<M: Observable> Referee<M> {
    pub(super) fn new(start: impl Fn() -> M) -> Self {
        let machine = start();
        Self {
            clone: machine.clone(),
            like: start(),
            machine,
            refused: false,
            now: Instant::ZERO,
            last: None,
            last_id: None,
            said: 0,
            text: String::new(),
        }
    }

    /// How many outputs there were, the last of each drain not counted.
    pub(super) const fn said(&self) -> usize {
        self.said
    }

    pub(super) const fn is_done(&self) -> bool {
        matches!(self.last, Some(Output::Done(_)))
    }

    /// What the machine waits for.
    pub(super) const fn deadline(&self) -> Option<Deadline> {
        match self.last {
            Some(Output::Wait(deadline)) => deadline,
            _ => None,
        }
    }

    /// Whether the deadline has come.
    pub(super) fn is_due(&self) -> bool {
        self.deadline()
            .is_some_and(|deadline| deadline.at <= self.now)
    }

    pub(super) fn go_to_deadline(&mut self) -> Option<Deadline> {
        let deadline = self.deadline()?;
        self.now = self.now.max(deadline.at);
        Some(deadline)
    }

    pub(super) fn pass(&mut self, time: Duration) {
        let then = self.now + time;
        let limit = self.deadline().map_or(then, |deadline| deadline.at);
        self.now = then.min(limit).max(self.now);
    }

    pub(super) fn clone_anew(&mut self) {
        self.clone = self.machine.clone();
        self.refused = false;
    }

    pub(super) fn violation(&self, law: Law, how: String) -> Box<Violation> {
        let history = self.text.clone();
        Box::new(Violation { law, how, history })
    }

    /// Gives all three an input and drains them. Says which id it was stale for,
    /// if it was, and which actions came.
    pub(super) fn input(&mut self, input: M::Input) -> Ruled<(Option<ActionId>, Issued<M>)> {
        self.write(&format!("{} < {input:?}", self.now));
        let taken = self.machine.handle_input(self.now, input.clone());
        if self.like.handle_input(self.now, input.clone()) != taken {
            let how = "equal histories took the same input differently".to_owned();
            return Err(self.violation(Law::Deterministic, how));
        }
        match taken {
            Ok(()) => {
                if self.clone.handle_input(self.now, input).is_err() {
                    return Err(self.parted("refuses what the machine took"));
                }
                Ok((None, self.drain()?))
            }
            Err(Stale(id)) => {
                self.refused = true;
                self.write(&format!("  ! stale {id}"));
                self.expect_silence(id)?;
                Ok((Some(id), Vec::new()))
            }
        }
    }

    /// Drains all three, and gives the actions that came.
    pub(super) fn drain(&mut self) -> Ruled<Issued<M>> {
        let over = self.is_done();
        let before = self.last.take();
        let mut issued = Vec::new();
        for _ in 0..DRAIN_LIMIT {
            let output = self.poll()?;
            self.write_output(&output);
            if over && Some(&output) != before.as_ref() {
                return Err(self.violation(Law::Final, format!("{output:?} follows Done")));
            }
            match output {
                Output::Action(id, action) => issued.push((self.number(id)?, action)),
                Output::Event(_) => {}
                end => return self.end(end).map(|()| issued),
            }
            self.said += 1;
        }
        Err(self.violation(Law::Bounded, format!("{DRAIN_LIMIT} outputs and no end")))
    }

    fn poll(&mut self) -> Ruled<OutputOf<M>> {
        let all = self.poll_all();
        self.agree(all)
    }

    /// What each of the three says next: the machine, its like, its clone.
    fn poll_all(&mut self) -> [OutputOf<M>; 3] {
        [
            self.machine.poll_output(),
            self.like.poll_output(),
            self.clone.poll_output(),
        ]
    }

    fn agree(&self, [output, like, clone]: [OutputOf<M>; 3]) -> Ruled<OutputOf<M>> {
        if like != output {
            let how = format!("equal histories gave {output:?} and {like:?}");
            return Err(self.violation(Law::Deterministic, how));
        }
        if clone != output {
            return Err(self.parted(&format!("says {clone:?} instead of {output:?}")));
        }
        Ok(output)
    }

    fn number(&mut self, id: ActionId) -> Ruled<ActionId> {
        if self.last_id.is_some_and(|last| id <= last) {
            return Err(self.violation(Law::Numbered, format!("{id} was given out before")));
        }
        self.last_id = Some(id);
        Ok(id)
    }

    fn end(&mut self, end: OutputOf<M>) -> Ruled<()> {
        for _ in 0..2 {
            let again = self.poll()?;
            if again != end {
                self.write_output(&again);
                let how = format!("first {end:?}, then {again:?}");
                let law = if matches!(end, Output::Done(_)) {
                    Law::Final
                } else {
                    Law::Stable
                };
                return Err(self.violation(law, how));
            }
        }
        self.last = Some(end);
        Ok(())
    }

    /// After a refused input nobody has anything new to say.
    fn expect_silence(&mut self, id: ActionId) -> Ruled<()> {
        let all = self.poll_all();
        let [output, ..] = &all;
        if Some(output) == self.last.as_ref() {
            return self.agree(all).map(drop);
        }
        let law = match self.last {
            Some(Output::Done(_)) => Law::Final,
            _ => Law::Total,
        };
        let how = format!("{output:?} came of a stale completion of {id}");
        Err(self.violation(law, how))
    }

    fn parted(&self, how: &str) -> Box<Violation> {
        if self.refused {
            let how = format!("a clone that saw no stale completion {how}: it changed something");
            self.violation(Law::Total, how)
        } else {
            self.violation(Law::Deterministic, format!("a clone {how}"))
        }
    }

    /// Writes down an output, unless a drain without an end has filled the page.
    fn write_output(&mut self, output: &OutputOf<M>) {
        if self.text.len() < HISTORY_BYTES {
            self.write(&format!("  > {output:?}"));
        }
    }

    fn write(&mut self, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{line}");
    }
}
