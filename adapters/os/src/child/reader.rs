//! Reading what a child says.

use super::pace::{Meter, Pace};
use crate::recorder::Recorder;
use collodi_command::{Exit, Stream};
use rustix::{fd::BorrowedFd, io::Errno};
use std::{
    io,
    mem::MaybeUninit,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

/// The most bytes of one read. They are read into a buffer that lives on the stack: a child
/// that says nothing costs nothing.
const CHUNK: usize = 64 << 10;

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
}

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
        let mut buffer = [const { MaybeUninit::uninit() }; CHUNK];
        loop {
            match read(&mut self.recorder, stream, pipe, &mut buffer) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Heard::Nothing,
                Ok([]) | Err(_) => return self.end(stream),
                Ok(bytes) => {
                    let bytes = Arc::from(bytes);
                    return self.tap(stream).heard(bytes, pipe);
                }
            }
        }
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

/// Reads, and keeps what was read.
fn read<'a>(
    recorder: &mut Option<Recorder>,
    stream: Stream,
    pipe: BorrowedFd<'_>,
    buffer: &'a mut [MaybeUninit<u8>; CHUNK],
) -> Result<&'a [u8], Errno> {
    let Some(recorder) = recorder else {
        return Ok(rustix::io::read(pipe, buffer)?.0);
    };
    if recorder.takes() {
        return recorder.take(stream, pipe, buffer);
    }
    let (bytes, _) = rustix::io::read(pipe, buffer)?;
    recorder.hear(stream, bytes);
    Ok(bytes)
}

impl Tap {
    fn heard(&mut self, bytes: Arc<[u8]>, pipe: BorrowedFd<'_>) -> Heard {
        let more = bytes.len() == CHUNK;
        let pace = self.meter.note(Instant::now(), more);
        if pace != Pace::Eager && !self.is_large {
            // Refused, it stays as it is.
            let _ = enlarge(pipe);
            self.is_large = true;
        }
        let nap = match pace {
            Pace::Nap(nap) => Some(nap),
            Pace::Eager | Pace::Flood => None,
        };
        Heard::Bytes { bytes, more, nap }
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
