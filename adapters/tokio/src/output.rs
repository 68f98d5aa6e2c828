//! What a child says: two pipes, read in turn.

use collodi_backend::ChildEvent;
use collodi_command::Stream;
use std::{
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, ReadBuf},
    process::{ChildStderr, ChildStdout},
};

/// The most bytes of one event. They are read into a buffer that lives on the stack while a
/// read is tried: a child that says nothing costs nothing.
const CHUNK: usize = 64 << 10;

/// The most bytes that a pipe holds, for anyone but root.
const PIPE: usize = 1 << 20;

/// The ends of a child's output that we read. Nothing is read ahead: when nobody asks,
/// the pipes fill up and the child waits.
#[derive(Debug)]
pub(crate) struct Output {
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// Which stream is asked first the next time.
    first: Stream,
    /// What may still be read; no limit before the grace period is over.
    left: Option<usize>,
}

impl Output {
    pub(crate) const fn new(stdout: Option<ChildStdout>, stderr: Option<ChildStderr>) -> Self {
        Self {
            stdout,
            stderr,
            first: Stream::Stdout,
            left: None,
        }
    }

    /// Whether both streams are at their end.
    pub(crate) const fn is_over(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    /// Reads from now on no more than what the pipes can hold: all that the child
    /// itself said before it ended is among it.
    pub(crate) const fn limit(&mut self) {
        if self.left.is_none() {
            self.left = Some(2 * PIPE);
        }
    }

    /// Whether the limit is used up.
    pub(crate) fn is_used_up(&self) -> bool {
        self.left == Some(0)
    }

    pub(crate) fn close(&mut self) {
        self.stdout = None;
        self.stderr = None;
    }

    /// The next bytes of either stream; pending when there are none, also at the end.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<ChildEvent> {
        let order = match self.first {
            Stream::Stdout => [Stream::Stdout, Stream::Stderr],
            Stream::Stderr => [Stream::Stderr, Stream::Stdout],
        };
        for (stream, other) in order.into_iter().zip(order.into_iter().rev()) {
            if let Poll::Ready(Some(bytes)) = self.poll_stream(stream, cx) {
                self.first = other;
                self.left = self.left.map(|left| left.saturating_sub(bytes.len()));
                return Poll::Ready(ChildEvent::Output { stream, bytes });
            }
        }
        Poll::Pending
    }

    /// The next bytes of one stream; nothing once it is at its end, and closed.
    fn poll_stream(&mut self, stream: Stream, cx: &mut Context<'_>) -> Poll<Option<Arc<[u8]>>> {
        let read = match stream {
            Stream::Stdout => poll_chunk(&mut self.stdout, cx),
            Stream::Stderr => poll_chunk(&mut self.stderr, cx),
        };
        let bytes = ready!(read);
        if bytes.is_none() {
            match stream {
                Stream::Stdout => self.stdout = None,
                Stream::Stderr => self.stderr = None,
            }
        }
        Poll::Ready(bytes)
    }
}

/// A pipe that cannot be read is at its end.
fn poll_chunk<R: AsyncRead + Unpin>(
    pipe: &mut Option<R>,
    cx: &mut Context<'_>,
) -> Poll<Option<Arc<[u8]>>> {
    let Some(pipe) = pipe else {
        return Poll::Ready(None);
    };
    let mut buffer = [const { MaybeUninit::uninit() }; CHUNK];
    let mut buffer = ReadBuf::uninit(&mut buffer);
    match ready!(Pin::new(pipe).poll_read(cx, &mut buffer)) {
        Ok(()) if !buffer.filled().is_empty() => Poll::Ready(Some(Arc::from(buffer.filled()))),
        _ => Poll::Ready(None),
    }
}
