//! One child: its events and its input.

use crate::output::Output;
use async_trait::async_trait;
use collodi_backend::{ChildEvent, ChildInput, Error, ErrorKind};
use collodi_command::Exit;
use collodi_os::Groups;
use std::{
    future::{Future as _, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt as _,
    process::ChildStdin,
    runtime::Handle,
    sync::oneshot,
    time::{Sleep, sleep},
};

/// How long after the exit the pipes may stay open before they count as leaked.
const GRACE: Duration = Duration::from_millis(200);

/// A child that was started, seen from whoever reads its events.
#[derive(Debug)]
pub(crate) struct Child {
    pid: u32,
    groups: Arc<Groups>,
    exit: State,
    output: Output,
    input: Option<ChildStdin>,
}

/// How far the child has come.
#[derive(Debug)]
enum State {
    /// It runs, or nobody was told of its end.
    Running(oneshot::Receiver<Exit>),
    /// It has ended; its output may go on until then.
    Exited(Pin<Box<Sleep>>),
    /// All is told.
    Closed,
}

impl Child {
    /// Takes over a child; `reaped` is completed by [`reap`].
    pub(crate) fn new(
        pid: u32,
        child: &mut tokio::process::Child,
        groups: Arc<Groups>,
        reaped: oneshot::Receiver<Exit>,
    ) -> Self {
        Self {
            pid,
            groups,
            exit: State::Running(reaped),
            output: Output::new(child.stdout.take(), child.stderr.take()),
            input: child.stdin.take(),
        }
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<ChildEvent>> {
        match &mut self.exit {
            State::Running(reaped) => {
                if let Poll::Ready(exit) = Pin::new(reaped).poll(cx) {
                    self.exit = State::Exited(Box::pin(sleep(GRACE)));
                    return Poll::Ready(Some(ChildEvent::Exited(exit.unwrap_or(Exit::Unknown))));
                }
                self.output.poll_next(cx).map(Some)
            }
            State::Exited(grace) => {
                let grace_is_over = grace.as_mut().poll(cx).is_ready();
                self.poll_rest(grace_is_over, cx).map(Some)
            }
            State::Closed => Poll::Ready(None),
        }
    }

    /// What is in the pipes after the exit is told, however slowly it is asked for; what
    /// is put into them after the grace period is not waited for.
    fn poll_rest(&mut self, grace_is_over: bool, cx: &mut Context<'_>) -> Poll<ChildEvent> {
        if grace_is_over {
            self.output.limit();
        }
        if !self.output.is_used_up()
            && let Poll::Ready(output) = self.output.poll_next(cx)
        {
            return Poll::Ready(output);
        }
        let leaked = !self.output.is_over();
        if leaked && !grace_is_over {
            return Poll::Pending;
        }
        self.output.close();
        self.exit = State::Closed;
        Poll::Ready(ChildEvent::Closed { leaked })
    }
}

#[async_trait]
impl collodi_backend::Child for Child {
    fn pid(&self) -> Option<u32> {
        Some(self.pid)
    }

    async fn next_event(&mut self) -> Option<ChildEvent> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    fn input(&mut self) -> Option<Box<dyn ChildInput>> {
        let stdin = self.input.take()?;
        Some(Box::new(Input(stdin)))
    }
}

/// The group is killed at once while the child leads it. Once the child is reaped,
/// finding who is left in its group means reading the process table, on another thread.
impl Drop for Child {
    fn drop(&mut self) {
        let (groups, pid) = (Arc::clone(&self.groups), self.pid);
        if groups.kill(pid).is_pending()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn_blocking(move || groups.kill_left_behind(pid));
        }
    }
}

#[derive(Debug)]
struct Input(ChildStdin);

#[async_trait]
impl ChildInput for Input {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let failed = |error: std::io::Error| {
            let kind = match error.kind() {
                std::io::ErrorKind::BrokenPipe => ErrorKind::Gone,
                _ => ErrorKind::Other,
            };
            Error::new(kind, "write to", "the program's input").detail(error.to_string())
        };
        self.0.write_all(bytes).await.map_err(failed)
    }
}

/// Waits for `child` and reaps it, whether or not somebody listens: the one place where
/// its id is given back.
pub(crate) async fn reap(
    pid: u32,
    mut child: tokio::process::Child,
    groups: Arc<Groups>,
    told: oneshot::Sender<Exit>,
) {
    let mut wait = pin!(child.wait());
    let status = poll_fn(|cx| groups.reap(pid, || wait.as_mut().poll(cx))).await;
    let exit = status.map_or(Exit::Unknown, collodi_os::exit);
    // Nobody has to be interested.
    let _ = told.send(exit);
}
