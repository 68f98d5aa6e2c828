//! What may go.

use collodi_api::Env;
use collodi_backend::FileSystem;
use collodi_contain::{ContainedPath, Name, RelPath};
use collodi_driver::Workspace;
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_python::Layout;

/// What the temporary file of a write is called, before the number of the process and its own.
const TEMPORARY: &str = ".collodi-";

/// Something that nobody seems to need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// An environment that no script of an app names, and nothing uses.
    Unused(Box<Env>),
    /// An environment whose making or deletion did not come to its end.
    HalfMade(Name),
    /// A file of a write that was cut.
    Temporary(ContainedPath),
}

/// What may go of a workspace, whose environments are these. Temporary files of a process that
/// `lives` are not: it may be writing them. Nor is what a living program makes or deletes.
///
/// # Errors
///
/// When the directory of environments cannot be read.
pub async fn leftovers(
    workspace: &Workspace,
    envs: Vec<Env>,
    lives: impl Fn(u32) -> bool,
) -> Result<Vec<Leftover>, FileError> {
    let (files, layout) = (&**workspace.files(), workspace.layout());
    let mut found: Vec<_> = unused(envs).collect();
    for name in half_made(workspace).await? {
        if !may_be_held(files, layout.environment(&name).marker()).await {
            found.push(Leftover::HalfMade(name));
        }
    }
    for folder in folders(layout) {
        // A folder that is not there, or cannot be read, has none for us.
        let entries = list(files, &folder).await.unwrap_or_default();
        let cut = entries.iter().filter(|entry| is_temporary(entry, &lives));
        let paths = cut.filter_map(|entry| folder.join(&entry.name).ok());
        found.extend(paths.map(Leftover::Temporary));
    }
    Ok(found)
}

/// Those whose figures are known, so that it was looked who names them.
fn unused(envs: Vec<Env>) -> impl Iterator<Item = Leftover> {
    let is_unused = |env: &Env| env.size.is_some() && env.used_by.is_empty();
    let unused = envs.into_iter().filter(is_unused);
    unused.map(|env| Leftover::Unused(Box::new(env)))
}

/// The environments of a workspace whose making or deletion has begun and not ended.
///
/// # Errors
///
/// When the directory of environments cannot be read.
pub async fn half_made(workspace: &Workspace) -> Result<Vec<Name>, FileError> {
    let envs = workspace.layout().environments();
    let entries = list(&**workspace.files(), &envs).await?;
    Ok(entries.iter().filter_map(marked).collect())
}

/// The environment that this is the marker of.
fn marked(entry: &Entry) -> Option<Name> {
    let name = entry.name.strip_prefix('.')?.strip_suffix(".creating")?;
    Name::parse(name).ok()
}

/// Whether a living program has the marker, or may have it.
async fn may_be_held(files: &dyn FileSystem, path: ContainedPath) -> bool {
    let holder = files.perform(FileOp::Holder { path }).await;
    !matches!(holder, Ok(FileAnswer::NotHeld))
}

/// The folders of the workspace in which programs of ours write.
fn folders(layout: &Layout) -> Vec<ContainedPath> {
    let workspace = layout.workspace().at(RelPath::root());
    let below = [".vatn", ".vatn/python"].map(|path| workspace.join(path));
    let own = [layout.environments(), layout.state(), layout.stand_ins()];
    below.into_iter().flatten().chain(own).collect()
}

fn is_temporary(entry: &Entry, lives: impl Fn(u32) -> bool) -> bool {
    let rest = entry.name.strip_prefix(TEMPORARY);
    let process = rest.and_then(|rest| rest.split_once('-')?.0.parse::<u32>().ok());
    entry.kind == FileKind::File && process.is_some_and(|process| !lives(process))
}

/// What is in a folder; nothing in one that is not there.
pub(crate) async fn list(
    files: &dyn FileSystem,
    path: &ContainedPath,
) -> Result<Vec<Entry>, FileError> {
    let path = path.clone();
    match files.perform(FileOp::List { path }).await {
        Ok(FileAnswer::Entries(entries)) => Ok(entries),
        Ok(_) => Ok(Vec::new()),
        Err(error) if error.kind == FileErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
