//! Requests and downloads: they can be ended before they are done.

use crate::perform::{Happening, What};
use collodi_action::{Completion, Progress};
use collodi_backend::{Download, DownloadEvent, Web};
use collodi_machine::ActionId;
use collodi_web::{DownloadSpec, Downloaded, FetchSpec, WebError, WebErrorKind, WebUrl};
use futures::{
    FutureExt, StreamExt,
    channel::oneshot,
    future::{self, Either},
    stream::{self, BoxStream},
};
use std::{collections::BTreeMap, sync::Arc};

/// How those in flight can be ended: each waits for its end to be dropped.
#[derive(Debug, Default)]
pub(crate) struct Transfers(BTreeMap<ActionId, oneshot::Sender<()>>);

impl Transfers {
    /// One that begins.
    pub(crate) fn begin(&mut self, id: ActionId) -> Ended {
        self.0.retain(|_, end| !end.is_canceled());
        let (end, ended) = oneshot::channel();
        self.0.insert(id, end);
        Ended(ended)
    }

    /// Ends one, unless it is over.
    pub(crate) fn end(&mut self, id: ActionId) {
        self.0.remove(&id);
    }
}

/// Ready when somebody ends the transfer.
#[derive(Debug)]
pub(crate) struct Ended(oneshot::Receiver<()>);

pub(crate) fn fetch(
    web: Arc<dyn Web>,
    id: ActionId,
    spec: FetchSpec,
    ended: Ended,
) -> BoxStream<'static, Happening> {
    let url = spec.url.clone();
    let answer = async move {
        let fetching = web.fetch(spec);
        match future::select(fetching, ended.0).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(aborted(url)),
        }
    };
    let happening = answer.map(move |answer| Happening {
        id,
        what: What::Completed(Completion::Fetched(answer)),
    });
    stream::once(happening).boxed()
}

/// A download on its way.
struct Running {
    download: Box<dyn Download>,
    ended: Ended,
    url: WebUrl,
}

pub(crate) fn download(
    web: &Arc<dyn Web>,
    id: ActionId,
    spec: DownloadSpec,
    ended: Ended,
) -> BoxStream<'static, Happening> {
    let url = spec.url.clone();
    let download = web.download(spec);
    let running = Running {
        download,
        ended,
        url,
    };
    stream::unfold(Some(running), move |running| async move {
        let (what, next) = running?.next().await;
        Some((Happening { id, what }, next))
    })
    .boxed()
}

impl Running {
    async fn next(mut self) -> (What, Option<Self>) {
        let heard = match future::select(self.download.next_event(), &mut self.ended.0).await {
            Either::Left((heard, _)) => heard,
            Either::Right(_) => None,
        };
        match heard {
            Some(DownloadEvent::Progress { done, total }) => {
                let progress = Progress::Transferred { done, total };
                (What::Progress(progress), Some(self))
            }
            Some(DownloadEvent::Ended(ended)) => (completed(ended), None),
            None => (completed(Err(aborted(self.url))), None),
        }
    }
}

const fn completed(ended: Result<Downloaded, WebError>) -> What {
    What::Completed(Completion::Downloaded(ended))
}

const fn aborted(url: WebUrl) -> WebError {
    WebError::new(WebErrorKind::Aborted, url)
}
