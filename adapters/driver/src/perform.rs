//! Actions become streams of what happens to them.

use crate::transfer::{Transfers, download, fetch};
use collodi_action::{Action, Completion, Ended, Error, ErrorKind, Progress};
use collodi_backend::{Backends, Child, ChildEvent, ProcessBackend};
use collodi_command::{CommandSpec, Exit};
use collodi_host::Input;
use collodi_machine::ActionId;
use futures::{FutureExt, StreamExt, stream, stream::BoxStream};
use std::{future::Future, sync::Arc};

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

/// Performs an action to its completion; what it tells on the way is not heard. None when it
/// breaks off without one.
pub async fn complete(backends: &Backends, action: Action) -> Option<Completion> {
    let mut transfers = Transfers::default();
    let happenings = perform(backends, &mut transfers, ActionId::from_number(0), action);
    let completion = |Happening { what, .. }| async move {
        match what {
            What::Progress(_) => None,
            What::Completed(completion) => Some(completion),
        }
    };
    let mut completions = happenings.filter_map(completion).boxed();
    completions.next().await
}

/// Performs an action. The stream ends with its one completion.
pub(crate) fn perform(
    backends: &Backends,
    transfers: &mut Transfers,
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
        Action::Exec(spec) => exec(process, id, spec),
        Action::File(op) => once(id, async move { Completion::File(files.perform(op).await) }),
        Action::Signal(tree, signal) => once(id, async move {
            Completion::Signalled(process.signal_tree(&tree, signal).await)
        }),
        Action::AwaitEmpty(tree) => once(id, async move {
            Completion::Empty(process.tree_empty(&tree).await)
        }),
        Action::Connect { host, port } => once(id, async move {
            Completion::Connected(network.connect(&host, port).await)
        }),
        Action::FreePort { from } => once(id, async move {
            Completion::Port(network.free_port(from).await)
        }),
        Action::Fetch(spec) => fetch(web, id, spec, transfers.begin(id)),
        Action::Download(spec) => download(&web, id, spec, transfers.begin(id)),
        Action::Abort(which) => {
            transfers.end(which);
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

/// A command on its way.
enum Exec {
    Start(Arc<dyn ProcessBackend>, CommandSpec),
    Run(Box<dyn Child>, Exit),
    Over,
}

fn exec(
    process: Arc<dyn ProcessBackend>,
    id: ActionId,
    spec: CommandSpec,
) -> BoxStream<'static, Happening> {
    stream::unfold(Exec::Start(process, spec), move |exec| async move {
        let (what, next) = exec.next().await?;
        Some((Happening { id, what }, next))
    })
    .boxed()
}

impl Exec {
    async fn next(self) -> Option<(What, Self)> {
        match self {
            Self::Start(process, spec) => Some(match process.spawn(&spec).await {
                Ok(child) => {
                    let pid = child.pid();
                    (
                        What::Progress(Progress::Spawned { pid }),
                        Self::Run(child, Exit::Unknown),
                    )
                }
                Err(error) => (What::Completed(Completion::Exec(Err(error))), Self::Over),
            }),
            Self::Run(child, exit) => Some(Self::hear(child, exit).await),
            Self::Over => None,
        }
    }

    /// The next thing heard of a child. One that stops talking without a word about
    /// its end is taken for ended.
    async fn hear(mut child: Box<dyn Child>, exit: Exit) -> (What, Self) {
        match child.next_event().await {
            Some(ChildEvent::Output { stream, bytes }) => {
                let output = Progress::Output { stream, bytes };
                (What::Progress(output), Self::Run(child, exit))
            }
            Some(ChildEvent::Exited(exit)) => (
                What::Progress(Progress::Exited(exit)),
                Self::Run(child, exit),
            ),
            Some(ChildEvent::Closed { leaked }) => (completed(exit, leaked), Self::Over),
            None => (completed(exit, false), Self::Over),
        }
    }
}

const fn completed(exit: Exit, leaked: bool) -> What {
    What::Completed(Completion::Exec(Ok(Ended { exit, leaked })))
}
