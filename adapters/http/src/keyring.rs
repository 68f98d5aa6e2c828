//! The tokens that an operator has given out, by what is kept of them.

mod stored;

use crate::{Scope, Token};
use collodi_contain::Name;
use collodi_time::WallTime;
use sha2::{Digest as _, Sha256};
use std::fmt;
use subtle::ConstantTimeEq as _;

/// The tokens that an operator has given out. Nothing in it lets anybody in: of each token
/// there is a digest only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyring {
    keys: Vec<Key>,
}

/// What is kept of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Whom it is for.
    pub name: Name,
    /// What it lets its holder do.
    pub scope: Scope,
    /// When it was made.
    pub made: WallTime,
    /// From when on it is refused; never when there is none.
    pub expires: Option<WallTime>,
    digest: [u8; 32],
}

/// A keyring that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyringError {
    /// The text is not that of one; in words, why.
    Malformed(String),
    /// It is larger than [`Keyring::MAX_BYTES`].
    TooLarge,
    /// It would have more than [`Keyring::MOST`].
    Full,
    /// There is a token of this name.
    Taken(Name),
}

impl Keyring {
    /// The most tokens there can be.
    pub const MOST: usize = 256;
    /// The most bytes that the text of one has.
    pub const MAX_BYTES: usize = 128 << 10;

    /// Reads what [`text`](Self::text) has written.
    ///
    /// # Errors
    ///
    /// When it is anything else: nothing of it counts then.
    pub fn read(text: &[u8]) -> Result<Self, KeyringError> {
        stored::read(text)
    }

    /// The keyring as text, a JSON object.
    pub fn text(&self) -> String {
        stored::text(self)
    }

    /// The tokens, by what is kept of them.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// Adds one.
    ///
    /// # Errors
    ///
    /// When its name is taken, or there are too many.
    pub fn add(&mut self, key: Key) -> Result<(), KeyringError> {
        if self.keys.iter().any(|other| other.name == key.name) {
            return Err(KeyringError::Taken(key.name));
        }
        if self.keys.len() >= Self::MOST {
            return Err(KeyringError::Full);
        }
        self.keys.push(key);
        Ok(())
    }

    /// Takes the one of this name away; false when there is none.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.keys.len();
        self.keys.retain(|key| key.name.as_str() != name);
        self.keys.len() < before
    }

    /// What is kept of this token, when it is one of these; whether it has expired is not asked.
    /// All are compared, each in constant time.
    pub fn find(&self, presented: &str) -> Option<&Key> {
        let digest = digest_of(presented);
        let same = |key: &Key| bool::from(key.digest.ct_eq(&digest));
        let keys = self.keys.iter();
        keys.fold(None, |found, key| same(key).then_some(key).or(found))
    }
}

impl Key {
    /// What is kept of `token`.
    pub fn of(
        token: &Token,
        name: Name,
        scope: Scope,
        made: WallTime,
        expires: Option<WallTime>,
    ) -> Self {
        Self {
            name,
            scope,
            made,
            expires,
            digest: digest_of(token.reveal()),
        }
    }

    /// Whether it is refused from now on.
    pub fn has_expired(&self, now: WallTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Tokens are drawn at random and long: a plain digest cannot be turned back.
fn digest_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(f, "not a list of tokens: {why}"),
            Self::TooLarge => write!(
                f,
                "a list of tokens has at most {} bytes",
                Keyring::MAX_BYTES
            ),
            Self::Full => write!(
                f,
                "there are {} tokens, as many as there can be",
                Keyring::MOST
            ),
            Self::Taken(name) => write!(f, "there is a token for {name} already"),
        }
    }
}

impl std::error::Error for KeyringError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(seconds: u64) -> WallTime {
        WallTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    fn key(name: &str, secret: &str, expires: Option<u64>) -> Key {
        let name = Name::parse(name).unwrap();
        Key::of(
            &Token::new(secret),
            name,
            Scope::Read,
            at(1),
            expires.map(at),
        )
    }

    #[test]
    fn a_token_is_found_by_itself_only() {
        let mut ring = Keyring::default();
        ring.add(key("a", "first", None)).unwrap();
        ring.add(key("b", "second", Some(100))).unwrap();
        assert_eq!(ring.find("second").unwrap().name.as_str(), "b");
        for wrong in ["", "firs", "first ", "First"] {
            assert!(ring.find(wrong).is_none(), "{wrong}");
        }
        assert!(ring.remove("a") && !ring.remove("a"));
        assert!(ring.find("first").is_none());
    }

    #[test]
    fn one_expires_at_its_time() {
        let key = key("a", "x", Some(100));
        assert!(!key.has_expired(at(99)));
        assert!(key.has_expired(at(100)));
        assert!(!super::tests::key("a", "x", None).has_expired(at(u64::MAX >> 20)));
    }

    #[test]
    fn names_are_taken_once_and_there_are_not_too_many() {
        let mut ring = Keyring::default();
        for at in 0..Keyring::MOST {
            ring.add(key(&format!("k{at}"), &at.to_string(), Some(9)))
                .unwrap();
        }
        assert_eq!(ring.add(key("more", "x", None)), Err(KeyringError::Full));
        let taken = Name::parse("k7").unwrap();
        assert_eq!(
            ring.add(key("k7", "x", None)),
            Err(KeyringError::Taken(taken))
        );
        assert!(ring.text().len() <= Keyring::MAX_BYTES);
        assert_eq!(Keyring::read(ring.text().as_bytes()).unwrap(), ring);
    }

    #[test]
    fn the_text_has_no_secret_in_it() {
        let mut ring = Keyring::default();
        ring.add(key("a", "hush-hush", None)).unwrap();
        assert!(!ring.text().contains("hush"));
        assert!(!format!("{ring:?}").contains("hush"));
    }
}
