//! Words for a POSIX shell.

use alloc::{borrow::Cow, format, string::String, vec::Vec};

/// `word` as one word of a POSIX shell line: as it is when nothing in it is
/// special, else in single quotes.
pub fn quote_posix(word: &str) -> Cow<'_, str> {
    if !word.is_empty() && word.bytes().all(is_plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
}

/// The words as one shell line, each quoted where needed.
pub fn shell_words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words
        .into_iter()
        .map(quote_posix)
        .collect::<Vec<_>>()
        .join(" ")
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'_' | b'-' | b'.' | b'/' | b':' | b'=' | b',' | b'@' | b'%' | b'+'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_a_shell_would_read() {
        let table = [
            ("plain-1.0/x", "plain-1.0/x"),
            ("", "''"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("$HOME;`id`", "'$HOME;`id`'"),
            ("~", "'~'"),
        ];
        for (word, quoted) in table {
            assert_eq!(quote_posix(word), quoted);
        }
    }
}
