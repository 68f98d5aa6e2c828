//! How many environments there are, for who asks often.

use crate::Inventory;
use collodi_file::FileError;
use collodi_time::Instant;
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long a count is taken for true.
const KEEPS: Duration = Duration::from_secs(1);

/// The last count.
#[derive(Debug, Default)]
pub(crate) struct Count(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    /// How many there were, and when.
    known: Option<(Instant, usize)>,
    /// How often it was said that they have changed.
    changes: u64,
}

impl Count {
    /// Whoever panicked while it held the lock has left the count as it was.
    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let now = self.clock.now();
        let (known, changes) = {
            let counted = self.count.lock();
            (counted.known, counted.changes)
        };
        if let Some((at, count)) = known
            && now < at + KEEPS
        {
            return Ok(count);
        }
        let count = self.workspace.environments().await?.len();
        let mut counted = self.count.lock();
        // What has changed meanwhile may not be in it.
        if counted.changes == changes {
            counted.known = Some((now, count));
        }
        Ok(count)
    }

    /// Environments have come or gone: they are counted when somebody asks next.
    pub fn recount(&self) {
        let mut counted = self.count.lock();
        counted.known = None;
        counted.changes += 1;
    }
}
