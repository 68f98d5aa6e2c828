//! Which files are meant.

use super::Unread;
use crate::app_root;
use collodi_contain::RelPath;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};
use walkdir::{DirEntry, WalkDir};

/// The most files that are taken from folders.
const MOST_FILES: usize = 10_000;
/// How far down folders are looked through.
const DEPTH: usize = 32;
/// Folders that hold what others wrote.
const SKIPPED: &[&str] = &[
    "node_modules",
    "__pycache__",
    "site-packages",
    "venv",
    "env",
];
/// What tells a folder of Python.
const ENVIRONMENT: &[&str] = &["pyvenv.cfg", "conda-meta"];
/// Names that only scripts and descriptions of apps have.
const KNOWN: &[&str] = &["pinokio.json", "pinokio_meta.json", "vatn-node.json"];

/// A file to be read.
pub(super) struct Input {
    /// Where it is; none for standard input.
    pub(super) path: Option<PathBuf>,
    /// Its name, for people.
    pub(super) name: String,
    /// Its own name.
    pub(super) file: String,
    /// Its folder below the app's root.
    pub(super) base: RelPath,
    /// How it was found.
    pub(super) found: Found,
}

/// How a file was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Someone named it.
    Named,
    /// It lies in a folder that someone named.
    InFolder,
}

/// What was found.
#[derive(Default)]
pub(super) struct Finds {
    pub(super) inputs: Vec<Input>,
    pub(super) unread: Vec<Unread>,
    seen: BTreeSet<PathBuf>,
}

/// Whether a file of this name is a script, or meant to be one, whatever is in it.
pub(super) fn is_known(file: &str) -> bool {
    KNOWN.contains(&file)
}

/// The files that `paths` mean: files, what lies in folders, `-` for standard input.
pub(super) fn find(paths: &[PathBuf], root: Option<&Path>) -> Finds {
    let mut finds = Finds::default();
    for path in paths {
        if path.as_os_str() == "-" {
            finds.inputs.push(standard_input());
        } else if path.is_dir() {
            finds.folder(path, root);
        } else {
            finds.add(path, root_of(path, root, None), Found::Named);
        }
    }
    finds
}

fn standard_input() -> Input {
    Input {
        path: None,
        name: "<stdin>".to_owned(),
        file: "stdin.json".to_owned(),
        base: RelPath::root(),
        found: Found::Named,
    }
}

impl Finds {
    fn folder(&mut self, folder: &Path, root: Option<&Path>) {
        let walk = WalkDir::new(folder).max_depth(DEPTH).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(is_wanted) {
            match entry {
                Err(error) => self.cannot(folder, &error),
                Ok(entry) if !may_be_script(&entry) => {}
                Ok(_) if self.inputs.len() >= MOST_FILES => {
                    let why = format!("more than {MOST_FILES} files; name fewer folders");
                    return self.cannot(folder, &why);
                }
                Ok(entry) => {
                    let path = entry.path();
                    self.add(path, root_of(path, root, Some(folder)), Found::InFolder);
                }
            }
        }
    }

    fn add(&mut self, path: &Path, root: PathBuf, found: Found) {
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = path.display().to_string();
        let file = path.file_name().map(|file| file.to_string_lossy());
        let file = file.unwrap_or_default().into_owned();
        let base = base(&whole, &root);
        if self.seen.insert(whole) {
            self.inputs.push(Input {
                path: Some(path.to_owned()),
                name,
                file,
                base,
                found,
            });
        }
    }

    fn cannot(&mut self, folder: &Path, why: &dyn std::fmt::Display) {
        self.unread.push(Unread {
            name: folder.display().to_string(),
            why: why.to_string(),
        });
    }
}

/// Whether a file may be a script. The launcher of an app in JavaScript is none, and
/// mostly a program.
fn may_be_script(entry: &DirEntry) -> bool {
    let extension = entry.path().extension();
    let is_one = extension.is_some_and(|ext| ext == "json" || ext == "js");
    is_one && entry.file_name() != "pinokio.js" && entry.file_type().is_file()
}

/// Whether to look into a folder. What was named is looked into, whatever it is called.
fn is_wanted(entry: &DirEntry) -> bool {
    if entry.depth() == 0 || !entry.file_type().is_dir() {
        return true;
    }
    let name = entry.file_name().to_string_lossy();
    let is_environment = || {
        let mut signs = ENVIRONMENT.iter();
        signs.any(|sign| entry.path().join(sign).exists())
    };
    !(name.starts_with('.') || SKIPPED.contains(&&*name) || is_environment())
}

/// The root of the app that a file belongs to: the one that was named, what it shows to
/// belong to, the folder that was named, its own.
fn root_of(path: &Path, named: Option<&Path>, folder: Option<&Path>) -> PathBuf {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let file = whole(path);
    let own = || file.parent().unwrap_or(&file).to_owned();
    let shown = || app_root::shown(&file);
    let root = named.map(whole).or_else(shown);
    root.or_else(|| folder.map(whole)).unwrap_or_else(own)
}

/// The file's folder below the app's root; the root, when it cannot be said.
fn base(file: &Path, root: &Path) -> RelPath {
    let below = file.parent().and_then(|dir| dir.strip_prefix(root).ok());
    let text = below.and_then(Path::to_str).unwrap_or_default();
    RelPath::parse(text).unwrap_or_else(|_| RelPath::root())
}
