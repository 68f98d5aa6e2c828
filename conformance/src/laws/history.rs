//! Random histories, and how they are played.

use super::{Ids, Law, Observable, Raw, Violation, referee::Referee};
use collodi_machine::ActionId;
use collodi_time::Duration;
use proptest::prelude::*;
use std::fmt;

/// One move of a history.
#[derive(Clone, Debug)]
pub enum Move<G> {
    /// An input out of the blue.
    Input(G),
    /// A completion of an action that is in flight, and then the same again: which
    /// action, and which of its completions.
    Answer(u8, u8),
    /// A completion of an action under an id that never was.
    Forge(u8, u8),
    /// Time goes on to the deadline, and the timeout comes.
    Timeout,
    /// A timeout comes that nobody waits for.
    EarlyTimeout,
    /// Time goes on, but not beyond the deadline.
    Pass(Duration),
    /// From here on the clone is another one.
    Clone,
}

/// Any move.
pub(super) fn moves<S>(inputs: S) -> impl Strategy<Value = Move<S::Value>>
where
    S: Strategy<Value: Clone> + 'static,
{
    let two = || (any::<u8>(), any::<u8>());
    prop_oneof![
        4 => inputs.prop_map(Move::Input),
        4 => two().prop_map(|(which, how)| Move::Answer(which, how)),
        1 => two().prop_map(|(which, how)| Move::Forge(which, how)),
        3 => Just(Move::Timeout),
        1 => Just(Move::EarlyTimeout),
        1 => (0..5_000_u64).prop_map(|millis| Move::Pass(Duration::from_millis(millis))),
        1 => Just(Move::Clone),
    ]
}

/// The most moves that are read from bytes.
const MOST_MOVES: usize = 200;

/// The moves that bytes stand for, four bytes a move: which, and three for what it
/// takes. Never more than 200.
pub(super) fn moves_in(bytes: &[u8]) -> Vec<Move<Raw>> {
    let (fours, _) = bytes.as_chunks::<4>();
    let moves = fours.iter().take(MOST_MOVES);
    let moves = moves.map(|&[which, a, b, c]| match which % 15 {
        0..4 => Move::Input((a, b.into(), c)),
        4..8 => Move::Answer(a, b),
        8 => Move::Forge(a, b),
        9..12 => Move::Timeout,
        12 => Move::EarlyTimeout,
        13 => Move::Pass(Duration::from_millis(u64::from(a) * 20)),
        _ => Move::Clone,
    });
    moves.collect()
}

/// Plays the moves against a fresh machine.
pub(super) fn play<M: Observable, G: fmt::Debug>(
    start: impl Fn() -> M,
    moves: &[Move<G>],
    input: impl Fn(&G, &Ids) -> M::Input,
    answers: impl Fn(&M::Action, ActionId) -> Vec<M::Input>,
) -> Result<(), Box<Violation>> {
    let mut game = Game {
        referee: Referee::new(&start),
        ids: Ids::default(),
        open: Vec::new(),
    };
    game.begin()?;
    for step in moves {
        match step {
            Move::Input(value) => game.out_of_the_blue(input(value, &game.ids))?,
            Move::Answer(which, how) => game.answer(*which, *how, &answers)?,
            Move::Forge(which, how) => game.forge(*which, *how, &answers)?,
            Move::Timeout => game.timeout()?,
            Move::EarlyTimeout => game.out_of_the_blue(M::timeout())?,
            Move::Pass(time) => game.referee.pass(*time),
            Move::Clone => game.referee.clone_anew(),
        }
    }
    Ok(())
}

type Ruled<T> = Result<T, Box<Violation>>;

/// The machine with its referee, and who waits for what.
struct Game<M: Observable> {
    referee: Referee<M>,
    ids: Ids,
    /// Actions that nobody has completed.
    open: Vec<(ActionId, M::Action)>,
}

/// More timeouts than this at one instant are no progress.
const TIMEOUTS_AT_ONCE: usize = 1_000;

impl<M: Observable> Game<M> {
    fn begin(&mut self) -> Ruled<()> {
        let issued = self.referee.drain()?;
        self.note(issued);
        Ok(())
    }

    fn note(&mut self, issued: Vec<(ActionId, M::Action)>) {
        self.ids.issued.extend(issued.iter().map(|(id, _)| *id));
        self.open.extend(issued);
    }

    fn give(&mut self, input: M::Input) -> Ruled<Option<ActionId>> {
        let (stale, issued) = self.referee.input(input)?;
        self.note(issued);
        Ok(stale)
    }

    /// An input that may quote anything: whatever it quoted is no longer sure to
    /// be in flight.
    fn out_of_the_blue(&mut self, input: M::Input) -> Ruled<()> {
        self.give(input)?;
        let picked = self.ids.picked.take();
        self.open.retain(|(id, _)| !picked.contains(id));
        Ok(())
    }

    fn answer(
        &mut self,
        which: u8,
        how: u8,
        answers: impl Fn(&M::Action, ActionId) -> Vec<M::Input>,
    ) -> Ruled<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        let over = self.referee.is_done();
        let (id, action) = self.open.remove(usize::from(which) % self.open.len());
        let Some(answer) = one_of(answers(&action, id), how) else {
            return Ok(());
        };
        if self.give(answer.clone())?.is_some() && !over {
            let how = format!("the completion of {id}, which is in flight, was refused");
            return Err(self.referee.violation(Law::Total, how));
        }
        self.expect_stale(answer, id)
    }

    fn forge(
        &mut self,
        which: u8,
        how: u8,
        answers: impl Fn(&M::Action, ActionId) -> Vec<M::Input>,
    ) -> Ruled<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        let id = self.ids.never_issued();
        let action = self.open.get(usize::from(which) % self.open.len());
        let forged = action.and_then(|(_, action)| one_of(answers(action, id), how));
        forged.map_or(Ok(()), |forged| self.expect_stale(forged, id))
    }

    fn expect_stale(&mut self, input: M::Input, id: ActionId) -> Ruled<()> {
        let stale = self.give(input)?;
        if stale == Some(id) {
            return Ok(());
        }
        let how = match stale {
            None => format!("a completion of {id} was taken, which is not in flight"),
            Some(other) => format!("a completion of {id} was refused as one of {other}"),
        };
        Err(self.referee.violation(Law::Total, how))
    }

    /// The timeout at the deadline, and those that fall due with it.
    fn timeout(&mut self) -> Ruled<()> {
        let Some(deadline) = self.referee.go_to_deadline() else {
            return Ok(());
        };
        for _ in 0..TIMEOUTS_AT_ONCE {
            let before = self.referee.said();
            self.give(M::timeout())?;
            if self.referee.said() == before && self.referee.deadline() == Some(deadline) {
                let how = format!("nothing came of the timeout at {deadline}");
                return Err(self.referee.violation(Law::Live, how));
            }
            if !self.referee.is_due() {
                return Ok(());
            }
        }
        let how = format!("timeouts at {deadline} have no end");
        Err(self.referee.violation(Law::Live, how))
    }
}

fn one_of<T>(mut all: Vec<T>, which: u8) -> Option<T> {
    (!all.is_empty()).then(|| all.swap_remove(usize::from(which) % all.len()))
}
