//! A tree in memory that walks can be asked about.
#![allow(dead_code, clippy::string_slice)]

use collodi_contain::{Answer, Found, WalkAction};
use std::collections::BTreeMap;

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Dir,
    File,
    Special,
    Link(String),
}

/// Nodes by path; the root is always there.
#[derive(Clone, Debug, Default)]
pub(crate) struct World(pub(crate) BTreeMap<String, Node>);

impl World {
    /// Puts a node at a path, and folders on the way where nothing is.
    pub(crate) fn put(&mut self, path: &str, node: Node) {
        for (end, _) in path.match_indices('/') {
            self.0.entry(path[..end].to_owned()).or_insert(Node::Dir);
        }
        self.0.insert(path.to_owned(), node);
    }

    /// As [`World::put`], unless the place is taken or lies below something that is
    /// no folder.
    pub(crate) fn put_if_free(&mut self, path: &str, node: Node) {
        let mut above = path.match_indices('/').map(|(end, _)| &path[..end]);
        let open = above.all(|dir| matches!(self.0.get(dir), None | Some(Node::Dir)));
        if open && !self.0.contains_key(path) {
            self.put(path, node);
        }
    }

    /// What is at a path.
    pub(crate) fn found(&self, path: &str) -> Found {
        match self.0.get(path) {
            _ if path.is_empty() => Found::Directory,
            None => Found::Missing,
            Some(Node::Dir) => Found::Directory,
            Some(Node::File) => Found::File,
            Some(Node::Special) => Found::Special,
            Some(Node::Link(_)) => Found::Link,
        }
    }

    /// What a file system would say. A question about a path through something
    /// that is no directory is a fault of the walk.
    pub(crate) fn answer(&self, action: &WalkAction) -> Answer {
        let (WalkAction::Look(path) | WalkAction::ReadLink(path)) = action;
        let mut parent = path.rel().parent();
        while let Some(dir) = parent {
            let is_dir = dir.is_root() || self.0.get(dir.as_str()) == Some(&Node::Dir);
            assert!(is_dir, "{path} goes through {dir}");
            parent = dir.parent();
        }
        match (self.0.get(path.rel().as_str()), action) {
            (Some(Node::Link(target)), WalkAction::ReadLink(_)) => Answer::Target(target.clone()),
            _ => Answer::Found(self.found(path.rel().as_str())),
        }
    }
}
