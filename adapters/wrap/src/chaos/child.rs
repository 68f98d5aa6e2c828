//! A child that is heard late.

use super::Fate;
use collodi_backend::{BoxFuture, Child, ChildEvent, ChildInput};
use collodi_command::{Identity, RecordingPlace};
use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// A child whose events are held back now and then.
pub(super) struct Late {
    inner: Box<dyn Child>,
    fate: Arc<Fate>,
    /// What is held back, until when.
    held: Option<(ChildEvent, Option<BoxFuture<'static, ()>>)>,
}

impl Late {
    pub(super) fn boxed(inner: Box<dyn Child>, fate: &Arc<Fate>) -> Box<dyn Child> {
        Box::new(Self {
            inner,
            fate: Arc::clone(fate),
            held: None,
        })
    }
}

impl Child for Late {
    fn pid(&self) -> Option<u32> {
        self.inner.pid()
    }

    fn identity(&self) -> Option<Identity> {
        self.inner.identity()
    }

    fn recorded(&self) -> Option<RecordingPlace> {
        self.inner.recorded()
    }

    fn enforcement(&self) -> Option<collodi_backend::Enforcement> {
        self.inner.enforcement()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
        if self.held.is_none() {
            let event = ready!(self.inner.poll_event(cx));
            self.held = event.map(|event| (event, self.fate.delay()));
        }
        // Kept until it is told: whoever stops waiting hears it the next time.
        if let Some((_, Some(delay))) = &mut self.held {
            ready!(delay.as_mut().poll(cx));
        }
        Poll::Ready(self.held.take().map(|(event, _)| event))
    }

    fn input(&mut self) -> Option<Box<dyn ChildInput>> {
        self.inner.input()
    }

    fn leave(self: Box<Self>) {
        self.inner.leave();
    }
}

impl fmt::Debug for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.held.as_ref().map(|(event, _)| event);
        f.debug_struct("Late")
            .field("inner", &self.inner)
            .field("held", &held)
            .finish_non_exhaustive()
    }
}
