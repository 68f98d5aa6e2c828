//! Files, on threads for blocking work but for what is brief.

use async_trait::async_trait;
use blocking::unblock;
use collodi_backend::FileSystem;
use collodi_file::{FileAnswer, FileError, FileOp};

/// Performs file operations as [`collodi_os::Files`] does. An operation that has begun
/// is finished, also when nobody waits for it any more; but for a count, which ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

#[async_trait]
impl FileSystem for Files {
    async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        if collodi_os::Files::is_brief(&op) {
            return collodi_os::Files.perform(op);
        }
        let (_wanted, perform) = collodi_os::Files.while_wanted(op);
        unblock(perform).await
    }
}
