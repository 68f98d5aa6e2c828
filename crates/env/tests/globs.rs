//! The matcher against a slow reference, and its refusals.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use collodi_env::{DEFAULT_EXCLUDES, Glob, GlobError, LOADERS, Preset};
use proptest::prelude::*;

/// Says the same by trying every split at every star.
fn reference(pattern: &[char], name: &[char]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => (0..=name.len()).any(|taken| reference(rest, &name[taken..])),
        (Some(('?', p)), Some((_, n))) => reference(p, n),
        (Some((a, p)), Some((b, n))) => a.eq_ignore_ascii_case(b) && reference(p, n),
        _ => false,
    }
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn equals_the_reference(pattern in "[abAB*?_]{1,8}", name in "[abAB_é]{0,9}") {
        let glob = Glob::new(&pattern).unwrap();
        prop_assert_eq!(glob.matches(&name), reference(&chars(&pattern), &chars(&name)));
    }

    #[test]
    fn any_text_is_a_pattern_or_an_error(text in "\\PC{0,200}", name in "\\PC{0,40}") {
        if let Ok(glob) = Glob::new(&text) {
            glob.matches(&name);
        }
    }
}

#[test]
fn examples() {
    for (pattern, name, fits) in [
        ("*_KEY", "OPENAI_API_KEY", true),
        ("*_KEY", "openai_api_key", true),
        ("*_KEY", "KEY", false),
        ("*_KEY", "_KEY", true),
        ("*_KEY", "A_KEY_B", false),
        ("LC_*", "LC_", true),
        ("?", "", false),
        ("?", "é", true),
        ("*", "", true),
        ("GIT_*_COMMAND", "GIT_SSH_COMMAND", true),
        ("GIT_*_COMMAND", "GIT_COMMAND", false),
        ("*\u{2a}A", "BA", true),
    ] {
        assert_eq!(
            Glob::new(pattern).unwrap().matches(name),
            fits,
            "{pattern} on {name:?}"
        );
    }
}

/// This many stars take years with a matcher that comes back to each of them.
#[test]
fn many_stars_are_no_trouble() {
    let glob = Glob::new(&"*A".repeat(60)).unwrap();
    assert!(!glob.matches(&format!("{}B", "A".repeat(100_000))));
    assert!(glob.matches(&"A".repeat(100_000)));
}

#[test]
fn refusals() {
    let bad = |found, at| Err(GlobError::BadCharacter { found, at });
    assert_eq!(Glob::new(""), Err(GlobError::Empty));
    assert_eq!(Glob::new("A=B"), bad('=', 1));
    assert_eq!(Glob::new("[A-Z]*"), bad('[', 0));
    assert_eq!(Glob::new("*("), bad('(', 1));
    assert_eq!(Glob::new("A*\n"), bad('\n', 2));
    assert_eq!(Glob::new(&"A".repeat(129)), Err(GlobError::TooLong));
    assert!(Glob::new(&"A".repeat(128)).is_ok());
}

#[test]
fn the_lists_of_this_crate_are_patterns_and_say_nothing_twice() {
    let excludes = DEFAULT_EXCLUDES.iter().map(|exclude| exclude.glob.clone());
    let mut lists = vec![LOADERS.to_vec(), excludes.collect()];
    lists.extend(Preset::ALL.iter().map(|preset| preset.globs().to_vec()));
    for list in lists {
        for (i, glob) in list.iter().enumerate() {
            assert_eq!(Glob::new(glob.as_str()).as_ref(), Ok(glob));
            let again = list
                .iter()
                .skip(i + 1)
                .find(|other| other.as_str().eq_ignore_ascii_case(glob.as_str()));
            assert_eq!(again, None);
        }
    }
}

/// A preset that lets an excluded name through would be a promise that is not kept.
#[test]
fn no_preset_lists_what_is_excluded() {
    for preset in Preset::ALL {
        for glob in preset.globs() {
            let name = glob.as_str().replace('*', "X");
            assert!(!collodi_env::is_secret_name(&name), "{preset}: {glob}");
            assert!(!collodi_env::is_loader_name(&name), "{preset}: {glob}");
        }
    }
}
