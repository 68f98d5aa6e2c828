//! Secret values, hidden.

use crate::ansi::{is_plain, plain, visible};
use aho_corasick::{AhoCorasick, MatchKind};
use alloc::{borrow::Cow, borrow::ToOwned, string::String, sync::Arc, vec::Vec};
use core::{fmt, ops::Range};

/// What stands in the place of a secret.
const STARS: &str = "***";

/// Hides secret values in text: each occurrence becomes `***`.
///
/// Occurrences that overlap are hidden as one. An occurrence interrupted by escape
/// sequences or control characters is one, too, because it reads as one. A secret
/// of several lines is hidden line by line. Encoded forms (base64, percent signs)
/// are not known to it: it guards against accidents, not against a program that
/// wants to tell.
///
/// Copies share what was built; none is, where nothing is hidden.
#[derive(Clone, Default)]
pub struct Mask(Option<Arc<Built>>);

struct Built {
    secrets: Vec<String>,
    finder: Finder,
}

enum Finder {
    Any(AhoCorasick),
    /// The automaton could not be built: hide all rather than show a secret.
    Everything,
}

impl Mask {
    /// Shorter values are not hidden: they would turn up in innocent text.
    pub const MIN_BYTES: usize = 6;

    /// Hides `secrets`: of each the lines, without the blanks around them, that
    /// have at least [`MIN_BYTES`](Self::MIN_BYTES) bytes.
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let mut lines = Vec::new();
        for secret in secrets {
            lines.extend(secret_lines(secret.as_ref()));
        }
        if lines.is_empty() {
            return Self::default();
        }
        lines.sort_unstable();
        lines.dedup();
        Self(Some(Arc::new(Built {
            finder: Finder::new(&lines),
            secrets: lines,
        })))
    }

    /// Whether nothing is hidden.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// `text` with each secret hidden.
    pub fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.prefix(text, text.len()).0
    }

    /// Hides each secret in `text`, which stays what it is when there is none in it.
    pub fn hide<T: AsRef<str> + From<String>>(&self, text: &mut T) {
        if let Cow::Owned(hidden) = self.apply((*text).as_ref()) {
            *text = hidden.into();
        }
    }

    /// The first `limit` bytes of `text`, or a little less, with each secret that
    /// begins there hidden; and how many bytes of `text` that took. The result has
    /// at most `limit` bytes too.
    pub(crate) fn prefix<'a>(&self, text: &'a str, limit: usize) -> (Cow<'a, str>, usize) {
        let ranges = self.find(text);
        if ranges.is_empty() {
            let kept = head(text, limit);
            return (Cow::Borrowed(kept), kept.len());
        }
        let (hidden, taken) = hide(text, &ranges, limit);
        (Cow::Owned(self.settled(hidden)), taken)
    }

    /// `hidden`, unless the stars broke an escape sequence so that what it kept
    /// from sight reads as a secret: then it loses its escape sequences.
    fn settled(&self, hidden: String) -> String {
        if is_plain(&hidden) || self.find(&hidden).is_empty() {
            return hidden;
        }
        let seen = plain(&hidden);
        hide(&seen, &self.find(&seen), seen.len()).0
    }

    /// How much of an unfinished `text` may be shown: what stands at its end and
    /// may yet become a secret is held back.
    pub(crate) fn showable<'a>(&self, text: &'a str) -> &'a str {
        let seen = plain(text);
        let open = self.secrets().iter().map(|secret| overlap(secret, &seen));
        let open = open.max().unwrap_or(0);
        if open == 0 {
            return text;
        }
        let start = Places::new(text).raw(seen.len() - open);
        let around = |range: &Range<usize>| range.start < start && start < range.end;
        let end = self.find(text).into_iter().find(around);
        head(text, end.map_or(start, |range| range.end))
    }

    /// Length of the longest secret.
    pub(crate) fn longest(&self) -> usize {
        self.secrets().iter().map(String::len).max().unwrap_or(0)
    }

    fn secrets(&self) -> &[String] {
        self.0.as_deref().map_or(&[], |built| &built.secrets)
    }

    /// Where the secrets are: in order, not overlapping.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let Some(Built { finder, .. }) = self.0.as_deref() else {
            return Vec::new();
        };
        let mut ranges = finder.find(text);
        if !is_plain(text) {
            let seen = finder.find(&plain(text));
            ranges.extend(raw_ranges(text, &seen));
            ranges = merged(ranges);
        }
        ranges
    }
}

/// Says how many secrets, and none of them.
impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mask({} secrets)", self.secrets().len())
    }
}

impl Finder {
    fn new(secrets: &[String]) -> Self {
        AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(secrets)
            .map_or(Self::Everything, Self::Any)
    }

    fn find(&self, text: &str) -> Vec<Range<usize>> {
        match self {
            Self::Everything => alloc::vec![0..text.len()],
            Self::Any(automaton) if text.len() < automaton.min_pattern_len() => Vec::new(),
            Self::Any(automaton) if !automaton.is_match(text) => Vec::new(),
            Self::Any(automaton) => {
                let found = automaton.find_overlapping_iter(text);
                merged(found.map(|m| m.range()).collect())
            }
        }
    }
}

fn secret_lines(secret: &str) -> impl Iterator<Item = String> {
    secret
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| line.len() >= Mask::MIN_BYTES)
        .map(ToOwned::to_owned)
}

/// In order, with those that overlap made one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|later, earlier| {
        let overlap = later.start < earlier.end;
        if overlap {
            earlier.end = earlier.end.max(later.end);
        }
        overlap
    });
    ranges
}

/// Ranges of the visible text of `text`, in order, as ranges of `text`.
fn raw_ranges(text: &str, seen: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut places = Places::new(text);
    let mut raw = |range: &Range<usize>| {
        let start = places.raw(range.start);
        start..places.raw(range.end - 1) + 1
    };
    seen.iter().map(&mut raw).collect()
}

/// Where bytes of the visible text of a text stand in that.
struct Places<I> {
    pieces: I,
    /// The visible bytes before the current piece.
    before: usize,
    offset: usize,
    len: usize,
}

impl<'a> Places<()> {
    fn new(text: &'a str) -> Places<impl Iterator<Item = (usize, &'a str)>> {
        Places {
            pieces: visible(text),
            before: 0,
            offset: 0,
            len: 0,
        }
    }
}

impl<'a, I: Iterator<Item = (usize, &'a str)>> Places<I> {
    /// Where visible byte `at` stands. Never less than the one asked for before.
    fn raw(&mut self, at: usize) -> usize {
        while at >= self.before + self.len {
            let Some((offset, piece)) = self.pieces.next() else {
                break;
            };
            self.before += self.len;
            (self.offset, self.len) = (offset, piece.len());
        }
        self.offset + (at - self.before)
    }
}

/// `text` with `ranges` hidden, up to `limit` bytes of it.
fn hide(text: &str, ranges: &[Range<usize>], limit: usize) -> (String, usize) {
    let mut out = String::new();
    let mut taken = 0;
    for range in ranges.iter().take_while(|range| range.start < limit) {
        out.push_str(text.get(taken..range.start).unwrap_or_default());
        out.push_str(STARS);
        taken = range.end;
    }
    let rest = text.get(taken..).unwrap_or_default();
    let kept = head(rest, limit.saturating_sub(taken));
    out.push_str(kept);
    out.truncate(head(&out, limit).len());
    (out, taken + kept.len())
}

/// At most `limit` bytes from the front of `text`, in whole characters.
pub(crate) fn head(text: &str, limit: usize) -> &str {
    let end = text.floor_char_boundary(limit);
    text.split_at_checked(end).map_or(text, |(head, _)| head)
}

/// Length of the longest proper beginning of `secret` that `text` ends with, by
/// the failure function of Knuth, Morris and Pratt: linear in `secret`.
fn overlap(secret: &str, text: &str) -> usize {
    let secret = secret.as_bytes();
    let tail = text.len().saturating_sub(secret.len() - 1);
    let borders = borders(secret);
    let mut matched = 0;
    for byte in text.bytes().skip(tail) {
        matched = step(secret, &borders, matched, byte);
    }
    matched
}

/// For each length of a beginning of `secret`, the longest shorter one it ends with.
fn borders(secret: &[u8]) -> Vec<usize> {
    let mut borders = alloc::vec![0, 0];
    let mut matched = 0;
    for byte in secret.iter().skip(1) {
        matched = step(secret, &borders, matched, *byte);
        borders.push(matched);
    }
    borders
}

fn step(secret: &[u8], borders: &[usize], mut matched: usize, byte: u8) -> usize {
    loop {
        match (secret.get(matched), matched) {
            (Some(next), _) if *next == byte => return matched + 1,
            (_, 0) => return 0,
            _ => matched = borders.get(matched).copied().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(secrets: &[&str], text: &str, expected: &str) {
        assert_eq!(
            Mask::new(secrets).apply(text),
            expected,
            "{secrets:?} {text:?}"
        );
    }

    #[test]
    fn hides() {
        check(&[], "token", "token");
        check(&["hunter2!"], "my hunter2! is hunter2!!", "my *** is ***!");
        check(&["hunter2!"], "hunter2!hunter2!", "******");
        check(&["abcdef", "defghi"], "abcdefghi", "***");
        check(&["abcdef", "xabcdefx"], "xabcdefx abcdef", "*** ***");
        check(&["aaaaaa"], "aaaaaaaaaaaaaaab", "***b");
        check(&["päßwört"], "päßwört!", "***!");
        check(&["short"], "short", "short");
        check(&["  hunter2!\n"], "hunter2!", "***");
        check(
            &["-----BEGIN\nabcdefgh\r\nend"],
            "abcdefgh -----BEGIN end",
            "*** *** end",
        );
    }

    #[test]
    fn hides_what_the_eye_would_read() {
        check(
            &["hunter2!"],
            "a \x1b[31mhun\x1b[1mter2!\x1b[0m b",
            "a \x1b[31m***\x1b[0m b",
        );
        check(&["hunter2!"], "hunt\0er2!", "***");
        check(&["hunter2!"], "\x1b]0;hunter2!\x07b", "\x1b]0;***\x07b");
        check(&["]0;abc", "hunter2!"], "\x1b]0;abc mhun\0ter2!", "***");
    }

    #[test]
    fn the_limit_cuts_no_secret() {
        let mask = Mask::new(["hunter2!"]);
        let cut = |limit| mask.prefix("ab hunter2! cd", limit);
        assert_eq!(cut(2), (Cow::from("ab"), 2));
        assert_eq!(cut(3), (Cow::from("ab "), 3));
        assert_eq!(cut(4), (Cow::from("ab *"), 11));
        assert_eq!(cut(13), (Cow::from("ab *** c"), 13));
    }

    #[test]
    fn holds_back_what_may_become_a_secret() {
        let mask = Mask::new(["hunter2!", "abcabcabd", "password-hunt"]);
        for (text, expected) in [
            ("", ""),
            ("x", "x"),
            ("xh", "x"),
            ("xhunter2", "x"),
            ("xhunter2!", "xhunter2!"),
            ("xhunter3", "xhunter3"),
            ("abcabcabcab", "abc"),
            ("abcabcabdabc", "abcabcabd"),
            ("xpassword-hunt", "xpassword-hunt"),
            ("xpassword-hunter", "xpassword-hunt"),
            ("x\x1b[1mhun\x1b[0mt", "x\x1b[1m"),
        ] {
            assert_eq!(mask.showable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn says_nothing_about_the_secrets() {
        let mask = alloc::format!("{:?}", Mask::new(["hunter2!"]));
        assert_eq!(mask, "Mask(1 secrets)");
    }
}
