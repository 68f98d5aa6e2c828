//! What a child says: two streams, read in turn.

use super::{nap::Nap, pipe::Pipe};
use crate::{Children, Heard, Reactor, Reader};
use collodi_backend::ChildEvent;
use collodi_command::{Exit, RecordingPlace, Stream};
use rustix::fd::OwnedFd;
use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll, ready},
};

/// The most bytes that both pipes hold, for anyone but root, and that one held and are not told yet.
const PIPES: usize = 3 << 20;

/// The ends of a child's output that we read. Nothing is read ahead: when nobody asks,
/// the pipes fill up and the child waits.
pub(super) struct Output<R: Reactor> {
    stdout: Option<Pipe<R>>,
    stderr: Option<Pipe<R>>,
    reader: Reader,
    /// While a child floods us, nothing is read before this is over.
    nap: Nap<R>,
    /// Which stream is asked first the next time.
    first: Stream,
    /// What may still be read; no limit before the grace period is over.
    left: Option<usize>,
}

impl<R: Reactor> Output<R> {
    /// # Errors
    ///
    /// When they cannot be watched.
    pub(super) fn new(
        stdout: Option<OwnedFd>,
        stderr: Option<OwnedFd>,
        reader: Reader,
    ) -> std::io::Result<Self> {
        Ok(Self {
            stdout: stdout.map(Pipe::watched).transpose()?,
            stderr: stderr.map(Pipe::watched).transpose()?,
            reader,
            nap: Nap::new(),
            first: Stream::Stdout,
            left: None,
        })
    }

    /// Whether both streams are at their end.
    pub(super) const fn is_over(&self) -> bool {
        self.stdout.is_none() && self.stderr.is_none()
    }

    /// Reads from now on no more than what the pipes can hold: all that the child
    /// itself said before it ended is among it.
    pub(super) fn limit(&mut self) {
        if self.left.is_none() {
            self.left = Some(PIPES);
            self.nap.end();
        }
    }

    /// Whether the limit is used up.
    pub(super) fn is_used_up(&self) -> bool {
        self.left == Some(0)
    }

    /// Behind which byte of the recording all is that was read.
    pub(super) fn recorded(&self) -> Option<RecordingPlace> {
        self.reader.recorded()
    }

    /// Notes how the child ended.
    pub(super) fn ended(&mut self, exit: Exit) {
        self.reader.ended(exit);
    }

    /// Closes what is open of it: nothing more is told.
    pub(super) fn close(&mut self, children: &Children) {
        for (slot, stream) in [
            (&mut self.stdout, Stream::Stdout),
            (&mut self.stderr, Stream::Stderr),
        ] {
            if slot.take().is_some() {
                self.reader.close(stream);
            }
        }
        children.rest(&mut self.reader);
    }

    /// Our ends of both, as far as they are open: nothing more is read here.
    pub(super) fn take(&mut self) -> [Option<OwnedFd>; 2] {
        let pipe = |slot: &mut Option<Pipe<R>>| slot.take()?.into_inner();
        [pipe(&mut self.stdout), pipe(&mut self.stderr)]
    }

    /// The next bytes of either stream; pending when there are none, also at the end.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<ChildEvent> {
        ready!(self.nap.poll(cx));
        let order = match self.first {
            Stream::Stdout => [Stream::Stdout, Stream::Stderr],
            Stream::Stderr => [Stream::Stderr, Stream::Stdout],
        };
        for (stream, other) in order.into_iter().zip(order.into_iter().rev()) {
            if self.reader.begun().is_some_and(|begun| begun != stream) {
                continue;
            }
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
        let slot = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        let Some(pipe) = slot else {
            return Poll::Ready(None);
        };
        let reader = &mut self.reader;
        let read = pipe.poll_read(cx, |fd| reader.read(stream, fd));
        if let Some(removed) = self.reader.take_removed() {
            R::forget(move || drop(removed));
        }
        if let Ok(Heard::Bytes { bytes, nap, .. }) = ready!(read) {
            if let Some(time) = nap.filter(|_| self.left.is_none()) {
                pipe.let_be();
                self.nap.begin(time);
            }
            return Poll::Ready(Some(bytes));
        }
        *slot = None;
        Poll::Ready(None)
    }
}

impl<R: Reactor> fmt::Debug for Output<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("is_over", &self.is_over())
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}
