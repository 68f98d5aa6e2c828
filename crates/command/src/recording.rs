//! Where what a process says is kept.

use alloc::{string::String, sync::Arc};
use collodi_contain::ContainedPath;

/// Files that keep what a process says, so that it outlives whoever reads it.
///
/// What is told of the process is in them before it is told. Of a process that lives on
/// when its reader dies, what it says meanwhile waits in its pipes; nothing is lost.
/// The format of the files is that of `collodi-logs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The directory of the files. It is made when it is not there, for its owner alone;
    /// files of earlier lives in it are gone on with.
    pub dir: ContainedPath,
    /// The bytes after which the next file is begun.
    pub segment_bytes: u64,
    /// The most files that are kept, at least one: the oldest goes first.
    pub segments: u32,
    /// What must not be in them: values of variables that are secret.
    pub secrets: Arc<[String]>,
}

impl Recording {
    /// A recording in `dir` of at most four files of 8 MiB, without secrets.
    pub fn new(dir: ContainedPath) -> Self {
        Self {
            dir,
            segment_bytes: 8 << 20,
            segments: 4,
            secrets: Arc::default(),
        }
    }
}
