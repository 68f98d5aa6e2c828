//! HTTP.

use alloc::boxed::Box;
use async_trait::async_trait;
use collodi_web::{DownloadSpec, Downloaded, FetchSpec, Fetched, WebError};
use core::fmt;

/// Sends HTTP requests and downloads files.
///
/// Up to ten redirects are followed, to `http` and `https` only. What is sent for
/// one host (`Authorization`, credentials in the address) is not sent to another.
/// Nothing of an address but what it shows is in an error.
#[async_trait]
pub trait Web: Send + Sync + fmt::Debug {
    /// Sends a request and gives its answer, whatever the status. Dropping the future
    /// ends it.
    async fn fetch(&self, spec: FetchSpec) -> Result<Fetched, WebError>;

    /// Begins to download a file. Dropping what is given back ends it, and what is
    /// there of the file stays.
    ///
    /// A file that is there with the length that the server says is not asked for
    /// again. Else what comes is written to `NAME.part`, beneath the target's root,
    /// and becomes `NAME` in one step when all of it is there; a file that has the
    /// name is replaced. Directories above it are made. A part that was left is gone
    /// on with, when it is of the version that the server has now and the server can
    /// do that, and else begun anew.
    fn download(&self, spec: DownloadSpec) -> Box<dyn Download>;
}

/// A download under way.
#[async_trait]
pub trait Download: Send + fmt::Debug {
    /// The next thing that happened. `Ended` comes once, last. After it, nothing.
    ///
    /// Progress comes a few times a second at most, and only the latest: whoever does
    /// not ask misses the rest. Safe to cancel.
    async fn next_event(&mut self) -> Option<DownloadEvent>;
}

/// What happened to a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DownloadEvent {
    /// This much is there.
    Progress {
        /// Bytes that are there.
        done: u64,
        /// Bytes of the whole file, when that is known.
        total: Option<u64>,
    },
    /// It is over.
    Ended(Result<Downloaded, WebError>),
}
