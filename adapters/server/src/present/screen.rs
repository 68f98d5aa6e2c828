//! Presenting on a thread of its own: who reads the output may be slow, or stop.

use super::Presenter;
use futures::{
    channel::{mpsc, oneshot},
    executor::block_on_stream,
    future::poll_fn,
};
use std::thread;

/// How much waits to be shown.
const WAITING: usize = 256;

/// Something to show.
type Show = Box<dyn FnOnce(&mut dyn Presenter) + Send>;

/// A presenter on a thread of its own, shared by those who show something.
#[derive(Clone, Debug)]
pub(crate) struct Screen(mpsc::Sender<Show>);

impl Screen {
    /// Gives the presenter to its thread, which ends with the last that shows something.
    pub(crate) fn new(mut presenter: Box<dyn Presenter>) -> Self {
        let (sender, receiver) = mpsc::channel::<Show>(WAITING);
        thread::spawn(move || {
            for show in block_on_stream(receiver) {
                show(presenter.as_mut());
            }
        });
        Self(sender)
    }

    /// Waits until something more can be shown, or nothing ever will.
    pub(crate) async fn room(&mut self) {
        let _ = poll_fn(|cx| self.0.poll_ready(cx)).await;
    }

    /// Shows it when there is room.
    pub(crate) async fn show(&mut self, show: impl FnOnce(&mut dyn Presenter) + Send + 'static) {
        self.room().await;
        self.try_show(show);
    }

    /// Shows it unless the output is blocked.
    pub(crate) fn try_show(&mut self, show: impl FnOnce(&mut dyn Presenter) + Send + 'static) {
        let _ = self.0.try_send(Box::new(show));
    }

    /// Waits until everything is shown.
    pub(crate) async fn shown(&mut self) {
        let (done, shown) = oneshot::channel::<()>();
        self.show(move |_| drop(done)).await;
        let _ = shown.await;
    }
}
