//! Which environments the scripts of an app name.

use collodi_backend::FileSystem;
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_file::{Entry, FileAnswer, FileError, FileKind, FileOp};
use collodi_script::{Document, NamedEnvironments, Options, decode, mentions, parse_bytes};

/// The most files of an app that are read.
const MOST_FILES: usize = 200;
/// The largest one that is, in bytes. Scripts are small; what is larger is data.
const FILE_BYTES: u64 = 1 << 20;

/// What the files of an app say about environments.
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

/// Reads the files of an app that may be scripts.
pub(crate) async fn said(files: &dyn FileSystem, app: &Root) -> Says {
    let mut says = Says::default();
    let mut left = MOST_FILES;
    let top = app.at(RelPath::root());
    let entries = list(files, &top).await.unwrap_or_default();
    read_some(files, &top, &entries, &mut left, &mut says).await;
    let folders = entries.iter().filter(|entry| may_have_scripts(entry));
    for folder in folders {
        let Ok(path) = top.join(&folder.name) else {
            continue;
        };
        let entries = list(files, &path).await.unwrap_or_default();
        read_some(files, &path, &entries, &mut left, &mut says).await;
    }
    says
}

async fn list(files: &dyn FileSystem, path: &ContainedPath) -> Result<Vec<Entry>, FileError> {
    let path = path.clone();
    match files.perform(FileOp::List { path }).await? {
        FileAnswer::Entries(entries) => Ok(entries),
        _ => Ok(Vec::new()),
    }
}

async fn read_some(
    files: &dyn FileSystem,
    folder: &ContainedPath,
    entries: &[Entry],
    left: &mut usize,
    says: &mut Says,
) {
    for entry in entries.iter().filter(|entry| may_be_script(entry)) {
        let Some(less) = left.checked_sub(1) else {
            return;
        };
        *left = less;
        let Ok(path) = folder.join(&entry.name) else {
            continue;
        };
        let read = FileOp::read(path, FILE_BYTES);
        if let Ok(FileAnswer::Bytes(bytes)) = files.perform(read).await {
            says.add(&entry.name, &bytes);
        }
    }
}

fn may_be_script(entry: &Entry) -> bool {
    let name = entry.name.to_ascii_lowercase();
    entry.kind != FileKind::Directory && (name.ends_with(".json") || name.ends_with(".js"))
}

fn may_have_scripts(entry: &Entry) -> bool {
    let is_hidden = entry.name.starts_with('.');
    entry.kind == FileKind::Directory && !is_hidden && entry.name != "node_modules"
}
