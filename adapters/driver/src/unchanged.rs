//! Answers that are kept as long as nothing happens.

use crate::{Gone, HostHandle};
use collodi_host::Host;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// How often something has happened to a host; [`u64::MAX`] when there is none any more. What has
/// not changed since a question was asked has the same answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Revision(Arc<AtomicU64>);

impl Revision {
    /// Something is about to happen: an answer of before is none of now. To be said before
    /// anybody can hear of it.
    pub(crate) fn advance(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    /// Nobody answers any more.
    pub(crate) fn end(&self) {
        self.0.store(u64::MAX, Ordering::Release);
    }

    fn now(&self) -> Result<u64, Gone> {
        match self.0.load(Ordering::Acquire) {
            u64::MAX => Err(Gone),
            now => Ok(now),
        }
    }
}

/// The answer to a question that is asked often. The host is asked only when something has happened
/// to it since, so an answer is never older than what whoever asks may know.
#[derive(Debug)]
pub struct Unchanged<T> {
    question: fn(&Host) -> T,
    last: Mutex<Option<(u64, T)>>,
}

impl<T: Clone + Send + 'static> Unchanged<T> {
    /// The answer to `question`, which must depend on nothing but the host.
    pub const fn new(question: fn(&Host) -> T) -> Self {
        Self {
            question,
            last: Mutex::new(None),
        }
    }

    /// The answer as of now.
    ///
    /// # Errors
    ///
    /// When the host has shut down.
    pub async fn ask(&self, host: &HostHandle) -> Result<T, Gone> {
        let now = host.revision().now()?;
        let known = self.last().as_ref().filter(|(at, _)| *at == now).cloned();
        if let Some((_, answer)) = known {
            return Ok(answer);
        }
        let (revision, question) = (host.revision().clone(), self.question);
        // While it is asked nothing happens.
        let asked = host.query(move |host| (revision.now(), question(host)));
        let (at, answer) = asked.await?;
        *self.last() = Some((at?, answer.clone()));
        Ok(answer)
    }

    /// Whoever panicked while it held the lock has left it as it was.
    fn last(&self) -> MutexGuard<'_, Option<(u64, T)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
