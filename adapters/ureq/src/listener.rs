//! What a download's thread tells whoever waits for it: the latest progress, and the end.

use collodi_backend::DownloadEvent;
use collodi_web::{Downloaded, WebError};
use futures::task::AtomicWaker;
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// How often progress is told at most.
const OFTEN: Duration = Duration::from_millis(250);

/// What was told and not heard yet.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    news: Mutex<News>,
    waker: AtomicWaker,
    gone: AtomicBool,
}

#[derive(Debug, Default)]
struct News {
    progress: Option<(u64, Option<u64>)>,
    told_at: Option<Instant>,
    ended: Option<Result<Downloaded, WebError>>,
    over: bool,
}

impl Listener {
    /// Whether nobody waits any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    pub(crate) fn leave(&self) {
        self.gone.store(true, Ordering::Release);
    }

    /// So much is there. Told when nothing was told a while.
    pub(crate) fn progress(&self, done: u64, total: Option<u64>) {
        let mut news = self.news();
        if news.told_at.is_none_or(|at| at.elapsed() >= OFTEN) {
            news.told_at = Some(Instant::now());
            news.progress = Some((done, total));
            drop(news);
            self.waker.wake();
        }
    }

    pub(crate) fn end(&self, ended: Result<Downloaded, WebError>) {
        self.news().ended = Some(ended);
        self.waker.wake();
    }

    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<Option<DownloadEvent>> {
        self.waker.register(cx.waker());
        let mut news = self.news();
        if let Some((done, total)) = news.progress.take() {
            return Poll::Ready(Some(DownloadEvent::Progress { done, total }));
        }
        match news.ended.take() {
            Some(ended) => {
                news.over = true;
                Poll::Ready(Some(DownloadEvent::Ended(ended)))
            }
            None if news.over => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
