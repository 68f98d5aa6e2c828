//! What can be asked.

use alloc::{string::String, sync::Arc};
use collodi_command::{CommandSpec, Identity, Signal, TreeId};
use collodi_file::FileOp;
use collodi_machine::ActionId;
use collodi_web::{DownloadSpec, FetchSpec};
use core::fmt;

/// Something to be done by the world.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Run a command to its end. Has progress; completed by
    /// [`Completion::Exec`](crate::Completion::Exec) when it ended and its output did.
    Exec(CommandSpec),
    /// Take over a command that runs already, as an earlier [`Exec`](Self::Exec) of the same
    /// spec started it, and go on as that would: with its progress, and completed by
    /// [`Completion::Exec`](crate::Completion::Exec); [`ErrorKind::Gone`](crate::ErrorKind::Gone)
    /// when it does not run any more.
    Adopt(CommandSpec, Identity),
    /// Perform a file operation.
    File(FileOp),
    /// Send a signal to every process of a tree.
    Signal(TreeId, Signal),
    /// Wait until no process of a tree is left.
    AwaitEmpty(TreeId),
    /// The processes of a tree that live now.
    Members(TreeId),
    /// Try whether something accepts connections.
    Connect {
        /// A host name or address.
        host: String,
        /// The TCP port.
        port: u16,
    },
    /// Find a TCP port that is free.
    FreePort {
        /// The lowest port to look at.
        from: u16,
    },
    /// Send a request and read its answer.
    Fetch(FetchSpec),
    /// Download a file. Has progress.
    Download(DownloadSpec),
    /// End a [`Fetch`](Self::Fetch) or [`Download`](Self::Download) in flight of the same
    /// machine. Both are completed; when the other had been, nothing happens.
    Abort(ActionId),
    /// Write to the standard input of the tree's command: the last that was started with
    /// [`Stdin::Piped`](collodi_command::Stdin::Piped). Writes arrive in their order; each is
    /// completed by [`Completion::Written`](crate::Completion::Written) when the command's
    /// pipe has taken it, which may be long after, or when the command is gone.
    Write(TreeId, Arc<[u8]>),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exec(spec) => write!(f, "exec {spec}"),
            Self::Adopt(spec, identity) => write!(f, "adopt {identity} {spec}"),
            Self::File(op) => write!(f, "{op}"),
            Self::Signal(tree, signal) => write!(f, "signal {signal} to {tree}"),
            Self::Members(tree) => write!(f, "look who lives of {tree}"),
            Self::AwaitEmpty(tree) => write!(f, "await end of {tree}"),
            Self::Connect { host, port } => write!(f, "connect to {host}:{port}"),
            Self::FreePort { from } => write!(f, "find a free port from {from}"),
            Self::Fetch(spec) => write!(f, "{spec}"),
            Self::Download(spec) => write!(f, "{spec}"),
            Self::Abort(id) => write!(f, "abort {id}"),
            Self::Write(tree, bytes) => {
                write!(f, "write {:?} to {tree}", String::from_utf8_lossy(bytes))
            }
        }
    }
}
