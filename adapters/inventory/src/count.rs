//! What is asked of all environments, for who asks often.

use crate::{Inventory, installed::mlx};
use collodi_file::FileError;
use collodi_time::Instant;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long what was found is taken for true.
const KEEPS: Duration = Duration::from_secs(1);

/// What was found last.
#[derive(Debug, Default)]
pub(crate) struct Count {
    envs: Lately<usize>,
    mlx: Lately<Option<(String, String)>>,
}

/// Something that takes long to find out.
#[derive(Debug, Default)]
struct Lately<T>(Mutex<Found<T>>);

#[derive(Debug, Default)]
struct Found<T> {
    /// What it was, and when.
    known: Option<(Instant, T)>,
    /// How often it was said that it has changed.
    changes: u64,
}

impl<T: Clone> Lately<T> {
    /// Whoever panicked while it held the lock has left it as it was.
    fn lock(&self) -> MutexGuard<'_, Found<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of it; else what a look finds.
    async fn get(
        &self,
        now: Instant,
        look: impl Future<Output = Result<T, FileError>>,
    ) -> Result<T, FileError> {
        let (known, changes) = {
            let found = self.lock();
            (found.known.clone(), found.changes)
        };
        if let Some((at, known)) = known
            && now < at + KEEPS
        {
            return Ok(known);
        }
        let seen = look.await?;
        let mut found = self.lock();
        // What has changed meanwhile may not be in it.
        if found.changes == changes {
            found.known = Some((now, seen.clone()));
        }
        Ok(seen)
    }

    fn forget(&self) {
        let mut found = self.lock();
        found.known = None;
        found.changes += 1;
    }
}

impl Inventory {
    /// How many environments there are; or were, a second ago at most, unless
    /// [`recount`](Self::recount) was called since. To list a directory takes longer than all else
    /// that a status asks for.
    ///
    /// # Errors
    ///
    /// When the directory of environments cannot be read.
    pub async fn env_count(&self) -> Result<usize, FileError> {
        let count = async { Ok(self.workspace.environments().await?.len()) };
        self.count.envs.get(self.clock.now(), count).await
    }

    /// The environment that has MLX, the first by name, and the version; as old as
    /// [`env_count`](Self::env_count) at most. Nothing is run.
    ///
    /// # Errors
    ///
    /// When the directory of environments cannot be read.
    pub async fn mlx(&self) -> Result<Option<(String, String)>, FileError> {
        let look = mlx(&self.workspace);
        self.count.mlx.get(self.clock.now(), look).await
    }

    /// Environments have come or gone: they are looked at when somebody asks next.
    pub fn recount(&self) {
        self.count.envs.forget();
        self.count.mlx.forget();
    }
}
