//! The server of a workspace: one at a time, and where it is.

use crate::failure::Failure;
use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use std::{
    cell::Cell,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write as _},
    net::SocketAddr,
    os::{
        fd::{AsFd, BorrowedFd, RawFd},
        unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    },
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// How long a server that was killed may take until it is gone, and how often that is looked at.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(10);
/// How many times it is looked whether one that is gone is followed.
const LOOKS: usize = 5;

/// Where a server is, and how to talk to it. Only its owner can read the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ServerState {
    pub(crate) pid: u32,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    /// Tells the lives of a server apart that has replaced itself.
    #[serde(default)]
    pub(crate) life: u64,
}

/// The right to be the server of a workspace. Given back when dropped, also by a
/// death; kept while this program becomes its next life.
#[derive(Debug)]
pub(crate) struct Hold {
    state: PathBuf,
    /// Whether it was told where the server is.
    told: Cell<bool>,
    lock: File,
}

/// The file of the trees of all that a server runs.
const TREES: &str = "trees.json";

impl ServerState {
    /// The state of the workspace's server, when one runs.
    pub(crate) fn read(workspace: &Path) -> Result<Self> {
        let nobody = || {
            let hint = match has_daemons(workspace) {
                true => {
                    "daemons of a server that is gone may live on: `collodi serve` finds them again"
                }
                false => {
                    "start one with `collodi run APP` or `collodi serve`, or name its folder with --workspace"
                }
            };
            Failure::new(format!("no server runs in {}", workspace.display())).hint(hint)
        };
        if !is_held(workspace) {
            return Err(nobody().into());
        }
        read(&file(workspace)).map_err(|_| held(workspace).into())
    }

    /// Why no other server can be there.
    pub(crate) fn runs_already(&self) -> String {
        let Self { pid, address, .. } = self;
        format!("a server of this workspace runs already (pid {pid}, http://{address})")
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The page's address. Whoever has it has the token.
    pub(crate) fn page(&self) -> String {
        self.url(&format!("/python/ui#token={}", self.token))
    }
}

impl Hold {
    /// Takes the workspace, making its folders.
    pub(crate) fn take(workspace: &Path) -> Result<Self> {
        let lock = open_lock(workspace)?;
        let locked = patiently(|| lock.try_lock());
        Self::of(workspace, lock, locked)
    }

    /// Takes the workspace at the moment when its server lets go of it.
    pub(crate) fn take_next(workspace: &Path) -> Result<Self> {
        let lock = open_lock(workspace)?;
        let locked = lock.lock().map_err(TryLockError::Error);
        Self::of(workspace, lock, locked)
    }

    /// What the life before this one has kept for it, under this number.
    pub(crate) fn kept(workspace: &Path, number: RawFd) -> Result<Self> {
        let lock = File::from(collodi_spawn::left_open(number)?);
        let (left, there) = (lock.metadata()?, fs::metadata(lock_file(workspace))?);
        ensure!(
            (left.dev(), left.ino()) == (there.dev(), there.ino()),
            "descriptor {number} is another file"
        );
        let locked = lock.try_lock();
        Self::of(workspace, lock, locked)
    }

    fn of(workspace: &Path, lock: File, locked: Result<(), TryLockError>) -> Result<Self> {
        match locked {
            Ok(()) => Ok(Self {
                state: file(workspace),
                told: Cell::new(false),
                lock,
            }),
            Err(TryLockError::WouldBlock) => Err(held(workspace).into()),
            Err(TryLockError::Error(error)) => Err(error)
                .with_context(|| format!("failed to lock {}", lock_file(workspace).display())),
        }
    }

    /// What was told of the server that had the workspace last, if it did not end in order.
    pub(crate) fn earlier(&self) -> Option<ServerState> {
        read(&self.state).ok()
    }

    /// Tells where the server is.
    pub(crate) fn publish(&self, state: &ServerState) -> Result<()> {
        let text = serde_json::to_string_pretty(state)?;
        // Daemons that a server has left behind are not left for want of room.
        replace_private(&self.state, &text)
            .or_else(|error| write_over(&self.state, &text).map_err(|_| error))?;
        self.told.set(true);
        Ok(())
    }

    /// Whether a server that follows the one here could write where it is, and has room for more.
    pub(crate) fn may_publish(workspace: &Path) -> Result<()> {
        let path = file(workspace);
        let Ok(text) = fs::read_to_string(&path) else {
            return Ok(());
        };
        let tried = path.with_extension("json.tried");
        let written = create_private(&tried, &text);
        let _ = fs::remove_file(&tried);
        written
            .map(drop)
            .with_context(|| format!("failed to write {}", path.display()))
    }

    /// Leaves what was told for whoever goes on.
    pub(crate) fn leave(&self) {
        self.told.set(false);
    }
}

/// Who has told nothing leaves what was told of an earlier server for the next one.
impl Drop for Hold {
    fn drop(&mut self) {
        if self.told.get() {
            let _ = fs::remove_file(&self.state);
        }
        // What was kept for this life is open twice.
        let _ = self.lock.unlock();
    }
}

impl AsFd for Hold {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.lock.as_fd()
    }
}

fn open_lock(workspace: &Path) -> Result<File> {
    let dir = state_dir(workspace);
    fs::create_dir_all(&dir).with_context(|| format!("failed to make {}", dir.display()))?;
    let path = lock_file(workspace);
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    lock.with_context(|| format!("failed to open {}", path.display()))
}

/// Tries to lock for a moment: a server that was killed has it until the system is done with it.
fn patiently(try_lock: impl Fn() -> Result<(), TryLockError>) -> Result<(), TryLockError> {
    let end = Instant::now() + PATIENCE;
    loop {
        match try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(LOOK),
            locked => return locked,
        }
    }
}

/// Whether a server holds the workspace. One that has told where it is, and holds it no more, was
/// killed or is followed this moment.
pub(crate) fn is_held(workspace: &Path) -> bool {
    let lock = lock_file(workspace);
    is_locked(&lock) || file(workspace).exists() && is_locked_soon(&lock)
}

fn is_locked_soon(lock: &Path) -> bool {
    (0..LOOKS).any(|_| {
        thread::sleep(LOOK);
        is_locked(lock)
    })
}

fn is_locked(lock: &Path) -> bool {
    let lock = File::open(lock);
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Who holds the workspace, as far as that can be told.
fn held(workspace: &Path) -> Failure {
    let path = file(workspace);
    match read(&path) {
        Ok(by) => Failure::new(by.runs_already()).hint(
            "it runs the apps of its workspace, also for `collodi run APP` without options of the \
             server; end it with `collodi stop`, or use another folder with --workspace",
        ),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Failure::new("another command is changing this workspace")
                .hint("wait until it has ended; a server whose server.json was removed writes it anew when it is sent SIGHUP")
        }
        Err(error) => Failure::new(format!(
            "a server of this workspace runs, and where cannot be read in {}: {error}",
            path.display()
        ))
        .hint("send the server SIGHUP: it goes on, and writes the file anew"),
    }
}

fn read(path: &Path) -> io::Result<ServerState> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

/// Replaces a file that its owner alone may read, in one step.
pub(crate) fn replace_private(path: &Path, text: &str) -> Result<()> {
    let new = path.with_extension("json.new");
    let written = write_private(&new, text).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written.with_context(|| format!("failed to write {}", path.display()))
}

/// Writes over a file that is there: that has its room also on a full disk.
fn write_over(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.set_len(text.len() as u64)
}

/// Writes a file anew, and waits until the disk has it.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    create_private(path, text)?.sync_all()
}

fn create_private(path: &Path, text: &str) -> io::Result<File> {
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// Whether a server has written down daemons that it did not see end.
fn has_daemons(workspace: &Path) -> bool {
    let files = fs::read_dir(state_dir(workspace).join("state"));
    let names = files.into_iter().flatten().flatten();
    names.map(|file| file.file_name()).any(|name| {
        let path = Path::new(&name);
        path.extension().is_some_and(|ext| ext == "json") && name != TREES
    })
}

pub(crate) fn state_dir(workspace: &Path) -> PathBuf {
    workspace.join(".vatn").join("python")
}

/// The file that says where a server is, and has its token.
pub(crate) fn file(workspace: &Path) -> PathBuf {
    state_dir(workspace).join("server.json")
}

fn lock_file(workspace: &Path) -> PathBuf {
    state_dir(workspace).join("server.lock")
}
