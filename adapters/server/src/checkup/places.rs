//! The folders of the workspace, the file with the token, and files that were set aside.

use super::Checkup;
use crate::state;
use collodi_doctor::{Folder, TokenFile};
use rustix::fs::{Access, access};
use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// Bits of a mode: all users may write; they are kept to their own files; others than the owner
/// may do anything at all.
const OPEN: u32 = 0o002;
const STICKY: u32 = 0o1000;
const OTHERS: u32 = 0o077;

/// What was seen of folders, of the token's file, and of files that were set aside.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) folders: Vec<Folder>,
    pub(super) token: Option<TokenFile>,
    pub(super) set_aside: Vec<String>,
}

impl Checkup {
    pub(super) fn places(&self) -> impl FnOnce() -> Seen + Send + 'static {
        let layout = &self.options.layout;
        let own = [
            layout.environments(),
            layout.apps(),
            layout.state(),
            layout.logs(),
            layout.cache(),
        ];
        let vatn = [self.dir.join(".vatn"), self.dir.join(".vatn/python")];
        let own = own.map(|path| PathBuf::from(path.absolute()));
        let (paths, token) = ([&vatn[..], &own].concat(), state::file(&self.dir));
        let aside = PathBuf::from(layout.set_aside().absolute());
        move || Seen {
            folders: paths.iter().map(|path| folder(path)).collect(),
            token: token_file(&token),
            set_aside: files_in(&aside),
        }
    }
}

fn folder(path: &Path) -> Folder {
    let there = fs::metadata(path);
    let nearest = path.ancestors().find(|path| path.exists());
    let may_write = |path: &Path| access(path, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    let is_open = |mode: u32| mode & OPEN != 0 && mode & STICKY == 0;
    Folder {
        path: path.display().to_string(),
        is_writable: nearest.is_some_and(|nearest| nearest.is_dir() && may_write(nearest)),
        is_open: there.as_ref().is_ok_and(|there| is_open(there.mode())),
        is_there: there.is_ok(),
    }
}

fn files_in(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.path().display().to_string())
        .collect();
    paths.sort_unstable();
    paths
}

fn token_file(path: &Path) -> Option<TokenFile> {
    let mode = fs::metadata(path).ok()?.mode();
    Some(TokenFile {
        path: path.display().to_string(),
        is_open: mode & OTHERS != 0,
    })
}
