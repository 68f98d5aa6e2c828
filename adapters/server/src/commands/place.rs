//! Which app a path on the command line means.

use crate::{failure::Failure, node::absolute};
use anyhow::Result;
use collodi_contain::{Name, Root};
use std::path::{Path, PathBuf};

/// The files that say that a folder is an app.
const LAUNCHERS: [&str; 2] = ["pinokio.json", "pinokio.js"];

/// An app, and its script when the path names one.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: Name,
    pub(super) root: Root,
    /// Below the root, with `/` between its parts.
    pub(super) file: Option<String>,
}

impl Place {
    /// Finds the app: a folder, a script of it, or the name of an app of the
    /// workspace.
    pub(super) fn find(workspace: &Path, path: &Path) -> Result<Self> {
        let found = if path.exists() {
            absolute(path)?
        } else {
            in_workspace(workspace, path)?
        };
        if found.is_file() {
            let root = app_of(workspace, &found);
            let file = found.strip_prefix(&root).unwrap_or(&found);
            let parts: Vec<_> = file.iter().map(|part| part.to_str()).collect();
            let parts: Option<Vec<_>> = parts.into_iter().collect();
            let parts = parts.ok_or_else(|| Failure::new("the path is not UTF-8"))?;
            Self::at(&root, Some(parts.join("/")))
        } else {
            Self::at(&found, None)
        }
    }

    fn at(root: &Path, file: Option<String>) -> Result<Self> {
        let folder = root.file_name().and_then(|name| name.to_str());
        let folder = folder.unwrap_or_default();
        let name = Name::parse(folder).map_err(|error| {
            Failure::new(format!("{error}: {folder:?}"))
                .hint("the folder's name is the app's name; rename the folder")
        })?;
        let text = root
            .to_str()
            .ok_or_else(|| Failure::new("the path is not UTF-8"))?;
        let root = Root::new(text);
        Ok(Self { name, root, file })
    }
}

/// The folder of the app that a script belongs to: the app of the workspace that it
/// is in, else the nearest folder that says that it is an app and is not above the
/// repository or the workspace, else the script's own.
fn app_of(workspace: &Path, script: &Path) -> PathBuf {
    let dir = script.parent().unwrap_or(script);
    let workspace = workspace.canonicalize().unwrap_or_default();
    let apps = workspace.join(".vatn/python/apps");
    let below = dir.strip_prefix(&apps).ok();
    if let Some(app) = below.and_then(|below| below.components().next()) {
        return apps.join(app);
    }
    for folder in dir.ancestors() {
        if LAUNCHERS.iter().any(|file| folder.join(file).is_file()) {
            return folder.to_owned();
        }
        if folder == workspace || folder.join(".git").exists() {
            break;
        }
    }
    dir.to_owned()
}

fn in_workspace(workspace: &Path, path: &Path) -> Result<PathBuf> {
    let app = workspace.join(".vatn/python/apps").join(path);
    if path.components().count() == 1 && app.is_dir() {
        return absolute(&app);
    }
    Err(
        Failure::new(format!("there is no app at {}", path.display()))
            .hint("name a folder with a pinokio.json, a script file, or an app of the workspace")
            .into(),
    )
}
