//! Apps, scripts and environments on the disk.

use collodi_backend::FileSystem;
use collodi_contain::{ContainedPath, Name, NameError, RelPath, Root};
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_python::{EnvDir, Layout};
use collodi_run::App;
use collodi_script::{Options, Parsed, parse_bytes};
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
    /// The folder's name cannot be an app's.
    Name(NameError),
    /// There is no such app, or it has no script.
    NoScript(String),
    /// The script is JavaScript.
    JavaScript(String),
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

    /// The apps, by name: directories whose name can be an app's.
    ///
    /// # Errors
    ///
    /// When the directory cannot be read; one that is not there holds no apps.
    pub async fn apps(&self) -> Result<Vec<AppInfo>, FileError> {
        let mut apps = Vec::new();
        for name in self.directories(self.layout.apps()).await? {
            let root = self.layout.app(&name);
            let path = root.to_string();
            let has_script = self.script_of(&root, &RelPath::root()).await.is_some();
            apps.push(AppInfo {
                name,
                path,
                has_script,
            });
        }
        Ok(apps)
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
        self.is_there(env.python()).await && !self.is_there(env.marker()).await
    }

    /// Reads the script of an app of the workspace.
    ///
    /// # Errors
    ///
    /// When there is none that can be read. A script with faults is no error here.
    pub async fn load(&self, name: &Name) -> Result<LoadedApp, LoadError> {
        self.load_from(name, self.layout.app(name)).await
    }

    /// Reads the script of the app `name` in the folder `root`.
    ///
    /// # Errors
    ///
    /// As [`Workspace::load`].
    pub async fn load_from(&self, name: &Name, root: Root) -> Result<LoadedApp, LoadError> {
        match self.script_of(&root, &RelPath::root()).await {
            None => Err(LoadError::NoScript(root.to_string())),
            Some(file) if file.ends_with(".js") => {
                Err(LoadError::JavaScript(format!("{root}/{file}")))
            }
            Some(file) => self.load_file(name, root, file).await,
        }
    }

    /// Reads the script `file` in the folder `root` of the app `name`.
    ///
    /// # Errors
    ///
    /// As [`Workspace::load`].
    pub async fn load_file(
        &self,
        name: &Name,
        root: Root,
        file: &str,
    ) -> Result<LoadedApp, LoadError> {
        let app = App::new(name.as_str(), root, RelPath::root(), file);
        let path = app
            .cwd()
            .join(file)
            .map_err(|_| LoadError::NoScript(file.to_owned()))?;
        let shown = path.absolute();
        let bytes = match self
            .files
            .perform(FileOp::read(path.clone(), SCRIPT_BYTES))
            .await
        {
            Ok(FileAnswer::Bytes(bytes)) => bytes,
            Ok(_) => return Err(LoadError::NoScript(shown)),
            Err(error) if error.kind == FileErrorKind::NotFound => {
                return Err(LoadError::NoScript(shown));
            }
            Err(error) => return Err(LoadError::File(error)),
        };
        let parsed = parse_bytes(&bytes, &Options::for_file(file));
        Ok(LoadedApp {
            app,
            source: String::from_utf8_lossy(&bytes).into_owned(),
            parsed,
        })
    }

    /// The script of an app: the first file that is there.
    async fn script_of(&self, root: &Root, dir: &RelPath) -> Option<&'static str> {
        for file in SCRIPTS {
            let path = root.at(dir.clone()).join(file).ok()?;
            if self.is_there(path).await {
                return Some(file);
            }
        }
        None
    }

    async fn is_there(&self, path: ContainedPath) -> bool {
        matches!(
            self.files.perform(FileOp::Stat { path }).await,
            Ok(FileAnswer::Stat(Some(_)))
        )
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

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => write!(f, "{error}"),
            Self::NoScript(path) => write!(f, "no script at {path}"),
            Self::JavaScript(path) => write!(f, "{path} is JavaScript, which cannot be run yet"),
            Self::File(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for LoadError {}
