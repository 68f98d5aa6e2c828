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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::presenter;
    use futures::{FutureExt as _, executor::block_on};
    use std::sync::mpsc::{Sender, channel};

    /// Who shows something says so; the first waits until it is read.
    fn tells(what: usize, to: &Sender<usize>) -> impl FnOnce(&mut dyn Presenter) + Send + use<> {
        let to = to.clone();
        move |_| to.send(what).unwrap()
    }

    #[test]
    fn what_is_not_read_waits_as_far_as_there_is_room() {
        let mut screen = Screen::new(presenter(false));
        let (read, reader) = channel::<()>();
        let (told, heard) = channel();
        screen.try_show(move |_| reader.recv().unwrap());
        let mut waiting = 0;
        while screen.room().now_or_never().is_some() {
            screen.try_show(tells(waiting, &told));
            waiting += 1;
        }
        assert!((WAITING..=WAITING + 2).contains(&waiting), "{waiting}");
        screen.try_show(tells(usize::MAX, &told));
        read.send(()).unwrap();
        block_on(screen.shown());
        let heard: Vec<_> = heard.try_iter().collect();
        assert_eq!(heard, (0..waiting).collect::<Vec<_>>());
    }
}
