//! The tokens that were given out, in a file of the workspace.

use crate::{
    aside,
    failure::Failure,
    state::{replace_private, state_dir},
};
use anyhow::{Context as _, Result};
use collodi_backend::{BoxFuture, FileSystem};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_http::Keyring;
use collodi_python::Layout;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

const FILE: &str = "tokens.json";

/// The tokens of a workspace.
///
/// # Errors
///
/// When the file is there and cannot be read.
pub(crate) fn read(workspace: &Path) -> Result<Keyring> {
    let path = file(workspace);
    let bytes = match contents(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Keyring::default()),
        Err(error) => {
            return Err(error).with_context(|| format!("failed to read {}", path.display()));
        }
    };
    Keyring::read(&bytes).map_err(|error| {
        Failure::new(format!("{}: {error}", path.display()))
            .hint("remove the file to begin anew: the tokens that were given out end with it")
            .into()
    })
}

/// Changes the tokens of a workspace, one program at a time. The file is the old or the new one,
/// whatever happens.
pub(crate) fn change<T>(
    workspace: &Path,
    change: impl FnOnce(&mut Keyring) -> Result<T>,
) -> Result<T> {
    let path = file(workspace);
    let dir = state_dir(workspace);
    fs::create_dir_all(&dir).with_context(|| format!("failed to make {}", dir.display()))?;
    let _alone = lock(&path.with_extension("lock"))?;
    let mut keys = read(workspace)?;
    let done = change(&mut keys)?;
    replace_private(&path, &keys.text())?;
    Ok(done)
}

/// No more than a keyring has, and one byte that shows that there is more.
fn contents(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = Keyring::MAX_BYTES as u64 + 1;
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Held as long as it is open.
fn lock(path: &Path) -> Result<File> {
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path);
    let locked = opened.and_then(|file| file.lock().map(|()| file));
    locked.with_context(|| format!("failed to lock {}", path.display()))
}

/// The tokens as a server knows them: what the file has, or what it had when it was last right.
#[derive(Debug)]
pub(crate) struct LiveKeys {
    path: ContainedPath,
    files: Arc<dyn FileSystem>,
    last: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// What the file had when it was looked at last.
    text: Vec<u8>,
    keys: Arc<Keyring>,
}

impl LiveKeys {
    pub(crate) fn new(layout: &Layout, files: Arc<dyn FileSystem>) -> Self {
        Self {
            path: layout.below(FILE),
            files,
            last: Mutex::default(),
        }
    }

    /// The tokens as they are now. Looks at the file each time: what was revoked is so at once.
    pub(crate) async fn now(&self) -> Arc<Keyring> {
        let most = Keyring::MAX_BYTES as u64 + 1;
        let read = FileOp::read(self.path.clone(), most);
        match self.files.perform(read).await {
            Ok(FileAnswer::Bytes(bytes)) => self.seen(bytes),
            Err(error) if error.kind == FileErrorKind::NotFound => self.none(),
            _ => self.last(|known| Arc::clone(&known.keys)),
        }
    }

    /// A file that is wrong is told once, and what was right before stays.
    fn seen(&self, text: Vec<u8>) -> Arc<Keyring> {
        self.last(|known| {
            if known.text != text {
                match Keyring::read(&text) {
                    Ok(keys) => known.keys = Arc::new(keys),
                    Err(error) => aside::warn(
                        "tokens",
                        &format!(
                            "{}: {error}; the tokens that were known before count",
                            self.path
                        ),
                    ),
                }
                known.text = text;
            }
            Arc::clone(&known.keys)
        })
    }

    fn none(&self) -> Arc<Keyring> {
        self.last(|known| {
            *known = Known::default();
            Arc::clone(&known.keys)
        })
    }

    /// What is behind the lock is whole at any time.
    fn last<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.last.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Answers what the tokens are.
pub(crate) fn asked(keys: LiveKeys) -> impl Fn() -> BoxFuture<'static, Arc<Keyring>> + Send + Sync {
    let keys = Arc::new(keys);
    move || {
        let keys = Arc::clone(&keys);
        Box::pin(async move { keys.now().await })
    }
}

/// The file with the digests.
pub(crate) fn file(workspace: &Path) -> PathBuf {
    state_dir(workspace).join(FILE)
}
