//! The tree of files, in memory.

use crate::Behaviour;
use collodi_contain::Root;
use collodi_disk::Space;
use collodi_file::{FileErrorKind, FileKind};
use std::collections::{BTreeMap, VecDeque};

/// Links followed on one way before it counts as a ring.
const MAX_LINKS: usize = 40;

/// The most components of a place.
const MAX_DEPTH: usize = 1_024;

/// What is at a path.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Dir(BTreeMap<String, Self>),
    File(Vec<u8>),
    Program(Behaviour),
    Link(String),
    Special,
}

impl Node {
    pub(crate) const fn kind(&self) -> FileKind {
        match self {
            Self::Dir(_) => FileKind::Directory,
            Self::File(_) | Self::Program(_) => FileKind::File,
            Self::Link(_) => FileKind::Link,
            Self::Special => FileKind::Special,
        }
    }

    pub(crate) const fn size(&self) -> u64 {
        match self {
            Self::File(bytes) => bytes.len() as u64,
            _ => 0,
        }
    }
}

/// The components of an absolute path on which no directory is a link.
pub(crate) type Place = Vec<String>;

/// Whether a link at the end of a path is followed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Follow,
    Keep,
}

/// Whether directories on the way may be missing, to be made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Exists,
    MayBeMissing,
}

#[derive(Debug)]
pub(crate) struct Disk {
    root: Node,
    pub(crate) space: Space,
}

impl Disk {
    pub(crate) const fn new() -> Self {
        Self {
            root: Node::Dir(BTreeMap::new()),
            space: Space {
                free: 1 << 40,
                total: 1 << 40,
            },
        }
    }

    /// The place of `path`, read from the directory `base`.
    pub(crate) fn find(&self, base: &str, path: &str, end: End) -> Result<Place, FileErrorKind> {
        let text = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{base}/{path}")
        };
        self.walk(vec![Vec::new()], &text, end, Way::Exists)
    }

    /// The place of `path` beneath `root`; an error when a link leads out.
    pub(crate) fn beneath(
        &self,
        root: &Root,
        path: &str,
        end: End,
        way: Way,
    ) -> Result<Place, FileErrorKind> {
        let start = self.find("/", root.as_str(), End::Follow)?;
        self.get(&start).ok_or(FileErrorKind::NotFound)?;
        let annexes = root
            .annexes()
            .filter_map(|annex| self.find("/", annex, End::Follow).ok());
        let bases = core::iter::once(start).chain(annexes).collect();
        self.walk(bases, path, end, way)
    }

    pub(crate) fn get(&self, place: &[String]) -> Option<&Node> {
        place.iter().try_fold(&self.root, |node, name| match node {
            Node::Dir(entries) => entries.get(name),
            _ => None,
        })
    }

    pub(crate) fn get_mut(&mut self, place: &[String]) -> Option<&mut Node> {
        let mut places = place.iter();
        places.try_fold(&mut self.root, |node, name| match node {
            Node::Dir(entries) => entries.get_mut(name),
            _ => None,
        })
    }

    /// Puts a node at a place, replacing what is there.
    pub(crate) fn put(&mut self, place: &[String], node: Node) -> Result<(), FileErrorKind> {
        check_depth(place)?;
        let (name, parent) = place.split_last().ok_or(FileErrorKind::IsADirectory)?;
        match self.get_mut(parent) {
            Some(Node::Dir(entries)) => {
                entries.insert(name.clone(), node);
                Ok(())
            }
            Some(_) => Err(FileErrorKind::NotADirectory),
            None => Err(FileErrorKind::NotFound),
        }
    }

    pub(crate) fn take(&mut self, place: &[String]) -> Option<Node> {
        let (name, parent) = place.split_last()?;
        match self.get_mut(parent)? {
            Node::Dir(entries) => entries.remove(name),
            _ => None,
        }
    }

    /// Makes a directory and those above it.
    pub(crate) fn make_dirs(&mut self, place: &[String]) -> Result<(), FileErrorKind> {
        check_depth(place)?;
        let mut node = &mut self.root;
        for name in place {
            let Node::Dir(entries) = node else {
                return Err(FileErrorKind::NotADirectory);
            };
            node = entries
                .entry(name.clone())
                .or_insert_with(|| Node::Dir(BTreeMap::new()));
        }
        match node {
            Node::Dir(_) => Ok(()),
            _ => Err(FileErrorKind::AlreadyExists),
        }
    }

    /// Walks from the first of the bases; an absolute link may lead into any of them.
    fn walk(
        &self,
        bases: Vec<Place>,
        path: &str,
        end: End,
        way: Way,
    ) -> Result<Place, FileErrorKind> {
        let mut place = bases.first().cloned().unwrap_or_default();
        let mut floor = place.len();
        let mut pending: VecDeque<String> = parts(path).collect();
        let mut links = 0;
        while let Some(part) = pending.pop_front() {
            self.check_way(&place, way)?;
            if part == ".." {
                up(&mut place, floor)?;
                continue;
            }
            place.push(part);
            let Some(Node::Link(target)) = self.get(&place) else {
                continue;
            };
            if pending.is_empty() && end == End::Keep {
                break;
            }
            links += 1;
            if links > MAX_LINKS {
                return Err(FileErrorKind::Other);
            }
            place.pop();
            let rest = enter(target, &mut place, &mut floor, &bases)?;
            for part in parts(&rest).rev() {
                pending.push_front(part);
            }
        }
        Ok(place)
    }

    fn check_way(&self, place: &[String], way: Way) -> Result<(), FileErrorKind> {
        match self.get(place) {
            Some(Node::Dir(_)) => Ok(()),
            Some(_) => Err(FileErrorKind::NotADirectory),
            None if self.below_a_file(place) => Err(FileErrorKind::NotADirectory),
            None if way == Way::MayBeMissing => Ok(()),
            None => Err(FileErrorKind::NotFound),
        }
    }

    fn below_a_file(&self, place: &[String]) -> bool {
        (0..place.len())
            .filter_map(|n| self.get(place.get(..n)?))
            .any(|node| !matches!(node, Node::Dir(_)))
    }
}

/// A place as text.
pub(crate) fn text(place: &[String]) -> String {
    format!("/{}", place.join("/"))
}

const fn check_depth(place: &[String]) -> Result<(), FileErrorKind> {
    if place.len() > MAX_DEPTH {
        Err(FileErrorKind::Other)
    } else {
        Ok(())
    }
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = String> + '_ {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .map(str::to_owned)
}

fn up(place: &mut Place, floor: usize) -> Result<(), FileErrorKind> {
    if place.len() > floor {
        place.pop();
        Ok(())
    } else if floor == 0 {
        Ok(())
    } else {
        Err(FileErrorKind::Escapes)
    }
}

/// Goes to where a link's target is read from, and says what is left to walk. An
/// absolute target below a base stays inside, and that base is the floor from there on.
fn enter(
    target: &str,
    place: &mut Place,
    floor: &mut usize,
    bases: &[Place],
) -> Result<String, FileErrorKind> {
    let Some(absolute) = target.strip_prefix('/') else {
        return Ok(target.to_owned());
    };
    let all: Place = parts(absolute).collect();
    let below = |base: &Place| Some((base.clone(), all.strip_prefix(base.as_slice())?.join("/")));
    let (base, rest) = bases.iter().find_map(below).ok_or(FileErrorKind::Escapes)?;
    *floor = base.len();
    *place = base;
    Ok(rest)
}
