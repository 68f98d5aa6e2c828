//! Recordings whose process has ended, for its next life.
//!
//! A daemon may be started again at once, and to find its files again takes a good part of a start.

use super::segment::Segment;
use collodi_command::Recording;
use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The most that stay open: each has two descriptors.
const MOST: usize = 32;

/// Segments that nobody writes at the moment, with their recordings.
#[derive(Debug, Default)]
pub(crate) struct Resting(Mutex<Vec<(Arc<Recording>, Segment)>>);

impl Resting {
    /// Keeps a segment open, where there is room.
    pub(super) fn keep(&self, recording: Arc<Recording>, segment: Segment) {
        let mut resting = self.lock();
        if resting.len() < MOST {
            resting.push((recording, segment));
        }
    }

    /// The segment that is gone on with in this recording, if it is open and still there.
    pub(super) fn take(&self, recording: &Arc<Recording>) -> Option<Segment> {
        let (of, mut segment) = self.find(recording)?;
        let is_fit = of == *recording && segment.is_there();
        is_fit.then(|| {
            segment.begin_life();
            segment
        })
    }

    fn find(&self, recording: &Recording) -> Option<(Arc<Recording>, Segment)> {
        let mut resting = self.lock();
        let is_it = |(of, _): &(Arc<Recording>, Segment)| of.dir == recording.dir;
        let at = resting.iter().position(is_it)?;
        Some(resting.swap_remove(at))
    }

    /// Whether any is open.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Closes all.
    pub(crate) fn clear(&self) {
        // To close a file may take a while; who starts a process does not wait for it.
        drop(mem::take(&mut *self.lock()));
    }

    /// A panic elsewhere does not make the list wrong.
    fn lock(&self) -> MutexGuard<'_, Vec<(Arc<Recording>, Segment)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
