//! A host comes through a world in which things go wrong: whatever fails and whatever comes
//! late, this holds.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod model;
mod stage;

use collodi_wrap::{Faults, Rate};
use proptest::{collection::vec, prelude::*};
use stage::{APPS, Deed, Story, play};
use std::{num::NonZeroUsize, time::Duration};

fn deed() -> impl Strategy<Value = Deed> {
    let app = 0..APPS.len();
    prop_oneof![
        4 => app.clone().prop_map(Deed::Run),
        2 => app.clone().prop_map(Deed::Stop),
        1 => app.clone().prop_map(Deed::Restart),
        1 => app.prop_map(Deed::Cancel),
        4 => (0_u64..9000).prop_map(Deed::Wait),
    ]
}

fn rate() -> impl Strategy<Value = Rate> {
    prop_oneof![Just(Rate::NEVER), (0_u16..300).prop_map(Rate::per_mille)]
}

fn faults() -> impl Strategy<Value = Faults> {
    let rates = (rate(), rate(), rate(), rate(), rate(), rate());
    (rates, 0_u64..3000).prop_map(
        |((spawn, tree, file, connect, web, delay), longest)| Faults {
            spawn,
            tree,
            file,
            connect,
            web,
            delay,
            longest: Duration::from_millis(longest),
        },
    )
}

fn story() -> impl Strategy<Value = Story> {
    let most = (1_usize..8).prop_filter_map("a place", NonZeroUsize::new);
    let parts = (any::<u64>(), faults(), most, vec(deed(), 1..12));
    parts.prop_map(|(seed, faults, most, deeds)| Story {
        seed,
        faults,
        most,
        deeds,
    })
}

proptest! {
    #[test]
    fn a_host_comes_through(story in story()) {
        let played = play(&story);
        let broken = model::broken(&played, story.most.get());
        prop_assert!(broken.is_empty(), "{broken:#?}\n{}", played.history);
    }

    /// What a seed found, it finds again.
    #[test]
    fn the_same_seed_gives_the_same_trace(story in story()) {
        let [one, other] = [play(&story), play(&story)];
        prop_assert_eq!(one.history, other.history);
        prop_assert_eq!(model::lines(&one.log), model::lines(&other.log));
    }
}
