//! Whether a file is there, goes on, or begins anew.

use crate::WebUrl;
use alloc::{
    format,
    string::{String, ToString},
};

/// What is on the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The size of the file, when there is one.
    pub complete: Option<u64>,
    /// The size of its part; 0 when there is none.
    pub part: u64,
    /// The version that the part is of, when that was noted.
    pub part_is_of: Option<Validator>,
}

/// What a download does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing: the file is there.
    Skip,
    /// Asks for the rest of it, as long as it is still the same version.
    Resume {
        /// How much is there.
        from: u64,
    },
    /// Asks for all of it.
    Whole,
}

/// What to do about a file that the server says has `length` bytes and is of version
/// `now`: one of that length is not asked for again, and a part goes on when both
/// are sure to be the same version.
pub fn plan(known: &Known, length: Option<u64>, now: Option<&Validator>) -> Plan {
    if length.is_some() && known.complete == length {
        return Plan::Skip;
    }
    let same = now.is_some() && known.part_is_of.as_ref() == now;
    let rest = length.is_none_or(|length| known.part < length);
    if same && rest && known.part > 0 {
        Plan::Resume { from: known.part }
    } else {
        Plan::Whole
    }
}

/// Where the bytes of a `206` begin, by its `Content-Range`, and how many there are in
/// all when that is known.
pub fn content_start(content_range: &str) -> Option<(u64, Option<u64>)> {
    let rest = content_range.trim().strip_prefix("bytes ")?;
    let (range, total) = rest.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()))
}

/// By what a version of a file is known: its strong `ETag`, or else when it was
/// changed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator(String);

impl Validator {
    /// The longest one, in bytes.
    pub const MAX_BYTES: usize = 512;

    /// The version that these headers name. A weak `ETag` names none: it is the same
    /// for files that are only alike.
    pub fn from_headers(etag: Option<&str>, last_modified: Option<&str>) -> Option<Self> {
        let strong = etag.map(str::trim).filter(|etag| etag.starts_with('"'));
        Self::of(strong.or(last_modified)?)
    }

    /// The version that a note beside a part names, when the part came from `url`.
    pub fn from_note(note: &str, url: &WebUrl) -> Option<Self> {
        let (version, from) = note.split_once('\n')?;
        (from.trim_end() == place(url)).then(|| Self::of(version))?
    }

    fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        let good = plain && !text.is_empty() && text.len() <= Self::MAX_BYTES;
        good.then(|| Self(text.to_string()))
    }

    /// The value for `If-Range`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is noted beside a part that comes from `url`. Of the address it holds what
    /// anybody may see, and a checksum of the query, where keys are.
    pub fn note(&self, url: &WebUrl) -> String {
        format!("{}\n{}\n", self.0, place(url))
    }
}

/// The address as it is noted; the checksum is FNV-1a.
fn place(url: &WebUrl) -> String {
    let (_, query) = url.path_and_query();
    let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let bytes = query.unwrap_or_default().bytes();
    format!("{url} {:016x}", bytes.fold(0xcbf2_9ce4_8422_2325, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Option<Validator> {
        Validator::of(text)
    }

    #[test]
    fn a_note_is_of_one_address() {
        let url = |text| WebUrl::parse(text).unwrap();
        let noted = version("\"x\"").unwrap();
        let note = noted.note(&url("https://me:pw@h/a.bin?token=hunter2"));
        assert!(!note.contains("hunter2") && !note.contains("pw"), "{note}");
        for (other, same) in [
            ("https://h/a.bin?token=hunter2", true),
            ("https://h/a.bin?token=hunter3", false),
            ("https://h/a.bin", false),
            ("https://evil/a.bin?token=hunter2", false),
            ("https://h/b.bin?token=hunter2", false),
        ] {
            let found = Validator::from_note(&note, &url(other));
            assert_eq!(found.is_some(), same, "{other}");
        }
        assert_eq!(Validator::from_note("\"x\"\n", &url("https://h/")), None);
    }

    #[test]
    fn plans() {
        let known = |complete, part, of: &str| Known {
            complete,
            part,
            part_is_of: version(of),
        };
        let a = "\"a\"";
        for (known, length, now, expected) in [
            (known(None, 0, ""), Some(10), a, Plan::Whole),
            (known(Some(10), 0, ""), Some(10), a, Plan::Skip),
            (known(Some(10), 3, a), Some(10), a, Plan::Skip),
            (known(Some(9), 0, ""), Some(10), a, Plan::Whole),
            (known(Some(9), 0, ""), None, a, Plan::Whole),
            (known(Some(0), 0, ""), Some(0), a, Plan::Skip),
            (known(None, 3, a), Some(10), a, Plan::Resume { from: 3 }),
            (known(None, 3, a), None, a, Plan::Resume { from: 3 }),
            (known(None, 3, a), Some(10), "\"b\"", Plan::Whole),
            (known(None, 3, ""), Some(10), "", Plan::Whole),
            (known(None, 10, a), Some(10), a, Plan::Whole),
            (known(None, 11, a), Some(10), a, Plan::Whole),
        ] {
            assert_eq!(
                plan(&known, length, version(now).as_ref()),
                expected,
                "{known:?} {length:?}"
            );
        }
    }

    #[test]
    fn versions() {
        let of = |etag, date| Validator::from_headers(etag, date).map(|v| v.as_str().to_string());
        assert_eq!(of(Some("\"x\""), Some("Mon")).as_deref(), Some("\"x\""));
        assert_eq!(of(Some("W/\"x\""), Some("Mon")).as_deref(), Some("Mon"));
        assert_eq!(of(Some("W/\"x\""), None), None);
        assert_eq!(of(None, Some("a\u{1}b")), None);
        let noted = Validator::from_headers(Some("\"x\""), None).unwrap();
        let url = WebUrl::parse("https://h/x").unwrap();
        assert_eq!(Validator::from_note(&noted.note(&url), &url), Some(noted));
    }

    #[test]
    fn ranges() {
        assert_eq!(content_start("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_start("bytes 0-9/*"), Some((0, None)));
        for bad in [
            "",
            "bytes",
            "bytes */10",
            "items 1-2/3",
            "bytes -1-2/3",
            "bytes 99999999999999999999-1/2",
        ] {
            assert_eq!(content_start(bad), None, "{bad}");
        }
    }
}
