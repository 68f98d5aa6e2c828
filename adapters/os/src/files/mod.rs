//! File operations beneath their roots.

mod claim;
mod copy;
mod dir;
mod link;
mod measure;
mod read;
mod remove;
mod rename;
mod space;
mod write;

pub(crate) use rename::rename_exclusively;
pub(crate) use write::{file_place, flush};

use crate::{
    fault::Fault,
    rooted::{NEW_DIRECTORY, Rooted},
    walk::{Place, Want},
};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use rustix::io::Errno;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Performs file operations, blocking.
///
/// Each path is opened beneath its root by handles: by `openat2` where the kernel has
/// it, else component by component. A link that leads out, also one that appears while
/// the operation runs, is [`FileErrorKind::Escapes`] or another error, and never
/// something outside that is read, written or removed. An absolute link counts by
/// where it leads: back into its root, and into the root's annexes, it is followed.
///
/// What the variants of [`FileOp`] leave open:
///
/// - *Write* writes a new file beside the old one, flushes it where it is to be durable, and
///   renames it, so a crash may leave a `.collodi-…` file. It keeps the permissions of the old file, and
///   its owner where it may; a private one is nobody else's from its making on. A link at the end that stays inside is followed: the file
///   it points at is replaced, or made, and the link stays.
/// - *Append* makes no directories.
/// - *`MakeDir`* through a link to a directory that is not there is `NotFound`.
/// - *Rename* makes no directories, and is `Unsupported` between two roots.
/// - *Copy* makes the directories above the copy, replaces files and links that are
///   there, adds to directories that are there, and keeps permissions. Links inside
///   a directory are copied as links, whatever they point at; a device, FIFO or socket
///   is `Special`, and what was copied before it stays.
/// - *Claim* is a lock of the kernel (`flock`) on a file that appears with its text and
///   locked, so that nobody finds one whose maker has not got to that yet.
/// - *List* stops at [`Files::MAX_ENTRIES`] with `TooLarge`.
/// - *Measure* goes down 100 directories.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

/// The most bytes of a note that is written at once.
const BRIEF: usize = 64 << 10;

impl Files {
    /// The most entries of a listed directory.
    pub const MAX_ENTRIES: usize = 1 << 20;

    /// Whether an operation is done where it is asked for: a note in a few pages, which the
    /// kernel keeps in memory. As a start, which makes its files there too, it is over before another
    /// thread would have begun, unless the file system has no room for more that is not written, or is
    /// one of the network.
    pub fn is_brief(op: &FileOp) -> bool {
        matches!(op, FileOp::Write { bytes, durable: false, .. } if bytes.len() <= BRIEF)
    }

    /// Performs one operation.
    ///
    /// # Errors
    ///
    /// What went wrong, and which of its paths it is about.
    pub fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        let (_wanted, perform) = self.while_wanted(op);
        perform()
    }

    /// One operation, to be performed on any thread. A count ends when the first of the two is
    /// dropped; all else that has begun is finished.
    pub fn while_wanted(
        &self,
        op: FileOp,
    ) -> (
        Wanted,
        impl FnOnce() -> Result<FileAnswer, FileError> + Send + 'static,
    ) {
        let given_up = Arc::new(AtomicBool::new(false));
        let wanted = Wanted(Arc::clone(&given_up));
        (wanted, move || Self::perform_until(op, &given_up))
    }

    fn perform_until(op: FileOp, given_up: &AtomicBool) -> Result<FileAnswer, FileError> {
        match op {
            FileOp::Read { path, limit } => read::read(&path, limit).map_err(|f| f.at(&path)),
            FileOp::Write {
                path,
                bytes,
                executable,
                private,
                durable,
            } => {
                let kind = write::Kind {
                    executable,
                    private,
                    durable,
                };
                write::write(&path, &bytes, kind).map_err(|f| f.at(&path))
            }
            FileOp::Append { path, bytes } => write::append(&path, &bytes).map_err(|f| f.at(&path)),
            FileOp::MakeDir { path } => make_dir(&path).map_err(|f| f.at(&path)),
            FileOp::Remove { path } => remove::remove(&path).map_err(|f| f.at(&path)),
            FileOp::Rename { from, to } => rename::rename(&from, &to),
            FileOp::Copy { from, to } => copy::copy(&from, &to),
            FileOp::Stat { path } => read::stat(&path).map_err(|f| f.at(&path)),
            FileOp::List { path } => read::list(&path).map_err(|f| f.at(&path)),
            FileOp::ReadAll { path, last, limit } => {
                read::read_all(&path, last, limit).map_err(|f| f.at(&path))
            }
            FileOp::Link { path, to } => link::link(&path, &to),
            FileOp::Measure { path, limits } => {
                measure::measure(&path, limits, given_up).map_err(|f| f.at(&path))
            }
            FileOp::Space { path } => space::space(&path).map_err(|f| f.at(&path)),
            FileOp::Claim { path, note } => claim::claim(&path, note).map_err(|f| f.at(&path)),
            FileOp::Holder { path } => claim::holder(&path).map_err(|f| f.at(&path)),
            FileOp::Release { path } => Ok(claim::release(&path)),
            other => Err(FileError::new(
                FileErrorKind::Unsupported,
                other.path().clone(),
            )),
        }
    }
}

/// The result of an operation is wanted as long as this is there.
#[derive(Debug)]
pub struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn make_dir(path: &ContainedPath) -> Result<FileAnswer, Fault> {
    let root = Rooted::open(path.root())?;
    let Place::Entry { dir, name, linked } = root.resolve(path, Want::Made)? else {
        return Ok(FileAnswer::Done);
    };
    if dir::is_directory(&dir, &name) {
        return Ok(FileAnswer::Done);
    }
    if linked {
        rustix::fs::statat(&dir, &name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)?;
    }
    match rustix::fs::mkdirat(&dir, &name, NEW_DIRECTORY) {
        Err(Errno::EXIST) if dir::is_directory(&dir, &name) => Ok(FileAnswer::Done),
        made => Ok(made.map(|()| FileAnswer::Done)?),
    }
}
