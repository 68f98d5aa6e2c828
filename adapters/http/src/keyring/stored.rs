//! A keyring as text.

use super::{Key, Keyring, KeyringError};
use crate::Scope;
use collodi_contain::Name;
use collodi_time::WallTime;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    tokens: Vec<StoredKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    name: String,
    scope: Scope,
    made: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    sha256: String,
}

pub(super) fn read(text: &[u8]) -> Result<Keyring, KeyringError> {
    if text.len() > Keyring::MAX_BYTES {
        return Err(KeyringError::TooLarge);
    }
    let stored: Stored = serde_json::from_slice(text).map_err(malformed)?;
    if stored.version != VERSION {
        let why = format!("version {} is not known, {VERSION} is", stored.version);
        return Err(malformed(why));
    }
    let mut ring = Keyring::default();
    for key in stored.tokens {
        ring.add(opened(key)?)?;
    }
    Ok(ring)
}

pub(super) fn text(ring: &Keyring) -> String {
    let stored = Stored {
        version: VERSION,
        tokens: ring.keys().map(closed).collect(),
    };
    // Plain data can always be written.
    serde_json::to_string_pretty(&stored).unwrap_or_default()
}

fn closed(key: &Key) -> StoredKey {
    StoredKey {
        name: key.name.to_string(),
        scope: key.scope,
        made: key.made.to_string(),
        expires: key.expires.map(|time| time.to_string()),
        sha256: key.digest.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }),
    }
}

fn opened(stored: StoredKey) -> Result<Key, KeyringError> {
    let time = |text: &str| {
        let time = text.parse::<WallTime>();
        time.map_err(|error| malformed(format!("{text:?}: {error}")))
    };
    Ok(Key {
        scope: stored.scope,
        made: time(&stored.made)?,
        expires: stored.expires.as_deref().map(time).transpose()?,
        digest: bytes(&stored.sha256).ok_or_else(|| {
            malformed(format!("sha256 of {:?} is not 64 hex digits", stored.name))
        })?,
        name: Name::parse(&stored.name)
            .map_err(|error| malformed(format!("{:?}: {error}", stored.name)))?,
    })
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok();
    let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
    bytes.try_into().ok().filter(|_| rest.is_empty())
}

fn malformed(why: impl ToString) -> KeyringError {
    KeyringError::Malformed(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One that a person wrote, or that was torn, is no keyring at all: nobody gets in by a
    /// half of it.
    #[test]
    fn what_is_wrong_is_refused_whole() {
        let digest = "ab".repeat(32);
        let with = |text: &str| text.replace("DIGEST", &digest);
        let good = with(
            r#"{"version": 1, "tokens": [{"name": "a", "scope": "read",
                "made": "2026-01-31T12:00:00Z", "sha256": "DIGEST"}]}"#,
        );
        assert_eq!(Keyring::read(good.as_bytes()).unwrap().keys().count(), 1);
        for (from, to) in [
            ("1,", "2,"),
            ("\"read\"", "\"root\""),
            ("\"a\"", "\"../a\""),
            ("12:00", "25:00"),
            ("abab", "ab"),
            ("abab", "xxab"),
            ("\"sha256\"", "\"secret\""),
            ("}]}", "}]"),
        ] {
            let wrong = good.replacen(from, to, 1);
            assert_ne!(wrong, good);
            assert!(Keyring::read(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let large = vec![b' '; Keyring::MAX_BYTES + 1];
        assert_eq!(Keyring::read(&large), Err(KeyringError::TooLarge));
    }
}
