//! A turn for others on the same thread.

use std::{future::poll_fn, task::Poll};

/// Ends when everyone else on this thread has had a turn: who listens would miss what a long
/// script says.
pub async fn a_turn_for_others() {
    let mut turned = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut turned, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
