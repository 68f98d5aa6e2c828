//! What must hold for any input, as functions of that input. They panic where it
//! does not. Property tests and fuzz targets feed them.

use crate::{
    Limits, Line, Log, Mask, Needle, Partial, find_url, find_urls, from_record, may_have_url,
    plain, styled, to_record,
};
use alloc::{string::String, vec::Vec};
use collodi_command::Stream;
use collodi_time::Instant;

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets. Numbers are the first bytes, the output
/// or text is the rest.
pub const TARGETS: &[Target] = &[
    ("logs_lines", |data| {
        let (seed, size, output) = numbers(data);
        lines(output, seed, size.into());
    }),
    ("logs_pages", |data| {
        let (seed, size, output) = numbers(data);
        let [lines, max_lines] = size.to_be_bytes();
        let bytes = usize::from(size) & 0x3ff;
        let limits = Limits {
            lines: lines.into(),
            bytes,
            line_bytes: bytes,
        };
        pages(output, seed, limits, max_lines.into());
    }),
    ("logs_blocks", |data| {
        let (seed, size, output) = numbers(data);
        let [lines, line_bytes] = size.to_be_bytes();
        let limits = Limits {
            lines: lines.into(),
            bytes: usize::from(size),
            line_bytes: line_bytes.into(),
        };
        blocks(output, seed, limits);
    }),
    ("logs_mask", |data| {
        let (seed, size, output) = numbers(data);
        mask(output, seed, size.into());
    }),
    ("logs_ansi", |data| ansi(&String::from_utf8_lossy(data))),
    ("logs_record", |data| {
        let (seq, dropped, text) = numbers(data);
        record(&String::from_utf8_lossy(text), seq, dropped.into());
    }),
    ("logs_urls", |data| urls(&String::from_utf8_lossy(data))),
];

/// The secrets that [`mask`] hides.
pub const SECRETS: [&str; 5] = ["hunter2!", "abcabcabc", "cabcab", "päßwört", "r2!hunt"];

/// The lines of `output` are what they are however it is cut into chunks, and as
/// long as nothing is dropped they are what a terminal would show.
pub fn lines(output: &[u8], seed: u64, line_bytes: usize) {
    let limits = Limits {
        lines: usize::MAX,
        bytes: usize::MAX,
        line_bytes,
    };
    let whole = finished(Log::new(limits), output, u64::MAX);
    assert_eq!(finished(Log::new(limits), output, seed), whole, "chunks");
    let mut written = output.split(|b| *b == b'\n');
    for line in &whole {
        check_line(line, written.next().unwrap_or_default(), line_bytes);
    }
    // What follows the last line end is a line unless it leaves nothing to be seen.
    let unseen = |rest: &[u8]| has_sequences(rest) || shown(rest).is_empty();
    assert!(
        written.next().is_none_or(unseen),
        "the last line is missing"
    );
    assert_eq!(written.next(), None, "lines are missing");
}

/// A log stays within its limits, and a reader who goes on where the last page
/// ended gets every line, or is told that it is gone, once and in order.
pub fn pages(output: &[u8], seed: u64, limits: Limits, max_lines: usize) {
    let mut log = Log::new(limits);
    let mut position = 0;
    for (n, chunk) in chunks(output, seed).enumerate() {
        let stream = if n % 3 == 0 {
            Stream::Stderr
        } else {
            Stream::Stdout
        };
        let completed = log.push(Instant::ZERO, stream, chunk);
        assert_eq!(completed.end, log.next_seq(), "the numbers of the chunk");
        check_limits(&log, limits);
        if n % 2 == 0 {
            position = check_page(&log, position, max_lines);
        }
    }
    log.close(Instant::ZERO);
    let rest = log.next_seq() - position;
    for _ in 0..rest {
        position = check_page(&log, position, max_lines.max(1));
    }
    assert_eq!(position, log.next_seq(), "the reader reaches the end");
}

/// A log that was shown to nobody is the same as one whose every line was looked at, and
/// who looks for addresses only sees them all.
pub fn blocks(output: &[u8], seed: u64, limits: Limits) {
    let log = || Log::new(limits).with_mask(Mask::new(SECRETS));
    let (mut quiet, mut shown, mut wanted) = (log(), log(), log());
    let (mut all, mut found) = (Vec::new(), Vec::new());
    let keep = |urls: &mut Vec<(u64, _)>, line: &Line| {
        let found = find_urls(&line.text).into_iter();
        urls.extend(found.map(|url| (line.seq, url)));
    };
    for chunk in chunks(output, seed) {
        let (now, stream) = (Instant::ZERO, Stream::Stdout);
        let numbers = shown.push_with(now, stream, chunk, |line| keep(&mut all, line));
        assert_eq!(quiet.push(now, stream, chunk), numbers, "quiet");
        let looks = |line: &Line| keep(&mut found, line);
        let others = wanted.push_where(now, stream, chunk, may_have_url, looks);
        assert_eq!(others, numbers, "wanted");
    }
    for other in [&quiet, &wanted] {
        assert!(other.last(usize::MAX).eq(shown.last(usize::MAX)), "lines");
        assert_eq!(other.totals(), shown.totals());
        assert_eq!(other.partial(Stream::Stdout), shown.partial(Stream::Stdout));
        check_limits(other, limits);
    }
    assert_eq!(found, all, "addresses");
}

/// No line and no partial line shows a secret, in its text or to the eye; and
/// lines without escape sequences are masked like a naive reference does it.
pub fn mask(output: &[u8], seed: u64, line_bytes: usize) {
    let limits = Limits {
        line_bytes,
        ..Limits::default()
    };
    let mut log = Log::new(limits).with_mask(Mask::new(SECRETS));
    let mut partials = Vec::new();
    for chunk in chunks(output, seed) {
        log.push_with(Instant::ZERO, Stream::Stdout, chunk, |line| {
            check_hidden(&line.text);
        });
        if let Some(Partial { text, .. }) = log.partial(Stream::Stdout) {
            check_hidden(&text);
            partials.push((log.next_seq(), text));
        }
    }
    log.close(Instant::ZERO);
    log.last(1).for_each(|line| check_hidden(&line.text));
    let text = String::from_utf8_lossy(output);
    if !text.chars().any(|c| c.is_control() && c != '\n') {
        check_grown(&log, &partials);
        check_masked(&log, &text, line_bytes);
    }
}

/// Visible text has no control characters but tab and line feed, and the styled
/// pieces are that text.
pub fn ansi(text: &str) {
    let seen = plain(text);
    let harmless = |c: char| !c.is_control() || matches!(c, '\t' | '\n');
    assert!(seen.chars().all(harmless), "{seen:?}");
    assert_eq!(plain(&seen), seen, "plain of plain");
    let spans = styled(text);
    let joined: String = spans.iter().map(|span| span.text.as_str()).collect();
    assert_eq!(joined, seen, "the styled text");
    assert!(spans.iter().all(|span| !span.text.is_empty()), "{spans:?}");
    let mut pairs = spans.iter().zip(spans.iter().skip(1));
    assert!(pairs.all(|(a, b)| a.style != b.style), "{spans:?}");
}

/// A record is one harmless line of text and reads back as the line it was; and
/// whatever else can be read writes the same line again.
pub fn record(text: &str, seq: u64, dropped: u64) {
    let line = Line {
        seq,
        at: Instant::from_nanos(seq),
        source: crate::Source::Stderr,
        text: text.into(),
        truncated: dropped > 0,
        dropped,
    };
    let record = to_record(&line);
    assert!(
        record.chars().all(|c| !c.is_control() || c == '\t'),
        "{record:?}"
    );
    assert_eq!(from_record(&record).as_ref(), Ok(&line), "{record:?}");
    if let Ok(read) = from_record(text) {
        assert_eq!(from_record(&to_record(&read)), Ok(read), "{text:?}");
    }
}

/// Addresses are parts of the visible text, in order, and what to connect to is an
/// address itself.
pub fn urls(text: &str) {
    let seen = plain(text);
    let mut rest: &str = &seen;
    for url in find_urls(text) {
        let found = rest.split_once(url.text.as_str());
        assert!(found.is_some(), "{url:?} in {seen:?}");
        rest = found.map_or("", |(_, after)| after);
        let target = url.to_connect();
        let again = find_url(&target);
        assert!(
            again.is_some_and(|u| u.text == target && u.port == url.port),
            "{target:?}"
        );
    }
}

/// Two numbers, and what follows them.
fn numbers(data: &[u8]) -> (u64, u16, &[u8]) {
    match data {
        [a, b, c, d, rest @ ..] => {
            let seed = u64::from(*a) << 56 | u64::from(*b);
            (seed, u16::from_be_bytes([*c, *d]), rest)
        }
        _ => (u64::MAX, u16::MAX, data),
    }
}

/// `output` in pieces of a few bytes, by `seed`; in one piece if that is the largest.
fn chunks(output: &[u8], seed: u64) -> impl Iterator<Item = &[u8]> {
    let mut rest = output;
    let mut state = seed;
    core::iter::from_fn(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let few = usize::try_from(state >> 60).unwrap_or(0) % 8 + 1;
        let len = if seed == u64::MAX {
            rest.len()
        } else {
            few.min(rest.len())
        };
        let (chunk, after) = rest.split_at_checked(len)?;
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn finished(mut log: Log, output: &[u8], seed: u64) -> Vec<Line> {
    for chunk in chunks(output, seed) {
        log.push(Instant::ZERO, Stream::Stdout, chunk);
    }
    log.close(Instant::ZERO);
    log.last(usize::MAX).cloned().collect()
}

fn check_line(line: &Line, bytes: &[u8], line_bytes: usize) {
    let ended = without_returns(bytes);
    assert!(line.text.len() <= line_bytes, "{line:?}");
    assert_eq!(line.truncated, line.dropped > 0, "{line:?}");
    if !ended.iter().any(|b| matches!(b, b'\r' | 0x08 | 0x1b)) {
        let text = String::from_utf8_lossy(ended);
        let kept = text.floor_char_boundary(line_bytes);
        assert_eq!(Some(line.text.as_str()), text.get(..kept), "{bytes:?}");
        let lost = (ended.len() as u64).saturating_sub(kept as u64);
        assert!(
            line.dropped == lost || text.contains('\u{fffd}'),
            "{line:?}"
        );
    } else if ended.len() <= line_bytes && !has_sequences(ended) {
        let cut = shown(ended);
        assert!(
            line.truncated || plain(&line.text) == cut,
            "{line:?} {cut:?}"
        );
    }
}

/// Whether there is, or may be, an escape sequence in `bytes`.
fn has_sequences(bytes: &[u8]) -> bool {
    bytes.iter().any(|b| matches!(b, 0x1b | 0xc2))
}

/// What a terminal shows after these bytes, which have no escape sequences.
fn shown(bytes: &[u8]) -> String {
    let mut cells = Vec::new();
    let mut cursor = 0_usize;
    for c in String::from_utf8_lossy(bytes).chars() {
        match c {
            '\r' => cursor = 0,
            '\x08' => cursor = cursor.saturating_sub(1),
            c if c.is_control() && c != '\t' => {}
            c => {
                cells.splice(cursor..cells.len().min(cursor + 1), [c]);
                cursor += 1;
            }
        }
    }
    cells.into_iter().collect()
}

fn without_returns(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .rposition(|b| *b != b'\r')
        .map_or(0, |at| at + 1);
    bytes.get(..end).unwrap_or_default()
}

fn check_limits(log: &Log, limits: Limits) {
    let bytes: usize = log.last(usize::MAX).map(|line| line.text.len()).sum();
    assert!(log.last(usize::MAX).len() <= limits.lines, "lines");
    assert!(bytes <= limits.bytes, "bytes");
    assert!(
        log.memory() <= limits.memory(),
        "{} {}",
        log.memory(),
        limits.memory()
    );
    let totals = log.totals();
    let kept = log.next_seq() - log.first_seq();
    assert_eq!(totals.lines, totals.dropped_lines + kept, "{totals:?}");
}

fn check_page(log: &Log, position: u64, max_lines: usize) -> u64 {
    let page = log.read(position, max_lines);
    let gap = page.gap.clone().unwrap_or(position..position);
    assert_eq!(gap.start, position, "{page:?}");
    let numbers: Vec<u64> = page.lines.iter().map(|line| line.seq).collect();
    assert_eq!(
        numbers,
        (gap.end..page.next).collect::<Vec<_>>(),
        "{page:?}"
    );
    assert!(numbers.len() <= max_lines, "{page:?}");
    let found = log.search(position, max_lines, |line| Needle::new("").is_in(line));
    assert_eq!(found, page, "a search for everything");
    page.next
}

fn check_hidden(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text:?}");
        assert!(!plain(text).contains(secret), "{text:?}");
    }
}

/// What was shown of an unfinished line is how the finished one begins.
fn check_grown(log: &Log, partials: &[(u64, String)]) {
    for (seq, text) in partials {
        let page = log.read(*seq, 1);
        let line = page.lines.first().filter(|line| line.seq == *seq);
        assert!(
            line.is_some_and(|line| line.text.starts_with(text)),
            "{text:?} {line:?}"
        );
    }
}

/// The lines of the log are those of `text`, masked, and no shorter than they must be.
fn check_masked(log: &Log, text: &str, line_bytes: usize) {
    for (line, written) in log.last(usize::MAX).zip(text.split('\n')) {
        let naive = hidden_naively(written);
        assert!(naive.starts_with(&line.text), "{line:?} {naive:?}");
        assert!(
            line.truncated || line.text.len() >= line_bytes.min(naive.len()),
            "{line:?}"
        );
        assert_eq!(Mask::new(SECRETS).apply(written), naive, "{written:?}");
    }
}

/// Marks each byte of each occurrence, and where one begins anew behind another.
fn hidden_naively(text: &str) -> String {
    let occurs = |at: usize| {
        let after = text.get(at..).unwrap_or_default();
        let lengths = SECRETS
            .iter()
            .filter(|s| after.starts_with(**s))
            .map(|s| s.len());
        lengths.max()
    };
    let mut out = String::new();
    let mut hidden_to = 0;
    for (at, c) in text.char_indices() {
        if let Some(len) = occurs(at) {
            if at >= hidden_to {
                out.push_str("***");
            }
            hidden_to = hidden_to.max(at + len);
        }
        if at >= hidden_to {
            out.push(c);
        }
    }
    out
}
