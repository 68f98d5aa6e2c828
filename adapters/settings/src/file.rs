//! The file of a workspace.

use crate::{Change, SettingsError, edited};
use collodi_backend::FileSystem;
use collodi_config::Settings;
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_file::{FileAnswer, FileErrorKind, FileOp};

/// The file of a workspace. It lies beside what apps may change, not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFile {
    path: ContainedPath,
}

impl SettingsFile {
    /// `.vatn/vatn.toml` of this workspace.
    pub fn of(workspace: &Root) -> Self {
        let root = Root::new(&format!(
            "{}/.vatn",
            workspace.as_str().trim_end_matches('/')
        ));
        Self::at(&root, "vatn.toml")
    }

    /// The file of this name in this folder.
    pub fn at(folder: &Root, name: &str) -> Self {
        let path = folder.contain(&RelPath::root(), name);
        Self {
            path: path.unwrap_or_else(|_| folder.at(RelPath::root())),
        }
    }

    /// Where it is.
    pub const fn path(&self) -> &ContainedPath {
        &self.path
    }

    /// The settings. Those of a file that is not there are the defaults.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is wrong.
    pub async fn read(&self, files: &dyn FileSystem) -> Result<Settings, SettingsError> {
        let text = self.text(files).await?.unwrap_or_default();
        self.meaning(&text)
    }

    /// Its text; none when it is not there.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn text(&self, files: &dyn FileSystem) -> Result<Option<String>, SettingsError> {
        // One byte more shows that there is too much.
        let most = Settings::MAX_BYTES as u64 + 1;
        match files.perform(FileOp::read(self.path.clone(), most)).await {
            Ok(FileAnswer::Bytes(bytes)) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(SettingsError::NotText(self.path.clone())),
            },
            Ok(_) => Ok(None),
            Err(error) if error.kind == FileErrorKind::NotFound => Ok(None),
            Err(error) => Err(SettingsError::File(error)),
        }
    }

    /// Makes the changes, and says what the settings are with them.
    ///
    /// # Errors
    ///
    /// When the file is wrong or would be, or cannot be written: then it is as it was.
    pub async fn change(
        &self,
        files: &dyn FileSystem,
        changes: &[Change],
    ) -> Result<Settings, SettingsError> {
        let before = self.text(files).await?;
        let old = before.as_deref().unwrap_or_default();
        self.meaning(old)?;
        let new = edited(old, changes)?;
        let settings = Settings::read(&new).map_err(SettingsError::WouldBeWrong)?;
        if new == old {
            return Ok(settings);
        }
        if self.text(files).await? != before {
            return Err(SettingsError::Changed(self.path.clone()));
        }
        let write = FileOp::write(self.path.clone(), new.into_bytes());
        let written = files.perform(write).await;
        written.map_err(SettingsError::File).map(|_| settings)
    }

    fn meaning(&self, text: &str) -> Result<Settings, SettingsError> {
        Settings::read(text).map_err(|problems| SettingsError::Wrong(self.path.clone(), problems))
    }
}
