//! Texts below roots, by the corpus in `paths.cases` and by laws.
#![allow(clippy::unwrap_used, clippy::panic)]

use collodi_contain::{Name, NameError, PathError, RelPath, Root, Rules};
use proptest::prelude::*;

const CASES: &str = include_str!("paths.cases");

#[test]
fn cases() {
    let mut wrong = Vec::new();
    for line in CASES
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        let (question, expected) = line.rsplit_once(" => ").unwrap();
        let answer = ask(question);
        if answer != unquote(expected) {
            wrong.push(format!("{line}\n    but it is {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn ask(question: &str) -> String {
    let [root, base, text] = question.split(" | ").collect::<Vec<_>>()[..] else {
        panic!("root | base | text, not {question}");
    };
    let base = RelPath::parse(base).unwrap();
    let text = unquote(text);
    let path = match root.strip_prefix("file ") {
        Some(root) => Root::new(root).contain_file(&base, &text),
        None => Root::new(root).contain(&base, &text),
    };
    path.map_or_else(|error| format!("{error:?}"), |path| path.to_string())
}

fn unquote(text: &str) -> String {
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) => inner
            .replace("\\\\", "\u{1}")
            .replace("\\n", "\n")
            .replace("\\t", "\t")
            .replace("\\0", "\0")
            .replace('\u{1}', "\\"),
        None => text.to_owned(),
    }
}

#[test]
fn a_path_of_its_own_is_strict() {
    for (text, expected) in [
        ("a/b", Ok("a/b")),
        (r"a\b", Ok("a/b")),
        ("a:b", Err(PathError::Absolute)),
        ("aa:b", Err(PathError::BadCharacter(':'))),
        ("con", Err(PathError::Device)),
        ("x/lpt9.log", Err(PathError::Device)),
        ("...", Err(PathError::TrailingDotOrBlank)),
        ("/a", Err(PathError::Absolute)),
        ("..", Err(PathError::Escapes)),
    ] {
        let parsed = RelPath::parse(text);
        assert_eq!(
            parsed.as_ref().map(RelPath::as_str),
            expected.as_ref().copied(),
            "{text}"
        );
    }
}

#[test]
fn entries_are_taken_literally() {
    let unix = Root::new("/srv/app").at(RelPath::root());
    assert_eq!(unix.entry(r"a\b").unwrap().to_string(), r"/srv/app/a\b");
    assert_eq!(unix.entry(r"..\x").unwrap().rel().components().count(), 1);
    assert_eq!(unix.entry("con:").unwrap().rel().as_str(), "con:");
    let windows = Root::new(r"C:\srv").at(RelPath::root());
    for (dir, name, error) in [
        (&unix, "..", PathError::NoFileName),
        (&unix, ".", PathError::NoFileName),
        (&unix, "", PathError::NoFileName),
        (&unix, "a/b", PathError::BadCharacter('/')),
        (&unix, "a\0", PathError::Nul),
        (&windows, r"a\b", PathError::BadCharacter('\\')),
        (&windows, "nul", PathError::Device),
    ] {
        assert_eq!(dir.entry(name), Err(error), "{name:?}");
    }
}

/// On Unix a backslash is a letter, also at the end of a root's name.
#[test]
fn a_root_may_end_in_a_backslash() {
    let below = |root: &str| Root::new(root).at(RelPath::parse("x").unwrap());
    assert_eq!(below(r"/srv/a\").to_string(), r"/srv/a\/x");
    assert_eq!(below(r"C:\").to_string(), r"C:\x");
    assert_eq!(below("/").to_string(), "/x");
}

#[test]
fn limits() {
    let deep = |n: usize| vec!["a"; n].join("/");
    assert!(RelPath::parse(&deep(128)).is_ok());
    assert_eq!(RelPath::parse(&deep(129)), Err(PathError::TooDeep));
    assert!(RelPath::parse(&"a".repeat(4096)).is_ok());
    assert_eq!(RelPath::parse(&"a".repeat(4097)), Err(PathError::TooLong));
    // Long texts that mean short paths are fine, and take no time to speak of.
    assert_eq!(
        RelPath::parse(&"a/../".repeat(200_000)),
        Ok(RelPath::root())
    );
    let full = Root::new("/r").at(RelPath::parse(&deep(128)).unwrap());
    assert_eq!(full.entry("a"), Err(PathError::TooDeep));
}

#[test]
fn starts_with_goes_by_components() {
    let path = |text| RelPath::parse(text).unwrap();
    assert!(path("a/b").starts_with(&path("a")));
    assert!(path("a").starts_with(&path("a")));
    assert!(path("a").starts_with(&RelPath::root()));
    assert!(!path("ab").starts_with(&path("a")));
    assert!(!path("a").starts_with(&path("a/b")));
}

#[test]
fn names() {
    for (text, expected) in [
        ("ComfyUI", Ok(())),
        ("a", Ok(())),
        ("0.1_x-y", Ok(())),
        ("conda", Ok(())),
        ("com10", Ok(())),
        ("", Err(NameError::Empty)),
        (".", Err(NameError::BadStart('.'))),
        ("..", Err(NameError::BadStart('.'))),
        (".git", Err(NameError::BadStart('.'))),
        ("-rf", Err(NameError::BadStart('-'))),
        ("a.", Err(NameError::TrailingDot)),
        ("CON", Err(NameError::Device)),
        ("nul.tar.gz", Err(NameError::Device)),
        ("Lpt1", Err(NameError::Device)),
        ("a/b", Err(NameError::BadCharacter { found: '/', at: 1 })),
        (r"a\b", Err(NameError::BadCharacter { found: '\\', at: 1 })),
        ("a b", Err(NameError::BadCharacter { found: ' ', at: 1 })),
        ("a\n", Err(NameError::BadCharacter { found: '\n', at: 1 })),
        ("%2e%2e", Err(NameError::BadCharacter { found: '%', at: 0 })),
        ("ä", Err(NameError::BadCharacter { found: 'ä', at: 0 })),
        ("a\"", Err(NameError::BadCharacter { found: '"', at: 1 })),
    ] {
        assert_eq!(Name::parse(text).map(drop), expected, "{text:?}");
    }
    assert!(Name::parse(&"x".repeat(64)).is_ok());
    assert_eq!(Name::parse(&"x".repeat(65)), Err(NameError::TooLong));
}

/// Texts out of what matters in paths.
fn text() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a", "b", "..", ".", "/", "\\", "/", "C:", "srv", "app", "con", " ", "...", ":", "\0", "?",
        "\\\\", "//", "é", "~", "/srv/app",
    ]);
    prop::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat())
}

fn root() -> impl Strategy<Value = Root> {
    prop::sample::select(vec![
        "/",
        "/srv/app",
        "/srv/./app",
        r"C:\",
        r"C:\srv\app",
        r"\\srv\app",
    ])
    .prop_map(Root::new)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_contained_path_is_made_of_names(root in root(), base in "[ab]?(/[ab])?", text in text()) {
        let base = RelPath::parse(base.trim_start_matches('/')).unwrap();
        if let Ok(path) = root.contain(&base, &text) {
            for component in path.rel().components() {
                prop_assert_eq!(root.rules().check_name(component), Ok(()));
            }
            prop_assert!(path.absolute().starts_with(root.as_str()));
        }
    }

    #[test]
    fn the_absolute_text_means_the_same_path(root in root(), text in text()) {
        if let Ok(path) = root.contain(&RelPath::root(), &text) {
            prop_assert_eq!(root.contain(&RelPath::root(), &path.absolute()), Ok(path.clone()));
            let read_elsewhere = RelPath::parse("x/y").unwrap();
            prop_assert_eq!(root.contain(&read_elsewhere, &path.absolute()), Ok(path));
        }
    }

    #[test]
    fn what_windows_lets_pass_means_the_same_on_unix(text in text()) {
        if let Ok(strict) = RelPath::parse(&text) {
            prop_assert_eq!(RelPath::parse(strict.as_str()), Ok(strict.clone()));
            let unix = Root::new("/srv/app").contain(&RelPath::root(), &text);
            let windows = Root::new(r"C:\srv").contain(&RelPath::root(), &text);
            prop_assert_eq!(unix.unwrap().rel().clone(), strict.clone());
            prop_assert_eq!(windows.unwrap().rel().clone(), strict);
        }
    }

    #[test]
    fn joining_steps_is_joining_their_sum(a in "[ab./]{0,6}", b in "[ab./]{0,6}") {
        if let Ok(first) = RelPath::parse(&a)
            && !b.starts_with('/')
        {
            prop_assert_eq!(first.join(&b), RelPath::parse(format!("{a}/{b}").trim_start_matches('/')));
        }
    }

    #[test]
    fn a_name_is_a_component_everywhere(text in "\\PC{0,70}") {
        if Name::parse(&text).is_ok() {
            prop_assert_eq!(Rules::Unix.check_name(&text), Ok(()));
            prop_assert_eq!(Rules::Windows.check_name(&text), Ok(()));
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,300}", root in "\\PC{0,30}") {
        let _ = Root::new(&root).contain(&RelPath::root(), &text);
        let _ = RelPath::parse(&text);
    }
}
