//! A child, as long as somebody hears it.

use collodi_backend::{Child, ChildEvent};
use collodi_command::{Identity, RecordingPlace};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

/// A child that ends when nobody hears it any more, unless it is to be left.
#[derive(Debug)]
pub(crate) struct Heard {
    child: Option<Box<dyn Child>>,
    leaves: Arc<AtomicBool>,
}

impl Heard {
    /// A child; when `leaves` says so, it is left.
    pub(crate) const fn new(child: Box<dyn Child>, leaves: Arc<AtomicBool>) -> Self {
        let child = Some(child);
        Self { child, leaves }
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref()?.pid()
    }

    pub(crate) fn identity(&self) -> Option<Identity> {
        self.child.as_ref()?.identity()
    }

    pub(crate) fn recorded(&self) -> Option<RecordingPlace> {
        self.child.as_ref()?.recorded()
    }

    pub(crate) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
        let child = self.child.as_mut();
        child.map_or(Poll::Ready(None), |child| child.poll_event(cx))
    }

    /// Lets go of it, whoever is left of its process group.
    pub(crate) fn leave(mut self) {
        if let Some(child) = self.child.take() {
            child.leave();
        }
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        if let Some(child) = self.child.take_if(|_| self.leaves.load(Ordering::Relaxed)) {
            child.leave();
        }
    }
}
