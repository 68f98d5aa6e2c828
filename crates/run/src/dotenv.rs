//! The text of `ENVIRONMENT` files: lines of `NAME=value`, comments, blank lines.
//!
//! Values are bare up to a `#`, or between equal quotes, and then may have several
//! lines. In double quotes `\n` and `\r` are line ends; there is no other escape.

use alloc::{borrow::ToOwned, collections::BTreeMap, format, string::String};
use core::ops::Range;

/// An assignment: its name, and where its value is written, quotes included.
struct Entry<'a> {
    name: &'a str,
    value: Range<usize>,
}

/// The values by name. Of several for a name, the last.
pub(crate) fn values(text: &str) -> BTreeMap<String, String> {
    entries(text)
        .map(|entry| {
            let raw = text.get(entry.value).unwrap_or_default();
            (entry.name.to_owned(), unquoted(raw))
        })
        .collect()
}

/// The text with `changes` in it: names with their values as [`quoted`] writes them.
/// Lines that assign one of the names keep their place and comment; names that none
/// assigns come at the end, in the order of the changes.
pub(crate) fn edited(text: &str, changes: &[(String, String)]) -> String {
    let by_name: BTreeMap<&str, &str> = changes
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut missing = by_name.clone();
    let (mut out, mut copied) = (String::new(), 0);
    for entry in entries(text) {
        if let Some(value) = by_name.get(entry.name) {
            missing.remove(entry.name);
            out.push_str(text.get(copied..entry.value.start).unwrap_or_default());
            out.push_str(value);
            copied = entry.value.end;
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    for (name, _) in changes {
        if let Some(value) = missing.remove(name.as_str()) {
            append(&mut out, name, value);
        }
    }
    out
}

fn append(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(&format!("{name}={value}\n"));
}

/// Whether `name` can stand before the `=`.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(is_name_char)
}

const fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// The value as it is written: bare, or in the first quotes that leave it as it is.
/// None when no quotes do.
pub(crate) fn quoted(value: &str) -> Option<String> {
    if is_bare(value) {
        return Some(value.to_owned());
    }
    // A backslash before the closing quote would be taken for an escaped quote.
    if value.contains('\0') || value.ends_with('\\') {
        return None;
    }
    if !value.contains(['"', '\\']) {
        let escaped = value.replace('\n', "\\n").replace('\r', "\\r");
        return Some(format!("\"{escaped}\""));
    }
    let fits = |quote: &char| !value.contains([*quote, '\r']);
    let quote = ['\'', '`'].into_iter().find(fits)?;
    Some(format!("{quote}{value}{quote}"))
}

fn is_bare(value: &str) -> bool {
    let special = |c: char| c.is_control() || matches!(c, '#' | '"' | '\'' | '`');
    value.trim() == value && !value.contains(special)
}

/// What a written value stands for.
fn unquoted(raw: &str) -> String {
    let quote = raw.chars().next().filter(|c| is_quote(*c));
    let inside = quote.and_then(|quote| raw.strip_prefix(quote)?.strip_suffix(quote));
    match (quote, inside) {
        (Some('"'), Some(inside)) => inside.replace("\\n", "\n").replace("\\r", "\r"),
        (_, Some(inside)) => inside.replace("\r\n", "\n"),
        (_, None) => raw.split('#').next().unwrap_or_default().trim_end().into(),
    }
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`')
}

/// The assignments of a text, in its order.
fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    core::iter::from_fn(move || {
        while at < text.len() {
            let entry = entry(text, at);
            let past = entry.as_ref().map_or(at, |entry| entry.value.end);
            at = line_end(text, past) + 1;
            if entry.is_some() {
                return entry;
            }
        }
        None
    })
}

/// Where the line at `at` ends: before its line feed.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find('\n').unwrap_or(rest.len())
}

/// The assignment that starts on the line at `at`, if the line is one.
fn entry(text: &str, at: usize) -> Option<Entry<'_>> {
    let line = text.get(at..line_end(text, at))?;
    let (left, right) = line.split_once('=')?;
    let left = left.trim();
    let name = left.strip_prefix("export ").map_or(left, str::trim_start);
    if name.is_empty() || !name.chars().all(is_name_char) {
        return None;
    }
    let written = right.trim_start();
    let is_empty = written.is_empty() || written.starts_with('#');
    let start = at + line.len() - if is_empty { right } else { written }.len();
    let rest = text.get(start..)?;
    let len = quoted_len(rest).unwrap_or_else(|| bare_len(text.get(start..at + line.len())));
    let value = start..start + len;
    Some(Entry { name, value })
}

/// How long the value in quotes is that `rest` starts with. Nothing but a comment may
/// follow it on its last line.
fn quoted_len(rest: &str) -> Option<usize> {
    let quote = rest.chars().next().filter(|c| is_quote(*c))?;
    let mut escaped = false;
    let (at, _) = rest.char_indices().skip(1).find(|(_, c)| {
        let closes = *c == quote && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    })?;
    let after = rest.get(at + 1..)?.lines().next().unwrap_or_default();
    let after = after.trim_start();
    (after.is_empty() || after.starts_with('#')).then_some(at + 1)
}

/// How long the bare value is that the rest of a line starts with. What follows a `#`
/// without a blank before it goes with the value.
fn bare_len(rest: Option<&str>) -> usize {
    let rest = rest.unwrap_or_default();
    let value = match rest.split_once('#') {
        Some((value, _)) if value.ends_with([' ', '\t']) => value,
        _ => rest,
    };
    value.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn edit(text: &str, changes: &[(&str, &str)]) -> String {
        let changes: Vec<(String, String)> = changes
            .iter()
            .map(|(name, value)| (name.to_string(), quoted(value).unwrap()))
            .collect();
        edited(text, &changes)
    }

    #[test]
    fn changes_lines_and_leaves_the_others() {
        let table = [
            ("", "A=1\n"),
            ("# note\n\nA=0\nB=2\n", "# note\n\nA=1\nB=2\n"),
            ("B=2", "B=2\nA=1\n"),
            ("A=0 # why\r\nB=2\r\n", "A=1 # why\r\nB=2\r\n"),
            ("export A = \"0\" # why\n", "export A = 1 # why\n"),
            ("A=\"x\ny\"\nB=2\n", "A=1\nB=2\n"),
            ("A=\n", "A=1\n"),
            ("A= # why\n", "A=1 # why\n"),
            ("A=0#1\n", "A=1\n"),
            ("A=#1\n", "A=1\n"),
            ("A=\"0\nB=2\n", "A=1\nB=2\n"),
            ("A='0'x\n", "A=1\n"),
            ("A=0\nA=5\n", "A=1\nA=1\n"),
            (
                "AB=0\n#A=0\nno assignment\n",
                "AB=0\n#A=0\nno assignment\nA=1\n",
            ),
            ("B='\nA=0\n'\n", "B='\nA=0\n'\nA=1\n"),
            ("\u{feff}A=0\n", "\u{feff}A=1\n"),
        ];
        for (text, expected) in table {
            assert_eq!(edit(text, &[("A", "1")]), expected, "{text:?}");
        }
    }

    #[test]
    fn new_names_keep_the_order_of_the_changes() {
        assert_eq!(
            edit("M=0\n", &[("Z", "1"), ("M", "2"), ("A", "3"), ("Z", "4")]),
            "M=2\nZ=4\nA=3\n"
        );
    }

    #[test]
    fn quotes_only_what_needs_it() {
        let table = [
            ("", Some("")),
            ("./models", Some("./models")),
            ("two words", Some("two words")),
            (r"C:\new", Some(r"C:\new")),
            ("a#b", Some("\"a#b\"")),
            (" a", Some("\" a\"")),
            ("it's", Some("\"it's\"")),
            ("a\nb", Some(r#""a\nb""#)),
            (r#"say "hi""#, Some(r#"'say "hi"'"#)),
            (r#"it's "hi""#, Some("`it's \"hi\"`")),
            ("a#\\n", Some("'a#\\n'")),
            ("\"'`", None),
            ("a#\\", None),
            ("\0", None),
        ];
        for (value, expected) in table {
            assert_eq!(quoted(value).as_deref(), expected, "{value:?}");
        }
    }

    #[test]
    fn reads_values() {
        let text = "A=1 # one\nB='#'\nC=\"a\\nb\"\nexport D=`x`\nE=\nA=2\nF=\"open\n# G=1\nH=a#b\n";
        let found: Vec<(String, String)> = values(text).into_iter().collect();
        let expected = [
            ("A", "2"),
            ("B", "#"),
            ("C", "a\nb"),
            ("D", "x"),
            ("E", ""),
            ("F", "\"open"),
            ("H", "a"),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            text in "([AB] ?= ?(a|'a#'|\"a\nB=`\"|a # c|#|`'\n`)\n){0,5}",
            value in "[a\"'`#\\\\ \n\rn]{0,8}",
        ) {
            if let Some(written) = quoted(&value) {
                let line = [("NAME".to_owned(), written)];
                let alone = edited("", &line);
                prop_assert_eq!(values(&alone).remove("NAME"), Some(value));
                let once = edited(&text, &line);
                prop_assert_eq!(edited(&once, &line), once);
            }
        }

        #[test]
        fn any_text_is_edited(text in "\\PC{0,40}", value in "\\PC{0,8}") {
            if let Some(written) = quoted(&value) {
                edited(&text, &[("A".to_owned(), written)]);
            }
        }
    }
}
