//! Reading what a child says.

use super::pace::{Meter, Pace};
use crate::recorder::Recorder;
use collodi_command::{Exit, RecordingPlace, Stream};
use rustix::{
    fd::{BorrowedFd, OwnedFd},
    io::Errno,
};
use std::{
    io,
    mem::MaybeUninit,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

/// The most bytes of one read, where they are read into a buffer: it lives on the stack, so
/// that a child that says nothing costs nothing.
const CHUNK: usize = 64 << 10;

/// The most bytes that are taken at once, where they are moved to a file first. While they
/// are moved nobody can write into the pipe: less often, and more, lets the child go on.
const TAKEN: usize = 256 << 10;

/// What one read of a stream gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// This, which is not empty.
    Bytes {
        /// What was said.
        bytes: Arc<[u8]>,
        /// There may be more already: reading again at once is worth it.
        more: bool,
        /// The child floods us. Whoever leaves it alone for so long, and reads then, has
        /// the same sooner.
        nap: Option<Duration>,
    },
    /// Nothing yet: to be asked again when the stream is readable.
    Nothing,
    /// The end, for good.
    End,
}

/// Reads the streams of one child. What is to be kept is kept before it is given.
#[derive(Debug, Default)]
pub struct Reader {
    stdout: Tap,
    stderr: Tap,
    recorder: Option<Recorder>,
    /// While a flood is taken: where it is read to, and given in when it is full.
    large: Option<Arc<[u8]>>,
}

/// Bytes that were read, and whether they were as many as can be at once; none at the end.
type Read = Option<(Arc<[u8]>, bool)>;

/// What is known about one stream.
#[derive(Debug, Default)]
struct Tap {
    meter: Meter,
    is_large: bool,
}

impl Reader {
    pub(super) fn new(recorder: Option<Recorder>) -> Self {
        Self {
            recorder,
            ..Self::default()
        }
    }

    /// Reads what `pipe`, which does not block, holds of `stream`. A stream that cannot be
    /// read is at its end.
    pub fn read(&mut self, stream: Stream, pipe: BorrowedFd<'_>) -> Heard {
        loop {
            match self.next(stream, pipe) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    self.large = None;
                    return Heard::Nothing;
                }
                Ok(None) | Err(_) => return self.end(stream),
                Ok(Some((bytes, whole))) => return self.tap(stream).heard(bytes, whole, pipe),
            }
        }
    }

    fn next(&mut self, stream: Stream, pipe: BorrowedFd<'_>) -> Result<Read, Errno> {
        let recorder = self.recorder.as_mut();
        let taking = recorder.and_then(|recorder| recorder.takes().then_some(recorder));
        match taking.map(|recorder| recorder.take(stream, pipe, TAKEN)) {
            None => read(self.recorder.as_mut(), stream, pipe),
            Some(taken) => match taken? {
                0 => Ok(None),
                count => self.taken(count).map(Some),
            },
        }
    }

    /// The bytes that were taken last, `count` of them.
    fn taken(&mut self, count: usize) -> Result<(Arc<[u8]>, bool), Errno> {
        let recorder = self.recorder.as_ref().ok_or(Errno::IO)?;
        // Whoever was given it has let go of it.
        let free = |large: &Arc<[u8]>| Arc::strong_count(large) == 1;
        let mut large = match self.large.take().filter(free) {
            None if count <= CHUNK => return Ok((few(recorder, count)?, false)),
            None => vec![0; TAKEN].into(),
            Some(large) => large,
        };
        let room = Arc::get_mut(&mut large).and_then(|large| large.get_mut(..count));
        // Fewer than were taken when somebody has cut the file.
        let read = recorder.last(room.ok_or(Errno::IO)?)?;
        let bytes = match large.get(..read) {
            Some(part) if read < TAKEN => part.into(),
            _ => Arc::clone(&large),
        };
        self.large = Some(large);
        Ok((bytes, count == TAKEN))
    }

    /// Notes how the child ended.
    pub fn ended(&mut self, exit: Exit) {
        if let Some(recorder) = &mut self.recorder {
            recorder.ended(exit);
        }
    }

    /// Nothing more will be read of a stream, though it may not be at its end.
    pub fn close(&mut self, stream: Stream) {
        if let Some(recorder) = &mut self.recorder {
            recorder.close(stream);
        }
    }

    /// Behind which byte of the recording all is that was read; none where not all of it is kept.
    pub fn recorded(&self) -> Option<RecordingPlace> {
        self.recorder.as_ref()?.place()
    }

    /// A file of the recording that is no longer kept: to close it takes a while.
    pub fn take_removed(&mut self) -> Option<OwnedFd> {
        self.recorder.as_mut()?.take_removed()
    }

    /// What keeps what is read: nothing more is read.
    pub(super) const fn take_recorder(&mut self) -> Option<Recorder> {
        self.recorder.take()
    }

    fn end(&mut self, stream: Stream) -> Heard {
        self.close(stream);
        Heard::End
    }

    const fn tap(&mut self, stream: Stream) -> &mut Tap {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }
}

/// The bytes that were taken last, where they are few.
fn few(recorder: &Recorder, count: usize) -> Result<Arc<[u8]>, Errno> {
    let mut bytes = vec![0; count];
    let read = recorder.last(&mut bytes)?;
    bytes.truncate(read);
    Ok(bytes.into())
}

/// Reads, and keeps what was read.
fn read(
    recorder: Option<&mut Recorder>,
    stream: Stream,
    pipe: BorrowedFd<'_>,
) -> Result<Read, Errno> {
    let mut buffer = [const { MaybeUninit::uninit() }; CHUNK];
    let (bytes, _) = rustix::io::read(pipe, &mut buffer)?;
    if let Some(recorder) = recorder {
        recorder.hear(stream, bytes);
    }
    let whole = bytes.len() == CHUNK;
    Ok((!bytes.is_empty()).then(|| (Arc::from(&*bytes), whole)))
}

impl Tap {
    /// Takes note of what was heard; `whole` when there may be more already.
    fn heard(&mut self, bytes: Arc<[u8]>, whole: bool, pipe: BorrowedFd<'_>) -> Heard {
        let pace = self.meter.note(Instant::now(), bytes.len(), whole);
        if pace != Pace::Eager && !self.is_large {
            // Refused, it stays as it is.
            let _ = enlarge(pipe);
            self.is_large = true;
        }
        let nap = match pace {
            Pace::Nap(nap) => Some(nap),
            Pace::Eager | Pace::Flood => None,
        };
        Heard::Bytes {
            bytes,
            more: whole,
            nap,
        }
    }
}

/// Writes as much of `bytes` as there is room for in `pipe`, which does not block, and says
/// how much; pending while there is none.
pub fn write_some(pipe: BorrowedFd<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
    loop {
        match rustix::io::write(pipe, bytes) {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Poll::Pending,
            written => return Poll::Ready(written.map_err(io::Error::from)),
        }
    }
}

/// Makes a pipe as large as anyone but root may have it.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn enlarge(pipe: BorrowedFd<'_>) -> Result<(), Errno> {
    rustix::pipe::fcntl_setpipe_size(pipe, 1 << 20).map(drop)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
const fn enlarge(_: BorrowedFd<'_>) -> Result<(), Errno> {
    Err(Errno::NOTSUP)
}
