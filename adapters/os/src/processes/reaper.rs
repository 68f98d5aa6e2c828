//! Who waits for a child and gives its id back.

use super::tidy::tidy_later;
use crate::{Children, End, Reactor, Sleep, Watched as _};
use collodi_command::Exit;
use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

/// How long after the end of a child that somebody else started its status is waited for.
const STATUS_GRACE: Duration = Duration::from_secs(2);

/// Lets a task wait for a child and reap it, whether or not somebody listens: the one place
/// where its id is given back.
///
/// # Errors
///
/// When it cannot be watched, or there is nobody to run the task.
pub(super) fn reap<R: Reactor>(end: End, children: Arc<Children>) -> io::Result<R::Task<Exit>> {
    R::detach(Reaper::<R> {
        end: R::readable(end)?,
        children,
        grace: None,
    })
}

/// Such a task. Every child has one as long as it lives, so this holds each thing once,
/// which an `async` block would not.
struct Reaper<R: Reactor> {
    end: R::Watched<End>,
    children: Arc<Children>,
    grace: Option<Sleep>,
}

impl<R: Reactor> Reaper<R> {
    /// How the child ended, once it has. The status of one that is not ours is told when its
    /// parent has waited for it, and not waited for without an end.
    fn poll_exit(&mut self, cx: &mut Context<'_>) -> Poll<Exit> {
        let (children, grace) = (&self.children, &mut self.grace);
        let attempt = |end: &End| {
            let ended = children.poll_end(end);
            if ended.is_pending() && end.is_over() {
                grace.get_or_insert_with(|| R::sleep(STATUS_GRACE));
            }
            ended.into()
        };
        if let Poll::Ready(exit) = self.end.poll_until(cx, attempt) {
            return Poll::Ready(exit.unwrap_or(Exit::Unknown));
        }
        match &mut self.grace {
            Some(grace) => grace.as_mut().poll(cx).map(|()| Exit::Unknown),
            None => Poll::Pending,
        }
    }
}

impl<R: Reactor> Future for Reaper<R> {
    type Output = Exit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        let exit = ready!(self.poll_exit(cx));
        tidy_later::<R>(&self.children);
        Poll::Ready(exit)
    }
}
