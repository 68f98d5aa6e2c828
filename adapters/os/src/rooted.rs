//! A root directory by handle, and opening beneath it.

use crate::{
    fault::Fault,
    walk::{Place, Walk, Want},
};
use collodi_contain::{ContainedPath, Root};
use collodi_file::FileErrorKind;
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{AtFlags, CWD, Mode, OFlags},
    io::Errno,
    path::Arg,
};
use std::ffi::CString;

/// A directory, opened only to reach what is in it. Where there is a way to open it
/// without the right to read it, that is taken.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) const DIRECTORY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY);

/// Permissions of a new file or directory, before the umask.
pub(crate) const NEW_FILE: Mode = Mode::from_raw_mode(0o666);
pub(crate) const OWNERS_FILE: Mode = Mode::from_raw_mode(0o600);
pub(crate) const NEW_DIRECTORY: Mode = Mode::from_raw_mode(0o777);

/// A root that was opened once: whatever its path means later, this is the directory.
#[derive(Debug)]
pub(crate) struct Rooted {
    handle: OwnedFd,
    text: String,
    annexes: Vec<String>,
    /// Device and inode of directories that nobody gets to.
    closed: Vec<(u64, u64)>,
}

/// Where an absolute link leads: below the root, or into the annex of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base<'a> {
    Root(&'a [u8]),
    Annex(usize, &'a [u8]),
}

impl Rooted {
    /// Opens the directory the operator chose. Links in its own path are followed.
    pub(crate) fn open(root: &Root) -> Result<Self, Fault> {
        let handle = rustix::fs::open(root.as_str(), DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        Ok(Self {
            handle,
            text: root.as_str().to_owned(),
            annexes: root.annexes().map(ToOwned::to_owned).collect(),
            closed: root
                .closed()
                .filter_map(|dir| identity_at(CWD, dir))
                .collect(),
        })
    }

    pub(crate) fn handle(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }

    pub(crate) fn into_handle(self) -> OwnedFd {
        self.handle
    }

    /// Where an absolute link target leads; none when it leads out. An annex may lie below the
    /// root, in what the root is without.
    pub(crate) fn base_of<'a>(&self, target: &'a [u8]) -> Option<Base<'a>> {
        let in_annex = || {
            let mut annexes = self.annexes.iter().enumerate();
            annexes.find_map(|(number, annex)| Some(Base::Annex(number, strip(annex, target)?)))
        };
        in_annex().or_else(|| strip(&self.text, target).map(Base::Root))
    }

    /// Opens an annex. Links in its own path are followed, as in the root's.
    pub(crate) fn open_annex(&self, number: usize) -> Result<OwnedFd, Fault> {
        let annex = self.annexes.get(number).map(String::as_str);
        let annex = annex.ok_or(Fault::new(FileErrorKind::Escapes))?;
        let flags = DIRECTORY | OFlags::CLOEXEC;
        Ok(rustix::fs::open(annex, flags, Mode::empty())?)
    }

    /// Opens what is at `path`, following links that stay inside.
    pub(crate) fn open_at(&self, path: &ContainedPath, flags: OFlags) -> Result<OwnedFd, Fault> {
        let rel = path.rel().as_str();
        let opened = match self.closed.is_empty() {
            true => open_beneath(self.handle(), rel, always(flags)),
            // The kernel does not know what is closed.
            false => None,
        };
        opened.unwrap_or_else(|| self.open_by_walking(rel, flags))
    }

    /// Refuses the entry `name` of `dir` when it is a directory that is closed.
    pub(crate) fn admit(&self, dir: BorrowedFd<'_>, name: &core::ffi::CStr) -> Result<(), Fault> {
        let is_closed = !self.closed.is_empty()
            && identity_at(dir, name).is_some_and(|identity| self.closed.contains(&identity));
        match is_closed {
            true => Err(Fault::new(FileErrorKind::Escapes)),
            false => Ok(()),
        }
    }

    /// The directory that holds `path`, and its name there. The root has neither and
    /// is nothing to remove or rename.
    pub(crate) fn parent(&self, path: &ContainedPath) -> Result<OwnedFd, Fault> {
        let parent = path.parent().ok_or(Fault::new(FileErrorKind::Escapes))?;
        self.open_at(&parent, DIRECTORY)
    }

    /// Where `path` leads when links at its end are followed too.
    pub(crate) fn resolve(&self, path: &ContainedPath, want: Want) -> Result<Place, Fault> {
        let rel = path.rel().as_str();
        match self.plain(rel) {
            Some(place) => Ok(place),
            None => Walk::new(self, rel, want).run(),
        }
    }

    /// Where a path leads whose directories are there, and whose end is no link: the kernel is there
    /// in one call. What is none of that is walked to, or refused, step by step.
    fn plain(&self, rel: &str) -> Option<Place> {
        self.closed.is_empty().then_some(())?;
        let (dir, name) = rel.rsplit_once('/').unwrap_or(("", rel));
        let name = CString::new(name).ok().filter(|name| !name.is_empty())?;
        let dir = open_beneath(self.handle(), dir, always(DIRECTORY))?.ok()?;
        match rustix::fs::readlinkat(&dir, &name, Vec::new()) {
            Err(Errno::INVAL | Errno::NOENT) => Some(Place::Entry {
                dir,
                name,
                linked: false,
            }),
            _ => None,
        }
    }

    fn open_by_walking(&self, rel: &str, flags: OFlags) -> Result<OwnedFd, Fault> {
        match Walk::new(self, rel, Want::Existing).run()? {
            Place::Directory(handle) => open_entry(handle.as_fd(), c".", flags),
            Place::Entry { dir, name, .. } => open_entry(dir.as_fd(), &name, flags),
        }
    }
}

/// The part of an absolute link target that lies below `dir`, by its text or by the
/// text that it has without links.
fn strip<'a>(dir: &str, target: &'a [u8]) -> Option<&'a [u8]> {
    let below = |dir: &str| {
        let rest = target.strip_prefix(dir.trim_end_matches('/').as_bytes())?;
        (rest.is_empty() || rest.starts_with(b"/")).then_some(rest)
    };
    let real = || std::fs::canonicalize(dir).ok();
    below(dir).or_else(|| below(real()?.to_str()?))
}

/// What is at this path: its device and inode.
fn identity_at(dir: impl AsFd, path: impl Arg) -> Option<(u64, u64)> {
    let stat = rustix::fs::statat(dir, path, AtFlags::empty()).ok()?;
    #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
    Some((stat.st_dev as u64, stat.st_ino as u64))
}

/// Opens the entry `name` of `dir`; fails when it is a link.
pub(crate) fn open_entry(
    dir: BorrowedFd<'_>,
    name: &core::ffi::CStr,
    flags: OFlags,
) -> Result<OwnedFd, Fault> {
    make_entry(dir, name, flags, NEW_FILE)
}

/// Opens the entry `name` of `dir`; when it is made, then with these permissions.
pub(crate) fn make_entry(
    dir: BorrowedFd<'_>,
    name: &core::ffi::CStr,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Fault> {
    let flags = always(flags) | OFlags::NOFOLLOW;
    Ok(rustix::fs::openat(dir, name, flags, mode)?)
}

/// Adds the flags of every open: no child inherits it, and none waits for a FIFO's
/// other end or becomes a controlling terminal.
fn always(flags: OFlags) -> OFlags {
    if flags.contains(DIRECTORY) {
        flags | OFlags::CLOEXEC
    } else {
        flags | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY
    }
}

/// Opens in one call, where the kernel can be told to stay beneath; nothing when the
/// walk has to decide: the kernel is too old, saw a way out, or a link of `/proc`. An
/// absolute link that leads back in is a way out to the kernel, and none to us.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn open_beneath(root: BorrowedFd<'_>, rel: &str, flags: OFlags) -> Option<Result<OwnedFd, Fault>> {
    use rustix::fs::ResolveFlags;

    /// How often a rename elsewhere may disturb one open.
    const ATTEMPTS: u32 = 64;

    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let rel = if rel.is_empty() { "." } else { rel };
    for _ in 0..ATTEMPTS {
        match rustix::fs::openat2(root, rel, flags, Mode::empty(), beneath) {
            Err(Errno::AGAIN) => {}
            Err(Errno::XDEV | Errno::LOOP | Errno::NOSYS | Errno::PERM) => return None,
            opened => return Some(opened.map_err(Fault::from)),
        }
    }
    None
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open_beneath(_: BorrowedFd<'_>, _: &str, _: OFlags) -> Option<Result<OwnedFd, Fault>> {
    None
}
