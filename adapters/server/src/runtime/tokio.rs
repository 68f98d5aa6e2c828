//! The program on tokio.

use super::{Callers, Runtime, Socket, with_past};
use collodi_backend::{Backends, BoxFuture};
use collodi_os::Left;
use futures::{StreamExt as _, future::LocalBoxFuture, stream};
use hyper_util::rt::TokioIo;
use std::{io, net, sync::Arc};
use tokio::{
    net::TcpListener,
    runtime::{self, Builder},
};

/// After how many turns of tasks callers and timers are looked at. A turn under a flood of
/// output takes a millisecond.
const TURNS: u32 = 8;

/// A runtime of one thread.
#[derive(Debug)]
pub(super) struct Tokio {
    runtime: runtime::Runtime,
    left: Arc<Left>,
}

impl Tokio {
    pub(super) fn new(left: Arc<Left>) -> io::Result<Self> {
        let mut builder = Builder::new_current_thread();
        builder.enable_all().event_interval(TURNS);
        let runtime = builder.build()?;
        Ok(Self { runtime, left })
    }
}

impl Runtime for Tokio {
    fn backends(&self) -> Backends {
        let process = collodi_tokio::Processes::sharing(Arc::clone(&self.left));
        with_past(Backends {
            process: Arc::new(process),
            ..collodi_tokio::backends()
        })
    }

    fn left(&self) -> &Arc<Left> {
        &self.left
    }

    fn block_on(&self, program: LocalBoxFuture<'_, ()>) {
        self.runtime.block_on(program);
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.runtime.spawn(task);
    }

    fn callers(&self, listener: net::TcpListener) -> io::Result<Callers> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let callers = stream::unfold(listener, |listener| async {
            let socket = listener.accept().await.map(|(socket, _)| boxed(socket));
            Some((socket, listener))
        });
        Ok(callers.boxed())
    }
}

fn boxed(socket: tokio::net::TcpStream) -> Box<dyn Socket> {
    Box::new(TokioIo::new(socket))
}
