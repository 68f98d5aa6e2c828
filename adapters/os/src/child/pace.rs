//! How often a stream is read.

use std::time::{Duration, Instant};

/// So many reads within [`WINDOW`] are a flood; one of many bytes counts once for each
/// [`PORTION`].
const FLOOD: usize = 4;
const PORTION: usize = 64 << 10;
const WINDOW: Duration = Duration::from_millis(1);

/// How long a flood is left to gather, once all of it that was there is read. A pipe that
/// is made large holds what a program can say meanwhile.
const NAP: Duration = Duration::from_micros(300);

/// What one read says about the pace of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Read it as soon as there is something.
    Eager,
    /// It is a flood, and there is more.
    Flood,
    /// It is a flood, and all of it is read: whoever reads the rest piece by piece works
    /// more on waking up than on reading.
    Nap(Duration),
}

/// The pace of one stream.
#[derive(Debug, Default)]
pub(super) struct Meter {
    window: Option<Instant>,
    reads: usize,
}

impl Meter {
    /// Takes note of a read at `now` that gave so many bytes; `whole` when they were as many
    /// as one read can give.
    pub(super) fn note(&mut self, now: Instant, bytes: usize, whole: bool) -> Pace {
        let within = |began: Instant| now.saturating_duration_since(began) < WINDOW;
        let flooded = self.reads >= FLOOD;
        if !self.window.is_some_and(within) {
            self.window = Some(now);
            self.reads = 0;
        }
        self.reads = self.reads.saturating_add(bytes.div_ceil(PORTION));
        match (self.reads >= FLOOD || flooded, whole) {
            (false, _) => Pace::Eager,
            (true, true) => Pace::Flood,
            (true, false) => Pace::Nap(NAP),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The most that a read gives here.
    const WHOLE: usize = 4 * PORTION;

    /// The paces of reads of so many bytes at these microseconds.
    fn paces(reads: &[(u64, usize)]) -> String {
        let (mut meter, start) = (Meter::default(), Instant::now());
        let at = |at: u64| start + Duration::from_micros(at);
        let pace = |read: &(u64, usize)| match meter.note(at(read.0), read.1, read.1 == WHOLE) {
            Pace::Eager => 'e',
            Pace::Flood => 'f',
            Pace::Nap(_) => 'n',
        };
        reads.iter().map(pace).collect()
    }

    #[test]
    fn lines_now_and_then_are_read_at_once() {
        let reads: Vec<_> = (0..10).map(|n| (n * 400, 100)).collect();
        assert_eq!(paces(&reads), "eeeeeeeeee");
    }

    #[test]
    fn a_flood_is_left_to_gather_until_it_ebbs() {
        let line = |at| (at, 100);
        let flood = [0, 10, 20, 30, 340, 650, 1100, 1200, 4000, 5000].map(line);
        assert_eq!(paces(&flood), "eeennnneee");
    }

    #[test]
    fn whole_reads_go_on() {
        let reads: Vec<_> = (0..6).map(|n| (n * 900, WHOLE)).collect();
        assert_eq!(paces(&reads), "ffffff");
    }

    #[test]
    fn many_bytes_are_many_reads() {
        let reads = [
            (0, PORTION),
            (10, 3 * PORTION),
            (1500, PORTION),
            (2600, 100),
        ];
        assert_eq!(paces(&reads), "enne");
    }
}
