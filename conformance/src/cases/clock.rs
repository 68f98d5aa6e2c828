//! Time.

use crate::{Broken, Subject, Verdict, case::cases};
use collodi_backend::Clock;
use collodi_time::{Duration, Instant};
use futures::{FutureExt, StreamExt, future::join_all, stream::FuturesUnordered};

cases! {
    /// `now` never goes back.
    async fn now_never_goes_back(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        let mut last = clock.now();
        for n in 0..2000_u64 {
            if n.is_multiple_of(500) {
                sleep(&**clock, 1).await;
            }
            let now = clock.now();
            assert!(now >= last, "{now} after {last}");
            last = now;
        }
        Ok(())
    }

    /// A sleep completes at its instant or soon after, never before.
    async fn sleep_is_never_early(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        for micros in [1, 100, 999, 1_500, 10_000, 20_001] {
            let at = clock.now() + Duration::from_micros(micros);
            clock.sleep_until(at).await;
            assert!(clock.now() >= at, "awake at {}, not at {at}", clock.now());
        }
        Ok(())
    }

    /// A sleep until an instant that has passed completes at once.
    async fn sleep_until_the_past_completes(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        sleep(&**clock, 2).await;
        for at in [Instant::ZERO, Instant::from_millis(1), clock.now()] {
            clock.sleep_until(at).await;
        }
        Ok(())
    }

    /// Sleeps complete in the order of their instants, not of their making.
    async fn sleeps_complete_in_order(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        let start = clock.now();
        let sleeps = [60_u64, 20, 80, 40].into_iter().map(|millis| {
            let sleep = clock.sleep_until(start + Duration::from_millis(millis));
            sleep.map(move |()| millis)
        });
        let order: Vec<u64> = sleeps.collect::<FuturesUnordered<_>>().collect().await;
        assert_eq!(order, [20, 40, 60, 80]);
        Ok(())
    }

    /// A thousand sleeps until one instant all complete.
    async fn sleeps_until_one_instant_all_complete(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        let at = clock.now() + Duration::from_millis(5);
        join_all((0..1000).map(|_| clock.sleep_until(at))).await;
        assert!(clock.now() >= at);
        Ok(())
    }

    /// A sleep that is dropped disturbs no other.
    async fn dropped_sleep_disturbs_no_other(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        let at = clock.now() + Duration::from_millis(10);
        let (kept, mut dropped) = (clock.sleep_until(at), clock.sleep_until(at));
        assert!((&mut dropped).now_or_never().is_none());
        drop(dropped);
        kept.await;
        assert!(clock.now() >= at);
        Ok(())
    }

    /// A sleep until the end of time does not complete, and does no harm.
    async fn endless_sleep_does_not_complete(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        let mut endless = clock.sleep_until(Instant::from_nanos(u64::MAX));
        sleep(&**clock, 5).await;
        assert!((&mut endless).now_or_never().is_none());
        Ok(())
    }

    /// Wall time goes on with the clock.
    async fn wall_time_goes_on(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        let before = clock.wall().as_duration();
        sleep(&**clock, 100).await;
        let passed = clock.wall().as_duration().checked_sub(before);
        let passed = passed.ok_or_else(|| Broken::new("wall time went back"))?;
        assert!(passed >= Duration::from_millis(50), "{passed:?} of 100 ms");
        Ok(())
    }

    /// Wall time is one that a calendar of this century knows.
    async fn wall_time_is_of_this_century(world: Subject) -> Verdict {
        let year: String = world
            .backends()
            .clock
            .wall()
            .to_string()
            .chars()
            .take(2)
            .collect();
        assert_eq!(year, "20");
        Ok(())
    }

    /// Where time is virtual, a sleep takes none: time is where it was to go.
    #[needs(VirtualTime)]
    async fn virtual_sleep_is_exact(world: Subject) -> Verdict {
        let clock = &world.backends().clock;
        let year = Duration::from_secs(365 * 86_400);
        let (at, wall) = (clock.now() + year, clock.wall() + year);
        clock.sleep_until(at).await;
        assert_eq!((clock.now(), clock.wall()), (at, wall));
        Ok(())
    }
}

async fn sleep(clock: &dyn Clock, millis: u64) {
    clock
        .sleep_until(clock.now() + Duration::from_millis(millis))
        .await;
}
