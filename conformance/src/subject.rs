//! What a case plays with.

use crate::{Broken, child_program};
use collodi_backend::{Backends, Child, ChildEvent, Error};
use collodi_command::{CommandSpec, Exit, Signal, Stream, TreeId};
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use std::{
    any::Any,
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// A fresh world for one case: backends, an empty root, a directory outside of
/// it, and the path of the child program. Clones are the same subject.
#[derive(Clone)]
pub struct Subject(Arc<Inner>);

struct Inner {
    backends: Backends,
    root: Root,
    outside: String,
    child: String,
    name: String,
    trees: AtomicU32,
    _keep: Box<dyn Any + Send + Sync>,
}

impl Subject {
    /// A subject whose root is `directory/root` and whose outside is
    /// `directory/outside`. Both must be there and empty. The name of
    /// `directory` must be one that no other subject has had.
    pub fn new(backends: Backends, directory: &str, child: &str) -> Self {
        Self::keeping((), backends, directory, child)
    }

    /// A subject in a fresh temporary directory of this machine, with
    /// [`child_program`].
    ///
    /// # Errors
    ///
    /// When the directory cannot be made or the child cannot be built.
    pub fn in_temp_dir(backends: Backends) -> Result<Self, Broken> {
        let temp = tempfile::Builder::new().prefix("collodi-case-").tempdir()?;
        let directory = temp.path().canonicalize()?;
        for name in ["root", "outside"] {
            std::fs::create_dir(directory.join(name))?;
        }
        let child = child_program()?;
        Ok(Self::keeping(
            temp,
            backends,
            utf8(&directory)?,
            utf8(&child)?,
        ))
    }

    fn keeping(
        keep: impl Any + Send + Sync,
        backends: Backends,
        directory: &str,
        child: &str,
    ) -> Self {
        let name = directory.rsplit('/').next().unwrap_or(directory);
        Self(Arc::new(Inner {
            backends,
            root: Root::new(&format!("{directory}/root")),
            outside: format!("{directory}/outside"),
            child: child.to_owned(),
            name: name.to_owned(),
            trees: AtomicU32::new(0),
            _keep: Box::new(keep),
        }))
    }

    /// The backends.
    pub fn backends(&self) -> &Backends {
        &self.0.backends
    }

    /// The root, as a path.
    pub fn root(&self) -> ContainedPath {
        self.0.root.at(RelPath::root())
    }

    /// A path in the root.
    ///
    /// # Errors
    ///
    /// When the text leads out.
    pub fn at(&self, path: &str) -> Result<ContainedPath, Broken> {
        Ok(self.root().join(path)?)
    }

    /// The absolute path of a directory beside the root.
    pub fn outside(&self) -> &str {
        &self.0.outside
    }

    /// The absolute path of the child program.
    pub fn child_path(&self) -> &str {
        &self.0.child
    }

    /// The directory and the name of the child program.
    pub fn child_parts(&self) -> (&str, &str) {
        self.0.child.rsplit_once('/').unwrap_or(("", &self.0.child))
    }

    /// A tree that nobody else has.
    pub fn tree(&self) -> TreeId {
        self.numbered(self.0.trees.fetch_add(1, Ordering::Relaxed))
    }

    fn numbered(&self, number: u32) -> TreeId {
        TreeId::new(&format!("{}-{number}", self.0.name))
    }

    /// The child program with these words, in the root, in a tree of its own.
    pub fn child(&self, words: &[&str]) -> CommandSpec {
        CommandSpec::new(&self.0.child, self.root(), self.tree()).args(words.iter().copied())
    }

    /// Starts a child.
    ///
    /// # Errors
    ///
    /// The backend's.
    pub async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Error> {
        self.0.backends.process.spawn(spec).await
    }

    /// Starts a child and waits for it to say its first line, `ready`.
    ///
    /// # Errors
    ///
    /// When it does not start or says something else.
    pub async fn spawn_ready(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Broken> {
        let mut child = self.spawn(spec).await?;
        let mut said = Vec::new();
        while said != b"ready\n" {
            match child.next_event().await {
                Some(ChildEvent::Output { bytes, .. }) => said.extend_from_slice(&bytes),
                other => return Err(Broken::new(format!("not ready: {said:?}, then {other:?}"))),
            }
        }
        Ok(child)
    }

    /// Runs the child program with these words to its end.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub async fn play(&self, words: &[&str]) -> Result<Told, Broken> {
        self.run(&self.child(words)).await
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub async fn run(&self, spec: &CommandSpec) -> Result<Told, Broken> {
        Ok(Told::by(&mut *self.spawn(spec).await?).await)
    }

    /// Performs a file operation.
    ///
    /// # Errors
    ///
    /// The backend's.
    pub async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        self.0.backends.files.perform(op).await
    }

    /// Performs a file operation of which only the kind of failure matters.
    ///
    /// # Errors
    ///
    /// The kind of the backend's.
    pub async fn attempt(&self, op: FileOp) -> Result<FileAnswer, FileErrorKind> {
        self.perform(op).await.map_err(|error| error.kind)
    }

    /// Writes a file in the root.
    ///
    /// # Errors
    ///
    /// The backend's.
    pub async fn write(&self, path: &str, text: &str) -> Result<(), Broken> {
        let op = FileOp::write(self.at(path)?, text.into());
        self.perform(op).await.map(drop).map_err(Broken::from)
    }

    /// The content of a file in the root, at most a mebibyte.
    ///
    /// # Errors
    ///
    /// The backend's.
    pub async fn read(&self, path: &str) -> Result<String, Broken> {
        Ok(String::from_utf8(self.bytes(path).await?)?)
    }

    /// The bytes of a file in the root, at most a mebibyte.
    ///
    /// # Errors
    ///
    /// The backend's.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, Broken> {
        match self.perform(FileOp::read(self.at(path)?, 1 << 20)).await? {
            FileAnswer::Bytes(bytes) => Ok(bytes),
            other => Err(Broken::new(format!("reading gave {other}"))),
        }
    }

    /// Lets the child program arrange the root: it must succeed.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub async fn arrange(&self, words: &[&str]) -> Result<(), Broken> {
        let told = self.play(words).await?;
        if told.exit == Some(Exit::Code(0)) {
            Ok(())
        } else {
            Err(Broken::new(format!("cannot arrange {words:?}: {told:?}")))
        }
    }

    /// Kills every tree that the subject handed out.
    pub(crate) async fn clear(&self) {
        for number in 0..self.0.trees.load(Ordering::Relaxed) {
            let process = &self.0.backends.process;
            // A tree that cannot be cleared is some other case's failure.
            let _ = process
                .signal_tree(&self.numbered(number), Signal::KILL)
                .await;
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({})", self.0.name)
    }
}

/// All that a child told until nothing more came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub exit: Option<Exit>,
    /// Whether somebody still held its streams.
    pub leaked: Option<bool>,
    /// The kinds of events, in order, repeated outputs once.
    pub order: Vec<&'static str>,
}

impl Told {
    /// Reads the child to its end.
    pub async fn by(child: &mut dyn Child) -> Self {
        let mut told = Self::default();
        while let Some(event) = child.next_event().await {
            told.add(event);
        }
        told
    }

    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The lines of standard output.
    pub fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }

    /// Takes in one event.
    pub fn add(&mut self, event: ChildEvent) {
        let kind = match event {
            ChildEvent::Output { stream, bytes } => {
                let all = match stream {
                    Stream::Stdout => &mut self.stdout,
                    Stream::Stderr => &mut self.stderr,
                };
                all.extend_from_slice(&bytes);
                "output"
            }
            ChildEvent::Exited(exit) => {
                self.exit = Some(exit);
                "exited"
            }
            ChildEvent::Closed { leaked } => {
                self.leaked = Some(leaked);
                "closed"
            }
        };
        if kind != "output" || self.order.last() != Some(&kind) {
            self.order.push(kind);
        }
    }
}

fn utf8(path: &Path) -> Result<&str, Broken> {
    path.to_str()
        .ok_or_else(|| Broken::new("a temporary directory that is not UTF-8"))
}
