//! The program on the smol family.

use super::{Callers, Runtime, Socket, with_past};
use async_executor::Executor;
use async_io::Async;
use collodi_backend::{Backends, BoxFuture};
use collodi_os::Left;
use futures::{StreamExt as _, future::LocalBoxFuture, stream};
use smol_hyper::rt::FuturesIo;
use std::{
    io,
    net::{TcpListener, TcpStream},
    sync::Arc,
};

/// An executor that runs on the thread of the program.
#[derive(Debug)]
pub(super) struct Smol {
    executor: Executor<'static>,
    left: Arc<Left>,
}

impl Smol {
    pub(super) fn new(left: Arc<Left>) -> Self {
        let executor = Executor::new();
        Self { executor, left }
    }
}

impl Runtime for Smol {
    fn backends(&self) -> Backends {
        let process = collodi_smol::Processes::sharing(Arc::clone(&self.left));
        with_past(Backends {
            process: Arc::new(process),
            ..collodi_smol::backends()
        })
    }

    fn left(&self) -> &Arc<Left> {
        &self.left
    }

    fn block_on(&self, program: LocalBoxFuture<'_, ()>) {
        async_io::block_on(self.executor.run(program));
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.executor.spawn(task).detach();
    }

    fn callers(&self, listener: TcpListener) -> io::Result<Callers> {
        let callers = stream::unfold(Async::new(listener)?, |listener| async {
            let socket = listener.accept().await.map(|(socket, _)| boxed(socket));
            Some((socket, listener))
        });
        Ok(callers.boxed())
    }
}

fn boxed(socket: Async<TcpStream>) -> Box<dyn Socket> {
    Box::new(FuturesIo::new(socket))
}
