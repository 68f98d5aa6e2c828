//! What daemons said, and what the logs of the next host make of it.

use super::machinery::{DAEMON, Machinery, Play, state_files};
use collodi_action::Progress;
use collodi_command::{RecordingPlace, Stream};
use collodi_host::{Command, Follower};
use std::num::NonZeroU32;

/// Where the recording of the one daemon is.
fn recording(machine: &Machinery) -> String {
    let files = state_files(machine);
    let name = files.first().unwrap().rsplit('/').next().unwrap();
    format!("/w/.vatn/python/logs/{}", name.trim_end_matches(".json"))
}

/// Puts files of its recording there.
fn record<'a>(machine: &mut Machinery, files: impl IntoIterator<Item = (&'a str, &'a str)>) {
    let dir = recording(machine);
    let files = files.into_iter();
    let files = files.map(|(file, text)| (format!("{dir}/{file}"), text.into()));
    machine.files.extend(files);
}

/// Puts there what the one life of the daemon has said.
pub(super) fn keep(machine: &mut Machinery, said: &str) {
    let index = "1000 began 1:1:boot\n1000 stdout 0\n";
    record(machine, [("000001.log", said), ("000001.index", index)]);
}

#[test]
fn what_a_daemon_said_before_is_in_its_log_again() {
    let expected = [
        "stdout hello",
        "stderr bad",
        "note [VATN] Process taken over (pid=1)",
        "stdout http://127.0.0.1:7860",
    ];
    assert_eq!(said_before(false), expected);
}

/// The log of a daemon that was taken over, on a machine whose files are large or not.
fn said_before(are_large: bool) -> Vec<String> {
    let mut machine = Machinery {
        are_large,
        ..Machinery::default()
    };
    Play::new(&mut machine).run(DAEMON);
    let index = "1000 began 1:1:boot\n1000 stdout 0\n2000 stderr 6\n";
    record(
        &mut machine,
        [("000001.log", "hello\nbad\n"), ("000001.index", index)],
    );
    let play = Play::new(&mut machine);
    assert!(play.host.has_recovered());
    let process = play.host.processes().next().unwrap();
    let lines = process.log().last(9);
    lines
        .map(|line| format!("{} {}", line.source.as_str(), line.text))
        .collect()
}

/// As the index beside them says it.
#[test]
fn what_a_daemon_said_before_was_said_then() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    let index = "1000 began 1:1:boot\n1000 stdout 0\n2000 stderr 6\n";
    record(
        &mut machine,
        [("000001.log", "hello\nbad\n"), ("000001.index", index)],
    );
    let play = Play::new(&mut machine);
    let log = play.host.processes().next().unwrap().log();
    let lines = log.read(0, 2).lines;
    let times: Vec<_> = lines.iter().map(|line| line.at.to_string()).collect();
    assert_eq!(times, ["t+1.000s", "t+2.000s"]);
}

/// The numbers that nobody can give any more are no lines that fell out of the log.
#[test]
fn a_log_that_goes_on_counts_what_this_host_saw() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    let index = "9000000000000 stdout 0\n";
    record(
        &mut machine,
        [("000003.log", "late\n"), ("000003.index", index)],
    );
    let play = Play::new(&mut machine);
    let totals = play.host.processes().next().unwrap().log().totals();
    assert_eq!((totals.lines, totals.dropped_lines), (2, 0), "{totals:?}");
}

/// The same as when all is read at once.
#[test]
fn what_is_too_large_to_be_read_at_once_is_read_file_by_file() {
    let (all, one_by_one) = (said_before(false), said_before(true));
    assert_eq!(all, one_by_one);
}

/// What it said before is at the same numbers; what the next host says has later ones.
#[test]
fn a_log_that_was_handed_over_goes_on_with_its_numbers() {
    let mut machine = Machinery::default();
    let mut play = Play::new(&mut machine);
    play.run(DAEMON)
        .wait(1)
        .command(Command::HandOver(Follower::SameProcess));
    let numbers = |play: &Play<'_>| {
        let log = play.host.processes().next().unwrap().log();
        let lines = log
            .last(9)
            .map(|line| format!("{} {}", line.seq, line.text));
        lines.collect::<Vec<_>>()
    };
    let before = numbers(&play);
    assert_eq!(before.len(), 2, "{before:?}");
    let files = [
        ("000001.log", "http://127.0.0.1:7860\n"),
        ("000001.index", "0 began 1:1:boot\n0 stdout 0\n"),
    ];
    record(&mut machine, files);
    let after = numbers(&Play::new(&mut machine));
    assert_eq!(after[0], before[1], "the note before it is in no recording");
    assert!(
        after[1].starts_with("2 [VATN] Process taken over"),
        "{after:?}"
    );
}

/// Whoever follows a log reads on where it was: nothing that was told is told again, and nothing
/// that comes has a number that was given.
#[test]
fn numbers_go_on_behind_all_that_was_told() {
    let place = |offset| {
        let segment = NonZeroU32::MIN;
        Progress::Recorded(Some(RecordingPlace { segment, offset }))
    };
    let said = |text: &str| Progress::Output {
        stream: Stream::Stdout,
        bytes: text.as_bytes().into(),
    };
    let url = "http://127.0.0.1:7860\n";
    let at = url.len() as u64;
    // What is heard, what of it is in the recording, and whether the life ends.
    let stories = [
        (vec![place(at), said("one\ntwo\n")], "one\ntwo\n", false),
        (
            vec![said("one\n"), place(at + 4), said("two\nth")],
            "one\ntwo\nth",
            false,
        ),
        (vec![said("boom"), place(at + 4)], "boom", true),
        (
            vec![place(at), said("lost\n"), Progress::Recorded(None)],
            "",
            false,
        ),
    ];
    for (heard, kept, ends) in stories {
        let mut machine = Machinery::default();
        let mut play = Play::new(&mut machine);
        play.run(DAEMON).wait(1);
        for progress in heard {
            play.hear(progress);
        }
        if ends {
            let tree = play.host.processes().next().unwrap().tree().clone();
            play.kill(&tree);
            let ended = play.inputs.pop_front().unwrap();
            play.input(ended);
        }
        play.command(Command::HandOver(Follower::SameProcess));
        let told = play.host.processes().next().unwrap().log().next_seq();
        let (log, end) = (
            format!("{url}{kept}"),
            if ends { "9 ended exit 1\n" } else { "" },
        );
        let index = format!("0 began 1:1:boot\n0 stdout 0\n{end}");
        record(
            &mut machine,
            [("000001.log", &*log), ("000001.index", &index)],
        );
        let play = Play::new(&mut machine);
        let log = play.host.processes().next().unwrap().log();
        let later = log.read(told, usize::MAX);
        assert_eq!(later.gap, None, "{kept:?}");
        let is_new = |text: &str| text.starts_with("[VATN]") || text.ends_with(url.trim_end());
        let fresh: Vec<_> = later.lines.iter().map(|line| line.text.clone()).collect();
        assert!(fresh.iter().all(|text| is_new(text)), "{kept:?}: {fresh:?}");
    }
}

/// Whoever edits a file there leaves others beside it, whose names are the last.
#[test]
fn files_beside_a_recording_displace_none_of_it() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    let dir = recording(&machine);
    for (number, text) in ["first", "second"].into_iter().enumerate() {
        let name = format!("{dir}/{:06}", number + 1);
        let index = format!("{number} stdout 0\n");
        machine
            .files
            .insert(format!("{name}.log"), format!("{text}\n").into());
        machine.files.insert(format!("{name}.index"), index.into());
    }
    let first_of = |machine: &mut Machinery| {
        let play = Play::new(machine);
        let log = play.host.processes().next().unwrap().log();
        log.last(9).next().unwrap().text.clone()
    };
    assert_eq!(first_of(&mut machine), "first");
    for others in [&["README", "x.swp"][..], &["README"], &["000003.index"]] {
        let paths = others.iter().map(|other| format!("{dir}/{other}"));
        machine
            .files
            .extend(paths.clone().map(|path| (path, Vec::new())));
        assert_eq!(first_of(&mut machine), "first", "{others:?}");
        paths.for_each(|path| drop(machine.files.remove(&path)));
    }
}

/// Of an earlier life only the end is kept: how many lines it had nobody knows.
#[test]
fn a_log_whose_beginning_is_gone_gives_no_number_again() {
    let mut machine = Machinery::default();
    Play::new(&mut machine).run(DAEMON);
    let index = "9000000000000 stdout 0\n";
    record(
        &mut machine,
        [("000003.log", "late\n"), ("000003.index", index)],
    );
    let play = Play::new(&mut machine);
    let log = play.host.processes().next().unwrap().log();
    assert!(log.first_seq() >= 2 * (8 << 20), "two segments are gone");
    assert_eq!(log.read(1, 9).gap, Some(1..log.first_seq()));
}
