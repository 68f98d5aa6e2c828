//! What an app has.

use super::{Apps, AppsError};
use collodi_apps::{
    AppScript, GitClone, Launcher, MOST_SCRIPTS, ORIGIN, Origin, Provenance, is_candidate,
};
use collodi_contain::{ContainedPath, Name, RelPath};
use collodi_file::{FileAnswer, FileKind, FileOp};

/// The largest file that is read to see what it is, in bytes.
const FILE_BYTES: u64 = 1 << 20;
/// Where scripts and launchers lie: in the app's folder, or in this one of it.
const FOLDERS: [&str; 2] = ["", "pinokio/"];

/// What an app has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppDetail {
    /// Its name.
    pub name: Name,
    /// Its folder.
    pub path: String,
    /// Whether it has the script that is run when nobody names another.
    pub has_script: bool,
    /// Where it came from, when that is written down, or git knows.
    pub from: Option<Provenance>,
    /// What its launcher says of it.
    pub launcher: Launcher,
    /// Its scripts, by file.
    pub scripts: Vec<AppScript>,
    /// Whether it has parts that are repositories of their own, which are not fetched.
    pub has_submodules: bool,
}

impl Apps {
    /// What the app of this name has: at most 100 scripts are looked for, in files of at
    /// most 1 MiB.
    ///
    /// # Errors
    ///
    /// When there is no such app.
    pub async fn detail(&self, name: &Name) -> Result<AppDetail, AppsError> {
        let path = self.there(name).await?.absolute();
        let mut scripts = Vec::new();
        for (file, bytes) in self.candidates(name).await {
            scripts.extend(AppScript::of(&file, &bytes));
        }
        let modules = self.text(name, ".gitmodules", FILE_BYTES).await;
        Ok(AppDetail {
            path,
            has_script: self.workspace.has_script(name).await,
            from: self.provenance(name).await,
            launcher: self.launcher(name).await,
            scripts,
            has_submodules: modules.is_some_and(|text| !text.trim().is_empty()),
            name: name.clone(),
        })
    }

    /// Where the app of this name came from: as it is written down, or else as the files of git
    /// say that are there. Git is not run.
    pub async fn provenance(&self, name: &Name) -> Option<Provenance> {
        match self.origin(name).await {
            Some(origin) => Some(Provenance::Noted(origin)),
            None => self.cloned(name).await.map(Provenance::Cloned),
        }
    }

    async fn cloned(&self, name: &Name) -> Option<GitClone> {
        let config = self.text(name, GitClone::CONFIG, FILE_BYTES).await?;
        let head = self.text(name, GitClone::HEAD, FILE_BYTES).await?;
        let clone = GitClone::read(&config, &head)?;
        let own = match clone.branch_file() {
            Some(file) => self.text(name, &file, FILE_BYTES).await,
            None => None,
        };
        let packed = self.text(name, GitClone::PACKED, FILE_BYTES).await;
        Some(clone.at(own.as_deref(), packed.as_deref()))
    }

    /// Where the app of this name came from, when that is written down.
    pub(super) async fn origin(&self, name: &Name) -> Option<Origin> {
        let text = self.text(name, ORIGIN, FILE_BYTES).await?;
        Origin::read(&text)
    }

    /// What its launcher says, which lies where the first file of one does.
    async fn launcher(&self, name: &Name) -> Launcher {
        for folder in FOLDERS {
            let mut texts = [None, None, None];
            for (text, file) in texts.iter_mut().zip(Launcher::FILES) {
                *text = self
                    .text(name, &format!("{folder}{file}"), FILE_BYTES)
                    .await;
            }
            if texts.iter().any(Option::is_some) {
                return Launcher::of(texts.each_ref().map(Option::as_deref));
            }
        }
        Launcher::default()
    }

    /// The files that may be scripts, with their bytes.
    async fn candidates(&self, name: &Name) -> Vec<(String, Vec<u8>)> {
        let root = self.workspace.layout().app(name).at(RelPath::root());
        let mut found = Vec::new();
        for folder in FOLDERS {
            for file in self.files_in(&root, folder).await {
                if found.len() == MOST_SCRIPTS {
                    return found;
                }
                let Ok(path) = root.join(&file) else { continue };
                let read = self.file(FileOp::read(path, FILE_BYTES)).await;
                if let Ok(FileAnswer::Bytes(bytes)) = read {
                    found.push((file, bytes));
                }
            }
        }
        found
    }

    async fn files_in(&self, root: &ContainedPath, folder: &str) -> Vec<String> {
        let Ok(path) = root.join(folder) else {
            return Vec::new();
        };
        let Ok(FileAnswer::Entries(entries)) = self.file(FileOp::List { path }).await else {
            return Vec::new();
        };
        let files = entries.into_iter();
        let files = files.filter(|e| e.kind == FileKind::File && is_candidate(&e.name));
        files
            .map(|entry| format!("{folder}{}", entry.name))
            .collect()
    }
}
