//! Where patterns match, as a table.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use collodi_pattern::{Exhausted, Pattern, PatternError};

/// The whole match and its groups, `-` for a group that took no part.
fn exec(pattern: &str, text: &str) -> String {
    let pattern = Pattern::parse(pattern).unwrap();
    match pattern.find_at(text, 0).unwrap() {
        None => "no match".to_owned(),
        Some(found) => {
            let texts = found.texts(text);
            texts
                .into_iter()
                .map(|t| t.unwrap_or("-"))
                .collect::<Vec<_>>()
                .join("|")
        }
    }
}

#[test]
fn as_node_matches() {
    let table = [
        (
            r"/(http:\/\/[0-9.:]+)/",
            "at http://127.0.0.1:7860 now",
            "http://127.0.0.1:7860|http://127.0.0.1:7860",
        ),
        (r"/ 50.+/", "rtx 5090", " 5090"),
        (r"/^sm_(86|89)$/", "sm_89", "sm_89|89"),
        (r"/^b$/", "a\nb\nc", "no match"),
        (r"/^b$/m", "a\r\nb\r\nc", "b"),
        (r"/a$/", "a\n", "no match"),
        (r"/a.b/", "a\rb", "no match"),
        (r"/a.b/s", "a\nb", "a\nb"),
        (r"/\d+/", "٣4", "4"),
        (r"/\w+/", "éa", "a"),
        (r"/\s/", "\u{feff}", "\u{feff}"),
        (r"/\ba/", "éa", "a"),
        (r"/a\B/", "ab", "a"),
        (r"/[^]/", "\n", "\n"),
        (r"/a[]|b/", "b", "b"),
        (r"/[\b]/", "\u{8}", "\u{8}"),
        (r"/\cJ/", "\n", "\n"),
        (r"/\u0041\x42/", "AB", "AB"),
        (r"/\u{41}/u", "A", "A"),
        (r"/^\u{3}$/", "uuu", "uuu"),
        (r"/(?<y>\d{4})-\k<y>/", "2024-2024", "2024-2024|2024"),
        (r"/(a)?b\1/", "b", "b|-"),
        (r"/(?<=\$)\d+/", "€1 $2", "2"),
        (r"/(?<!a)b/", "ab b", "b"),
        (r"/k/i", "\u{212a}", "no match"),
        (r"/[a-z]/i", "\u{212a}", "no match"),
        (r"/k/iu", "\u{212a}", "\u{212a}"),
        (r"/[a-zé]+/i", "u\u{212a}", "u"),
        (r"/[é\W]/i", "k\u{212a}", "\u{212a}"),
        (r"/[^ -~é]/i", "É\u{212a}", "\u{212a}"),
        (r"/[à-ïσ]+/i", "ÀéÉΣ", "ÀéÉΣ"),
        (r"/É/i", "é", "é"),
        (r"/x{,2}/", "x{,2}", "x{,2}"),
        (r"/]}/", "]}", "]}"),
        (r"/[a-\d]/", "-", "-"),
        (r"/\07/", "\u{7}", "\u{7}"),
        (r"/\p{Lu}/u", "aB", "B"),
        (r"/a|ab/", "ab", "a"),
        (r"/a+?/", "aaa", "a"),
        (r"/[&&#~ -]+/x".trim_end_matches('x'), "&# -~", "&# -~"),
    ];
    for (pattern, text, expected) in table {
        assert_eq!(exec(pattern, text), expected, "{pattern}");
    }
}

#[test]
fn what_is_not_a_pattern() {
    let table = [
        ("abc", "a pattern is written /source/flags"),
        ("//g", "a pattern is written /source/flags"),
        ("/a/gg", "'g' is not a flag, or is there twice"),
        ("/a/x", "'x' is not a flag, or is there twice"),
        ("/(/", "the group is not closed at byte 0"),
        ("/a)/", "the parenthesis opens nowhere at byte 1"),
        ("/a**/", "there is nothing to repeat at byte 2"),
        ("/a++/", "there is nothing to repeat at byte 2"),
        ("/[b-a]/", "the range is out of order at byte 1"),
        ("/a{2,1}/", "the counts are out of order at byte 1"),
        (
            "/(?<a>.)(?<a>.)/",
            "the group name is there twice at byte 8",
        ),
        ("/(?#a)/", "the kind of group is unknown at byte 0"),
        ("/\\1/u", "there is no such group at byte 0"),
        ("/a{99999}/", "the pattern is too large"),
    ];
    for (text, message) in table {
        assert_eq!(
            Pattern::parse(text).unwrap_err().to_string(),
            message,
            "{text}"
        );
    }
    let deep = "(".repeat(5000) + &")".repeat(5000);
    assert_eq!(Pattern::new(&deep, ""), Err(PatternError::TooDeep));
    assert_eq!(
        Pattern::new(&"a".repeat(1 << 20), ""),
        Err(PatternError::TooLarge)
    );
}

#[test]
fn matching_goes_on_from_a_place() {
    let pattern = Pattern::new("^?b|(?<=b)c", "").err();
    assert!(pattern.is_some());
    let pattern = Pattern::new("(?<=b)c|b", "g").unwrap();
    let ends: Vec<_> = [0, 2, 3, 9]
        .map(|start| {
            let found = pattern.find_at("abcb", start).unwrap();
            found.map(|found| found.range().clone())
        })
        .into();
    assert_eq!(ends, [Some(1..2), Some(2..3), Some(3..4), None]);
    let sticky = Pattern::new("b", "y").unwrap();
    assert_eq!(sticky.find_at("abb", 0).unwrap(), None);
    assert_eq!(sticky.find_at("abb", 1).unwrap().unwrap().range(), &(1..2));
    assert_eq!(sticky.find_at("é", 1), Ok(None));
}

#[test]
fn named_groups_have_their_names() {
    let pattern = Pattern::new("(?<host>[a-z]+):(?<port>\\d+)?", "").unwrap();
    let found = pattern.find_at("local:", 0).unwrap().unwrap();
    let named: Vec<_> = found.named().collect();
    assert_eq!(named, [("host", Some(&(0..5))), ("port", None)]);
}

#[test]
fn hostile_patterns_stop() {
    let pattern = Pattern::new(r"(a*)*\1b", "").unwrap();
    assert_eq!(pattern.is_match(&"a".repeat(5000)), Err(Exhausted));
    let linear = Pattern::new("(a+)+$", "").unwrap();
    assert_eq!(linear.is_match(&("a".repeat(5000) + "b")), Ok(false));
}
