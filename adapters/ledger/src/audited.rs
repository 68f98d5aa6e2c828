//! A backend whose children are written down.

use crate::Ledger;
use async_trait::async_trait;
use collodi_audit::{Closed, Execution, Held, Opened, Record};
use collodi_backend::{
    Capabilities, Capability, Child, ChildEvent, ChildInput, Clock, Enforcement, Error, ErrorKind,
    Member, ProcessBackend,
};
use collodi_command::{CommandSpec, Exit, Identity, RecordingPlace, Signal, TreeId, Usage};
use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// A backend whose children are written down: before they start, and when they have ended.
#[derive(Clone)]
pub struct Audited {
    inner: Arc<dyn ProcessBackend>,
    clock: Arc<dyn Clock>,
    ledger: Arc<Ledger>,
}

impl Audited {
    /// Writes down what `inner` starts.
    pub fn new(inner: Arc<dyn ProcessBackend>, clock: Arc<dyn Clock>, ledger: Arc<Ledger>) -> Self {
        Self {
            inner,
            clock,
            ledger,
        }
    }

    fn open(&self, spec: &CommandSpec) -> Line {
        let line = self.line(self.ledger.next_id());
        let opened = Opened {
            id: line.id.clone(),
            session: self.ledger.session().to_owned(),
            at: millis(&*self.clock),
            execution: Execution::of(spec),
        };
        self.ledger.record(Record::Opened(Box::new(opened)));
        line
    }

    fn line(&self, id: String) -> Line {
        Line {
            id,
            clock: Arc::clone(&self.clock),
            ledger: Arc::clone(&self.ledger),
        }
    }
}

impl fmt::Debug for Audited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audited")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl ProcessBackend for Audited {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn has(&self, capability: Capability) -> bool {
        self.inner.has(capability)
    }

    async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Error> {
        let line = self.open(spec);
        match self.inner.spawn(spec).await {
            Ok(inner) => {
                line.kept_in(inner.enforcement());
                Ok(Watched::boxed(inner, line))
            }
            Err(error) => {
                line.failed(&error);
                Err(error)
            }
        }
    }

    async fn adopt(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Box<dyn Child>, Error> {
        // Who breaks off meanwhile has not taken it over.
        self.ledger.look_back().await;
        let inner = self.inner.adopt(spec, identity).await?;
        let line = match self.ledger.adopt(spec.tree.as_str()) {
            Some(id) => self.line(id),
            None => self.open(spec),
        };
        Ok(Watched::boxed(inner, line))
    }

    async fn signal_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error> {
        self.inner.signal_tree(tree, signal).await
    }

    async fn tree_empty(&self, tree: &TreeId) -> Result<(), Error> {
        self.inner.tree_empty(tree).await
    }

    async fn tree_members(&self, tree: &TreeId) -> Result<Vec<Member>, Error> {
        self.inner.tree_members(tree).await
    }

    async fn usage(&self, trees: &[TreeId]) -> Result<Vec<Option<Usage>>, Error> {
        self.inner.usage(trees).await
    }
}

/// The entry of a child that has not ended.
struct Line {
    id: String,
    clock: Arc<dyn Clock>,
    ledger: Arc<Ledger>,
}

impl Line {
    fn kept_in(&self, sandbox: Option<Enforcement>) {
        let Some(sandbox) = sandbox else {
            return;
        };
        self.ledger.record(Record::Held(Held {
            id: self.id.clone(),
            mechanism: sandbox.mechanism.name().to_owned(),
            enforced: names(&sandbox.enforced),
            missing: names(&sandbox.missing),
        }));
    }

    fn ended(self, exit: Exit) {
        if exit == Exit::NoSandbox {
            return self.close(exit.to_string(), true);
        }
        let signal = match exit {
            Exit::Signal(signal) => Some(signal.number()),
            _ => None,
        };
        let closed = self.closed();
        self.ledger.record(Record::Closed(Closed {
            exit_code: exit.shell_code(),
            signal,
            ..closed
        }));
    }

    fn failed(self, error: &Error) {
        let refused = matches!(error.kind, ErrorKind::NoSandbox | ErrorKind::Unsupported);
        self.close(error.to_string(), refused);
    }

    fn close(self, error: String, refused: bool) {
        let (closed, error) = (self.closed(), Some(error));
        self.ledger.record(Record::Closed(Closed {
            error,
            refused,
            ..closed
        }));
    }

    fn closed(&self) -> Closed {
        Closed {
            id: self.id.clone(),
            at: millis(&*self.clock),
            exit_code: None,
            signal: None,
            error: None,
            refused: false,
        }
    }
}

/// A child whose end is written down, when nothing more is told of it. Dropped before its end, it is killed,
/// and nobody knows more; left, it lives on, and so does its entry: whoever takes it over is told its end.
struct Watched {
    inner: Option<Box<dyn Child>>,
    line: Option<Line>,
    exit: Exit,
}

impl Watched {
    fn boxed(inner: Box<dyn Child>, line: Line) -> Box<dyn Child> {
        Box::new(Self {
            inner: Some(inner),
            line: Some(line),
            exit: Exit::Unknown,
        })
    }

    fn heard(&mut self, event: Option<&ChildEvent>) {
        match event {
            Some(ChildEvent::Output { .. }) => {}
            Some(ChildEvent::Exited(exit)) => self.exit = *exit,
            Some(ChildEvent::Closed { .. }) | None => self.close(),
        }
    }

    fn close(&mut self) {
        if let Some(line) = self.line.take() {
            line.ended(self.exit);
        }
    }
}

impl Child for Watched {
    fn pid(&self) -> Option<u32> {
        self.inner.as_ref()?.pid()
    }

    fn identity(&self) -> Option<Identity> {
        self.inner.as_ref()?.identity()
    }

    fn recorded(&self) -> Option<RecordingPlace> {
        self.inner.as_ref()?.recorded()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
        let Some(inner) = &mut self.inner else {
            return Poll::Ready(None);
        };
        let event = ready!(inner.poll_event(cx));
        self.heard(event.as_ref());
        Poll::Ready(event)
    }

    fn enforcement(&self) -> Option<Enforcement> {
        self.inner.as_ref()?.enforcement()
    }

    fn input(&mut self) -> Option<Box<dyn ChildInput>> {
        self.inner.as_mut()?.input()
    }

    fn leave(mut self: Box<Self>) {
        self.line = None;
        if let Some(inner) = self.inner.take() {
            inner.leave();
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.inner.take());
        self.close();
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watched({:?})", self.inner)
    }
}

/// The words for them.
fn names<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

/// Milliseconds since 1970.
fn millis(clock: &dyn Clock) -> u64 {
    let wall = clock.wall().as_duration().as_millis();
    u64::try_from(wall).unwrap_or(u64::MAX)
}
