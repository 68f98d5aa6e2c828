//! When a transfer that failed is tried again.

use collodi_restart::Backoff;
use collodi_time::Duration;
use collodi_web::WebErrorKind;

/// How often it is tried again when nothing more comes.
const IN_A_ROW: u32 = 6;

/// How often it is tried again in all.
const IN_ALL: u32 = 100;

/// A second, doubling to a minute.
const BACKOFF: Backoff = Backoff {
    initial: Duration::from_secs(1),
    growth_percent: 200,
    cap: Duration::from_secs(60),
    jitter_percent: 0,
};

/// The tries of one transfer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Retries {
    in_a_row: u32,
    in_all: u32,
    /// The most that was there.
    most: u64,
}

impl Retries {
    /// So much is there: who gets further starts to count anew.
    pub(super) const fn has(&mut self, done: u64) {
        if done > self.most {
            self.most = done;
            self.in_a_row = 0;
        }
    }

    /// How long to wait before it is tried again; nothing when it is not.
    pub(super) fn after(&mut self, kind: WebErrorKind) -> Option<Duration> {
        if !is_passing(kind) || self.in_a_row == IN_A_ROW || self.in_all == IN_ALL {
            return None;
        }
        let delay = BACKOFF.base_delay(self.in_a_row);
        self.in_a_row += 1;
        self.in_all += 1;
        Some(delay)
    }
}

/// Whether it may go better the next time.
const fn is_passing(kind: WebErrorKind) -> bool {
    matches!(
        kind,
        WebErrorKind::NoHost
            | WebErrorKind::Connection
            | WebErrorKind::TimedOut
            | WebErrorKind::Truncated
            | WebErrorKind::Busy
            | WebErrorKind::Exhausted
            | WebErrorKind::Status(408 | 425 | 429 | 500 | 502 | 503 | 504)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn delays(retries: &mut Retries, kind: WebErrorKind) -> Vec<u64> {
        core::iter::from_fn(|| retries.after(kind))
            .map(|delay| delay.as_secs())
            .collect()
    }

    #[test]
    fn it_is_given_up_when_nothing_comes() {
        let mut retries = Retries::default();
        assert_eq!(
            delays(&mut retries, WebErrorKind::Connection),
            [1, 2, 4, 8, 16, 32]
        );
        retries.has(1);
        assert_eq!(delays(&mut retries, WebErrorKind::Truncated).len(), 6);
        retries.has(1);
        assert_eq!(retries.after(WebErrorKind::Truncated), None);
    }

    #[test]
    fn it_is_given_up_in_the_end() {
        let mut retries = Retries::default();
        let tries = (1..).take_while(|done| {
            retries.has(*done);
            retries.after(WebErrorKind::Truncated).is_some()
        });
        assert_eq!(tries.count(), 100);
    }

    #[test]
    fn what_does_not_pass_is_not_tried_again() {
        for kind in [
            WebErrorKind::Status(404),
            WebErrorKind::Tls,
            WebErrorKind::TooLarge,
            WebErrorKind::Aborted,
        ] {
            assert_eq!(Retries::default().after(kind), None, "{kind}");
        }
    }
}
