//! What this program needs of a runtime: everything else is made of `futures`.

mod past;
mod smol;
mod tokio;

use anyhow::{Context as _, Result};
use collodi_backend::{Backends, BoxFuture};
use collodi_os::Left;
use futures::{future::LocalBoxFuture, stream::BoxStream};
use std::{fmt, future::Future, io, net::TcpListener, rc::Rc, sync::Arc};

/// The runtimes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Choice {
    /// Tokio, on one thread.
    #[default]
    Tokio,
    /// The smol family, on one thread.
    Smol,
}

/// A runtime, seen from what runs on it.
pub(crate) trait Runtime: fmt::Debug {
    /// The world, by means of this runtime; its clock has an origin in the past.
    fn backends(&self) -> Backends;

    /// The children that this world leaves.
    fn left(&self) -> &Arc<Left>;

    /// Runs the program to its end, and its tasks meanwhile.
    fn block_on(&self, program: LocalBoxFuture<'_, ()>);

    /// Runs a task beside the program.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// The callers of a listener. Called by what runs in [`Runtime::block_on`].
    fn callers(&self, listener: TcpListener) -> io::Result<Callers>;
}

/// A world in which what earlier servers saw has instants.
fn with_past(backends: Backends) -> Backends {
    let clock = Arc::new(past::Past(Arc::clone(&backends.clock)));
    Backends { clock, ..backends }
}

/// Those who connect to a listener, one after the other.
pub(crate) type Callers = BoxStream<'static, io::Result<Box<dyn Socket>>>;

/// A connection to a caller.
pub(crate) trait Socket: hyper::rt::Read + hyper::rt::Write + Send + Unpin {}

impl<S: hyper::rt::Read + hyper::rt::Write + Send + Unpin> Socket for S {}

impl Choice {
    /// Runs a program on this runtime, to what it gives.
    pub(crate) fn run<T, F: Future<Output = Result<T>>>(
        self,
        program: impl FnOnce(Rc<dyn Runtime>) -> F,
    ) -> Result<T> {
        let runtime = self.start().context("failed to start the runtime")?;
        let mut given = None;
        let program = program(Rc::clone(&runtime));
        runtime.block_on(Box::pin(async {
            given = Some(program.await);
        }));
        given.context("the runtime ended before the program did")?
    }

    fn start(self) -> io::Result<Rc<dyn Runtime>> {
        let left = Arc::default();
        Ok(match self {
            Self::Tokio => Rc::new(tokio::Tokio::new(left)?),
            Self::Smol => Rc::new(smol::Smol::new(left)),
        })
    }
}
