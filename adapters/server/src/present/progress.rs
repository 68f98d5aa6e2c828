//! How far transfers are.

use super::style::DIM;
use collodi_disk::human;

/// How far the transfer at hand is. Every tenth is told; of one whose length nobody knows,
/// every doubling.
#[derive(Debug, Default)]
pub(crate) struct Progress(Option<Part>);

impl Progress {
    /// Another transfer begins.
    pub(crate) const fn begin(&mut self) {
        self.0 = None;
    }

    /// Tells of a transfer for whom `name` stands.
    pub(crate) fn tell(&mut self, name: &str, done: u64, total: Option<u64>) {
        let part = Part::of(done, total);
        if self.0.replace(part) == Some(part) || done == 0 {
            return;
        }
        match total {
            Some(total) => say!(
                "      {DIM}{name}{} of {}{DIM:#}",
                human(done),
                human(total)
            ),
            None => say!("      {DIM}{name}{}{DIM:#}", human(done)),
        }
    }
}

/// How far a transfer is, roughly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part(u64);

impl Part {
    fn of(done: u64, total: Option<u64>) -> Self {
        match total {
            Some(total) => Self(done.saturating_mul(10) / total.max(1)),
            None => Self(
                (done >> 20)
                    .checked_ilog2()
                    .map_or(0, |log| u64::from(log) + 1),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_and_doublings_are_told() {
        let told = |total| {
            let mut seen: Vec<_> = (0..=100).map(|part| Part::of(part << 20, total)).collect();
            seen.dedup();
            seen.len()
        };
        assert_eq!(told(Some(100 << 20)), 11);
        assert_eq!(told(None), 8);
    }
}
