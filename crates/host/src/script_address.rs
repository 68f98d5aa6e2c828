//! Where the addresses of scripts lead, and which app a script belongs to.

use crate::git::GitAddress;
use alloc::string::{String, ToString};
use collodi_contain::{ContainedPath, Name, PathError, RelPath, Root};
use collodi_python::Layout;
use collodi_run::{App, ScriptFault};

/// Where an address leads.
#[derive(Clone, Debug)]
pub enum Address {
    /// To this path.
    Path(ContainedPath),
    /// Into a repository.
    Git(GitAddress),
}

impl Address {
    /// Reads what a script of `app` wrote: a path from its folder, `~/…` below the
    /// workspace with `~/api` for its apps, an absolute path, or the address of a
    /// repository. Paths lead into the app or into the workspace. With `files_too`, a
    /// repository may be one of this machine.
    ///
    /// # Errors
    ///
    /// [`ScriptFault::Address`] when it is none of these, or leads elsewhere.
    pub fn read(
        layout: &Layout,
        app: &App,
        uri: &str,
        files_too: bool,
    ) -> Result<Self, ScriptFault> {
        if uri.contains("://") {
            return GitAddress::parse(uri, files_too).map(Self::Git);
        }
        path(layout, app, uri).map(Self::Path).map_err(|error| {
            let why = match error {
                PathError::Absolute | PathError::Escapes => {
                    "the path leads out of the app and of the workspace"
                }
                _ => "the path cannot be one",
            };
            let uri = uri.to_string();
            ScriptFault::Address { uri, why }
        })
    }
}

fn path(layout: &Layout, app: &App, uri: &str) -> Result<ContainedPath, PathError> {
    if let Some(rest) = uri.strip_prefix("~/") {
        return match rest.strip_prefix("api/") {
            Some(rest) => layout.apps().join(rest),
            None => layout.workspace().contain(&RelPath::root(), rest),
        };
    }
    app.cwd().join(uri).or_else(|error| {
        let workspace = layout.workspace();
        let here = workspace.contain(&RelPath::root(), &app.cwd().absolute());
        let base = here.map_or_else(|_| RelPath::root(), |here| here.rel().clone());
        let is_absolute = error == PathError::Absolute;
        // A path that climbs has a place to start from only below the workspace.
        if !is_absolute && base.is_root() {
            return Err(error);
        }
        workspace.contain(&base, uri).map_err(|_| error)
    })
}

/// The script at `path`, which a script of `caller` names: its app, with the file.
///
/// # Errors
///
/// [`ScriptFault::Address`] when no script can be there.
pub fn script_app(layout: &Layout, caller: &App, path: &ContainedPath) -> Result<App, ScriptFault> {
    if !is_script_name(path.rel().file_name().unwrap_or_default()) {
        let uri = path.absolute();
        let why = "a script is a file whose name ends in .json or .js";
        return Err(ScriptFault::Address { uri, why });
    }
    app_of(layout, caller, path)
}

/// Whether a file of this name may be a script.
pub(crate) fn is_script_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".json") || name.ends_with(".js")
}

/// The app of the script at `file`, which a script of `caller` names: the one of the
/// workspace that it lies in, else the caller's, else the script's folder.
fn app_of(layout: &Layout, caller: &App, file: &ContainedPath) -> Result<App, ScriptFault> {
    let text = file.absolute();
    let below = |root: &Root| root.contain(&RelPath::root(), &text).ok();
    let (name, root) = match (app_that_holds(layout, &text), below(&caller.root)) {
        (Some(name), _) => {
            let name = named(&name, &text)?;
            (name.to_string(), layout.app(&name))
        }
        (None, Some(_)) => (caller.name.to_string(), caller.root.clone()),
        (None, None) => folder(file, &text)?,
    };
    let inner = below(&root).filter(|path| !path.rel().is_root());
    let inner = inner.ok_or_else(|| no_file(&text))?;
    let dir = inner.rel().parent().unwrap_or_default();
    let file = inner.rel().file_name().unwrap_or_default();
    Ok(App::new(&name, root, dir, file))
}

/// The name of the app of the workspace that holds what is at `path`, if one does.
pub(crate) fn app_that_holds(layout: &Layout, path: &str) -> Option<String> {
    let apps = Root::new(&layout.apps().absolute());
    let below = apps.contain(&RelPath::root(), path).ok()?;
    below.rel().components().next().map(ToString::to_string)
}

fn folder(file: &ContainedPath, text: &str) -> Result<(String, Root), ScriptFault> {
    let folder = file.parent().ok_or_else(|| no_file(text))?;
    let shown = folder.absolute();
    let name = shown.rsplit(['/', '\\']).next().unwrap_or_default();
    Ok((named(name, text)?.to_string(), Root::new(&shown)))
}

fn named(name: &str, uri: &str) -> Result<Name, ScriptFault> {
    Name::parse(name).map_err(|_| ScriptFault::Address {
        uri: uri.to_string(),
        why: "the name of the script's folder cannot be an app's",
    })
}

fn no_file(uri: &str) -> ScriptFault {
    ScriptFault::Address {
        uri: uri.to_string(),
        why: "the address names no file of an app",
    }
}

/// The path by which a script is told from others.
pub fn identity(app: &App) -> String {
    let cwd = app.cwd();
    let path = cwd.join(&app.file).unwrap_or(cwd);
    path.absolute()
}
