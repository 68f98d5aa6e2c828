//! Claim, Holder and Release.

use super::{
    read::regular_size,
    rename_exclusively,
    write::{Beside, file_place, flush},
};
use crate::{
    fault::Fault,
    rooted::{Rooted, open_entry},
    walk::{Place, Want},
};
use collodi_contain::ContainedPath;
use collodi_file::{Claim, FileAnswer, FileErrorKind};
use rustix::{
    fd::{AsFd as _, OwnedFd},
    fs::{AtFlags, OFlags},
    io::Errno,
};
use std::{
    collections::BTreeMap,
    ffi::{CStr, CString},
    fs::{File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    sync::{Mutex, PoisonError},
};

/// How often the file may change hands while it is being claimed.
const ATTEMPTS: u32 = 64;

/// How long somebody may take who only looks.
const LOOK: std::time::Duration = std::time::Duration::from_millis(1);

/// The claims of this program: the kernel ends all of them when the program ends. No child
/// inherits one; one that is being started has them for a moment, so each is ended in words.
static HELD: Mutex<BTreeMap<String, File>> = Mutex::new(BTreeMap::new());

pub(super) fn claim(path: &ContainedPath, note: String) -> Result<FileAnswer, Fault> {
    if note.len() > Claim::MAX_NOTE {
        return Err(Fault::new(FileErrorKind::TooLarge));
    }
    let pid = Some(std::process::id());
    let own = Claim { pid, note };
    let root = Rooted::open(path.root())?;
    let (dir, name) = claim_place(root.resolve(path, Want::Made)?)?;
    for _ in 0..ATTEMPTS {
        if let Some((file, answer)) = attempt(&dir, &name, &own)? {
            if let Some(file) = file {
                let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
                held.insert(path.absolute(), file);
            }
            return Ok(answer);
        }
    }
    Err(Errno::AGAIN.into())
}

pub(super) fn holder(path: &ContainedPath) -> Result<FileAnswer, Fault> {
    match look(path) {
        Err(fault) if fault.errno == Some(Errno::NOENT) => Ok(FileAnswer::NotHeld),
        answer => answer,
    }
}

pub(super) fn release(path: &ContainedPath) -> FileAnswer {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(file) = held.remove(&path.absolute()) {
        let _ = file.unlock();
    }
    FileAnswer::Done
}

/// Looks with a lock that many may have at a time: a claim stands against it, and no other
/// look does.
fn look(path: &ContainedPath) -> Result<FileAnswer, Fault> {
    let place = Rooted::open(path.root())?.resolve(path, Want::Existing)?;
    let (dir, name) = claim_place(place)?;
    let handle = open_entry(dir.as_fd(), &name, OFlags::RDONLY)?;
    let file = claimable(handle)?;
    match is_claimed(&file)? {
        true => Ok(FileAnswer::Held(text(&file)?)),
        false => Ok(FileAnswer::NotHeld),
    }
}

/// Where the file is, or would be.
fn claim_place(place: Place) -> Result<(OwnedFd, CString), Fault> {
    match place {
        Place::Entry { linked: true, .. } => Err(Fault::new(FileErrorKind::Special)),
        place => file_place(place),
    }
}

/// A regular file that has no other name.
fn claimable(handle: OwnedFd) -> Result<File, Fault> {
    regular_size(&handle)?;
    match rustix::fs::fstat(&handle)?.st_nlink {
        0 | 1 => Ok(File::from(handle)),
        _ => Err(Fault::new(FileErrorKind::Special)),
    }
}

/// The file that keeps the claim, and the answer; nothing when the file went meanwhile.
fn attempt(
    dir: &OwnedFd,
    name: &CStr,
    own: &Claim,
) -> Result<Option<(Option<File>, FileAnswer)>, Fault> {
    // Where it stands already, nothing need be written to find out who has it.
    match open_entry(dir.as_fd(), name, OFlags::RDWR) {
        Ok(handle) => take_over(dir, name, handle, own),
        Err(fault) if fault.errno == Some(Errno::NOENT) => {
            let made = make(dir, name, own)?;
            Ok(made.map(|file| (Some(file), FileAnswer::Claimed(None))))
        }
        Err(fault) => Err(fault),
    }
}

/// The file gets its name when it is locked and has its text.
fn make(dir: &OwnedFd, name: &CStr, own: &Claim) -> Result<Option<File>, Fault> {
    #[cfg(target_os = "linux")]
    if let Some(file) = nameless(dir) {
        return give_name(dir, name, file, own);
    }
    make_beside(dir, name, own)
}

/// A file without a name, of which a program that is killed leaves nothing; none where
/// the file system or a missing `/proc` does not allow for it.
#[cfg(target_os = "linux")]
fn nameless(dir: &OwnedFd) -> Option<File> {
    std::path::Path::new("/proc/self/fd")
        .exists()
        .then_some(())?;
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let handle = rustix::fs::openat(dir, c".", flags, crate::rooted::NEW_FILE).ok()?;
    Some(File::from(handle))
}

#[cfg(target_os = "linux")]
fn give_name(
    dir: &OwnedFd,
    name: &CStr,
    mut file: File,
    own: &Claim,
) -> Result<Option<File>, Fault> {
    use std::os::fd::AsRawFd as _;
    file.write_all(own.text().as_bytes())?;
    file.sync_data()?;
    if !lock(&file)? {
        return Ok(None);
    }
    let link = format!("/proc/self/fd/{}", file.as_raw_fd());
    match rustix::fs::linkat(rustix::fs::CWD, link, dir, name, AtFlags::SYMLINK_FOLLOW) {
        Err(Errno::EXIST) => Ok(None),
        Err(errno) => Err(errno.into()),
        Ok(()) => {
            flush(dir.as_fd());
            Ok(Some(file))
        }
    }
}

fn make_beside(dir: &OwnedFd, name: &CStr, own: &Claim) -> Result<Option<File>, Fault> {
    let mut beside = Beside::new(dir.as_fd(), None)?;
    beside.file.write_all(own.text().as_bytes())?;
    beside.file.sync_data()?;
    if !lock(&beside.file)? {
        return Ok(None);
    }
    let file = beside.file.try_clone()?;
    match beside.take_name(|old| rename_exclusively(dir, old, name)) {
        Err(Errno::EXIST | Errno::NOTEMPTY) => Ok(None),
        Err(errno) => Err(errno.into()),
        Ok(()) => {
            flush(dir.as_fd());
            Ok(Some(file))
        }
    }
}

fn take_over(
    dir: &OwnedFd,
    name: &CStr,
    handle: OwnedFd,
    own: &Claim,
) -> Result<Option<(Option<File>, FileAnswer)>, Fault> {
    let mut file = claimable(handle)?;
    let is_ours = lock(&file)?;
    let there = text(&file)?;
    // Whoever had it may have removed it before letting go.
    if !is_named(dir, name, &file)? {
        return Ok(None);
    }
    // Who looks has a lock, too, for a moment.
    if !is_ours && !is_claimed(&file)? {
        // A look is over in no time, but who looks needs the processor for that.
        std::thread::sleep(LOOK);
        return Ok(None);
    }
    if !is_ours {
        return Ok(Some((None, FileAnswer::Held(there))));
    }
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(own.clone().over(&there).text().as_bytes())?;
    file.sync_data()?;
    Ok(Some((Some(file), FileAnswer::Claimed(Some(there)))))
}

fn lock(file: &File) -> Result<bool, Fault> {
    is_locked(file.try_lock())
}

/// Whether somebody has the claim, and not just a look at it.
fn is_claimed(file: &File) -> Result<bool, Fault> {
    let is_free = is_locked(file.try_lock_shared())?;
    if is_free {
        file.unlock()?;
    }
    Ok(!is_free)
}

fn is_locked(tried: Result<(), TryLockError>) -> Result<bool, Fault> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn text(file: &File) -> Result<Claim, Fault> {
    let mut bytes = Vec::new();
    let limit = 2 * Claim::MAX_NOTE as u64;
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(Claim::read(&String::from_utf8_lossy(&bytes)))
}

/// Whether the file still has this name.
fn is_named(dir: &OwnedFd, name: &CStr, file: &File) -> Result<bool, Fault> {
    let own = rustix::fs::fstat(file)?;
    match rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => Ok(false),
        Err(errno) => Err(errno.into()),
        Ok(there) => Ok((there.st_dev, there.st_ino) == (own.st_dev, own.st_ino)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_contain::{RelPath, Root};

    /// A child that is being started has all descriptors until it is its program.
    #[test]
    fn a_child_that_is_being_started_keeps_no_claim() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::new(dir.path().to_str().unwrap());
        let path = root.contain(&RelPath::root(), "file").unwrap();
        let claims = || claim(&path, "note".to_owned()).unwrap();
        assert_eq!(claims(), FileAnswer::Claimed(None));
        let held = || {
            HELD.lock()
                .unwrap()
                .get(&path.absolute())
                .map(File::try_clone)
        };
        let childs = held().unwrap().unwrap();
        release(&path);
        assert!(matches!(claims(), FileAnswer::Claimed(Some(_))));
        drop(childs);
    }
}
