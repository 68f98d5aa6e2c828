//! What a log does with output, as its readers see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use collodi_command::Stream::{self, Stderr, Stdout};
use collodi_logs::{Limits, Log, Mask, to_record};
use collodi_time::Instant;
use insta::assert_snapshot;

const NOW: Instant = Instant::ZERO;

fn records(log: &Log) -> String {
    log.last(usize::MAX)
        .map(|line| to_record(line) + "\n")
        .collect()
}

/// The records of a log that took these chunks and was closed.
fn after(chunks: &[(Stream, &[u8])]) -> String {
    let mut log = Log::new(Limits::default());
    for (stream, bytes) in chunks {
        log.push(NOW, *stream, bytes);
    }
    log.close(NOW);
    records(&log)
}

#[test]
fn streams_are_cut_into_lines_each_for_itself() {
    let text = after(&[
        (Stdout, b"Loa"),
        (Stderr, b"warning: "),
        (Stdout, b"ding\nReady\n"),
        (Stderr, b"slow\n\n"),
        (Stdout, b"no line end"),
    ]);
    assert_snapshot!(text, @r#"
    0 t+0.000s stdout Loading
    1 t+0.000s stdout Ready
    2 t+0.000s stderr warning: slow
    3 t+0.000s stderr 
    4 t+0.000s stdout no line end
    "#);
}

#[test]
fn line_ends_and_characters_may_be_split() {
    let text = after(&[
        (Stdout, b"windows\r"),
        (Stdout, b"\nunix\nmac\r"),
        (Stdout, b"\r\r\n"),
        (Stdout, "žlu".as_bytes()),
        (Stdout, b"\xc5"),
        (Stdout, b"\xa5\n"),
        (Stdout, b"bad \xf0\x9f\x98\nbad \xff\xfe\n"),
    ]);
    assert_snapshot!(text, @r#"
    0 t+0.000s stdout windows
    1 t+0.000s stdout unix
    2 t+0.000s stdout mac
    3 t+0.000s stdout žluť
    4 t+0.000s stdout bad �
    5 t+0.000s stdout bad ��
    "#);
}

#[test]
fn progress_is_one_line() {
    let mut log = Log::new(Limits::default());
    for n in 0..=2000 {
        log.push(NOW, Stderr, format!("\r{n:>4}/2000 it").as_bytes());
    }
    assert_eq!(log.next_seq(), 0);
    assert_eq!(log.partial(Stderr).unwrap().text, "2000/2000 it");
    log.push(NOW, Stderr, b"\ndone\n");
    assert_snapshot!(records(&log), @r#"
    0 t+0.000s stderr 2000/2000 it
    1 t+0.000s stderr done
    "#);
}

#[test]
fn a_shorter_text_leaves_the_rest_unless_it_erases() {
    let text = after(&[
        (Stdout, b"downloading\rdone\n"),
        (Stdout, b"downloading\rdone\x1b[K\n"),
        (Stdout, b"downloading\r\x1b[2Kdone\n"),
        (Stdout, b"spinning |\x08/\x08-\x08\\\n"),
        (Stdout, b"\x1b[32mgreen\x1b[0m\r\x1b[31mr\n"),
    ]);
    assert_snapshot!(text, @r#"
    0 t+0.000s stdout doneloading
    1 t+0.000s stdout done
    2 t+0.000s stdout done
    3 t+0.000s stdout spinning \\
    4 t+0.000s stdout \e[0;38;5;1mr\e[0;38;5;2mreen\e[0m
    "#);
}

#[test]
fn a_line_without_end_is_cut_and_counted() {
    let mut log = Log::new(Limits::default());
    let chunk = vec![b'x'; 1 << 20];
    for _ in 0..200 {
        log.push(NOW, Stdout, &chunk);
        assert!(log.memory() <= Limits::default().memory());
    }
    assert!(log.memory() < 128 << 10, "{}", log.memory());
    log.push(NOW, Stdout, b"\nnext\n");
    let [long, next] = log.last(2).collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(
        (long.text.len(), long.truncated, next.truncated),
        (64 << 10, true, false)
    );
    assert_eq!(long.dropped, (200 << 20) - (64 << 10));
    assert!(long.to_string().ends_with("xxx [209649664 bytes dropped]"));
    assert_eq!(log.totals().truncated_bytes, long.dropped);
}

#[test]
fn the_ring_is_bounded_by_lines_and_by_bytes() {
    let limits = Limits {
        lines: 3,
        bytes: 10,
        line_bytes: 8,
    };
    let mut log = Log::new(limits);
    log.push(NOW, Stdout, b"1\n2\n3\n4\n");
    assert_snapshot!(records(&log), @r#"
    1 t+0.000s stdout 2
    2 t+0.000s stdout 3
    3 t+0.000s stdout 4
    "#);
    log.push(NOW, Stdout, b"56789\n56789\n");
    assert_snapshot!(records(&log), @r#"
    4 t+0.000s stdout 56789
    5 t+0.000s stdout 56789
    "#);
    log.push(NOW, Stdout, b"0123456789\n");
    assert_snapshot!(records(&log), @"6 t+0.000s stdout+2 01234567");
    assert_snapshot!(format!("{:#?}", log.totals()), @r#"
    Totals {
        bytes: 31,
        lines: 7,
        dropped_lines: 6,
        truncated_lines: 1,
        truncated_bytes: 2,
    }
    "#);
}

#[test]
fn buffers_of_long_lines_are_not_kept_for_short_ones() {
    let limits = Limits {
        lines: 50,
        bytes: 64 << 10,
        ..Limits::default()
    };
    let mut log = Log::new(limits);
    let long = [&[b'x'; 60 << 10][..], b"\n"].concat();
    for _ in 0..100 {
        log.push(NOW, Stdout, &long);
        log.push(NOW, Stdout, &b"short\n".repeat(50));
    }
    assert!(log.memory() < 64 << 10, "{}", log.memory());
}

#[test]
fn readers_are_told_what_is_gone() {
    let mut log = Log::new(Limits {
        lines: 2,
        ..Limits::default()
    });
    log.push(NOW, Stdout, b"0\n1\n2\n3\n");
    let page = log.read(0, 1);
    assert_eq!((page.gap, page.lines[0].seq, page.next), (Some(0..2), 2, 3));
    let page = log.read(3, 10);
    assert_eq!((page.gap, page.lines.len(), page.next), (None, 1, 4));
    let page = log.read(99, 10);
    assert_eq!((page.gap, page.lines.len(), page.next), (None, 0, 4));
}

#[test]
fn each_line_is_shown_even_when_the_ring_is_too_small() {
    let mut log = Log::new(Limits {
        lines: 1,
        ..Limits::default()
    });
    let mut seen = Vec::new();
    let numbers = log.push_with(NOW, Stdout, b"a\nb\nc\nd", |line| {
        seen.push(line.text.clone());
    });
    assert_eq!((seen.join(" "), numbers), ("a b c".to_owned(), 0..3));
}

#[test]
fn the_exit_note_comes_after_the_last_output() {
    let mut log = Log::new(Limits::default());
    log.note(NOW, "[VATN] Process started (pid=7)");
    log.push(Instant::from_millis(5), Stdout, b"bye");
    log.close(Instant::from_millis(6));
    log.note(Instant::from_millis(6), "[VATN] Process exited (code=0)");
    log.note(Instant::from_millis(6), "[VATN] Error: two\nlines");
    assert_snapshot!(records(&log), @r#"
    0 t+0.000s note [VATN] Process started (pid=7)
    1 t+0.006s stdout bye
    2 t+0.006s note [VATN] Process exited (code=0)
    3 t+0.006s note [VATN] Error: two lines
    "#);
}

#[test]
fn secrets_are_hidden_across_chunks_cuts_and_notes() {
    let limits = Limits {
        line_bytes: 16,
        ..Limits::default()
    };
    let mut log = Log::new(limits).with_mask(Mask::new(["hunter2!"]));
    log.push(NOW, Stdout, b"token=hun");
    assert_eq!(log.partial(Stdout).unwrap().text, "token=");
    log.push(NOW, Stdout, b"ter2!\n0123456789 hunter2! too long\n");
    log.push(NOW, Stdout, b"hunter2?\rhunter2!\n");
    log.note(NOW, "the secret is hunter2!");
    assert_snapshot!(records(&log), @r#"
    0 t+0.000s stdout token=***
    1 t+0.000s stdout+9 0123456789 ***
    2 t+0.000s stdout ***
    3 t+0.000s note the secret is **
    "#);
}
