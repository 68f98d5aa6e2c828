//! Recordings, read and gone on with.
#![allow(clippy::unwrap_used)]

use collodi_command::{Exit, Signal, Stream};
use collodi_logs::{
    Limits, Log,
    recording::{
        Mark, Marked, NotAMark, Pen, Recorded, Until, recorded, restore, segment_files,
        segment_number,
    },
};
use collodi_time::{Instant, WallTime};
use proptest::prelude::*;
use std::time::Duration;

const INDEX: &str = "\
1000 began 47:11:boot
1000 stdout 0
1200 stderr 6
1300 missing 500
1400 stdout 9
1500 ended exit 3
";

fn wall(millis: u64) -> WallTime {
    WallTime::since_unix_epoch(Duration::from_millis(millis))
}

fn told(index: &str, length: u64) -> String {
    let line = |(at, what): (WallTime, Recorded)| {
        let at = at.as_duration().as_millis();
        match what {
            Recorded::Began(identity) => format!("{at} {identity} began\n"),
            Recorded::Said(stream, range) => format!("{at} {stream} {range:?}\n"),
            Recorded::Missing(bytes) => format!("{at} {bytes} missing\n"),
            Recorded::Ended(exit) => format!("{at} {exit}\n"),
        }
    };
    recorded(index, length).map(line).collect()
}

#[test]
fn every_byte_has_its_stream_and_time() {
    insta::assert_snapshot!(told(INDEX, 20), @r"
    1000 47:11:boot began
    1000 stdout 0..6
    1200 stderr 6..9
    1300 500 missing
    1400 stdout 9..20
    1500 exit code 3
    ");
}

#[test]
fn a_writer_that_was_killed_leaves_what_can_be_read() {
    // Amid a line of the index; before the bytes of a line; without an index.
    let torn = INDEX.get(..INDEX.len() - 20).unwrap();
    insta::assert_snapshot!(told(torn, 20), @r"
    1000 47:11:boot began
    1000 stdout 0..6
    1200 stderr 6..20
    1300 500 missing
    ");
    insta::assert_snapshot!(told("1000 stdout 0\n1200 stderr 6\n", 4), @"1000 stdout 0..4");
    insta::assert_snapshot!(told("", 4), @"0 stdout 0..4");
    insta::assert_snapshot!(told("nonsense\n\n1 stdout\n9 stderr 2\n9 stdout 1\n", 4), @r"
    0 stdout 0..2
    9 stderr 2..4
    ");
}

#[test]
fn a_log_is_refilled_and_goes_on() {
    let mut log = Log::new(Limits::default());
    let when =
        |at: WallTime| Instant::from_millis(u64::try_from(at.as_duration().as_millis()).unwrap());
    let until = Until::Time(WallTime::since_unix_epoch(Duration::from_millis(1500)));
    let before = restore(&mut log, "1000 stdout 0\n", b"one\ntw", until, when);
    assert_eq!(before, Some(1));
    restore(
        &mut log,
        "2000 stderr 0\n2001 stdout 4\n2002 ended signal 9\n",
        b"err\no\nthree",
        until,
        when,
    );
    log.push(Instant::from_millis(3000), Stream::Stdout, b"four\n");
    let lines: Vec<_> = log
        .last(9)
        .map(|line| format!("{} {} {}", line.seq, line.at, line.text))
        .collect();
    assert_eq!(
        lines,
        [
            "0 t+1.000s one",
            "1 t+2.000s err",
            "2 t+2.001s two",
            "3 t+2.002s three",
            "4 t+3.000s four"
        ]
        .map(str::to_owned)
        .into_iter()
        .collect::<Vec<_>>()
    );
}

/// Whoever knows the place to the byte has the number to the line, whatever the times are.
#[test]
fn the_number_at_a_byte_of_a_segment_is_known() {
    let (index, bytes) = ("1000 stdout 0\n1000 stderr 6\n", b"one\ntwthree\no\n");
    let number = |byte| {
        let (mut log, when) = (Log::new(Limits::default()), |_| Instant::ZERO);
        restore(&mut log, index, bytes, Until::Byte(byte), when)
    };
    let numbers: Vec<_> = (0..=14).map(number).collect();
    let known = [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3];
    assert_eq!(numbers, known.map(Some));
    assert_eq!(number(15), None, "it is not so long");
}

/// They are a line by the end of its life, which comes behind what was known.
#[test]
fn last_words_without_a_line_end_come_behind_what_was_known() {
    let life = "1000 stdout 0\n2000 ended exit 1\n";
    let next = "3000 began 1:1:boot\n3000 stdout 4\n";
    for (index, bytes) in [
        (life.to_owned(), &b"boom"[..]),
        (format!("{life}{next}"), b"boomup\n"),
    ] {
        let mut log = Log::new(Limits::default());
        let before = restore(&mut log, &index, bytes, Until::Byte(4), |_| Instant::ZERO);
        assert_eq!(before, Some(0), "{index}");
        assert_eq!(log.last(9).next().unwrap().text, "boom");
    }
}

#[test]
fn marks_are_few() {
    let mut pen = Pen::default();
    let said = [
        (Stream::Stdout, 0),
        (Stream::Stdout, 50),
        (Stream::Stderr, 51),
        (Stream::Stdout, 52),
        (Stream::Stdout, 103),
    ];
    let needed = said.map(|(stream, at)| {
        let needed = pen.needs_mark(stream, wall(at));
        if needed {
            pen.marked(stream, wall(at));
        }
        needed
    });
    assert_eq!(needed, [true, false, true, true, true]);
}

#[test]
fn lines_and_names() {
    for (line, mark) in [
        ("7 ended exit -1", Marked::Ended(Exit::Code(-1))),
        (
            "7 ended signal 9",
            Marked::Ended(Exit::Signal(Signal::KILL)),
        ),
        ("7 ended unknown", Marked::Ended(Exit::Unknown)),
        ("7 ended no-sandbox", Marked::Ended(Exit::NoSandbox)),
        ("7 stderr 12", Marked::Said(Stream::Stderr, 12)),
        ("7 missing 1", Marked::Missing(1)),
    ] {
        let mark = Mark {
            at: wall(7),
            what: mark,
        };
        assert_eq!(line.parse(), Ok(mark.clone()));
        assert_eq!(mark.to_string(), format!("{line}\n"));
    }
    for line in [
        "",
        "7",
        "7 stdout",
        "x stdout 1",
        "7 stdout -1",
        "7 ended signal 99",
        "7 said 1",
    ] {
        assert_eq!(line.parse::<Mark>(), Err(NotAMark), "{line:?}");
    }
    assert_eq!(
        segment_files(12),
        ("000012.log".into(), "000012.index".into())
    );
    assert_eq!(segment_number("000012.log"), Some(12));
    assert_eq!(segment_number("1000000.log"), Some(1_000_000));
    for other in [
        "12.log",
        "000012.index",
        "+00012.log",
        "00001x.log",
        "000012.log.gz",
    ] {
        assert_eq!(segment_number(other), None, "{other}");
    }
}

proptest! {
    /// Whatever the index says, every byte is in one piece, in order.
    #[test]
    fn pieces_cover_the_segment(index in "([0-9]{0,3} (stdout|stderr|missing|ended|x) [0-9]{0,3}\n?){0,20}", length in 0u64..500) {
        let mut next = 0;
        for (_, what) in recorded(&index, length) {
            if let Recorded::Said(_, range) = what {
                prop_assert_eq!(range.start, next);
                prop_assert!(range.end > range.start);
                next = range.end;
            }
        }
        prop_assert_eq!(next, length);
    }
}

/// The rest of a line that is missing is not what comes next.
#[test]
fn what_is_missing_ends_the_line_that_it_is_of() {
    let mut log = Log::new(Limits::default());
    let index = "1000 stdout 0\n1300 missing 5\n1400 stdout 4\n";
    let when = |at: WallTime| Instant::ZERO + at.as_duration();
    restore(&mut log, index, b"tornwhole\n", Until::Byte(10), when);
    let lines: Vec<_> = log.last(9).map(|line| line.text.to_string()).collect();
    assert_eq!(lines, ["torn", "5 bytes could not be recorded", "whole"]);
}
