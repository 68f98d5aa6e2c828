//! What `--version` says.

use alloc::{borrow::ToOwned, format, string::String};

/// The first line that a program said.
pub(crate) fn first_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    said.lines().next().unwrap_or_default().trim().to_owned()
}

/// What an interpreter says of itself, when it is one that can be used; or why it is not.
pub(crate) fn of_python(line: String) -> Result<String, String> {
    if starts(&line, "python 2") {
        Err(format!("too old: {line}"))
    } else if starts(&line, "python") {
        Ok(line)
    } else {
        Err(format!("not a Python: says {line:?}"))
    }
}

pub(crate) fn starts(line: &str, prefix: &str) -> bool {
    let start = line.get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Whether what an interpreter says of itself is this version: `3.11` is any 3.11.
pub(crate) fn is(line: &str, version: &str) -> bool {
    let own = line.split_whitespace().nth(1);
    own.is_some_and(|own| own == version || own.starts_with(&format!("{version}.")))
}

/// The program that systems call a Python of this version by: `python3.12` for `3.12` and
/// for `3.12.1`. Nothing for what is no plain version.
pub(crate) fn program(version: &str) -> Option<String> {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = version.split('.');
    let (major, minor) = (parts.next()?, parts.next());
    if !number(major) || !minor.is_none_or(number) || !parts.all(number) {
        return None;
    }
    Some(match minor {
        Some(minor) => format!("python{major}.{minor}"),
        None => format!("python{major}"),
    })
}
