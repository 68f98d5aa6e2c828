//! What a fuzzer runs: any bytes, and what must hold for them.

use crate::Pattern;
use alloc::string::String;

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("pattern_find", pattern)];

/// Reads `data` as a pattern, a line end, and a text, and walks through the
/// matches.
///
/// # Panics
///
/// When a range is not one of the text, or a match lies before its start, or checking and
/// reading do not say the same.
pub fn pattern(data: &[u8]) {
    let all = String::from_utf8_lossy(data);
    let (source, text) = all.split_once('\n').unwrap_or((&all, "aab 12\n"));
    let parsed = Pattern::parse(source);
    assert_eq!(Pattern::check(source), parsed.clone().map(drop));
    let parsed = parsed.or_else(|_| Pattern::new(source, ""));
    let Ok(pattern) = parsed else {
        return;
    };
    let mut start = 0;
    while let Ok(Some(found)) = pattern.find_at(text, start) {
        let range = found.range();
        assert!(range.start >= start, "a match lies behind its start");
        assert!(
            text.get(range.clone()).is_some(),
            "a match is a part of the text"
        );
        for group in found.groups().iter().flatten() {
            assert!(
                text.get(group.clone()).is_some(),
                "a group is a part of the text"
            );
        }
        let next = text.get(range.end..).and_then(|rest| rest.chars().next());
        let step = if range.is_empty() {
            next.map_or(1, char::len_utf8)
        } else {
            0
        };
        start = range.end + step;
    }
}
