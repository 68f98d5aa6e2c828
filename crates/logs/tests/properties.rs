//! The properties in `collodi_logs::fuzz`, on output made of awkward pieces.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use collodi_logs::{Limits, fuzz};
use proptest::{collection::vec, prelude::*, sample::select};

const PIECES: &[&[u8]] = &[
    b"\n",
    b"\n",
    b"\n",
    b"\r",
    b"\r",
    b"\r\n",
    b"\x08",
    b"\t",
    b"\0",
    b" ",
    b"abc",
    b"cab",
    b"hunter2!",
    b"hun",
    b"ter2!",
    b"!hunt",
    "päßwört".as_bytes(),
    "pä".as_bytes(),
    b"\xc3",
    "é".as_bytes(),
    "語".as_bytes(),
    b"\xf0\x9f\x98",
    b"\x80",
    b"\xff",
    b"\xed\xa0",
    b"\xe8\xaa",
    b"\x1b",
    b"\x1b[",
    b"\x1b[31m",
    b"\x1b[0m",
    b"\x1b[K",
    b"\x1b[2K",
    b"\x1b[G",
    b"\x1b[38;5;9m",
    b"\x1b]0;",
    b"\x07",
    b"\x1b\\",
    b"\x1bP",
    b"\xc2\x9b1m",
    b"\xc2\x9d",
    b"\x7f",
    b"m",
    b";",
    b"http://",
    b"https://",
    b"localhost",
    b":8080",
    b"/x",
    b"[::]",
    b"0.0.0.0",
    b")",
    b".",
    b"\\",
    b"\\u{41}",
    b"1 t+1.000s stdout ",
    b"{",
    b"}",
];

const WORDS: &[&str] = &[
    "\n", "hunter2!", "hunte", "r2!", "hunt", "abc", "cab", "pä", "ßwört", " ", "x",
];

fn output() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => select(PIECES).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..6),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Lines of pieces of secrets, and no control characters.
fn secretive() -> impl Strategy<Value = Vec<u8>> {
    vec(select(WORDS), 0..20).prop_map(|pieces| pieces.concat().into_bytes())
}

/// Mostly lines that are nothing but text, with addresses here and there.
fn plain_lines() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        6 => secretive(),
        1 => output(),
        1 => Just(b"at http://localhost:80/x".to_vec()),
        1 => Just(b"at http:\0//localhost".to_vec()),
    ];
    vec(line, 0..20).prop_map(|lines| lines.join(&b'\n'))
}

fn text() -> impl Strategy<Value = String> {
    output().prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn limits() -> impl Strategy<Value = Limits> {
    (0..9_usize, 0..200_usize, 0..40_usize).prop_map(|(lines, bytes, line_bytes)| Limits {
        lines,
        bytes,
        line_bytes,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1024),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn lines(output in output(), seed: u64, short in 0..40_usize) {
        fuzz::lines(&output, seed, 1 << 16);
        fuzz::lines(&output, seed, short);
    }

    #[test]
    fn pages(output in output(), seed: u64, limits in limits(), max_lines in 0..5_usize) {
        fuzz::pages(&output, seed, limits, max_lines);
    }

    #[test]
    fn blocks(output in plain_lines(), seed: u64, limits in limits()) {
        fuzz::blocks(&output, seed, limits);
        fuzz::blocks(&output, u64::MAX, limits);
        fuzz::blocks(&output, u64::MAX, Limits { line_bytes: 100, bytes: 1000, ..limits });
    }

    #[test]
    fn mask(output in prop_oneof![output(), secretive()], seed: u64, short in 0..40_usize) {
        fuzz::mask(&output, seed, 1 << 16);
        fuzz::mask(&output, seed, short);
    }

    #[test]
    fn ansi(text in text()) {
        fuzz::ansi(&text);
    }

    #[test]
    fn record(text in text(), seq: u64, dropped in 0..3_u64) {
        fuzz::record(&text, seq, dropped);
    }

    #[test]
    fn urls(text in text()) {
        fuzz::urls(&text);
    }
}
