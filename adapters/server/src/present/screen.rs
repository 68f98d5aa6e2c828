//! Presenting on a thread of its own: who reads the output may be slow, or stop.

use super::Presenter;
use std::thread;
use tokio::sync::{mpsc, oneshot};

/// How much waits to be shown.
const WAITING: usize = 256;

/// Something to show.
type Show = Box<dyn FnOnce(&mut dyn Presenter) + Send>;

/// A presenter on a thread of its own.
#[derive(Debug)]
pub(crate) struct Screen(mpsc::Sender<Show>);

/// Room for one more thing to show.
#[derive(Debug)]
pub(crate) struct Room<'a>(Option<mpsc::Permit<'a, Show>>);

impl Screen {
    /// Gives the presenter to its thread, which ends with the screen.
    pub(crate) fn new(mut presenter: Box<dyn Presenter>) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Show>(WAITING);
        thread::spawn(move || {
            while let Some(show) = receiver.blocking_recv() {
                show(presenter.as_mut());
            }
        });
        Self(sender)
    }

    /// Waits until something more can be shown.
    pub(crate) async fn room(&self) -> Room<'_> {
        Room(self.0.reserve().await.ok())
    }

    /// Shows it when there is room.
    pub(crate) async fn show(&self, show: impl FnOnce(&mut dyn Presenter) + Send + 'static) {
        self.room().await.show(show);
    }

    /// Shows it unless the output is blocked.
    pub(crate) fn try_show(&self, show: impl FnOnce(&mut dyn Presenter) + Send + 'static) {
        let _ = self.0.try_send(Box::new(show));
    }

    /// Waits until everything is shown.
    pub(crate) async fn shown(&self) {
        let (done, shown) = oneshot::channel::<()>();
        self.show(move |_| drop(done)).await;
        let _ = shown.await;
    }
}

impl Room<'_> {
    /// Shows it.
    pub(crate) fn show(self, show: impl FnOnce(&mut dyn Presenter) + Send + 'static) {
        if let Some(permit) = self.0 {
            permit.send(Box::new(show));
        }
    }
}
