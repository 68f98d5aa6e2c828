//! The tokens that were given out, in a file of the workspace.

use crate::{
    aside,
    failure::Failure,
    state::{replace_private, state_dir},
};
use anyhow::{Context as _, Result};
use collodi_backend::{BoxFuture, FileSystem};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_http::Keyring;
use collodi_python::Layout;
use std::{
    fmt::Display,
    fs::{self, File, OpenOptions},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

const FILE: &str = "tokens.json";
/// What to do about a file that is wrong.
const WAY_OUT: &str =
    "mend the file, or remove it to begin anew: the tokens that were given out end with it";

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
        Err(error) => return Err(wrong(&path, error).into()),
    };
    Keyring::read(&bytes).map_err(|error| wrong(&path, error).into())
}

fn wrong(path: &Path, why: impl Display) -> Failure {
    Failure::new(format!("{}: {why}", path.display())).hint(WAY_OUT)
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
    /// What the file had when it was looked at last, or why it could not be read; none when it was not there.
    seen: Option<Result<Vec<u8>, FileError>>,
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
            Ok(FileAnswer::Bytes(bytes)) => self.seen(Ok(bytes)),
            Err(error) if error.kind == FileErrorKind::NotFound => self.none(),
            Err(error) => self.seen(Err(error)),
            Ok(_) => self.last(|known| Arc::clone(&known.keys)),
        }
    }

    /// A file that is wrong is told once, and what was right before stays.
    fn seen(&self, seen: Result<Vec<u8>, FileError>) -> Arc<Keyring> {
        self.last(|known| {
            if known.seen.as_ref() != Some(&seen) {
                match self.read(&seen) {
                    Ok(keys) => known.keys = Arc::new(keys),
                    Err(why) => known.tell(&why),
                }
                known.seen = Some(seen);
            }
            Arc::clone(&known.keys)
        })
    }

    fn read(&self, seen: &Result<Vec<u8>, FileError>) -> Result<Keyring, String> {
        let text = seen.as_ref().map_err(ToString::to_string)?;
        Keyring::read(text).map_err(|error| format!("{}: {error}", self.path))
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

impl Known {
    /// Says what is wrong with the file, and what counts instead.
    fn tell(&self, why: &str) {
        let counts = match self.keys.keys().next() {
            Some(_) => "the tokens that were known before count",
            None => "none of the tokens that were given out counts",
        };
        aside::warn("tokens", &format!("{why}; {counts}; {WAY_OUT}"));
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
