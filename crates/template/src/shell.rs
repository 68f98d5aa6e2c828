//! Shell lines made of what the author wrote and of data.
//!
//! Data must never become syntax. Where it stands decides how it is written:
//! as a quoted word, escaped for the quotes around it, or not at all.

mod scanner;
mod word;

use alloc::{borrow::Cow, format, string::String};
use scanner::{Place, Scanner};

/// There is no safe way to write the data here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unquotable;

/// A shell line as it grows.
#[derive(Default)]
pub(crate) struct Line {
    out: String,
    scanner: Scanner,
}

impl Line {
    /// Adds what the author wrote, as it is.
    pub(crate) fn author(&mut self, text: &str) {
        self.out.push_str(text);
        self.scanner.read(text);
    }

    /// Adds data; says whether it had to be changed for it.
    pub(crate) fn data(&mut self, text: &str) -> Result<bool, Unquotable> {
        let written = write(text, self.scanner.place()).ok_or(Unquotable)?;
        self.out.push_str(&written);
        self.scanner.skip_data(&written);
        Ok(matches!(written, Cow::Owned(_)))
    }

    /// The place to go back to.
    pub(crate) fn mark(&self) -> (usize, Scanner) {
        (self.out.len(), self.scanner.clone())
    }

    /// Drops what was added since `mark`.
    pub(crate) fn back_to(&mut self, mark: (usize, Scanner)) {
        self.out.truncate(mark.0);
        self.scanner = mark.1;
    }

    pub(crate) fn into_text(self) -> String {
        self.out
    }
}

/// `text` as it can be written at `place`.
fn write(text: &str, place: Place) -> Option<Cow<'_, str>> {
    let as_it_is = Some(Cow::Borrowed(text));
    match place {
        Place::Word if is_plain(text) && !is_reserved(text) => as_it_is,
        Place::Word => Some(Cow::Owned(format!("'{}'", in_single_quotes(text)))),
        Place::SingleQuotes if !text.contains('\'') => as_it_is,
        Place::SingleQuotes => Some(Cow::Owned(in_single_quotes(text))),
        Place::DoubleQuotes if !text.contains(is_special_in_double_quotes) => as_it_is,
        Place::DoubleQuotes => Some(Cow::Owned(in_double_quotes(text))),
        Place::Comment => as_it_is.filter(|_| !text.contains('\n')),
        Place::PlainOnly => as_it_is.filter(|_| is_plain(text)),
        Place::DigitsOnly => {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            as_it_is.filter(|_| digits)
        }
    }
}

/// Whether no shell reads anything into the text. `=` is not plain: in front
/// of a command it would set a variable; nor is `,`, which can split braces.
fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./:@%+".contains(&b);
    !text.is_empty() && text.bytes().all(plain)
}

fn is_reserved(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if",
        "in", "select", "then", "time", "until", "while",
    ];
    WORDS.contains(&text)
}

fn in_single_quotes(text: &str) -> String {
    text.replace('\'', r"'\''")
}

const fn is_special_in_double_quotes(c: char) -> bool {
    matches!(c, '"' | '\\' | '$' | '`' | '!')
}

/// `!` cannot be escaped in double quotes: it goes into single ones.
fn in_double_quotes(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '!' => out.push_str(r#""'!'""#),
            '"' | '\\' | '$' | '`' => out.extend(['\\', c]),
            c => out.push(c),
        }
        out
    })
}
