//! Apps that are removed.

use super::{Apps, AppsError};
use collodi_contain::Name;

impl Apps {
    /// The folder of the app of this name.
    ///
    /// # Errors
    ///
    /// When there is no such app.
    pub async fn folder(&self, name: &Name) -> Result<String, AppsError> {
        Ok(self.there(name).await?.absolute())
    }

    /// Removes an app, all its files with it. Whether it runs is for the caller to see.
    ///
    /// # Errors
    ///
    /// When there is no such app, or it cannot be removed.
    pub async fn remove(&self, name: &Name) -> Result<(), AppsError> {
        let path = self.there(name).await?;
        self.tidy().await?;
        let update = self.update_mark(name)?;
        if let Some(mark) = self.left_mark(&update).await? {
            self.end_maker(&mark).await;
        }
        self.discard(path).await?;
        Ok(self.unmark(&update).await?)
    }
}
