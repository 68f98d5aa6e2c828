//! A request and its answer.

use crate::{Headers, WebUrl};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::{fmt, time::Duration};

/// A request whose answer is kept in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchSpec {
    /// The method, in capitals.
    pub method: String,
    /// Whom to ask.
    pub url: WebUrl,
    /// What is sent besides what HTTP needs.
    pub headers: Headers,
    /// The body; none is sent when it is empty.
    pub body: Vec<u8>,
    /// How long all of it may take.
    pub timeout: Duration,
    /// The most bytes of the answer's body; a longer one is
    /// [`TooLarge`](crate::WebErrorKind::TooLarge).
    pub limit: u64,
    /// Whether redirects are followed; the answer is the redirect where they are not.
    pub follow: bool,
}

impl FetchSpec {
    /// A `GET` without headers, within a minute, of at most a mebibyte.
    pub fn get(url: WebUrl) -> Self {
        Self {
            method: "GET".to_owned(),
            url,
            headers: Headers::default(),
            body: Vec::new(),
            timeout: Duration::from_secs(60),
            limit: 1 << 20,
            follow: true,
        }
    }
}

impl fmt::Display for FetchSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        match self.body.len() {
            0 => Ok(()),
            bytes => write!(f, " ({bytes} bytes)"),
        }
    }
}

/// The answer to a request, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The status: 200, 404, …
    pub status: u16,
    /// What came with it.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Fetched {
    /// Whether the status is one of success.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }
}

impl fmt::Display for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}, {} bytes", self.status, self.body.len())
    }
}

/// Writes a byte as `%XX`.
pub(crate) fn push_escaped(text: &mut String, byte: u8) {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    text.push('%');
    text.extend([byte >> 4, byte & 15].map(|nibble| digit(nibble).to_ascii_uppercase()));
}
