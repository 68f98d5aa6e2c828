//! The program on the smol family.

use super::{Callers, Runtime, Socket, with_past};
use async_executor::Executor;
use async_io::Async;
use collodi_backend::{Backends, BoxFuture};
use futures::{StreamExt as _, future::LocalBoxFuture, stream};
use smol_hyper::rt::FuturesIo;
use std::{
    io,
    net::{TcpListener, TcpStream},
};

/// An executor that runs on the thread of the program.
#[derive(Debug, Default)]
pub(super) struct Smol(Executor<'static>);

impl Runtime for Smol {
    fn backends(&self) -> Backends {
        with_past(collodi_smol::backends())
    }

    fn block_on(&self, program: LocalBoxFuture<'_, ()>) {
        async_io::block_on(self.0.run(program));
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawn(task).detach();
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
