//! How often a stream is read.

use std::time::{Duration, Instant};

/// So many reads within [`WINDOW`] are a flood.
const FLOOD: u32 = 4;
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
    reads: u32,
}

impl Meter {
    /// Takes note of a read at `now` that gave something; `whole` when it was as much as
    /// one read can give.
    pub(super) fn note(&mut self, now: Instant, whole: bool) -> Pace {
        let within = |began: Instant| now.saturating_duration_since(began) < WINDOW;
        let flooded = self.reads >= FLOOD;
        if !self.window.is_some_and(within) {
            self.window = Some(now);
            self.reads = 0;
        }
        self.reads = self.reads.saturating_add(1);
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

    /// The paces of reads at these microseconds, `+` for whole ones.
    fn paces(reads: &[(u64, bool)]) -> String {
        let (mut meter, start) = (Meter::default(), Instant::now());
        let pace = |(at, whole): &(u64, bool)| match meter
            .note(start + Duration::from_micros(*at), *whole)
        {
            Pace::Eager => 'e',
            Pace::Flood => 'f',
            Pace::Nap(_) => 'n',
        };
        reads.iter().map(pace).collect()
    }

    #[test]
    fn lines_now_and_then_are_read_at_once() {
        let reads: Vec<_> = (0..10).map(|n| (n * 400, false)).collect();
        assert_eq!(paces(&reads), "eeeeeeeeee");
    }

    #[test]
    fn a_flood_is_left_to_gather_until_it_ebbs() {
        let line = |at| (at, false);
        let flood = [0, 10, 20, 30, 340, 650, 1100, 1200, 4000, 5000].map(line);
        assert_eq!(paces(&flood), "eeennnneee");
    }

    #[test]
    fn whole_reads_go_on() {
        let reads: Vec<_> = (0..6).map(|n| (n * 20, true)).collect();
        assert_eq!(paces(&reads), "eeefff");
    }
}
