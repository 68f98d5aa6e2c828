//! Which folder is the root of the app that a script belongs to.

use std::path::{Path, PathBuf};

/// What lies in the root of an app.
const LAUNCHERS: [&str; 3] = ["pinokio.js", "pinokio.json", "pinokio_meta.json"];
/// How far up a root is looked for.
const DEPTH: usize = 32;

/// The root of the app that the script at `script`, an absolute path, shows to belong to:
/// an app of a workspace, or the nearest folder above it that has a launcher. A repository
/// is not left. None when nothing says which folder it is.
pub(crate) fn shown(script: &Path) -> Option<PathBuf> {
    let folders = || script.ancestors().skip(1).take(DEPTH);
    let is_app = |dir: &&Path| {
        dir.parent()
            .is_some_and(|apps| apps.ends_with(".vatn/python/apps"))
    };
    if let Some(app) = folders().find(is_app) {
        return Some(app.to_owned());
    }
    for dir in folders() {
        if LAUNCHERS.iter().any(|file| dir.join(file).is_file()) {
            return Some(of_launcher(dir));
        }
        if dir.join(".git").exists() {
            break;
        }
    }
    None
}

/// An app may keep its launcher in a folder called `pinokio`.
fn of_launcher(dir: &Path) -> PathBuf {
    let inner = dir.file_name().is_some_and(|name| name == "pinokio");
    let outer = dir.parent().filter(|_| inner);
    outer.unwrap_or(dir).to_owned()
}
