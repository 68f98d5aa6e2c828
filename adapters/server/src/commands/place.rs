//! Which app a path on the command line means.

use crate::{
    app_root,
    failure::Failure,
    home::{Home, absolute},
};
use anyhow::Result;
use collodi_contain::{Name, Root};
use std::path::{Path, PathBuf};

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
    /// workspace. The root of a script's app is `root`, or what it shows to belong to,
    /// or its own folder.
    pub(super) fn find(home: &Home, path: &Path, root: Option<&Path>) -> Result<Self> {
        let found = if path.exists() {
            absolute(path)?
        } else {
            in_workspace(home, path)?
        };
        if found.is_file() {
            let own = || found.parent().unwrap_or(&found).to_owned();
            let root = match root {
                Some(root) => absolute(root)?,
                None => app_root::shown(&found).unwrap_or_else(own),
            };
            let file = found
                .strip_prefix(&root)
                .map_err(|_| Failure::new(format!("the script is not in {}", root.display())))?;
            let parts: Vec<_> = file.iter().map(|part| part.to_str()).collect();
            let parts: Option<Vec<_>> = parts.into_iter().collect();
            let parts = parts.ok_or_else(|| Failure::new("the path is not UTF-8"))?;
            Self::at(&root, Some(parts.join("/")))
        } else {
            Self::at(&found, None)
        }
    }

    fn at(root: &Path, file: Option<String>) -> Result<Self> {
        let Some(folder) = root.file_name() else {
            let cause = format!("{} is no app: its folder has no name", root.display());
            return Err(Failure::new(cause)
                .hint(
                    "name a folder with a pinokio.json, a script file, or an app of the workspace",
                )
                .into());
        };
        let folder = folder.to_str().unwrap_or_default();
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

fn in_workspace(home: &Home, path: &Path) -> Result<PathBuf> {
    let app = Path::new(&home.layout.apps().absolute()).join(path);
    if path.components().count() == 1 && app.is_dir() {
        return absolute(&app);
    }
    Err(
        Failure::new(format!("there is no app at {}", path.display()))
            .hint("name a folder with a pinokio.json, a script file, or an app of the workspace")
            .into(),
    )
}
