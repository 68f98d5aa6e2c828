//! How long to wait before the next try.

use collodi_time::Duration;

/// Delays that grow from `initial` by `growth_percent` a try up to `cap`, each
/// moved by up to `jitter_percent` in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first delay.
    pub initial: Duration,
    /// The next delay in percent of the last: 200 doubles, 100 stays.
    pub growth_percent: u32,
    /// The longest delay, jitter included.
    pub cap: Duration,
    /// How far a delay moves at random, in percent of itself; at most 100.
    pub jitter_percent: u32,
}

impl Backoff {
    /// The same delay each time.
    pub const fn fixed(delay: Duration) -> Self {
        Self {
            initial: delay,
            growth_percent: 100,
            cap: delay,
            jitter_percent: 0,
        }
    }

    /// The delay before try number `attempt`, counted from 0, without jitter.
    pub fn base_delay(&self, attempt: u32) -> Duration {
        let mut delay = self.initial.min(self.cap);
        for _ in 0..attempt {
            let next = grow(delay, self.growth_percent).min(self.cap);
            if next == delay {
                break;
            }
            delay = next;
        }
        delay
    }

    /// The delay before try number `attempt`, with jitter drawn from `jitter`.
    pub fn delay(&self, attempt: u32, jitter: &mut Jitter) -> Duration {
        let base = self.base_delay(attempt);
        let span = percent(base, self.jitter_percent.min(100));
        let moved = jitter.up_to(span.saturating_mul(2));
        (base.saturating_sub(span) + moved).min(self.cap)
    }
}

/// 90 ms, of which chance makes 81 to 99, doubling up to a minute.
impl Default for Backoff {
    fn default() -> Self {
        Self {
            initial: Duration::from_millis(90),
            growth_percent: 200,
            cap: Duration::from_secs(60),
            jitter_percent: 10,
        }
    }
}

fn grow(delay: Duration, growth_percent: u32) -> Duration {
    percent(delay, growth_percent)
}

fn percent(of: Duration, percent: u32) -> Duration {
    of.checked_mul(percent)
        .map_or(Duration::MAX, |scaled| scaled / 100)
}

/// Random numbers from a caller's seed (the splitmix64 sequence): equal seeds give
/// equal delays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jitter(u64);

impl Jitter {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed of the rest of the sequence.
    pub const fn seed(self) -> u64 {
        self.0
    }

    /// A duration from zero up to `limit`, in steps of a 65 536th.
    fn up_to(&mut self, limit: Duration) -> Duration {
        let draw = u32::try_from(self.next() >> 48).unwrap_or(0);
        (limit / 65_536).saturating_mul(draw)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn doubles_to_a_minute() {
        let backoff = Backoff {
            jitter_percent: 0,
            ..Backoff::default()
        };
        let delays: Vec<_> = (0..12).map(|n| backoff.base_delay(n).as_millis()).collect();
        let expected = [
            90, 180, 360, 720, 1_440, 2_880, 5_760, 11_520, 23_040, 46_080, 60_000, 60_000,
        ];
        assert_eq!(delays, expected);
    }

    #[test]
    fn fixed_stays() {
        let mut jitter = Jitter::new(1);
        let backoff = Backoff::fixed(Duration::from_secs(3));
        assert_eq!(
            backoff.delay(1_000_000, &mut jitter),
            Duration::from_secs(3)
        );
    }

    proptest! {
        #[test]
        fn first_default_delay_is_within_100_ms(seed: u64) {
            let delay = Backoff::default().delay(0, &mut Jitter::new(seed));
            prop_assert!(delay >= Duration::from_millis(81) && delay <= Duration::from_millis(100));
        }

        #[test]
        fn never_over_the_cap(initial: u64, growth: u32, cap: u64, jitter: u32, n in 0..200u32, seed: u64) {
            let (initial, cap) = (Duration::from_nanos(initial), Duration::from_nanos(cap));
            let backoff = Backoff { initial, growth_percent: growth, cap, jitter_percent: jitter };
            prop_assert!(backoff.delay(n, &mut Jitter::new(seed)) <= cap);
        }
    }
}
