//! Tidying up after children, when there is time.

use super::nap::Nap;
use crate::{Children, Reactor};
use std::{
    future::poll_fn,
    sync::{Arc, Weak},
    time::Duration,
};

/// How long after the first end that left something it is tidied up. What ended last has not been
/// there for long by then: that costs its next life a little, and nothing else.
const LATER: Duration = Duration::from_secs(1);

/// Something has ended: tidies up in a while, once for all that end meanwhile.
pub(super) fn tidy_later<R: Reactor>(children: &Arc<Children>) {
    if !children.wants_tidying() {
        return;
    }
    let tidying = Tidying(Arc::downgrade(children));
    // Where nothing can be done later, it is done now: by dropping it.
    let _ = R::detach(async move {
        let mut nap = Nap::<R>::new();
        nap.begin(LATER);
        poll_fn(|cx| nap.poll(cx)).await;
        R::forget(move || drop(tidying));
    });
}

/// Tidies up when it is dropped, also by a runtime that ends.
struct Tidying(Weak<Children>);

impl Drop for Tidying {
    fn drop(&mut self) {
        if let Some(children) = self.0.upgrade() {
            children.tidy();
        }
    }
}
