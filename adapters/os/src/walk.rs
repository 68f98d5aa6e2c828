//! The way from a root to a path, component by component, each opened without
//! following links. A link is read and its target walked in turn, so the walk itself
//! decides where it leads, and a swap between two steps changes nothing.

use crate::{
    fault::Fault,
    rooted::{Base, DIRECTORY, NEW_DIRECTORY, Rooted, open_entry},
};
use collodi_file::FileErrorKind;
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    io::Errno,
};
use std::ffi::{CStr, CString};

/// As many links as the kernel follows.
const MAX_LINKS: usize = 40;
/// How deep below the root a walk goes.
const MAX_DEPTH: usize = 256;

/// What is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// A path whose directories are there.
    Existing,
    /// A path whose missing directories are to be made. A link that leads to a missing
    /// directory is not one of them.
    Made,
}

/// Where a walk ended.
#[derive(Debug)]
pub(crate) enum Place {
    /// At a directory whose name does not matter: the root, or what a link's `..` means.
    Directory(OwnedFd),
    /// At an entry of a directory, which is not there or not a link.
    Entry {
        dir: OwnedFd,
        name: CString,
        /// The name comes from a link.
        linked: bool,
    },
}

#[derive(Debug)]
struct Part {
    name: CString,
    linked: bool,
}

/// One walk.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    root: &'a Rooted,
    want: Want,
    /// The annex, when a link has led there.
    annex: Option<OwnedFd>,
    /// The directories from below the root or the annex to where the walk is.
    trail: Vec<OwnedFd>,
    /// What is still to be walked, the next one last.
    ahead: Vec<Part>,
    links: usize,
}

impl<'a> Walk<'a> {
    /// A walk to `rel`, following links at its end too.
    pub(crate) fn new(root: &'a Rooted, rel: &str, want: Want) -> Self {
        let mut walk = Self {
            root,
            want,
            annex: None,
            trail: Vec::new(),
            ahead: Vec::new(),
            links: 0,
        };
        walk.plan(rel.as_bytes(), false);
        walk
    }

    /// Walks to the end.
    pub(crate) fn run(mut self) -> Result<Place, Fault> {
        while let Some(part) = self.ahead.pop() {
            if part.name.as_bytes() == b".." {
                self.trail.pop().ok_or(Fault::new(FileErrorKind::Escapes))?;
            } else if self.ahead.is_empty() {
                match self.link_at(&part.name)? {
                    Some(target) => self.follow(&target)?,
                    None => return self.end_at(part),
                }
            } else {
                self.enter(&part)?;
            }
        }
        Ok(Place::Directory(self.leave()?))
    }

    fn here(&self) -> BorrowedFd<'_> {
        let base = || self.annex.as_ref().map_or(self.root.handle(), AsFd::as_fd);
        self.trail.last().map_or_else(base, AsFd::as_fd)
    }

    /// The handle of where the walk is.
    fn leave(mut self) -> Result<OwnedFd, Fault> {
        match self.trail.pop() {
            Some(handle) => Ok(handle),
            None => open_entry(self.here(), c".", DIRECTORY),
        }
    }

    fn end_at(self, part: Part) -> Result<Place, Fault> {
        let Part { name, linked } = part;
        self.root.admit(self.here(), &name)?;
        let dir = self.leave()?;
        Ok(Place::Entry { dir, name, linked })
    }

    fn enter(&mut self, part: &Part) -> Result<(), Fault> {
        match self.open(part) {
            Ok(handle) if self.trail.len() < MAX_DEPTH => self.trail.push(handle),
            Ok(_) => return Err(Errno::NAMETOOLONG.into()),
            Err(fault) => match self.link_at(&part.name)? {
                Some(target) => self.follow(&target)?,
                None => return Err(fault),
            },
        }
        Ok(())
    }

    fn open(&self, part: &Part) -> Result<OwnedFd, Fault> {
        self.root.admit(self.here(), &part.name)?;
        let opened = open_entry(self.here(), &part.name, DIRECTORY);
        let missing = matches!(&opened, Err(f) if f.kind == FileErrorKind::NotFound);
        if !missing || part.linked || self.want == Want::Existing {
            return opened;
        }
        match rustix::fs::mkdirat(self.here(), &part.name, NEW_DIRECTORY) {
            Ok(()) | Err(Errno::EXIST) => open_entry(self.here(), &part.name, DIRECTORY),
            Err(errno) => Err(errno.into()),
        }
    }

    /// The target of the link `name`; none when it is something else or not there.
    fn link_at(&self, name: &CStr) -> Result<Option<CString>, Fault> {
        match rustix::fs::readlinkat(self.here(), name, Vec::new()) {
            Ok(target) => Ok(Some(target)),
            Err(Errno::INVAL | Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    fn follow(&mut self, target: &CStr) -> Result<(), Fault> {
        self.links += 1;
        if self.links > MAX_LINKS {
            return Err(Errno::LOOP.into());
        }
        let target = target.to_bytes();
        if !target.starts_with(b"/") {
            self.plan(target, true);
            return Ok(());
        }
        let base = self.root.base_of(target);
        let (annex, below) = match base.ok_or(Fault::new(FileErrorKind::Escapes))? {
            Base::Root(below) => (None, below),
            Base::Annex(number, below) => (Some(self.root.open_annex(number)?), below),
        };
        self.trail.clear();
        self.annex = annex;
        self.plan(below, true);
        Ok(())
    }

    fn plan(&mut self, path: &[u8], linked: bool) {
        let parts = path.split(|byte| *byte == b'/').rev();
        let parts = parts.filter(|part| !part.is_empty() && *part != b".");
        let parts = parts.filter_map(|part| CString::new(part).ok());
        self.ahead.extend(parts.map(|name| Part { name, linked }));
    }
}

/// The kernel's answer and the walk's, on random trees with links of every kind.
#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use collodi_contain::{RelPath, Root};
    use proptest::prelude::*;
    use rustix::fs::{Mode, OFlags, ResolveFlags};
    use std::{fs, os::unix::fs::symlink, path::Path};

    /// What is put at a path: a directory, a file, or a link with this target.
    #[derive(Clone, Debug)]
    enum Thing {
        Directory,
        File,
        Link(String),
    }

    fn name() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["a", "b", "c"])
    }

    fn path() -> impl Strategy<Value = String> {
        prop::collection::vec(name(), 1..4).prop_map(|names| names.join("/"))
    }

    fn target() -> impl Strategy<Value = String> {
        let part = prop_oneof![3 => name(), 2 => Just("..")];
        prop::collection::vec(part, 1..5).prop_map(|parts| parts.join("/"))
    }

    fn thing() -> impl Strategy<Value = (String, Thing)> {
        let thing = prop_oneof![
            2 => Just(Thing::Directory),
            1 => Just(Thing::File),
            3 => target().prop_map(Thing::Link),
        ];
        (path(), thing)
    }

    /// Puts the things where they fit; some do not.
    fn plant(root: &Path, things: &[(String, Thing)]) {
        for (path, thing) in things {
            let path = root.join(path);
            let _ = path.parent().map(fs::create_dir_all);
            let _ = match thing {
                Thing::Directory => fs::create_dir(path),
                Thing::File => fs::File::create_new(path).map(drop),
                Thing::Link(target) => symlink(target, path),
            };
        }
    }

    fn identity(handle: &OwnedFd) -> Result<(u64, u64), Errno> {
        rustix::fs::fstat(handle).map(|stat| (stat.st_dev, stat.st_ino))
    }

    fn by_kernel(root: &Rooted, path: &str) -> Result<(u64, u64), Option<Errno>> {
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let opened = rustix::fs::openat2(root.handle(), path, flags, Mode::empty(), beneath);
        opened.and_then(|handle| identity(&handle)).map_err(Some)
    }

    fn by_walk(root: &Rooted, path: &str) -> Result<(u64, u64), Option<Errno>> {
        at(Walk::new(root, path, Want::Existing).run())
    }

    /// As files are opened: by the short way, where there is one.
    fn by_resolving(root: &Rooted, top: &Root, path: &str) -> Result<(u64, u64), Option<Errno>> {
        let path = top.contain(&RelPath::root(), path);
        at(root.resolve(&path.map_err(|_| None)?, Want::Existing))
    }

    /// An escape is the kernel's `EXDEV`.
    fn at(place: Result<Place, Fault>) -> Result<(u64, u64), Option<Errno>> {
        let opened = match place {
            Ok(Place::Directory(handle)) => Ok(handle),
            Ok(Place::Entry { dir, name, .. }) => open_entry(dir.as_fd(), &name, OFlags::PATH),
            Err(fault) => Err(fault),
        };
        opened
            .and_then(|handle| Ok(identity(&handle)?))
            .map_err(|fault| match fault.kind {
                FileErrorKind::Escapes => Some(Errno::XDEV),
                _ => fault.errno,
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn the_walk_leads_where_the_kernel_leads(
            things in prop::collection::vec(thing(), 1..12),
            paths in prop::collection::vec(path(), 1..12),
        ) {
            let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
            let top = dir.path().join("root");
            // Links out have something to find there.
            fs::create_dir_all(dir.path().join("a/b")).unwrap();
            fs::create_dir(&top).unwrap();
            plant(&top, &things);
            let top = Root::new(top.to_str().unwrap());
            let root = Rooted::open(&top).unwrap();
            for path in &paths {
                prop_assert_eq!(by_walk(&root, path), by_kernel(&root, path), "{}", path);
                prop_assert_eq!(by_resolving(&root, &top, path), by_walk(&root, path), "{}", path);
            }
        }
    }
}
