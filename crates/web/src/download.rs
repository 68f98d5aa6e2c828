//! A download.

use crate::{Headers, WebError, WebErrorKind, WebUrl};
use collodi_contain::ContainedPath;
use core::fmt;

/// What the name of a file gets behind it while the file is not whole.
pub const PART: &str = ".part";

/// What the name of a file gets behind it for the note that says of which version
/// its part is.
pub const VALIDATOR: &str = ".part.of";

/// A file to download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadSpec {
    /// Where it is.
    pub url: WebUrl,
    /// What is sent besides what HTTP needs.
    pub headers: Headers,
    /// Where it goes.
    pub target: Target,
    /// The most bytes; a longer file is [`TooLarge`](crate::WebErrorKind::TooLarge).
    pub limit: u64,
}

/// Where a download goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into this directory, under the name that the server gives it
    /// ([`file_name`](crate::file_name)). A name that only the server chose replaces no
    /// file that is there, and some cannot be had so
    /// ([`ChosenName`](crate::ChosenName)).
    Dir(ContainedPath),
    /// To this file.
    File(ContainedPath),
}

impl DownloadSpec {
    /// A failure of this download.
    pub fn failed(&self, kind: WebErrorKind) -> WebError {
        WebError::new(kind, self.url.clone())
    }

    /// Whether a file of this length, as far as the server says it, may be downloaded.
    ///
    /// # Errors
    ///
    /// [`WebErrorKind::TooLarge`] beyond the limit.
    pub fn check_length(&self, length: Option<u64>) -> Result<(), WebError> {
        match length {
            Some(length) if length > self.limit => Err(self.failed(WebErrorKind::TooLarge)),
            _ => Ok(()),
        }
    }

    /// Whether an answer with this status has the whole file.
    ///
    /// # Errors
    ///
    /// [`WebErrorKind::Status`] for any other than 200.
    pub fn check_status(&self, status: u16) -> Result<(), WebError> {
        match status {
            200 => Ok(()),
            status => Err(self.failed(WebErrorKind::Status(status))),
        }
    }
}

impl fmt::Display for DownloadSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "download {} to {}", self.url, self.target)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dir(path) => write!(f, "{path}/"),
            Self::File(path) => write!(f, "{path}"),
        }
    }
}

/// A file that is there, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Its path.
    pub path: ContainedPath,
    /// Its size.
    pub bytes: u64,
    /// Whether it was there before.
    pub was_there: bool,
}

impl fmt::Display for Downloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.was_there {
            "was there"
        } else {
            "downloaded"
        };
        write!(f, "{how}: {} ({} bytes)", self.path, self.bytes)
    }
}
