#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use std::{
    fmt,
    time::{Duration, Instant},
};

/// How often the two take turns.
const ROUNDS: usize = 31;

/// How long one turn of a side should take, so that the clock is precise enough.
const TURN: Duration = Duration::from_millis(8);

/// Two ways to do something, measured in turns.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// One pass of ours, in the median of the rounds.
    pub ours: Duration,
    /// One pass of the other.
    pub theirs: Duration,
    /// The median of the ratios, ours to theirs.
    pub ratio: f64,
}

/// Measures `ours` against `theirs`: each as often as fills some milliseconds, in
/// turns, so that what else the machine does meets both.
pub fn compare<A, B>(mut ours: impl FnMut() -> A, mut theirs: impl FnMut() -> B) -> Compared {
    let (ours_times, theirs_times) = (times(&mut ours), times(&mut theirs));
    let mut rounds: Vec<(Duration, Duration)> = (0..ROUNDS)
        .map(|_| (turn(&mut ours, ours_times), turn(&mut theirs, theirs_times)))
        .collect();
    let ratio = |(ours, theirs): &(Duration, Duration)| ours.as_secs_f64() / theirs.as_secs_f64();
    rounds.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let (ours, theirs) = rounds.get(ROUNDS / 2).copied().unwrap_or_default();
    Compared {
        ours,
        theirs,
        ratio: ratio(&(ours, theirs)),
    }
}

/// Measures one pass of `work`: the median of the rounds.
pub fn measure<A>(mut work: impl FnMut() -> A) -> Duration {
    let times = times(&mut work);
    let mut rounds: Vec<Duration> = (0..ROUNDS).map(|_| turn(&mut work, times)).collect();
    rounds.sort();
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// How many passes fill a turn.
fn times<A>(work: &mut impl FnMut() -> A) -> u32 {
    let mut times = 1;
    while times < 1 << 20 && turn(work, times) * times < TURN {
        times *= 2;
    }
    times
}

/// The time of one pass, over so many.
fn turn<A>(work: &mut impl FnMut() -> A, times: u32) -> Duration {
    let began = Instant::now();
    for _ in 0..times {
        std::hint::black_box(work());
    }
    began.elapsed() / times
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, theirs) = (Micros(self.ours), Micros(self.theirs));
        write!(f, "{ours}  against  {theirs}   ratio {:.2}", self.ratio)
    }
}

/// A time in microseconds, for tables.
#[derive(Clone, Copy, Debug)]
pub struct Micros(pub Duration);

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:10.3} µs", self.0.as_secs_f64() * 1e6)
    }
}
