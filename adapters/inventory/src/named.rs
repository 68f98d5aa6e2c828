//! Which environments the scripts of an app name.

use crate::leftovers::list;
use collodi_backend::FileSystem;
use collodi_contain::{ContainedPath, Name, RelPath, Root};
use collodi_driver::Workspace;
use collodi_file::{Entry, FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_script::{Document, NamedEnvironments, Options, decode, mentions, parse_bytes};

/// The most files of an app that are read.
const MOST_FILES: usize = 200;
/// The largest one that is, in bytes. Scripts are small; what is larger is data.
const FILE_BYTES: u64 = 1 << 20;

/// What the apps of a workspace say about environments, each with its name.
pub(crate) type Everyone = Vec<(String, Says)>;

/// What the files of an app say about environments. What cannot be read may say anything.
#[derive(Debug, Default)]
pub(crate) struct Says {
    named: NamedEnvironments,
    /// Files that cannot be read as scripts, and may be some.
    texts: Vec<String>,
}

impl Says {
    /// Whether a script names this environment.
    pub(crate) fn names(&self, env: &str) -> bool {
        self.named.names.contains(env)
    }

    /// Whether one may use it.
    pub(crate) fn may_use(&self, env: &str) -> bool {
        self.named.may_have(env) || self.texts.iter().any(|text| mentions(text, env))
    }

    /// Something of it is not known.
    const fn may_say_anything(&mut self) {
        self.named.is_computed = true;
    }

    fn add(&mut self, file: &str, bytes: &[u8]) {
        let options = Options {
            base: RelPath::root(),
            ..Options::for_file(file)
        };
        let parsed = parse_bytes(bytes, &options);
        if let Document::Script(script) = &parsed.document {
            let found = script.environments();
            self.named.names.extend(found.names);
            self.named.is_computed |= found.is_computed;
        }
        // Of what has errors, not all may have been read.
        let text = decode(bytes);
        if parsed.has_errors() && mentions(&text, "venv") {
            self.texts.push(text.into_owned());
        }
    }
}

/// Asks all apps. Apps that cannot be listed are one whose name nobody knows.
pub(crate) async fn everyone(workspace: &Workspace) -> Everyone {
    let files = &**workspace.files();
    let Ok(apps) = workspace.apps().await else {
        let mut says = Says::default();
        says.may_say_anything();
        return vec![("?".to_owned(), says)];
    };
    let mut all = Vec::new();
    for app in apps {
        let said = said(files, &workspace.layout().app(&app.name)).await;
        all.push((app.name.to_string(), said));
    }
    all
}

/// The environments that the scripts of an app name, and that no other app uses or may use.
///
/// # Errors
///
/// When the directory of environments cannot be read.
pub async fn only_of(workspace: &Workspace, app: &Name) -> Result<Vec<Name>, FileError> {
    let everyone = everyone(workspace).await;
    let is_only = |env: &Name| {
        let uses = |(name, says): &(String, Says)| match name == app.as_str() {
            true => says.names(env.as_str()),
            false => !says.may_use(env.as_str()),
        };
        let is_there = everyone.iter().any(|(name, _)| name == app.as_str());
        is_there && everyone.iter().all(uses)
    };
    let there = workspace.environments().await?.into_iter();
    Ok(there.map(|env| env.name).filter(is_only).collect())
}

/// The apps whose scripts use an environment, or may.
pub async fn users_of(workspace: &Workspace, env: &Name) -> Vec<String> {
    let everyone = everyone(workspace).await.into_iter();
    let users = everyone.filter(|(_, says)| says.may_use(env.as_str()));
    users.map(|(app, _)| app).collect()
}

/// Reads the files of an app that may be scripts.
async fn said(files: &dyn FileSystem, app: &Root) -> Says {
    let mut says = Says::default();
    let mut left = MOST_FILES;
    let top = app.at(RelPath::root());
    let entries = read_some(files, &top, &mut left, &mut says).await;
    for folder in entries.iter().filter(|entry| may_have_scripts(entry)) {
        if let Ok(path) = top.join(&folder.name) {
            read_some(files, &path, &mut left, &mut says).await;
        }
    }
    says
}

/// Reads those of a folder, and says what is in it.
async fn read_some(
    files: &dyn FileSystem,
    folder: &ContainedPath,
    left: &mut usize,
    says: &mut Says,
) -> Vec<Entry> {
    let Ok(entries) = list(files, folder).await else {
        says.may_say_anything();
        return Vec::new();
    };
    for entry in entries.iter().filter(|entry| may_be_script(entry)) {
        let (Ok(path), Some(less)) = (folder.join(&entry.name), left.checked_sub(1)) else {
            says.may_say_anything();
            break;
        };
        *left = less;
        match files.perform(FileOp::read(path, FILE_BYTES)).await {
            Ok(FileAnswer::Bytes(bytes)) => says.add(&entry.name, &bytes),
            // No script is that large, and a link may lead nowhere.
            Err(error) if is_no_script(error.kind) => {}
            _ => says.may_say_anything(),
        }
    }
    entries
}

const fn is_no_script(kind: FileErrorKind) -> bool {
    matches!(
        kind,
        FileErrorKind::TooLarge
            | FileErrorKind::NotFound
            | FileErrorKind::IsADirectory
            | FileErrorKind::Special
            | FileErrorKind::Escapes
    )
}

fn may_be_script(entry: &Entry) -> bool {
    let name = entry.name.to_ascii_lowercase();
    entry.kind != FileKind::Directory && (name.ends_with(".json") || name.ends_with(".js"))
}

fn may_have_scripts(entry: &Entry) -> bool {
    let is_hidden = entry.name.starts_with('.');
    entry.kind == FileKind::Directory && !is_hidden && entry.name != "node_modules"
}
