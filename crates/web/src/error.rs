//! What went wrong on the way.

use crate::WebUrl;
use alloc::string::String;
use collodi_file::FileErrorKind;
use core::fmt;

/// A request or download that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebError {
    /// What went wrong.
    pub kind: WebErrorKind,
    /// Whom it was asked.
    pub url: WebUrl,
    /// What is known beyond the kind.
    pub detail: Option<String>,
}

impl WebError {
    /// An error without more to say.
    pub const fn new(kind: WebErrorKind, url: WebUrl) -> Self {
        Self {
            kind,
            url,
            detail: None,
        }
    }

    /// Adds what is known beyond the kind.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.kind)?;
        self.detail
            .as_ref()
            .map_or(Ok(()), |detail| write!(f, " ({detail})"))
    }
}

impl core::error::Error for WebError {}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WebErrorKind {
    /// The host has no address.
    NoHost,
    /// Nobody accepts connections there, or the connection broke.
    Connection,
    /// No answer in time.
    TimedOut,
    /// The server cannot show that it is who it should be.
    Tls,
    /// What came is not HTTP, or too many redirects.
    Protocol,
    /// The server says no, with this status.
    Status(u16),
    /// The answer is longer than the limit.
    TooLarge,
    /// The answer ended before its length.
    Truncated,
    /// The file cannot be written.
    File(FileErrorKind),
    /// Somebody else downloads to the same place.
    Busy,
    /// Someone ended it.
    Aborted,
    /// Out of threads, descriptors or memory.
    Exhausted,
    /// The backend cannot do this.
    Unsupported,
    /// Only the server gave the file its name, and a file that has it is there.
    NameTaken,
    /// Only the server gave the file its name, which is that of a script, a launcher,
    /// `ENVIRONMENT`, or begins with a dot.
    ReservedName,
}

impl fmt::Display for WebErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHost => f.write_str("the host is not known"),
            Self::Connection => f.write_str("connection failed"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::Tls => f.write_str("no secure connection"),
            Self::Protocol => f.write_str("not a proper answer"),
            Self::Status(status) => write!(f, "the server answered {status}{}", meaning(*status)),
            Self::TooLarge => f.write_str("too large"),
            Self::Truncated => f.write_str("the answer was cut short"),
            Self::File(kind) => write!(f, "{kind}"),
            Self::Busy => f.write_str("somebody else downloads to the same place"),
            Self::Aborted => f.write_str("ended before it was done"),
            Self::Exhausted => f.write_str("out of threads, descriptors or memory"),
            Self::Unsupported => f.write_str("not supported here"),
            Self::NameTaken => {
                f.write_str("the server gives the file the name of another that is there")
            }
            Self::ReservedName => f.write_str(
                "the server gives the file the name of a script, a setting or a hidden file",
            ),
        }
    }
}

/// What the statuses that people meet mean.
const fn meaning(status: u16) -> &'static str {
    match status {
        400 => " (bad request)",
        401 => " (login needed)",
        403 => " (forbidden)",
        404 => " (not found)",
        405 => " (method not allowed)",
        408 => " (request timed out)",
        410 => " (gone)",
        422 => " (cannot be processed)",
        429 => " (too many requests)",
        500 => " (server error)",
        502 => " (bad gateway)",
        503 => " (unavailable)",
        504 => " (gateway timed out)",
        _ => "",
    }
}
