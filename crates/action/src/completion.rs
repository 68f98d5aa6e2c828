//! What can be answered.

use crate::Error;
use alloc::{string::String, sync::Arc, vec::Vec};
use collodi_command::{Exit, Identity, Member, RecordingPlace, Stream};
use collodi_file::{FileAnswer, FileError};
use collodi_web::{Downloaded, Fetched, WebError};
use core::fmt;

/// What is heard of an action while it is in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It was started.
    Spawned {
        /// Its process id, where there is one.
        pid: Option<u32>,
    },
    /// It can be found again by this, also by another program. Comes after
    /// [`Spawned`](Self::Spawned), if at all.
    Identified(Identity),
    /// It said something.
    Output {
        /// On which stream.
        stream: Stream,
        /// What; never empty.
        bytes: Arc<[u8]>,
    },
    /// All that was said until now is recorded before this place; none where that was so before,
    /// and is not any more. Comes when nothing more is said for the moment, if at all.
    Recorded(Option<RecordingPlace>),
    /// It ended. More output may follow.
    Exited(Exit),
    /// This much of a download is there.
    Transferred {
        /// Bytes that are there.
        done: u64,
        /// Bytes of the whole file, when that is known.
        total: Option<u64>,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawned { pid: Some(pid) } => write!(f, "spawned pid {pid}"),
            Self::Spawned { pid: None } => f.write_str("spawned"),
            Self::Identified(identity) => write!(f, "is {identity}"),
            Self::Output { stream, bytes } => {
                write!(f, "{stream} {:?}", String::from_utf8_lossy(bytes))
            }
            Self::Recorded(Some(place)) => write!(f, "recorded to {place}"),
            Self::Recorded(None) => f.write_str("not recorded"),
            Self::Exited(exit) => write!(f, "exited ({exit})"),
            Self::Transferred {
                done,
                total: Some(total),
            } => write!(f, "{done} of {total} bytes"),
            Self::Transferred { done, total: None } => write!(f, "{done} bytes"),
        }
    }
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Completion {
    /// Of [`Action::Exec`](crate::Action::Exec).
    Exec(Result<Ended, Error>),
    /// Of [`Action::File`](crate::Action::File).
    File(Result<FileAnswer, FileError>),
    /// Of [`Action::Signal`](crate::Action::Signal).
    Signalled(Result<(), Error>),
    /// Of [`Action::AwaitEmpty`](crate::Action::AwaitEmpty).
    Empty(Result<(), Error>),
    /// Of [`Action::Members`](crate::Action::Members).
    Members(Result<Vec<Member>, Error>),
    /// Of [`Action::Connect`](crate::Action::Connect).
    Connected(Result<(), Error>),
    /// Of [`Action::FreePort`](crate::Action::FreePort).
    Port(Result<u16, Error>),
    /// Of [`Action::Fetch`](crate::Action::Fetch).
    Fetched(Result<Fetched, WebError>),
    /// Of [`Action::Download`](crate::Action::Download).
    Downloaded(Result<Downloaded, WebError>),
    /// Of [`Action::Abort`](crate::Action::Abort).
    Aborted,
    /// Of [`Action::Write`](crate::Action::Write): written; or not, as
    /// [`ErrorKind::Gone`](crate::ErrorKind::Gone) when nobody reads any more, or
    /// [`ErrorKind::Full`](crate::ErrorKind::Full) when too much waits for a command that
    /// does not read.
    Written(Result<(), Error>),
}

/// A command that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How it ended.
    pub exit: Exit,
    /// Processes that it started still hold its output.
    pub leaked: bool,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.exit)?;
        f.write_str(if self.leaked {
            ", leaving processes behind"
        } else {
            ""
        })
    }
}

impl fmt::Display for Completion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exec(Ok(ended)) => write!(f, "ended ({ended})"),
            Self::File(Ok(answer)) => write!(f, "{answer}"),
            Self::File(Err(error)) => write!(f, "failed: {error}"),
            Self::Signalled(Ok(())) => f.write_str("signalled"),
            Self::Members(Ok(members)) => write!(f, "{} live", members.len()),
            Self::Empty(Ok(())) => f.write_str("empty"),
            Self::Connected(Ok(())) => f.write_str("connected"),
            Self::Port(Ok(port)) => write!(f, "port {port}"),
            Self::Fetched(Ok(answer)) => write!(f, "{answer}"),
            Self::Downloaded(Ok(file)) => write!(f, "{file}"),
            Self::Fetched(Err(error)) | Self::Downloaded(Err(error)) => {
                write!(f, "failed: {error}")
            }
            Self::Aborted => f.write_str("aborted"),
            Self::Written(Ok(())) => f.write_str("written"),
            Self::Exec(Err(error))
            | Self::Signalled(Err(error))
            | Self::Empty(Err(error))
            | Self::Members(Err(error))
            | Self::Connected(Err(error))
            | Self::Port(Err(error))
            | Self::Written(Err(error)) => write!(f, "{error}"),
        }
    }
}
