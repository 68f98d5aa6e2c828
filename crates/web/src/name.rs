//! What a downloaded file is called.

use crate::{PART, VALIDATOR, WebUrl};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use collodi_contain::Rules;

/// The longest name, in bytes: with what a part gets behind it, still a name
/// everywhere.
pub const MAX_NAME_BYTES: usize = 200;

/// What a file is called when nothing else is known.
const NAMELESS: &str = "download";

/// What a downloaded file is called: as the server says in `Content-Disposition`,
/// or else as the last part of the address's path. Always one file name on every
/// system: of a path it is the last part, what a name cannot have becomes `_`, and
/// a longer one is cut before its ending. It never ends as a part does ([`PART`]) or
/// the note about one ([`VALIDATOR`]).
pub fn file_name(disposition: Option<&str>, url: &WebUrl) -> String {
    let given = disposition.and_then(given);
    let last = || {
        let (path, _) = url.path_and_query();
        let last = path.rsplit('/').next().unwrap_or_default();
        percent_decoded(last)
    };
    let names = [given, Some(last())];
    let clean = names.into_iter().flatten().find_map(|name| clean(&name));
    clean.unwrap_or_else(|| NAMELESS.to_owned())
}

/// The name in a `Content-Disposition`; the extended form counts more.
fn given(disposition: &str) -> Option<String> {
    let params = params(disposition);
    let value = |key: &str| {
        let found = params
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value.as_str())
    };
    let extended = value("filename*").and_then(|text| {
        let (charset, rest) = text.split_once('\'')?;
        let (_, name) = rest.split_once('\'')?;
        charset
            .eq_ignore_ascii_case("utf-8")
            .then(|| percent_decoded(name))
    });
    extended.or_else(|| value("filename").map(ToOwned::to_owned))
}

/// The parameters behind the first `;`. In quotes, `\` keeps what follows it.
fn params(header: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let (mut text, mut quoted, mut kept) = (String::new(), false, false);
    for c in header.chars().chain([';']) {
        match c {
            _ if kept => {
                kept = false;
                text.push(c);
            }
            '\\' if quoted => kept = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                if let Some((name, value)) = text.split_once('=') {
                    all.push((name.trim().to_string(), value.trim().to_string()));
                }
                text.clear();
            }
            c => text.push(c),
        }
    }
    all
}

/// `%XX` as bytes; what is no UTF-8 then is replaced.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |b: &u8| {
            char::from(*b)
                .to_digit(16)
                .and_then(|d| u8::try_from(d).ok())
        };
        let escaped = match after {
            [high, low, after @ ..] if *first == b'%' => hex(high)
                .zip(hex(low))
                .map(|(high, low)| (high << 4 | low, after)),
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((*first, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn clean(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let allowed = |c: char| {
        if c.is_control() || "<>:\"|?*".contains(c) {
            '_'
        } else {
            c
        }
    };
    let name: String = last.chars().map(allowed).collect();
    let name = no_part(shorten(name.trim().trim_end_matches(['.', ' '])));
    if Rules::Windows.check_name(&name).is_ok() {
        return Some(name);
    }
    // A name that Windows keeps for a device.
    let moved = alloc::format!("_{name}");
    (!name.is_empty() && Rules::Windows.check_name(&moved).is_ok()).then_some(moved)
}

/// What ends as a part or the note about one would be taken for that of another file:
/// the last dot becomes `_`.
fn no_part(name: String) -> String {
    let lower = name.to_ascii_lowercase();
    let is_part = [PART, VALIDATOR]
        .iter()
        .any(|ending| lower.ends_with(ending));
    match name.rsplit_once('.') {
        Some((stem, ending)) if is_part => alloc::format!("{stem}_{ending}"),
        _ => name,
    }
}

/// Cuts what is too long out before the ending.
fn shorten(name: &str) -> String {
    if name.len() <= MAX_NAME_BYTES {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() < 20 => (stem, ending),
        _ => (name, ""),
    };
    let room = MAX_NAME_BYTES.saturating_sub(ending.len() + 1);
    let stem = stem.get(..floor(stem, room)).unwrap_or_default();
    if ending.is_empty() {
        stem.to_owned()
    } else {
        alloc::format!("{}.{ending}", stem.trim_end_matches(['.', ' ']))
    }
}

/// The last boundary of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|i| text.is_char_boundary(*i))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(disposition: &str, url: &str, name: &str) {
        let url = WebUrl::parse(url).unwrap();
        let given = (!disposition.is_empty()).then_some(disposition);
        assert_eq!(file_name(given, &url), name, "{disposition} {url:?}");
    }

    #[test]
    fn by_the_address() {
        check(
            "",
            "https://h/a/model.safetensors?download=true",
            "model.safetensors",
        );
        check("", "https://h/a%20b.bin", "a b.bin");
        check("", "https://h/", "download");
        check("", "https://h", "download");
        check("", "https://h/..", "download");
        check("", "https://h/..%2f..%2fetc%2fpasswd", "passwd");
        check("", "https://h/a%5Cb", "b");
        check("", "https://h/%FF", "\u{fffd}");
        check("", "https://h/%", "%");
    }

    #[test]
    fn by_the_server() {
        let url = "https://h/api/download/1";
        check("attachment; filename=\"x y.bin\"", url, "x y.bin");
        check("attachment; filename=x.bin; size=3", url, "x.bin");
        check("inline; FileName=\"a;b.bin\"", url, "a;b.bin");
        check("attachment; filename=\"a\\\"b\"", url, "a_b");
        check(
            "attachment; filename=\"x\"; filename*=UTF-8''na%C3%AFve.bin",
            url,
            "naïve.bin",
        );
        check("attachment; filename*=latin1''x; filename=y", url, "y");
        check("attachment", url, "1");
        check("attachment; filename=\"\"", url, "1");
    }

    #[test]
    fn hostile() {
        let url = "https://h/x";
        for (given, name) in [
            ("../../etc/cron.d/x", "x"),
            ("/etc/passwd", "passwd"),
            ("..\\\\..\\\\evil.exe", "evil.exe"),
            ("..", "x"),
            (".", "x"),
            ("a/..", "x"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("C:evil", "C_evil"),
            ("a\u{0}b\nc", "a_b_c"),
            ("trailing. . ", "trailing"),
        ] {
            check(
                &alloc::format!("attachment; filename=\"{given}\""),
                url,
                name,
            );
        }
        check("attachment; filename*=UTF-8''..%2F..%2Fx%00y", url, "x_y");
    }

    #[test]
    fn no_name_is_that_of_a_part() {
        let url = "https://h/x";
        for (given, name) in [
            ("model.bin.part", "model.bin_part"),
            ("model.bin.PART. ", "model.bin_PART"),
            ("model.bin.part.of", "model.bin.part_of"),
            ("model.bin.Part.oF", "model.bin.Part_oF"),
            (".part", "_part"),
            ("part.of", "part.of"),
            ("model.party", "model.party"),
        ] {
            let given = alloc::format!("attachment; filename=\"{given}\"");
            check(&given, url, name);
        }
        check("", "https://h/model.bin.part", "model.bin_part");
        let long = alloc::format!("attachment; filename=\"{}.part\"", "x".repeat(300));
        let name = file_name(Some(&long), &WebUrl::parse(url).unwrap());
        assert!(name.ends_with("x_part"), "{name}");
    }

    #[test]
    fn long_names_keep_their_ending() {
        let long = alloc::format!("attachment; filename=\"{}.safetensors\"", "ä".repeat(300));
        let name = file_name(Some(&long), &WebUrl::parse("http://h/").unwrap());
        assert!(
            name.len() <= MAX_NAME_BYTES && name.ends_with("ä.safetensors"),
            "{name}"
        );
    }
}
