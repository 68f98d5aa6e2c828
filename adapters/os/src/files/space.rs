//! Space: the room on a disk.

use crate::{
    fault::Fault,
    rooted::{DIRECTORY, Rooted},
};
use collodi_contain::ContainedPath;
use collodi_disk::Space;
use collodi_file::{FileAnswer, FileErrorKind};
use rustix::fd::AsFd as _;

/// Of the nearest directory above that is there, at last of the root.
pub(super) fn space(path: &ContainedPath) -> Result<FileAnswer, Fault> {
    let root = Rooted::open(path.root())?;
    let mut at = Some(path.clone());
    while let Some(path) = at {
        match root.open_at(&path, DIRECTORY) {
            Err(fault)
                if matches!(
                    fault.kind,
                    FileErrorKind::NotFound | FileErrorKind::NotADirectory
                ) =>
            {
                at = path.parent();
            }
            opened => return room(opened?.as_fd()),
        }
    }
    room(root.handle())
}

fn room(of: rustix::fd::BorrowedFd<'_>) -> Result<FileAnswer, Fault> {
    let stat = rustix::fs::fstatvfs(of)?;
    Ok(FileAnswer::Space(Space {
        free: stat.f_bavail.saturating_mul(stat.f_frsize),
        total: stat.f_blocks.saturating_mul(stat.f_frsize),
    }))
}
