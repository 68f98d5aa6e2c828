//! File operations on the tree in memory.

use crate::{
    claims::Claims,
    disk::{Disk, End, Node, Place, Way},
    executor::Shared,
    state::Key,
};
use async_trait::async_trait;
use collodi_backend::FileSystem;
use collodi_contain::ContainedPath;
use collodi_disk::{Found, Limits, Tally};
use collodi_file::{Claim, Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp, Stat};
use std::{collections::BTreeMap, fmt, sync::Arc};

type Answer = Result<FileAnswer, FileErrorKind>;

pub(crate) struct Files {
    shared: Arc<Shared>,
    /// What it has claimed is claimed as long as this is there.
    owner: Arc<()>,
}

impl Files {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            owner: Arc::new(()),
        }
    }
}

#[async_trait]
impl FileSystem for Files {
    async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        let mut state = self.shared.state();
        let answer = match state.faults.take_file(&op.to_string()) {
            Some(kind) => Err(kind),
            None => {
                let state = &mut *state;
                perform(&mut state.disk, &mut state.claims, &self.owner, &op)
            }
        };
        match &answer {
            Ok(answer) => state.record(format_args!("{op}: {answer}")),
            Err(kind) => state.record(format_args!("failed to {op}: {kind}")),
        }
        state.notify(Key::Disk);
        answer.map_err(|kind| FileError::new(kind, op.path().clone()))
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

fn perform(disk: &mut Disk, claims: &mut Claims, owner: &Arc<()>, op: &FileOp) -> Answer {
    match op {
        FileOp::Claim { path, note } => claim(disk, claims, owner, path, note),
        FileOp::Holder { path } => holder(disk, claims, path),
        FileOp::Release { path } => Ok(claims.release(path)),
        FileOp::Read { path, limit } => read(disk, path, *limit),
        FileOp::Write { path, bytes, .. } => write(disk, path, bytes),
        FileOp::Append { path, bytes } => append(disk, path, bytes),
        FileOp::MakeDir { path } => make_dir(disk, path),
        FileOp::Remove { path } => remove(disk, path),
        FileOp::Rename { from, to } => rename(disk, from, to),
        FileOp::Copy { from, to } => copy(disk, from, to),
        FileOp::Stat { path } => stat(disk, path),
        FileOp::List { path } => list(disk, path),
        FileOp::ReadAll { path, last, limit } => read_all(disk, path, *last, *limit),
        FileOp::Link { path, to } => link(disk, path, to),
        FileOp::Measure { path, limits } => measure(disk, path, *limits),
        FileOp::Space { .. } => Ok(FileAnswer::Space(disk.space)),
        _ => Err(FileErrorKind::Unsupported),
    }
}

fn find(disk: &Disk, path: &ContainedPath, end: End, way: Way) -> Result<Place, FileErrorKind> {
    disk.beneath(path.root(), path.rel().as_str(), end, way)
}

fn read(disk: &Disk, path: &ContainedPath, limit: u64) -> Answer {
    let place = find(disk, path, End::Follow, Way::Exists)?;
    match disk.get(&place) {
        Some(Node::File(bytes)) if bytes.len() as u64 > limit => Err(FileErrorKind::TooLarge),
        Some(Node::File(bytes)) => Ok(FileAnswer::Bytes(bytes.clone())),
        Some(Node::Program(_)) => Ok(FileAnswer::Bytes(Vec::new())),
        Some(other) => Err(no_file(other)),
        None => Err(FileErrorKind::NotFound),
    }
}

fn write(disk: &mut Disk, path: &ContainedPath, bytes: &[u8]) -> Answer {
    let place = find(disk, path, End::Follow, Way::MayBeMissing)?;
    match disk.get(&place) {
        None | Some(Node::File(_) | Node::Program(_)) => {}
        Some(other) => return Err(no_file(other)),
    }
    if let Some((_, parent)) = place.split_last() {
        disk.make_dirs(parent)?;
    }
    disk.put(&place, Node::File(bytes.to_vec()))?;
    Ok(FileAnswer::Done)
}

fn claim(
    disk: &mut Disk,
    claims: &mut Claims,
    owner: &Arc<()>,
    path: &ContainedPath,
    note: &str,
) -> Answer {
    let there = claim_in(disk, path)?;
    if let Some(there) = there.clone().filter(|_| claims.is_held(path)) {
        return Ok(FileAnswer::Held(there));
    }
    let (pid, note) = (None, note.to_owned());
    let own = Claim { pid, note };
    let own = match &there {
        Some(left) => own.over(left),
        None => own,
    };
    write(disk, path, own.text().as_bytes())?;
    claims.hold(path, owner);
    Ok(FileAnswer::Claimed(there))
}

fn holder(disk: &Disk, claims: &Claims, path: &ContainedPath) -> Answer {
    let there = claim_in(disk, path)?.filter(|_| claims.is_held(path));
    Ok(there.map_or(FileAnswer::NotHeld, FileAnswer::Held))
}

/// What stands in a file that can be claimed; none when it is not there.
fn claim_in(disk: &Disk, path: &ContainedPath) -> Result<Option<Claim>, FileErrorKind> {
    if let Ok(FileAnswer::Stat(Some(stat))) = stat(disk, path)
        && stat.kind == FileKind::Link
    {
        return Err(FileErrorKind::Special);
    }
    match read(disk, path, u64::MAX) {
        Ok(FileAnswer::Bytes(bytes)) => Ok(Some(Claim::read(&String::from_utf8_lossy(&bytes)))),
        Ok(_) | Err(FileErrorKind::NotFound) => Ok(None),
        Err(kind) => Err(kind),
    }
}

fn append(disk: &mut Disk, path: &ContainedPath, bytes: &[u8]) -> Answer {
    let place = find(disk, path, End::Follow, Way::Exists)?;
    match disk.get_mut(&place) {
        Some(Node::File(content)) => content.extend_from_slice(bytes),
        Some(other) => return Err(no_file(other)),
        None => disk.put(&place, Node::File(bytes.to_vec()))?,
    }
    Ok(FileAnswer::Done)
}

fn make_dir(disk: &mut Disk, path: &ContainedPath) -> Answer {
    let place = find(disk, path, End::Follow, Way::MayBeMissing)?;
    let asked = find(disk, path, End::Keep, Way::MayBeMissing)?;
    if asked != place && disk.get(&place).is_none() {
        return Err(FileErrorKind::NotFound);
    }
    disk.make_dirs(&place)?;
    Ok(FileAnswer::Done)
}

fn remove(disk: &mut Disk, path: &ContainedPath) -> Answer {
    if path.rel().is_root() {
        return Err(FileErrorKind::Escapes);
    }
    match find(disk, path, End::Keep, Way::Exists) {
        Ok(place) => drop(disk.take(&place)),
        Err(FileErrorKind::NotFound) => {}
        Err(kind) => return Err(kind),
    }
    Ok(FileAnswer::Done)
}

fn rename(disk: &mut Disk, from: &ContainedPath, to: &ContainedPath) -> Answer {
    if from.root() != to.root() {
        return Err(FileErrorKind::Unsupported);
    }
    if from.rel().is_root() {
        return Err(FileErrorKind::Escapes);
    }
    let old = find(disk, from, End::Keep, Way::Exists)?;
    let node = disk.get(&old).cloned().ok_or(FileErrorKind::NotFound)?;
    let new = find(disk, to, End::Keep, Way::Exists)?;
    if disk.get(&new).is_some() {
        return Err(FileErrorKind::AlreadyExists);
    }
    if new.starts_with(&old) {
        return Err(FileErrorKind::Other);
    }
    disk.put(&new, node)?;
    disk.take(&old);
    Ok(FileAnswer::Done)
}

fn copy(disk: &mut Disk, from: &ContainedPath, to: &ContainedPath) -> Answer {
    let old = find(disk, from, End::Follow, Way::Exists)?;
    let node = disk.get(&old).cloned().ok_or(FileErrorKind::NotFound)?;
    let new = find(disk, to, End::Keep, Way::MayBeMissing)?;
    if new.starts_with(&old) {
        return Err(FileErrorKind::Other);
    }
    let copied = lay_over(disk.get(&new).cloned(), node)?;
    if let Some((_, parent)) = new.split_last() {
        disk.make_dirs(parent)?;
    }
    disk.put(&new, copied)?;
    Ok(FileAnswer::Done)
}

/// `new` in the place of `old`; a directory is added to one that is there. As
/// deep as the tree in memory, which no path makes deeper than its own limit.
fn lay_over(old: Option<Node>, new: Node) -> Result<Node, FileErrorKind> {
    match (old, new) {
        (_, Node::Special) => Err(FileErrorKind::Special),
        (Some(Node::Dir(mut entries)), Node::Dir(added)) => {
            for (name, node) in added {
                let node = lay_over(entries.remove(&name), node)?;
                entries.insert(name, node);
            }
            Ok(Node::Dir(entries))
        }
        (Some(Node::Dir(_)), _) => Err(FileErrorKind::IsADirectory),
        (Some(_), Node::Dir(_)) => Err(FileErrorKind::NotADirectory),
        (None, Node::Dir(added)) => lay_over(Some(Node::Dir(BTreeMap::new())), Node::Dir(added)),
        (_, node) => Ok(node),
    }
}

fn stat(disk: &Disk, path: &ContainedPath) -> Answer {
    let place = match find(disk, path, End::Keep, Way::Exists) {
        Err(FileErrorKind::NotFound) => return Ok(FileAnswer::Stat(None)),
        found => found?,
    };
    Ok(FileAnswer::Stat(disk.get(&place).map(|node| Stat {
        kind: node.kind(),
        size: node.size(),
    })))
}

fn list(disk: &Disk, path: &ContainedPath) -> Answer {
    let place = find(disk, path, End::Follow, Way::Exists)?;
    match disk.get(&place) {
        Some(Node::Dir(entries)) => {
            let entry = |(name, node): (&String, &Node)| Entry {
                name: name.clone(),
                kind: node.kind(),
            };
            Ok(FileAnswer::Entries(entries.iter().map(entry).collect()))
        }
        Some(_) => Err(FileErrorKind::NotADirectory),
        None => Err(FileErrorKind::NotFound),
    }
}

fn read_all(disk: &Disk, path: &ContainedPath, last: usize, limit: u64) -> Answer {
    let place = find(disk, path, End::Follow, Way::Exists)?;
    let Some(Node::Dir(entries)) = disk.get(&place) else {
        return Err(disk
            .get(&place)
            .map_or(FileErrorKind::NotFound, |_| FileErrorKind::NotADirectory));
    };
    let file = |(name, node): (&String, &Node)| match node {
        Node::File(bytes) => Some((name.clone(), bytes.clone())),
        Node::Program(_) => Some((name.clone(), Vec::new())),
        _ => None,
    };
    let all: Vec<_> = entries.iter().filter_map(file).collect();
    let skipped = all.len().saturating_sub(last);
    let files: Vec<_> = all.into_iter().skip(skipped).collect();
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    match bytes as u64 > limit {
        true => Err(FileErrorKind::TooLarge),
        false => Ok(FileAnswer::Files(files)),
    }
}

/// A file takes its bytes, everything else nothing.
fn measure(disk: &Disk, path: &ContainedPath, limits: Limits) -> Answer {
    let place = find(disk, path, End::Follow, Way::Exists)?;
    let top = disk.get(&place).ok_or(FileErrorKind::NotFound)?;
    if top.kind() != FileKind::Directory {
        return Err(FileErrorKind::NotADirectory);
    }
    let (mut tally, mut ahead) = (Tally::new(limits), vec![top]);
    while let Some(node) = ahead.pop() {
        let found = Found {
            id: (0, 0),
            links: 1,
            bytes: node.size(),
            touched: 0,
        };
        if tally.add(found).is_err() {
            break;
        }
        if let Node::Dir(entries) = node {
            ahead.extend(entries.values());
        }
    }
    Ok(FileAnswer::Measured(Arc::new(tally)))
}

fn link(disk: &mut Disk, path: &ContainedPath, to: &ContainedPath) -> Answer {
    let place = find(disk, path, End::Keep, Way::Exists)?;
    let target = to.absolute();
    let mut dirs = core::iter::once(path.root().as_str()).chain(path.root().annexes());
    let is_inside = |dir: &str| {
        let rest = target.strip_prefix(dir.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if !dirs.any(is_inside) {
        return Err(FileErrorKind::Escapes);
    }
    if disk.get(&place).is_some() {
        return Err(FileErrorKind::AlreadyExists);
    }
    disk.put(&place, Node::Link(target))?;
    Ok(FileAnswer::Done)
}

const fn no_file(node: &Node) -> FileErrorKind {
    match node {
        Node::Dir(_) => FileErrorKind::IsADirectory,
        _ => FileErrorKind::Special,
    }
}
