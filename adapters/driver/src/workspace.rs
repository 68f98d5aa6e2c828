//! Apps, scripts and environments on the disk.

use collodi_backend::FileSystem;
use collodi_contain::{ContainedPath, Name, RelPath, Root};
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_python::{EnvDir, Layout};
use collodi_run::App;
use collodi_script::{Options, Parsed, decode, parse_bytes};
use std::{fmt, sync::Arc};

/// The largest script file, in bytes.
const SCRIPT_BYTES: u64 = 8 << 20;
/// The files that can be an app's script, in the order in which they are looked for.
const SCRIPTS: [&str; 2] = ["pinokio.json", "pinokio.js"];

/// Finds apps, scripts and environments of a workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    layout: Layout,
    files: Arc<dyn FileSystem>,
}

/// An app of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppInfo {
    /// Its name.
    pub name: Name,
    /// Its folder.
    pub path: String,
    /// Whether it has a script.
    pub has_script: bool,
}

/// An environment of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvInfo {
    /// Its name.
    pub name: Name,
    /// Its folder.
    pub path: String,
}

/// A script that was read.
#[derive(Clone, Debug)]
pub struct LoadedApp {
    /// The app it belongs to.
    pub app: App,
    /// Its text.
    pub source: String,
    /// What the text means, and what is wrong with it.
    pub parsed: Parsed,
}

/// Why a script could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no such app, or it has no script.
    NoScript(String),
    /// The file cannot be read.
    File(FileError),
}

impl Workspace {
    /// The workspace with this layout, seen through `files`.
    pub const fn new(layout: Layout, files: Arc<dyn FileSystem>) -> Self {
        Self { layout, files }
    }

    /// Where things are.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The files it is seen through.
    pub const fn files(&self) -> &Arc<dyn FileSystem> {
        &self.files
    }

    /// The apps, by name: directories whose name can be an app's.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read; one that is not there holds no apps.
    pub async fn apps(&self) -> Result<Vec<AppInfo>, FileError> {
        let mut apps = Vec::new();
        for name in self.directories(self.layout.apps()).await? {
            let path = self.layout.app(&name).to_string();
            let has_script = self.has_script(&name).await;
            apps.push(AppInfo {
                name,
                path,
                has_script,
            });
        }
        Ok(apps)
    }

    /// Whether the app of this name has a script.
    pub async fn has_script(&self, name: &Name) -> bool {
        let root = self.layout.app(name);
        script_of(&*self.files, &root).await.is_some()
    }

    /// The environments, by name: directories with an interpreter.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read; one that is not there holds none.
    pub async fn environments(&self) -> Result<Vec<EnvInfo>, FileError> {
        let mut envs = Vec::new();
        for name in self.directories(self.layout.environments()).await? {
            let env = self.layout.environment(&name);
            if self.is_environment(&env).await {
                envs.push(EnvInfo {
                    path: env.path().absolute(),
                    name,
                });
            }
        }
        Ok(envs)
    }

    /// Whether the environment is there, whole.
    pub async fn is_environment(&self, env: &EnvDir) -> bool {
        is_there(&*self.files, env.python()).await && !self.is_half_made(env).await
    }

    /// Whether the making or deletion of the environment has begun and not ended.
    pub async fn is_half_made(&self, env: &EnvDir) -> bool {
        is_there(&*self.files, env.marker()).await
    }

    /// Reads the script of an app of the workspace.
    ///
    /// # Errors
    ///
    /// When there is none that can be read. A script with faults is no error here.
    pub async fn load(&self, name: &Name) -> Result<LoadedApp, LoadError> {
        load(&*self.files, name, self.layout.app(name), None).await
    }

    /// What `text` would mean as the script of this app.
    pub fn parse(&self, app: &LoadedApp, text: &[u8]) -> Parsed {
        parse(&app.app, text)
    }

    /// Replaces the script of this app, as one step.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn replace(&self, app: &LoadedApp, text: Vec<u8>) -> Result<(), LoadError> {
        let (path, _) = place(&app.app)?;
        let written = self.files.perform(FileOp::write(path, text)).await;
        written.map(drop).map_err(LoadError::File)
    }

    async fn directories(&self, path: ContainedPath) -> Result<Vec<Name>, FileError> {
        let entries = match self.files.perform(FileOp::List { path }).await {
            Ok(FileAnswer::Entries(entries)) => entries,
            Ok(_) => Vec::new(),
            Err(error) if error.kind == FileErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let is_directory = |entry: &Entry| entry.kind == FileKind::Directory;
        let names = entries.into_iter().filter(is_directory);
        Ok(names
            .filter_map(|entry| Name::parse(&entry.name).ok())
            .collect())
    }
}

/// Reads the script of the app `name` in the folder `root`: `file`, a path below it,
/// or the first of the usual ones that is there.
///
/// # Errors
///
/// When there is none that can be read. A script with faults is no error here.
pub async fn load(
    files: &dyn FileSystem,
    name: &Name,
    root: Root,
    file: Option<&str>,
) -> Result<LoadedApp, LoadError> {
    let found = match file {
        Some(file) => Some(file),
        None => script_of(files, &root).await,
    };
    match found {
        None => Err(LoadError::NoScript(root.to_string())),
        Some(file) => read(files, app(name, root, file)?).await,
    }
}

/// The app whose script is `file`, perhaps in a folder of it.
fn app(name: &Name, root: Root, file: &str) -> Result<App, LoadError> {
    let path = root.contain_file(&RelPath::root(), file);
    let path = path.map_err(|_| LoadError::NoScript(format!("{root}/{file}")))?;
    let (dir, file) = (path.rel().parent(), path.rel().file_name());
    let (dir, file) = (dir.unwrap_or_default(), file.unwrap_or_default());
    Ok(App::new(name.as_str(), root, dir, file))
}

async fn read(files: &dyn FileSystem, app: App) -> Result<LoadedApp, LoadError> {
    let (path, shown) = place(&app)?;
    let bytes = match files.perform(FileOp::read(path, SCRIPT_BYTES)).await {
        Ok(FileAnswer::Bytes(bytes)) => bytes,
        Err(error) if error.kind != FileErrorKind::NotFound => return Err(LoadError::File(error)),
        _ => return Err(LoadError::NoScript(shown)),
    };
    let parsed = parse(&app, &bytes);
    let source = decode(&bytes).into_owned();
    Ok(LoadedApp {
        app,
        source,
        parsed,
    })
}

/// Where the script of an app is, and how that is shown.
fn place(app: &App) -> Result<(ContainedPath, String), LoadError> {
    let shown = format!("{}/{}", app.cwd(), app.file);
    match app.cwd().join(&app.file) {
        Ok(path) => Ok((path, shown)),
        Err(_) => Err(LoadError::NoScript(shown)),
    }
}

fn parse(app: &App, text: &[u8]) -> Parsed {
    let options = Options {
        base: app.dir.clone(),
        ..Options::for_file(&app.file)
    };
    parse_bytes(text, &options)
}

/// The script of an app: the first file that is there.
async fn script_of(files: &dyn FileSystem, root: &Root) -> Option<&'static str> {
    for file in SCRIPTS {
        let path = root.at(RelPath::root()).join(file).ok()?;
        if is_there(files, path).await {
            return Some(file);
        }
    }
    None
}

async fn is_there(files: &dyn FileSystem, path: ContainedPath) -> bool {
    matches!(
        files.perform(FileOp::Stat { path }).await,
        Ok(FileAnswer::Stat(Some(_)))
    )
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScript(path) => write!(f, "no script at {path}"),
            Self::File(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for LoadError {}
