//! Large pieces of output, in portions that listeners can follow.

use crate::perform::{Happening, What};
use collodi_action::Progress;
use collodi_command::Stream;
use collodi_machine::ActionId;
use std::sync::Arc;

/// The most bytes of output that a host takes in before listeners have their turn: all lines
/// in them fit into their queues, or as many as can be missed at once.
const PORTION: usize = 64 << 10;

/// The rest of a piece of output.
#[derive(Default)]
pub(crate) struct Portions(Option<Rest>);

struct Rest {
    id: ActionId,
    stream: Stream,
    bytes: Arc<[u8]>,
    from: usize,
}

impl Portions {
    /// What happened, or the first portion of it. The [others](Self::next) come before
    /// anything else that happens.
    pub(crate) fn of(&mut self, happening: Happening) -> Happening {
        let Happening { id, what } = happening;
        match what {
            What::Progress(Progress::Output { stream, bytes }) if bytes.len() > PORTION => {
                let first = output(id, stream, bytes.get(..PORTION).unwrap_or_default().into());
                self.0 = Some(Rest {
                    id,
                    stream,
                    bytes,
                    from: PORTION,
                });
                first
            }
            what => Happening { id, what },
        }
    }

    /// The next portion.
    pub(crate) fn next(&mut self) -> Option<Happening> {
        let rest = self.0.as_mut()?;
        let left = rest.bytes.get(rest.from..).unwrap_or_default();
        let portion = left.get(..PORTION).unwrap_or(left);
        let next = output(rest.id, rest.stream, portion.into());
        rest.from += portion.len();
        if portion.len() == left.len() {
            self.0 = None;
        }
        Some(next)
    }
}

const fn output(id: ActionId, stream: Stream, bytes: Arc<[u8]>) -> Happening {
    let what = What::Progress(Progress::Output { stream, bytes });
    Happening { id, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The portions of so many bytes, each of which has its own number.
    fn portions(size: usize) -> Vec<Vec<u8>> {
        let all: Vec<u8> = (0..size).map(|n| n as u8).collect();
        let mut portions = Portions::default();
        let first = portions.of(output(
            ActionId::from_number(7),
            Stream::Stderr,
            all.as_slice().into(),
        ));
        let others = std::iter::from_fn(|| portions.next());
        let bytes = |happening: Happening| match (happening.id.number(), happening.what) {
            (7, What::Progress(Progress::Output { stream, bytes })) => {
                assert_eq!(stream, Stream::Stderr);
                bytes.to_vec()
            }
            other => panic!("{other:?}"),
        };
        let portions: Vec<Vec<u8>> = std::iter::once(first).chain(others).map(bytes).collect();
        assert_eq!(portions.concat(), all);
        portions
    }

    #[test]
    fn all_of_it_comes_in_order() {
        for (size, sizes) in [
            (1, &[1][..]),
            (PORTION, &[PORTION]),
            (PORTION + 1, &[PORTION, 1]),
            (2 * PORTION, &[PORTION, PORTION]),
            (2 * PORTION + 9, &[PORTION, PORTION, 9]),
        ] {
            let lengths: Vec<usize> = portions(size).iter().map(Vec::len).collect();
            assert_eq!(lengths, sizes);
        }
    }
}
