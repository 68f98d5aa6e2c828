//! Actions become streams of what happens to them.

use crate::awaited::Awaited;
use crate::heard::Heard;
use crate::inputs::{Inputs, Mouth};
use crate::transfer::{Transfers, download, fetch};
use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_backend::{Backends, Child, ChildEvent, ProcessBackend};
use collodi_command::{CommandSpec, Exit, Identity, Stdin, TreeId};
use collodi_host::Input;
use collodi_machine::ActionId;
use futures::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use std::{
    future::Future,
    mem,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

/// Something that happened to an action in flight.
#[derive(Debug)]
pub(crate) struct Happening {
    pub(crate) id: ActionId,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    Progress(Progress),
    Completed(Completion),
}

impl From<Happening> for Input {
    fn from(Happening { id, what }: Happening) -> Self {
        match what {
            What::Progress(progress) => Self::Progress(id, progress),
            What::Completed(completion) => Self::Completed(id, completion),
        }
    }
}

impl Happening {
    pub(crate) const fn completed(id: ActionId, completion: Completion) -> Self {
        let what = What::Completed(completion);
        Self { id, what }
    }
}

/// What reaches into actions in flight: the inputs of commands, the ends of transfers.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    inputs: Inputs,
    transfers: Transfers,
    awaited: Awaited,
    leaves: Arc<AtomicBool>,
}

impl InFlight {
    /// A command to be started, or the one with this identity to be taken over.
    fn start(
        &self,
        process: Arc<dyn ProcessBackend>,
        spec: CommandSpec,
        identity: Option<Identity>,
    ) -> Start {
        Start {
            process,
            spec,
            identity,
            awaited: self.awaited.clone(),
            leaves: self.leaves.clone(),
            mouth: None,
        }
    }

    /// Commands that live, live on when nobody hears them any more.
    pub(crate) fn leave(&self) {
        self.leaves.store(true, Ordering::Relaxed);
    }
}

/// Performs an action to its completion; what it tells on the way is not heard. None when it
/// breaks off without one.
pub async fn complete(backends: &Backends, action: Action) -> Option<Completion> {
    let mut in_flight = InFlight::default();
    let happenings = perform(backends, &mut in_flight, ActionId::from_number(0), action);
    let completion = |Happening { what, .. }| async move {
        match what {
            What::Progress(_) => None,
            What::Completed(completion) => Some(completion),
        }
    };
    let mut completions = happenings.filter_map(completion).boxed();
    completions.next().await
}

/// Performs an action. The stream ends with its one completion; that of a command with
/// an input also has those of what is written to it.
pub(crate) fn perform(
    backends: &Backends,
    in_flight: &mut InFlight,
    id: ActionId,
    action: Action,
) -> BoxStream<'static, Happening> {
    let Backends {
        process,
        files,
        network,
        web,
        ..
    } = backends.clone();
    match action {
        Action::Exec(spec) => {
            let start = in_flight.start(process, spec, None);
            command(in_flight, id, start)
        }
        Action::Adopt(spec, identity) => {
            let start = in_flight.start(process, spec, Some(identity));
            command(in_flight, id, start)
        }
        Action::Write(tree, bytes) => known(id, in_flight.inputs.write(id, &tree, bytes)),
        Action::File(op) => once(id, async move { Completion::File(files.perform(op).await) }),
        Action::Signal(tree, signal) => once(id, async move {
            Completion::Signalled(process.signal_tree(&tree, signal).await)
        }),
        Action::AwaitEmpty(tree) => {
            let wait = in_flight.awaited.wait(&tree);
            once(id, async move {
                let empty = process.tree_empty(&tree).await;
                wait.answered(&empty);
                Completion::Empty(empty)
            })
        }
        Action::Members(tree) => once(id, async move {
            Completion::Members(process.tree_members(&tree).await)
        }),
        Action::Connect { host, port } => once(id, async move {
            Completion::Connected(network.connect(&host, port).await)
        }),
        Action::FreePort { from } => once(id, async move {
            Completion::Port(network.free_port(from).await)
        }),
        Action::Fetch(spec) => fetch(web, id, spec, in_flight.transfers.begin(id)),
        Action::Download(spec) => download(&web, id, spec, in_flight.transfers.begin(id)),
        Action::Abort(which) => {
            in_flight.transfers.end(which);
            once(id, async { Completion::Aborted })
        }
        other => {
            let error = Error::new(ErrorKind::Unsupported, "perform", other.to_string());
            once(id, async move { Completion::Exec(Err(error)) })
        }
    }
}

fn once(
    id: ActionId,
    completion: impl Future<Output = Completion> + Send + 'static,
) -> BoxStream<'static, Happening> {
    let happening = completion.map(move |done| Happening {
        id,
        what: What::Completed(done),
    });
    stream::once(happening).boxed()
}

/// What is known at once; nothing when the input's own stream will say it.
fn known(id: ActionId, completion: Option<Completion>) -> BoxStream<'static, Happening> {
    let happening = completion.map(|done| Happening::completed(id, done));
    stream::iter(happening).boxed()
}

/// A command to be started, or to be taken over.
struct Start {
    process: Arc<dyn ProcessBackend>,
    spec: CommandSpec,
    /// What is to be taken over.
    identity: Option<Identity>,
    awaited: Awaited,
    leaves: Arc<AtomicBool>,
    mouth: Option<Mouth>,
}

impl Start {
    async fn child(self) -> Result<Life, Error> {
        let child = match &self.identity {
            None => self.process.spawn(&self.spec).await,
            Some(identity) => self.process.adopt(&self.spec, identity).await,
        };
        child.map(|child| self.life(child))
    }

    /// The life of `child`, which is the command.
    fn life(self, mut child: Box<dyn Child>) -> Life {
        let Self {
            spec,
            awaited,
            leaves,
            mut mouth,
            ..
        } = self;
        if let Some(mouth) = &mut mouth {
            mouth.give(child.input());
        }
        Life {
            is_identified: false,
            has_spoken: false,
            is_placed: false,
            child: Heard::new(child, leaves),
            tree: spec.tree,
            awaited,
            exit: Exit::Unknown,
            _mouth: mouth,
        }
    }
}

/// A child that was started, with what keeps its input open.
struct Life {
    child: Heard,
    tree: TreeId,
    awaited: Awaited,
    /// It was told what it can be found by again.
    is_identified: bool,
    /// It has said something, and how far that is recorded was not told.
    has_spoken: bool,
    /// How far it was recorded was told.
    is_placed: bool,
    exit: Exit,
    _mouth: Option<Mouth>,
}

/// A command on its way.
struct Exec {
    id: ActionId,
    stage: Stage,
}

enum Stage {
    Starting(BoxFuture<'static, Result<Life, Error>>),
    Running(Life),
    Over,
}

fn command(
    in_flight: &mut InFlight,
    id: ActionId,
    mut start: Start,
) -> BoxStream<'static, Happening> {
    if start.spec.stdin != Stdin::Piped {
        return exec(id, start);
    }
    let (mouth, written) = in_flight.inputs.open(&start.spec.tree);
    start.mouth = Some(mouth);
    stream::select(exec(id, start), written).boxed()
}

fn exec(id: ActionId, start: Start) -> BoxStream<'static, Happening> {
    let stage = Stage::Starting(start.child().boxed());
    Exec { id, stage }.boxed()
}

impl Stream for Exec {
    type Item = Happening;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Happening>> {
        let what = match &mut self.stage {
            Stage::Starting(start) => match ready!(start.poll_unpin(cx)) {
                Ok(life) => {
                    let pid = life.child.pid();
                    self.stage = Stage::Running(life);
                    What::Progress(Progress::Spawned { pid })
                }
                Err(error) => What::Completed(Completion::Exec(Err(error))),
            },
            Stage::Running(life) => ready!(life.poll_next(cx)),
            Stage::Over => return Poll::Ready(None),
        };
        if let What::Completed(_) = what
            && let Stage::Running(life) = mem::replace(&mut self.stage, Stage::Over)
        {
            life.over();
        }
        let id = self.id;
        Poll::Ready(Some(Happening { id, what }))
    }
}

impl Life {
    /// The next thing heard of a child. One that stops talking without a word about
    /// its end is taken for ended.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<What> {
        if !mem::replace(&mut self.is_identified, true)
            && let Some(identity) = self.child.identity()
        {
            return Poll::Ready(What::Progress(Progress::Identified(identity)));
        }
        let Poll::Ready(event) = self.child.poll_event(cx) else {
            return self.poll_recorded();
        };
        let progress = match event {
            Some(ChildEvent::Output { stream, bytes }) => {
                self.has_spoken = true;
                Progress::Output { stream, bytes }
            }
            Some(ChildEvent::Exited(exit)) => {
                self.exit = exit;
                Progress::Exited(exit)
            }
            Some(ChildEvent::Closed { leaked }) => {
                return Poll::Ready(completed(self.exit, leaked));
            }
            None => return Poll::Ready(completed(self.exit, false)),
        };
        Poll::Ready(What::Progress(progress))
    }

    /// All is told of it.
    fn over(self) {
        self.awaited.keep(&self.tree, self.child);
    }

    /// How far all is recorded that it has said, once nothing more comes.
    fn poll_recorded(&mut self) -> Poll<What> {
        if !mem::take(&mut self.has_spoken) {
            return Poll::Pending;
        }
        let place = self.child.recorded();
        let was_placed = mem::replace(&mut self.is_placed, place.is_some());
        match was_placed || place.is_some() {
            true => Poll::Ready(What::Progress(Progress::Recorded(place))),
            false => Poll::Pending,
        }
    }
}

const fn completed(exit: Exit, leaked: bool) -> What {
    What::Completed(Completion::Exec(Ok(Ended { exit, leaked })))
}
