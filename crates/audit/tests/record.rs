//! Lines, entries and pages.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use collodi_audit::{
    Book, Closed, Execution, Held, LeftOpen, Opened, Query, Record, Rotation, State,
};
use collodi_command::{CommandSpec, Kind, Purpose, TreeId};
use collodi_contain::{RelPath, Root};
use proptest::prelude::*;

fn spec() -> CommandSpec {
    let cwd = Root::new("/srv/demo").at(RelPath::root());
    let mut spec = CommandSpec::new("bash", cwd, TreeId::new("demo-1"))
        .args([
            "-c",
            "curl -H 'Bearer hf_0123456789' -u me:hushhush123 https://h",
        ])
        .env("PATH", "/bin")
        .env("HF_TOKEN", "hf_0123456789");
    let decided = [
        ("AWS_PROFILE", "default-exclude"),
        ("EDITOR", "not-inherited"),
        ("HF_TOKEN", "granted"),
        ("LD_PRELOAD", "loader"),
        ("PATH", "inherit"),
    ];
    spec.purpose = Purpose {
        kind: Kind::Step,
        app: Some("demo".into()),
        run: Some("demo-run-1".into()),
        step: Some("2".to_owned()),
        environment: decided.map(|(name, rule)| (name.to_owned(), rule)).into(),
        secrets: ["hushhush123".to_owned()].into(),
    };
    spec
}

fn opened(id: &str, at: u64, app: &str) -> Record {
    let mut execution = Execution::of(&spec());
    execution.app = Some(app.to_owned());
    let (id, session) = (id.to_owned(), "s".to_owned());
    Record::Opened(Box::new(Opened {
        id,
        session,
        at,
        execution,
    }))
}

fn closed(id: &str, at: u64, exit_code: Option<i32>) -> Record {
    Record::Closed(Closed {
        id: id.to_owned(),
        at,
        exit_code,
        signal: None,
        error: None,
        refused: false,
    })
}

fn book(records: &[Record]) -> Book {
    let mut book = Book::default();
    let text: String = records.iter().map(Record::to_line).collect();
    book.read(text.as_bytes());
    book
}

#[test]
fn an_entry_has_no_secret_in_it() {
    let line = opened("s-0", 1_700_000_000_000, "demo").to_line();
    assert!(!line.contains("hf_0123456789"));
    assert!(!line.contains("hushhush123"));
    insta::assert_snapshot!(line);
}

#[test]
fn a_long_command_is_cut() {
    let mut spec = spec();
    spec.args = vec!["ü".repeat(5000)];
    let execution = Execution::of(&spec);
    assert!(execution.command.ends_with("bytes more)") && execution.command.len() < 4200);
}

#[test]
fn an_execution_is_what_began_and_how_it_ended() {
    let book = book(&[
        opened("1", 5, "a"),
        opened("2", 6, "a"),
        closed("1", 12, Some(0)),
    ]);
    let entries = book.entries();
    assert_eq!(entries[0].duration_ms(), Some(7));
    assert_eq!(entries[0].state(Some("s"), false), State::Ended);
    assert_eq!(entries[1].state(Some("s"), false), State::Running);
    assert_eq!(entries[1].state(Some("later"), false), State::Unknown);
    assert_eq!(entries[1].state(Some("later"), true), State::Running);
    // The clock was set back.
    let back = self::book(&[opened("1", 50, "a"), closed("1", 12, Some(0))]);
    assert_eq!(back.entries()[0].duration_ms(), Some(0));
}

#[test]
fn what_holds_of_a_sandbox_is_known_once_it_is_there() {
    let held = |id: &str| {
        Record::Held(Held {
            id: id.to_owned(),
            mechanism: "landlock".to_owned(),
            enforced: vec!["writes".to_owned()],
            missing: vec!["sight".to_owned()],
        })
    };
    let refused = Record::Closed(Closed {
        id: "2".to_owned(),
        at: 7,
        exit_code: None,
        signal: None,
        error: Some("no sandbox".to_owned()),
        refused: true,
    });
    let begun = [opened("1", 5, "a"), opened("2", 6, "a")];
    let book = book(&[&begun[..], &[held("1"), held("2"), held("gone"), refused]].concat());
    let [kept, failed] = book.entries() else {
        panic!("{book:?}")
    };
    let sandbox = &kept.opened.execution.sandbox;
    assert_eq!(sandbox.mechanism.as_deref(), Some("landlock"));
    assert_eq!(
        (&*sandbox.enforced, &*sandbox.missing),
        (&["writes".to_owned()][..], &["sight".to_owned()][..])
    );
    assert_eq!(failed.state(Some("s"), false), State::Refused);
    assert!(failed.opened.execution.sandbox.enforced.is_empty());
}

#[test]
fn a_torn_line_is_skipped_and_what_follows_is_read() {
    let whole = opened("1", 5, "a").to_line();
    let torn = whole.get(..whole.len() / 2).unwrap();
    let mut book = Book::default();
    book.read(format!("{torn}\n{whole}{{}}\n\n").as_bytes());
    book.read(&[0xff, b'\n']);
    book.read(torn.as_bytes());
    assert_eq!((book.entries().len(), book.skipped()), (1, 4));
}

#[test]
fn pages_and_filters() {
    let records: Vec<Record> = (0..10)
        .map(|n| {
            opened(
                &n.to_string(),
                n * 100,
                if n % 2 == 0 { "even" } else { "odd" },
            )
        })
        .collect();
    let book = book(&records);
    let ids = |query: &Query| {
        let page = query.page(&book);
        let ids: Vec<&str> = page.entries.iter().map(|e| e.opened.id.as_str()).collect();
        format!("{} of {}, next {:?}", ids.join(" "), page.total, page.next)
    };
    let newest = Query {
        limit: 3,
        ..Query::default()
    };
    assert_eq!(ids(&newest), "7 8 9 of 10, next None");
    assert_eq!(ids(&newest.clone().of_app("even")), "4 6 8 of 5, next None");
    let since = Query {
        since: Some(250),
        ..newest.clone()
    };
    assert_eq!(ids(&since), r#"3 4 5 of 7, next Some("5")"#);
    let after = Query {
        after: Some("5".to_owned()),
        ..since
    };
    assert_eq!(ids(&after), r#"6 7 8 of 7, next Some("8")"#);
    let level = Query {
        level: Some("sandboxed".to_owned()),
        ..newest
    };
    assert_eq!(ids(&level), " of 0, next None");
}

/// What the program itself looked at is not what somebody wants to see who asks what ran.
#[test]
fn probes_can_be_left_out() {
    let of = |id: &str, kind: &str, app: Option<&str>| {
        let Record::Opened(mut record) = opened(id, 1, "a") else {
            panic!("not opened");
        };
        record.execution.kind = kind.to_owned();
        record.execution.app = app.map(str::to_owned);
        Record::Opened(record)
    };
    let book = book(&[
        of("step", "step", Some("a")),
        of("version", "probe", None),
        of("ready", "probe", Some("a")),
        of("cards", "other", None),
        of("other", "other", Some("a")),
        of("git", "repository", None),
    ]);
    let query = Query {
        probes: false,
        ..Query::default()
    };
    let page = query.page(&book);
    let ids: Vec<_> = page.entries.iter().map(|e| &*e.opened.id).collect();
    assert_eq!((ids, page.total), (vec!["step", "other", "git"], 3));
    assert_eq!(Query::default().page(&book).total, 6);
}

#[test]
fn a_file_is_rotated_by_its_size() {
    let rotation = Rotation {
        file_bytes: 100,
        files: 3,
    };
    for (size, more, due) in [
        (0, 1000, false),
        (50, 50, false),
        (50, 51, true),
        (100, 1, true),
    ] {
        assert_eq!(rotation.is_due(size, more), due, "{size} {more}");
    }
    assert_eq!(
        rotation.names(),
        ["audit.2.jsonl", "audit.1.jsonl", "audit.jsonl"]
    );
    let renames = rotation.renames();
    let renames: Vec<_> = renames
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(
        renames,
        [
            ("audit.1.jsonl", "audit.2.jsonl"),
            ("audit.jsonl", "audit.1.jsonl")
        ]
    );
}

proptest! {
    #[test]
    fn records_read_back_as_they_were_written(id in "\\PC{0,9}", at: u64, code: Option<i32>, error: Option<String>, refused: bool) {
        let record = Record::Closed(Closed { id, at, exit_code: code, signal: None, error, refused });
        let line = record.to_line();
        prop_assert_eq!(line.matches('\n').count(), 1);
        prop_assert_eq!(Record::from_line(line.trim_end()), Some(record));
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        collodi_audit::fuzz::book(&bytes);
    }
}

#[test]
fn what_has_not_ended_is_known_by_its_tree_and_of_one_tree_the_last() {
    let lines = |records: &[Record]| records.iter().map(Record::to_line).collect::<String>();
    let of_tree = |id: &str, tree: &str| match opened(id, 1, "demo") {
        Record::Opened(mut opened) => {
            opened.execution.tree = tree.to_owned();
            Record::Opened(opened)
        }
        other => other,
    };
    let mut left = LeftOpen::default();
    let older = [
        of_tree("s-9", "a"),
        of_tree("s-10", "a"),
        of_tree("s-11", "b"),
    ];
    left.read(lines(&older).as_bytes());
    left.read(b"{\"event\":\"opened\",\"id\":\"torn\n\xff\xfe\n\n");
    left.read(lines(&[closed("s-11", 2, None), of_tree("s-12", "\"c\"")]).as_bytes());
    let expected = [("\"c\"", "s-12"), ("a", "s-10")];
    let expected = expected.map(|(tree, id)| (tree.to_owned(), id.to_owned()));
    assert_eq!(left.by_tree(), expected.into());
}
