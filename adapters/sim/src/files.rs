//! File operations on the tree in memory.

use crate::{
    disk::{Disk, End, Node, Place, Way},
    executor::Shared,
    state::Key,
};
use async_trait::async_trait;
use collodi_backend::FileSystem;
use collodi_contain::ContainedPath;
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileOp, Stat};
use std::{fmt, sync::Arc};

type Answer = Result<FileAnswer, FileErrorKind>;

pub(crate) struct Files(pub(crate) Arc<Shared>);

#[async_trait]
impl FileSystem for Files {
    async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        let mut state = self.0.state();
        let answer = match state.faults.take_file(&op.to_string()) {
            Some(kind) => Err(kind),
            None => perform(&mut state.disk, &op),
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

fn perform(disk: &mut Disk, op: &FileOp) -> Answer {
    match op {
        FileOp::Read { path, limit } => read(disk, path, *limit),
        FileOp::Write { path, bytes, .. } => write(disk, path, bytes),
        FileOp::Append { path, bytes } => append(disk, path, bytes),
        FileOp::MakeDir { path } => make_dir(disk, path),
        FileOp::Remove { path } => remove(disk, path),
        FileOp::Rename { from, to } => rename(disk, from, to),
        FileOp::Copy { from, to } => copy(disk, from, to),
        FileOp::Stat { path } => stat(disk, path),
        FileOp::List { path } => list(disk, path),
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
    let (old, new) = two(disk, from, to, End::Keep)?;
    if new.starts_with(&old) {
        return Err(FileErrorKind::Other);
    }
    let node = disk.get(&old).cloned().ok_or(FileErrorKind::NotFound)?;
    disk.put(&new, node)?;
    disk.take(&old);
    Ok(FileAnswer::Done)
}

fn copy(disk: &mut Disk, from: &ContainedPath, to: &ContainedPath) -> Answer {
    let (old, new) = two(disk, from, to, End::Follow)?;
    if new.starts_with(&old) {
        return Err(FileErrorKind::Other);
    }
    let node = disk.get(&old).cloned().ok_or(FileErrorKind::NotFound)?;
    if matches!(node, Node::Special) {
        return Err(FileErrorKind::Special);
    }
    disk.put(&new, node)?;
    Ok(FileAnswer::Done)
}

/// The places of both paths of which the second must be free.
fn two(
    disk: &Disk,
    from: &ContainedPath,
    to: &ContainedPath,
    end: End,
) -> Result<(Place, Place), FileErrorKind> {
    if from.root() != to.root() {
        return Err(FileErrorKind::Unsupported);
    }
    if from.rel().is_root() && end == End::Keep {
        return Err(FileErrorKind::Escapes);
    }
    let old = find(disk, from, end, Way::Exists)?;
    disk.get(&old).ok_or(FileErrorKind::NotFound)?;
    let new = find(disk, to, End::Keep, Way::Exists)?;
    match disk.get(&new) {
        Some(_) => Err(FileErrorKind::AlreadyExists),
        None => Ok((old, new)),
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

const fn no_file(node: &Node) -> FileErrorKind {
    match node {
        Node::Dir(_) => FileErrorKind::IsADirectory,
        _ => FileErrorKind::Special,
    }
}
