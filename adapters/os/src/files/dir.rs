//! What is in a directory.

use collodi_file::FileKind;
use rustix::{
    fd::{AsFd, BorrowedFd},
    fs::{AtFlags, Dir, FileType},
    io,
};
use std::ffi::{CStr, CString};

/// The entries of the directory, in the order of the file system, without `.` and `..`.
pub(super) fn entries(
    dir: BorrowedFd<'_>,
) -> io::Result<impl Iterator<Item = io::Result<(CString, FileKind)>>> {
    let owned = dir.try_clone_to_owned().map_err(not_an_errno)?;
    let listed = Dir::read_from(&owned)?;
    Ok(listed.filter_map(move |entry| match entry {
        Err(errno) => Some(Err(errno)),
        Ok(entry) => {
            let name = entry.file_name();
            let real = !matches!(name.to_bytes(), b"." | b"..");
            real.then(|| {
                Ok((
                    name.to_owned(),
                    kind_at(owned.as_fd(), name, entry.file_type())?,
                ))
            })
        }
    }))
}

/// Whether `name` is a directory, and not a link to one.
pub(super) fn is_directory(dir: impl AsFd, name: &CStr) -> bool {
    rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)
}

pub(super) const fn kind(of: FileType) -> FileKind {
    match of {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Special,
    }
}

/// Some file systems do not say in the listing what an entry is.
fn kind_at(dir: BorrowedFd<'_>, name: &CStr, listed: FileType) -> io::Result<FileKind> {
    if listed != FileType::Unknown {
        return Ok(kind(listed));
    }
    let stat = rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(kind(FileType::from_raw_mode(stat.st_mode)))
}

fn not_an_errno(error: std::io::Error) -> io::Errno {
    io::Errno::from_io_error(&error).unwrap_or(io::Errno::IO)
}
