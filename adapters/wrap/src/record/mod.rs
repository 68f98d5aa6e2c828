//! Everything that is asked of the world and answered by it, as text.

mod backends;
mod child;

use collodi_backend::{Backends, Clock};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// As `backends`; every call and answer is given to `write` as a line, without its end, in
/// the notation of the traces of `collodi-machine`: `>` is what was asked, `<` what came of
/// it, both with the number of the call.
///
/// `write` is called where the call is made and must not wait. What children and files say
/// is in the lines, secrets too.
pub fn record(backends: Backends, write: impl Fn(&str) + Send + Sync + 'static) -> Backends {
    let recorder = Arc::new(Recorder {
        clock: Arc::clone(&backends.clock),
        last: AtomicU64::new(0),
        write: Box::new(write),
    });
    Backends {
        process: Arc::new(Recorded::new(backends.process, &recorder)),
        files: Arc::new(Recorded::new(backends.files, &recorder)),
        network: Arc::new(Recorded::new(backends.network, &recorder)),
        web: Arc::new(Recorded::new(backends.web, &recorder)),
        clock: backends.clock,
    }
}

/// A part of the world, and who writes down what happens to it.
#[derive(Debug)]
struct Recorded<T: ?Sized> {
    inner: Arc<T>,
    recorder: Arc<Recorder>,
}

impl<T: ?Sized> Recorded<T> {
    fn new(inner: Arc<T>, recorder: &Arc<Recorder>) -> Self {
        let recorder = Arc::clone(recorder);
        Self { inner, recorder }
    }

    fn asked(&self, what: impl fmt::Display) -> Call {
        Recorder::asked(&self.recorder, what)
    }
}

struct Recorder {
    clock: Arc<dyn Clock>,
    last: AtomicU64,
    write: Box<dyn Fn(&str) + Send + Sync>,
}

impl Recorder {
    /// Writes down what is asked.
    fn asked(recorder: &Arc<Self>, what: impl fmt::Display) -> Call {
        let call = Call {
            recorder: Arc::clone(recorder),
            number: recorder.last.fetch_add(1, Ordering::Relaxed) + 1,
            is_over: false,
        };
        call.line('>', what);
        call
    }
}

/// A call under way. One that is dropped before its answer is said to be left.
#[derive(Debug)]
struct Call {
    recorder: Arc<Recorder>,
    number: u64,
    is_over: bool,
}

impl Call {
    /// Writes down what is heard on the way.
    fn heard(&self, what: impl fmt::Display) {
        self.line('<', what);
    }

    /// Writes down the answer.
    fn answered(mut self, what: impl fmt::Display) {
        self.is_over = true;
        self.line('<', what);
    }

    fn line(&self, sign: char, what: impl fmt::Display) {
        let now = self.recorder.clock.now();
        (self.recorder.write)(&format!("{now} {sign} #{} {what}", self.number));
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_over {
            self.line('<', "left");
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({} calls)", self.last.load(Ordering::Relaxed))
    }
}
