//! Any bytes: no panic, and matches that lie in the text.
#![allow(missing_docs)]

use collodi_pattern::{Pattern, fuzz};
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_bytes(data in proptest::collection::vec(any::<u8>(), 0..60)) {
        fuzz::pattern(&data);
    }

    #[test]
    fn what_looks_like_a_pattern(source in r"/[ab.()\[\]{}*+?|^$\\dwsbk1-9<>=!:,u-]{0,16}/[gimsuy]{0,3}", text in "[ab12 \n]{0,12}") {
        fuzz::pattern(format!("{source}\n{text}").as_bytes());
    }
}

/// The largest of what is not compiled to be checked can be compiled.
#[test]
fn long_patterns_of_sets() {
    for atom in [r"\S", r"\W", ".", "[^a]", r"\D+", r"(\S)", r"[\S\W]*"] {
        for flags in ["", "is"] {
            let source = atom.repeat(256 / atom.len());
            fuzz::pattern(format!("/{source}/{flags}\nsome text").as_bytes());
            assert!(
                Pattern::parse(&format!("/{source}/{flags}")).is_ok(),
                "{source}"
            );
        }
    }
}

/// What only the engine refuses is refused by checking too.
#[test]
fn what_the_engine_refuses() {
    for source in [
        r"/(?<=a+)b/",
        r"/(?<!\w*)b/",
        r"/\p{Nothing}/u",
        "/(a{1000}){1000}/",
    ] {
        assert!(Pattern::parse(source).is_err(), "{source}");
        fuzz::pattern(source.as_bytes());
    }
}
