//! A world in which things go wrong.

mod backends;
mod child;
mod faults;

use collodi_backend::{Backends, BoxFuture, Clock};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub use faults::{Faults, Rate};

/// As `backends`, with failures and delays that `seed` chooses. Where `faults` has no rate
/// nothing is changed, and the same calls in the same order have the same fate.
///
/// What fails has not happened. What a child says comes late, but all of it, in its order;
/// so does its end.
pub fn chaos(backends: Backends, seed: u64, faults: Faults) -> Backends {
    let fate = Arc::new(Fate {
        faults,
        random: Mutex::new(seed),
        clock: Arc::clone(&backends.clock),
    });
    Backends {
        process: Arc::new(Disturbed::new(backends.process, &fate)),
        files: Arc::new(Disturbed::new(backends.files, &fate)),
        network: Arc::new(Disturbed::new(backends.network, &fate)),
        web: Arc::new(Disturbed::new(backends.web, &fate)),
        clock: backends.clock,
    }
}

/// A part of the world, and what befalls it.
#[derive(Debug)]
struct Disturbed<T: ?Sized> {
    inner: Arc<T>,
    fate: Arc<Fate>,
}

impl<T: ?Sized> Disturbed<T> {
    fn new(inner: Arc<T>, fate: &Arc<Fate>) -> Self {
        let fate = Arc::clone(fate);
        Self { inner, fate }
    }
}

/// What goes wrong, and when.
#[derive(Debug)]
struct Fate {
    faults: Faults,
    random: Mutex<u64>,
    clock: Arc<dyn Clock>,
}

impl Fate {
    /// Whether something of this rate goes wrong now.
    fn strikes(&self, rate: Rate) -> bool {
        rate.is_some() && rate.covers(self.random())
    }

    /// How long what comes now is held back; none when it is not.
    fn delay(&self) -> Option<BoxFuture<'static, ()>> {
        if !self.strikes(self.faults.delay) {
            return None;
        }
        let longest = u64::try_from(self.faults.longest.as_millis()).unwrap_or(u64::MAX);
        let time = Duration::from_millis(self.random() % longest.saturating_add(1).max(1));
        Some(self.clock.sleep_until(self.clock.now() + time))
    }

    /// Waits when what comes now is held back.
    async fn hold(&self) {
        if let Some(delay) = self.delay() {
            delay.await;
        }
    }

    /// A number that looks random: splitmix64.
    fn random(&self) -> u64 {
        let mut state = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
