//! What a child says, and what is written to it.

use super::{Call, Recorder};
use async_trait::async_trait;
use collodi_action::{Action, Completion, Ended, Progress};
use collodi_backend::{Child, ChildEvent, ChildInput, Error};
use collodi_command::{Exit, Identity, RecordingPlace, TreeId};
use std::{
    sync::Arc,
    task::{Context, Poll, ready},
};

/// A child whose events are written down.
#[derive(Debug)]
pub(super) struct Told {
    inner: Box<dyn Child>,
    recorder: Arc<Recorder>,
    tree: TreeId,
    /// The call that it is; none when all was told.
    call: Option<Call>,
    exit: Exit,
}

impl Told {
    pub(super) fn boxed(
        inner: Box<dyn Child>,
        call: Call,
        tree: TreeId,
        recorder: &Arc<Recorder>,
    ) -> Box<dyn Child> {
        call.heard(Progress::Spawned { pid: inner.pid() });
        Box::new(Self {
            inner,
            recorder: Arc::clone(recorder),
            tree,
            call: Some(call),
            exit: Exit::Unknown,
        })
    }

    fn write_down(&mut self, event: &ChildEvent) {
        let progress = match event {
            ChildEvent::Output { stream, bytes } => Progress::Output {
                stream: *stream,
                bytes: Arc::clone(bytes),
            },
            ChildEvent::Exited(exit) => {
                self.exit = *exit;
                Progress::Exited(*exit)
            }
            ChildEvent::Closed { leaked } => return self.close(*leaked),
        };
        if let Some(call) = &self.call {
            call.heard(progress);
        }
    }

    fn close(&mut self, leaked: bool) {
        if let Some(call) = self.call.take() {
            let exit = self.exit;
            call.answered(Completion::Exec(Ok(Ended { exit, leaked })));
        }
    }
}

impl Child for Told {
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
        let event = ready!(self.inner.poll_event(cx));
        if let Some(event) = &event {
            self.write_down(event);
        }
        Poll::Ready(event)
    }

    fn input(&mut self) -> Option<Box<dyn ChildInput>> {
        Some(Box::new(Written {
            inner: self.inner.input()?,
            recorder: Arc::clone(&self.recorder),
            tree: self.tree.clone(),
        }))
    }

    fn leave(self: Box<Self>) {
        self.inner.leave();
    }
}

/// An input of which is written down what goes into it.
#[derive(Debug)]
struct Written {
    inner: Box<dyn ChildInput>,
    recorder: Arc<Recorder>,
    tree: TreeId,
}

#[async_trait]
impl ChildInput for Written {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let action = Action::Write(self.tree.clone(), Arc::from(bytes));
        let call = Recorder::asked(&self.recorder, action);
        let written = self.inner.write(bytes).await;
        call.answered(Completion::Written(written.clone()));
        written
    }
}
