//! Actions become streams of what happens to them.

use crate::inputs::{Inputs, Mouth};
use crate::transfer::{Transfers, download, fetch};
use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_backend::{Backends, Child, ChildEvent, ProcessBackend};
use collodi_command::{CommandSpec, Exit, Identity, Stdin};
use collodi_host::Input;
use collodi_machine::ActionId;
use futures::{FutureExt, StreamExt, stream, stream::BoxStream};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
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
    leaves: Arc<AtomicBool>,
}

impl InFlight {
    /// Commands that live, live on when nobody hears them any more.
    pub(crate) fn leave(&self) {
        self.leaves.store(true, Ordering::Relaxed);
    }
}

/// A child that ends when nobody hears it any more, unless it is to be left.
struct Heard {
    child: Option<Box<dyn Child>>,
    leaves: Arc<AtomicBool>,
}

impl Heard {
    async fn next_event(&mut self) -> Option<ChildEvent> {
        self.child.as_mut()?.next_event().await
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        if let Some(child) = self.child.take_if(|_| self.leaves.load(Ordering::Relaxed)) {
            child.leave();
        }
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
            let leaves = in_flight.leaves.clone();
            command(in_flight, id, Start(process, spec, None, leaves))
        }
        Action::Adopt(spec, identity) => {
            let leaves = in_flight.leaves.clone();
            command(in_flight, id, Start(process, spec, Some(identity), leaves))
        }
        Action::Write(tree, bytes) => known(id, in_flight.inputs.write(id, &tree, bytes)),
        Action::File(op) => once(id, async move { Completion::File(files.perform(op).await) }),
        Action::Signal(tree, signal) => once(id, async move {
            Completion::Signalled(process.signal_tree(&tree, signal).await)
        }),
        Action::AwaitEmpty(tree) => once(id, async move {
            Completion::Empty(process.tree_empty(&tree).await)
        }),
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
struct Start(
    Arc<dyn ProcessBackend>,
    CommandSpec,
    Option<Identity>,
    Arc<AtomicBool>,
);

impl Start {
    async fn child(&self) -> Result<Box<dyn Child>, Error> {
        let Self(process, spec, identity, _) = self;
        match identity {
            None => process.spawn(spec).await,
            Some(identity) => process.adopt(spec, identity).await,
        }
    }
}

/// A command on its way, with what keeps its input open.
enum Exec {
    Start(Box<Start>, Option<Mouth>),
    Identify(Heard, Identity, Option<Mouth>),
    Run(Heard, Exit, Option<Mouth>),
    Over,
}

fn command(in_flight: &mut InFlight, id: ActionId, start: Start) -> BoxStream<'static, Happening> {
    if start.1.stdin != Stdin::Piped {
        return exec(id, start, None);
    }
    let (mouth, written) = in_flight.inputs.open(&start.1.tree);
    stream::select(exec(id, start, Some(mouth)), written).boxed()
}

fn exec(id: ActionId, start: Start, mouth: Option<Mouth>) -> BoxStream<'static, Happening> {
    stream::unfold(
        Exec::Start(Box::new(start), mouth),
        move |exec| async move {
            let (what, next) = exec.next().await?;
            Some((Happening { id, what }, next))
        },
    )
    .boxed()
}

impl Exec {
    async fn next(self) -> Option<(What, Self)> {
        match self {
            Self::Start(start, mouth) => Some(match start.child().await {
                Ok(child) => Self::started(child, mouth, start.3.clone()),
                Err(error) => (What::Completed(Completion::Exec(Err(error))), Self::Over),
            }),
            Self::Identify(child, identity, mouth) => Some((
                What::Progress(Progress::Identified(identity)),
                Self::Run(child, Exit::Unknown, mouth),
            )),
            Self::Run(child, exit, mouth) => Some(Self::hear(child, exit, mouth).await),
            Self::Over => None,
        }
    }

    fn started(
        mut child: Box<dyn Child>,
        mut mouth: Option<Mouth>,
        leaves: Arc<AtomicBool>,
    ) -> (What, Self) {
        if let Some(mouth) = &mut mouth {
            mouth.give(child.input());
        }
        let (pid, identity) = (child.pid(), child.identity());
        let child = Some(child);
        let child = Heard { child, leaves };
        let next = match identity {
            Some(identity) => Self::Identify(child, identity, mouth),
            None => Self::Run(child, Exit::Unknown, mouth),
        };
        (What::Progress(Progress::Spawned { pid }), next)
    }

    /// The next thing heard of a child. One that stops talking without a word about
    /// its end is taken for ended.
    async fn hear(mut child: Heard, exit: Exit, mouth: Option<Mouth>) -> (What, Self) {
        match child.next_event().await {
            Some(ChildEvent::Output { stream, bytes }) => {
                let output = Progress::Output { stream, bytes };
                (What::Progress(output), Self::Run(child, exit, mouth))
            }
            Some(ChildEvent::Exited(exit)) => (
                What::Progress(Progress::Exited(exit)),
                Self::Run(child, exit, mouth),
            ),
            Some(ChildEvent::Closed { leaked }) => (completed(exit, leaked), Self::Over),
            None => (completed(exit, false), Self::Over),
        }
    }
}

const fn completed(exit: Exit, leaked: bool) -> What {
    What::Completed(Completion::Exec(Ok(Ended { exit, leaked })))
}
