//! The crates of the workspace and the edges between them.

use crate::metadata::{Metadata, Package};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

/// Where a crate lives, which says what it may touch. A crate uses its own layer
/// and those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    /// `crates/`: values in, values out.
    Pure,
    /// `adapters/`: touches the world.
    Adapter,
    /// Everything else: tests and tasks.
    Tooling,
}

/// A crate of ours and the normal dependencies of its manifest.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) layer: Layer,
    pub(crate) ours: BTreeSet<String>,
    pub(crate) external: BTreeSet<String>,
}

/// All crates of the workspace.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) nodes: BTreeMap<String, Node>,
}

impl Graph {
    /// The graph of a workspace.
    pub(crate) fn new(metadata: &Metadata) -> Self {
        let root = &metadata.workspace_root;
        let packages = metadata.packages.iter();
        let nodes = packages.map(|package| (package.name.clone(), Node::new(package, root)));
        Self {
            nodes: nodes.collect(),
        }
    }

    /// The crates bottom-up: by layer, then by the longest way down, then by name.
    pub(crate) fn bottom_up(&self) -> Vec<(&str, &Node)> {
        let depths = self.depths();
        let mut all: Vec<_> = self
            .nodes
            .iter()
            .map(|(name, node)| (name.as_str(), node))
            .collect();
        all.sort_by_key(|(name, node)| (node.layer, depths.get(name).copied(), *name));
        all
    }

    /// The shortest way from a crate to another one, both included; nothing when
    /// there is none.
    pub(crate) fn way(&self, from: &str, to: &str) -> Option<Vec<&str>> {
        let (start, _) = self.nodes.get_key_value(from)?;
        let mut seen = BTreeSet::from([start.as_str()]);
        let mut ways = VecDeque::from([vec![start.as_str()]]);
        while let Some(way) = ways.pop_front() {
            for next in self.below(way.last()?) {
                let further: Vec<&str> = way.iter().copied().chain([next]).collect();
                if next == to {
                    return Some(further);
                }
                if seen.insert(next) {
                    ways.push_back(further);
                }
            }
        }
        None
    }

    fn below(&self, name: &str) -> impl Iterator<Item = &str> {
        self.nodes
            .get(name)
            .into_iter()
            .flat_map(|node| node.ours.iter().map(String::as_str))
    }

    /// The longest way down from each crate. Cargo refuses cycles, so as many
    /// rounds as there are crates settle it.
    fn depths(&self) -> BTreeMap<&str, usize> {
        let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
        for _ in 0..self.nodes.len() {
            for name in self.nodes.keys() {
                let below = self.below(name).filter_map(|next| depths.get(next));
                let depth = below.max().map_or(0, |deepest| deepest + 1);
                depths.insert(name, depth);
            }
        }
        depths
    }
}

impl Node {
    fn new(package: &Package, root: &str) -> Self {
        let names = |inside: bool| {
            package
                .normal_dependencies()
                .filter(move |dependency| dependency.path.is_some() == inside)
                .map(|dependency| dependency.name.clone())
                .collect()
        };
        Self {
            layer: Layer::of(&package.manifest_path, root),
            ours: names(true),
            external: names(false),
        }
    }
}

impl Layer {
    fn of(manifest: &str, root: &str) -> Self {
        let inside = manifest.strip_prefix(root).unwrap_or(manifest);
        match inside.split(['/', '\\']).find(|part| !part.is_empty()) {
            Some("crates") => Self::Pure,
            Some("adapters") => Self::Adapter,
            _ => Self::Tooling,
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pure => "pure",
            Self::Adapter => "adapter",
            Self::Tooling => "tooling",
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Graph, Layer};
    use crate::metadata::Metadata;

    /// A graph from lines like `crates/run: collodi-time serde`. Names that start
    /// with `collodi-` are ours.
    pub(crate) fn graph(lines: &[&str]) -> Graph {
        let packages: Vec<String> = lines.iter().map(|line| package(line)).collect();
        let json = format!(
            r#"{{"workspace_root": "/repo", "packages": [{}]}}"#,
            packages.join(",")
        );
        Graph::new(&Metadata::parse(&json).unwrap())
    }

    fn package(line: &str) -> String {
        let (directory, dependencies) = line.split_once(':').unwrap();
        let name = directory.rsplit('/').next().unwrap();
        let dependencies: Vec<String> = dependencies.split_whitespace().map(dependency).collect();
        format!(
            r#"{{"name": "collodi-{name}", "manifest_path": "/repo/{directory}/Cargo.toml", "dependencies": [{}]}}"#,
            dependencies.join(",")
        )
    }

    /// `dev=NAME` is a dependency of tests.
    fn dependency(word: &str) -> String {
        let (kind, name) = word
            .split_once('=')
            .map_or(("null", word), |(_, name)| (r#""dev""#, name));
        let path = if name.starts_with("collodi-") {
            r#""/repo/somewhere""#
        } else {
            "null"
        };
        format!(r#"{{"name": "{name}", "kind": {kind}, "path": {path}}}"#)
    }

    #[test]
    fn only_normal_dependencies_count() {
        let graph = graph(&["crates/time: serde dev=proptest dev=collodi-conformance"]);
        let time = &graph.nodes["collodi-time"];
        assert_eq!(time.layer, Layer::Pure);
        assert!(time.ours.is_empty());
        assert_eq!(Vec::from_iter(&time.external), ["serde"]);
    }

    #[test]
    fn crates_come_bottom_up() {
        let graph = graph(&[
            "conformance:",
            "adapters/driver: collodi-host",
            "crates/host: collodi-time collodi-run",
            "crates/run: collodi-time",
            "crates/time:",
            "crates/env:",
        ]);
        let names: Vec<_> = graph
            .bottom_up()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let expected = ["env", "time", "run", "host", "driver", "conformance"];
        assert_eq!(names, expected.map(|name| format!("collodi-{name}")));
    }

    #[test]
    fn a_way_is_the_shortest() {
        let graph = graph(&[
            "crates/a: collodi-b collodi-c",
            "crates/b: collodi-c",
            "crates/c: collodi-d",
            "crates/d:",
        ]);
        assert_eq!(
            graph.way("collodi-a", "collodi-d").unwrap(),
            ["collodi-a", "collodi-c", "collodi-d"]
        );
        assert_eq!(graph.way("collodi-d", "collodi-a"), None);
        assert_eq!(graph.way("collodi-x", "collodi-a"), None);
    }
}
