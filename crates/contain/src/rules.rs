//! What an operating system makes of a text.

use crate::PathError;
use alloc::{string::String, vec::Vec};

/// The naming rules of a kind of operating system, as data: both can be asked on
/// either.
///
/// Whatever [`Rules::Windows`] lets pass as a relative path is the same path on
/// Unix, so it is also the portable rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rules {
    /// `/` separates; a name is anything else but NUL.
    Unix,
    /// `/` and `\` separate; names have reserved characters, endings and words;
    /// case does not matter.
    Windows,
}

impl Rules {
    /// The rules that an absolute path is written by: a drive letter or two
    /// backslashes make it one of Windows.
    pub fn of(absolute: &str) -> Self {
        if has_drive(absolute) || absolute.starts_with(r"\\") {
            Self::Windows
        } else {
            Self::Unix
        }
    }

    /// Whether the system takes `c` for a separator.
    pub const fn is_separator(self, c: char) -> bool {
        match self {
            Self::Unix => c == '/',
            Self::Windows => is_any_separator(c),
        }
    }

    /// Whether the system would not read `text` from the current directory alone:
    /// a leading separator, and on Windows a drive (`C:x` is read from the current
    /// directory *of that drive*).
    pub fn is_absolute(self, text: &str) -> bool {
        text.starts_with(|c| self.is_separator(c)) || (self == Self::Windows && has_drive(text))
    }

    /// Whether `name` is one component that a file can have.
    ///
    /// # Errors
    ///
    /// The first rule that is broken. `.` and `..` break [`PathError::NoFileName`].
    pub fn check_name(self, name: &str) -> Result<(), PathError> {
        if matches!(name, "" | "." | "..") {
            return Err(PathError::NoFileName);
        }
        if name.contains('\0') {
            return Err(PathError::Nul);
        }
        if let Some(separator) = name.chars().find(|c| self.is_separator(*c)) {
            return Err(PathError::BadCharacter(separator));
        }
        match self {
            Self::Unix => Ok(()),
            Self::Windows => check_windows_name(name),
        }
    }

    /// The components of an absolute path after its prefix, when it has one that
    /// two paths can be compared by. `.` and `..` are resolved by their text;
    /// the top's parent is the top.
    pub(crate) fn absolute(self, text: &str) -> Option<Absolute<'_>> {
        let (prefix, rest) = match self {
            Self::Unix => (Prefix::Unix, text.strip_prefix('/')?),
            Self::Windows => windows_prefix(text)?,
        };
        let mut components = Vec::new();
        for component in rest.split(is_any_separator) {
            match component {
                "" | "." => {}
                ".." => drop(components.pop()),
                name => components.push(name),
            }
        }
        Some(Absolute { prefix, components })
    }

    /// Whether two components name the same file.
    pub(crate) fn same(self, a: &str, b: &str) -> bool {
        let fold = |text: &str| -> String { text.chars().flat_map(char::to_lowercase).collect() };
        a == b || (self == Self::Windows && fold(a) == fold(b))
    }
}

/// An absolute path in pieces.
pub(crate) struct Absolute<'a> {
    pub(crate) prefix: Prefix,
    pub(crate) components: Vec<&'a str>,
}

/// What stands before the first component.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    Unix,
    Drive(char),
    Unc,
}

/// Texts that people write have both separators, wherever they run.
pub(crate) const fn is_any_separator(c: char) -> bool {
    matches!(c, '/' | '\\')
}

/// `C:` and whatever follows.
pub(crate) fn has_drive(text: &str) -> bool {
    drive(text).is_some()
}

/// `C:\` and whatever follows, which nobody means as a file called `C:`.
pub(crate) fn has_rooted_drive(text: &str) -> bool {
    drive(text).is_some_and(|(_, rest)| rest.starts_with(is_any_separator))
}

fn drive(text: &str) -> Option<(char, &str)> {
    let letter = text.chars().next().filter(char::is_ascii_alphabetic)?;
    let rest = text.strip_prefix(letter)?.strip_prefix(':')?;
    Some((letter.to_ascii_lowercase(), rest))
}

/// `C:\`, `\\server\`, `\\?\C:\` or `\\?\UNC\server\`, and the rest. `\\.\` leads to
/// devices, and `C:x` and `\x` depend on what is current: those compare with nothing.
fn windows_prefix(text: &str) -> Option<(Prefix, &str)> {
    let text = match text.strip_prefix(r"\\?\") {
        Some(verbatim) => match strip_unc(verbatim) {
            Some(share) => return Some((Prefix::Unc, share)),
            None => verbatim,
        },
        None => text,
    };
    if let Some((letter, rest)) = drive(text) {
        let rest = rest.strip_prefix(is_any_separator)?;
        return Some((Prefix::Drive(letter), rest));
    }
    let share = text
        .strip_prefix(is_any_separator)?
        .strip_prefix(is_any_separator)?;
    (!share.starts_with(['.', '?'])).then_some((Prefix::Unc, share))
}

fn strip_unc(text: &str) -> Option<&str> {
    let (word, share) = text.split_once('\\')?;
    word.eq_ignore_ascii_case("UNC").then_some(share)
}

fn check_windows_name(name: &str) -> Result<(), PathError> {
    let reserved =
        |c: &char| c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*');
    if let Some(c) = name.chars().find(reserved) {
        return Err(PathError::BadCharacter(c));
    }
    if name.ends_with(['.', ' ']) {
        return Err(PathError::TrailingDotOrBlank);
    }
    if is_device(name) {
        return Err(PathError::Device);
    }
    Ok(())
}

/// `CON`, `com1.txt`, `nul .tar.gz` and the like: what stands before the first dot
/// decides, without the blanks at its end.
pub(crate) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    let stem = stem.to_ascii_uppercase();
    let port = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    match port {
        Some(number) => matches!(number, "¹" | "²" | "³") || is_port_number(number),
        None => matches!(
            stem.as_str(),
            "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
        ),
    }
}

fn is_port_number(number: &str) -> bool {
    number.len() == 1 && number.starts_with(|c: char| c.is_ascii_digit())
}
