//! A wish that is told once, however often somebody has it.

use futures::{StreamExt as _, channel::mpsc};
use std::sync::{Mutex, PoisonError};

/// Tells it.
#[derive(Debug)]
pub(crate) struct Bell(Mutex<mpsc::Sender<()>>);

/// Hears it.
#[derive(Debug)]
pub(crate) struct Ear(mpsc::Receiver<()>);

/// A bell, and who hears it.
pub(crate) fn bell() -> (Bell, Ear) {
    let (sender, receiver) = mpsc::channel(0);
    (Bell(Mutex::new(sender)), Ear(receiver))
}

impl Bell {
    /// Does not wait to be heard.
    pub(crate) fn ring(&self) {
        let mut sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One that was not heard yet says the same.
        let _ = sender.try_send(());
    }
}

impl Ear {
    /// Waits until it rings; for ever when nobody can ring any more.
    pub(crate) async fn heard(&mut self) {
        if self.0.next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[test]
    fn it_is_told_once_and_not_by_nobody() {
        let (bell, mut ear) = bell();
        bell.ring();
        bell.ring();
        assert_eq!(ear.heard().now_or_never(), Some(()));
        assert_eq!(ear.heard().now_or_never(), None);
        drop(bell);
        assert_eq!(ear.heard().now_or_never(), None);
    }
}
