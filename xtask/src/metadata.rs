//! What cargo knows about packages.

use crate::repo::{Repo, output};
use anyhow::{Context, Result};
use serde::Deserialize;

/// The packages of a workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_root: String,
}

/// A package and what its manifest says it needs.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependencies.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `dev` or `build`; nothing for an ordinary dependency.
    pub(crate) kind: Option<String>,
    /// The directory of a dependency in this repository.
    pub(crate) path: Option<String>,
}

impl Metadata {
    /// Reads the manifests of the workspace that `manifest` (from the root)
    /// belongs to, without resolving anything.
    pub(crate) fn read(repo: &Repo, manifest: &str) -> Result<Self> {
        let json = output(&mut repo.cargo(&[
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--manifest-path",
            manifest,
        ]))?;
        Self::parse(&json)
    }

    /// Reads the answer of `cargo metadata`.
    pub(crate) fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).context("reading the answer of cargo metadata")
    }
}

impl Package {
    /// Dependencies of the built package: neither of its tests nor of its build script.
    pub(crate) fn normal_dependencies(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies
            .iter()
            .filter(|dependency| dependency.kind.is_none())
    }
}
