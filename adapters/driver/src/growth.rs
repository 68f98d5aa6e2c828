//! Logs that grow, for who reads them at its own pace.

use collodi_host::Event;
use futures::{Stream, task::AtomicWaker};
use std::{
    collections::BTreeSet,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

/// Which of some logs have grown since this was asked last, by the names of their runs and
/// processes. Takes no more memory for a reader that is slow. Ends when the host does.
#[derive(Debug)]
pub struct Growth(Arc<Watch>);

/// The same, seen from the driver.
#[derive(Debug)]
pub(crate) struct Watcher(Arc<Watch>);

#[derive(Debug, Default)]
struct Watch {
    names: BTreeSet<String>,
    grown: Mutex<Grown>,
    reader: AtomicWaker,
}

#[derive(Debug, Default)]
struct Grown {
    names: BTreeSet<String>,
    over: bool,
}

impl Watch {
    /// A reader that panicked while it held the lock has left the set as it was.
    fn grown(&self) -> MutexGuard<'_, Grown> {
        self.grown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever watches the logs of these runs and processes.
pub(crate) fn watch(names: BTreeSet<String>) -> (Watcher, Growth) {
    let watch = Arc::new(Watch {
        names,
        ..Watch::default()
    });
    (Watcher(watch.clone()), Growth(watch))
}

impl Stream for Growth {
    type Item = BTreeSet<String>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.reader.register(cx.waker());
        let mut grown = self.0.grown();
        if !grown.names.is_empty() {
            return Poll::Ready(Some(std::mem::take(&mut grown.names)));
        }
        match grown.over {
            true => Poll::Ready(None),
            false => Poll::Pending,
        }
    }
}

impl Watcher {
    /// Whether somebody still reads.
    pub(crate) fn is_read(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    pub(crate) fn tell(&self, event: &Event) {
        let name = match event {
            Event::Run { run, .. } => run.as_str(),
            Event::Process { process, .. } => process.as_str(),
            _ => return,
        };
        if !self.0.names.contains(name) {
            return;
        }
        let added = self.0.grown().names.insert(name.to_owned());
        if added {
            self.0.reader.wake();
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.grown().over = true;
        self.0.reader.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_host::{ProcessEvent, ProcessId};
    use futures::{FutureExt as _, StreamExt as _};

    fn said(name: &str) -> Event {
        Event::Process {
            process: ProcessId::from_text(name),
            app: "demo".into(),
            what: ProcessEvent::Waits(Vec::new()),
        }
    }

    #[test]
    fn a_slow_reader_hears_once_of_each_log_that_it_watches() {
        let (watcher, mut growth) = watch(["a".to_owned(), "b".to_owned()].into());
        assert!(growth.next().now_or_never().is_none());
        for name in ["b", "c", "a", "b", "b"] {
            watcher.tell(&said(name));
        }
        let grown = growth.next().now_or_never().flatten().unwrap();
        assert_eq!(grown.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        assert!(growth.next().now_or_never().is_none());
        watcher.tell(&said("a"));
        drop(watcher);
        assert!(growth.next().now_or_never().flatten().is_some());
        assert!(matches!(growth.next().now_or_never(), Some(None)));
    }
}
