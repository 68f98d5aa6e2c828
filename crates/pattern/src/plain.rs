//! Sources that the engine takes for sure, so that it need not be asked.

use crate::flags::Flags;

/// The longest source that is looked at, in bytes: what it stands for is far below the
/// limit on compiled patterns.
const LONGEST: usize = 256;

/// The most groups, so that they cannot nest too deeply.
const MOST_GROUPS: usize = 16;

/// Whether the engine can only accept `source`, when its grammar is good: characters, classes,
/// groups that are not repeated, and `*`, `+` and `?` behind the others.
pub(crate) fn is_plain(source: &str, flags: Flags) -> bool {
    let bytes = source.as_bytes();
    let groups = bytes.iter().filter(|b| **b == b'(').count();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    bytes.len() <= LONGEST
        && groups <= MOST_GROUPS
        && !(flags.multiline || flags.unicode || flags.sticky)
        && bytes.iter().all(|b| b.is_ascii() && *b != b'{')
        && pairs.into_iter().all(|(b, next)| may_follow(*b, *next))
}

/// Whether nothing is special about `next` behind `b`. That `b` may be escaped itself makes
/// the answer no more than too careful.
const fn may_follow(b: u8, next: u8) -> bool {
    match b {
        b'\\' => {
            let set = matches!(next, b'd' | b'D' | b'w' | b'W' | b's' | b'S');
            set || matches!(next, b'n' | b'r' | b't') || next.is_ascii_punctuation()
        }
        b'(' => next != b'?',
        b')' => !matches!(next, b'*' | b'+' | b'?'),
        _ => true,
    }
}
