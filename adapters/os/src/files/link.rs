//! Link.

use crate::{fault::Fault, rooted::Rooted};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind};

/// A link to an absolute path. Where it may lead is the root's business, as with any
/// link that is there: to itself, or to an annex.
pub(super) fn link(path: &ContainedPath, to: &ContainedPath) -> Result<FileAnswer, FileError> {
    let root = Rooted::open(path.root()).map_err(|f| f.at(path))?;
    let absolute = to.absolute();
    if root.base_of(absolute.as_bytes()).is_none() {
        return Err(FileError::new(FileErrorKind::Escapes, to.clone()));
    }
    let make = || {
        let dir = root.parent(path)?;
        let name = path.rel().file_name().unwrap_or_default();
        Ok(rustix::fs::symlinkat(absolute.as_str(), &dir, name)?)
    };
    let made: Result<(), Fault> = make();
    made.map(|()| FileAnswer::Done).map_err(|f| f.at(path))
}
