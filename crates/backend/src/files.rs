//! Files.

use alloc::boxed::Box;
use async_trait::async_trait;
use collodi_file::{FileAnswer, FileError, FileOp};
use core::fmt;

/// Performs file operations.
///
/// Every path is opened **beneath** its root: when a link on the way leads out,
/// the answer is `Escapes` and nothing is touched, also when the link appears
/// between two operations. A link that stays inside is followed, except at the
/// end of `Remove`, `Rename` and `Stat`, which are about the link itself.
#[async_trait]
pub trait FileSystem: Send + Sync + fmt::Debug {
    /// Performs one operation. What each does is written at its variant.
    async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError>;
}
