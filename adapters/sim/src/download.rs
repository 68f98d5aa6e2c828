//! Downloads into the tree in memory.

use crate::{
    clock::Sleep,
    disk::{Disk, End, Node, Way},
    executor::Shared,
    site::{Reply, Then},
    state::Key,
    web::{ask, headers, silence},
};
use async_trait::async_trait;
use collodi_backend::{BoxFuture, Download, DownloadEvent};
use collodi_contain::ContainedPath;
use collodi_file::FileErrorKind;
use collodi_web::{
    ChosenName, DownloadSpec, Downloaded, Headers, Known, PART, Plan, Target, VALIDATOR, Validator,
    WebError, WebErrorKind, content_start, plan,
};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

/// How much comes at once, and how long that takes.
const PIECE: usize = 64 << 10;
const PACE: Duration = Duration::from_millis(10);

type Ended = Result<Downloaded, WebError>;
type Progress = Arc<Mutex<Option<(u64, Option<u64>)>>>;

/// A download under way.
pub(crate) struct Running {
    work: Option<BoxFuture<'static, Ended>>,
    progress: Progress,
}

impl Running {
    pub(crate) fn new(world: Arc<Shared>, spec: DownloadSpec) -> Self {
        let progress = Progress::default();
        let job = Job {
            world,
            spec,
            progress: Arc::clone(&progress),
        };
        let work = Box::pin(async move { job.run().await });
        Self {
            work: Some(work),
            progress,
        }
    }

    fn told(&self) -> Option<DownloadEvent> {
        let told = self
            .progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        told.map(|(done, total)| DownloadEvent::Progress { done, total })
    }
}

#[async_trait]
impl Download for Running {
    async fn next_event(&mut self) -> Option<DownloadEvent> {
        std::future::poll_fn(|cx| {
            let Some(work) = &mut self.work else {
                return Poll::Ready(None);
            };
            let ended = work.as_mut().poll(cx);
            if let Some(told) = self.told() {
                cx.waker().wake_by_ref();
                if let Poll::Ready(ended) = ended {
                    self.work = Some(Box::pin(std::future::ready(ended)));
                }
                return Poll::Ready(Some(told));
            }
            ended.map(|ended| {
                self.work = None;
                Some(DownloadEvent::Ended(ended))
            })
        })
        .await
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}

struct Job {
    world: Arc<Shared>,
    spec: DownloadSpec,
    progress: Progress,
}

impl Job {
    async fn run(&self) -> Ended {
        let ended = self.download().await;
        let mut state = self.world.state();
        match &ended {
            Ok(file) => state.record(format_args!("{file}")),
            Err(error) => state.record(format_args!("failed to {}: {error}", self.spec)),
        }
        ended
    }

    async fn download(&self) -> Ended {
        let (found, answer) = self.look().await?;
        let (path, chosen) = self.path(&found)?;
        let (length, now) = (length(&found), version(&found));
        self.spec.check_length(length)?;
        let known = self.known(&path)?;
        let _alone = self.alone(&path)?;
        let bytes = match plan(&known, length, now.as_ref()) {
            Plan::Skip => {
                let bytes = length.unwrap_or(0);
                return Ok(Downloaded {
                    path,
                    bytes,
                    was_there: true,
                });
            }
            Plan::Resume { from } => {
                self.check_name(chosen.as_ref(), &known)?;
                self.resume(&path, from, now.as_ref()).await?
            }
            Plan::Whole => {
                self.check_name(chosen.as_ref(), &known)?;
                self.whole(&path, answer).await?
            }
        };
        self.check_name(chosen.as_ref(), &self.known(&path)?)?;
        self.finish(&path)?;
        Ok(Downloaded {
            path,
            bytes,
            was_there: false,
        })
    }

    /// The place for this download alone, as long as what is given back lives.
    fn alone(&self, path: &ContainedPath) -> Result<Alone, WebError> {
        let (world, place) = (Arc::clone(&self.world), path.absolute());
        if self.world.state().web.busy.insert(place.clone()) {
            Ok(Alone { world, place })
        } else {
            Err(self.failed(WebErrorKind::Busy))
        }
    }

    async fn look(&self) -> Result<(Headers, Option<Reply>), WebError> {
        if let Ok(reply) = self.ask("HEAD", &[]).await
            && reply.status == 200
        {
            return Ok((headers(&reply), None));
        }
        let reply = self.ask("GET", &[]).await?;
        self.spec.check_status(reply.status)?;
        Ok((headers(&reply), Some(reply)))
    }

    async fn resume(
        &self,
        path: &ContainedPath,
        from: u64,
        of: Option<&Validator>,
    ) -> Result<u64, WebError> {
        let range = format!("bytes={from}-");
        let version = of.map_or("", Validator::as_str);
        let reply = self
            .ask("GET", &[("range", &range), ("if-range", version)])
            .await?;
        let start = headers(&reply).get("content-range").and_then(content_start);
        match (reply.status, start) {
            (206, Some((start, total))) if start == from => {
                self.read(path, reply, from, total).await
            }
            (206 | 416, _) => self.whole(path, None).await,
            _ => self.whole(path, Some(reply)).await,
        }
    }

    async fn whole(&self, path: &ContainedPath, reply: Option<Reply>) -> Result<u64, WebError> {
        let reply = match reply {
            Some(reply) => reply,
            None => self.ask("GET", &[]).await?,
        };
        self.spec.check_status(reply.status)?;
        let headers = headers(&reply);
        let note = version(&headers).map(|version| version.note(&self.spec.url));
        self.put(path, VALIDATOR, note.map(String::into_bytes))?;
        self.put(path, PART, Some(Vec::new()))?;
        self.read(path, reply, 0, length(&headers)).await
    }

    async fn read(
        &self,
        path: &ContainedPath,
        reply: Reply,
        from: u64,
        total: Option<u64>,
    ) -> Result<u64, WebError> {
        self.spec.check_length(total)?;
        let mut done = from;
        self.tell(done, total);
        for piece in reply.body.chunks(PIECE) {
            Sleep::after(Arc::clone(&self.world), PACE).await;
            done += piece.len() as u64;
            self.spec.check_length(Some(done))?;
            self.add(path, piece)?;
            self.tell(done, total);
        }
        if reply.then == Then::Nothing {
            silence(&self.world).await;
            return Err(self.failed(WebErrorKind::TimedOut));
        }
        if total.is_none_or(|total| total == done) {
            Ok(done)
        } else {
            Err(self.failed(WebErrorKind::Truncated))
        }
    }

    async fn ask(&self, method: &str, more: &[(&str, &str)]) -> Result<Reply, WebError> {
        let mut headers = self.spec.headers.clone();
        for (name, value) in more {
            headers.set(name, value);
        }
        ask(&self.world, method, &self.spec.url, &headers, &[]).await
    }

    fn path(&self, headers: &Headers) -> Result<(ContainedPath, Option<ChosenName>), WebError> {
        match &self.spec.target {
            Target::File(path) => Ok((path.clone(), None)),
            Target::Dir(dir) => {
                let given = headers.get("content-disposition");
                let chosen = ChosenName::of(given, &self.spec.url);
                let chosen = chosen.map_err(|kind| self.failed(kind))?;
                let escapes = |_| self.failed(WebErrorKind::File(FileErrorKind::Escapes));
                Ok((dir.join(&chosen.name).map_err(escapes)?, Some(chosen)))
            }
        }
    }

    fn check_name(&self, chosen: Option<&ChosenName>, known: &Known) -> Result<(), WebError> {
        let checked = chosen.map_or(Ok(()), |chosen| chosen.check(known));
        checked.map_err(|kind| self.failed(kind))
    }

    fn known(&self, path: &ContainedPath) -> Result<Known, WebError> {
        let complete = self.content(path, "")?;
        let part = self.content(path, PART)?;
        let note = self.content(path, VALIDATOR)?.unwrap_or_default();
        Ok(Known {
            complete: complete.map(|bytes| bytes.len() as u64),
            part: part.map_or(0, |bytes| bytes.len() as u64),
            part_is_of: Validator::from_note(&String::from_utf8_lossy(&note), &self.spec.url),
        })
    }

    /// The content of the file whose name ends in `ending`.
    fn content(&self, path: &ContainedPath, ending: &str) -> Result<Option<Vec<u8>>, WebError> {
        let read = |disk: &mut Disk| {
            let place = place(disk, path, ending)?;
            match disk.get(&place) {
                None => Ok(None),
                Some(Node::File(bytes)) => Ok(Some(bytes.clone())),
                Some(Node::Dir(_)) => Err(FileErrorKind::IsADirectory),
                Some(_) => Err(FileErrorKind::Special),
            }
        };
        self.on_disk(path, read)
    }

    /// Replaces the file whose name ends in `ending`, or removes it.
    fn put(
        &self,
        path: &ContainedPath,
        ending: &str,
        bytes: Option<Vec<u8>>,
    ) -> Result<(), WebError> {
        self.on_disk(path, |disk| {
            let place = place(disk, path, ending)?;
            match bytes {
                None => drop(disk.take(&place)),
                Some(bytes) => {
                    if let Some((_, parent)) = place.split_last() {
                        disk.make_dirs(parent)?;
                    }
                    disk.put(&place, Node::File(bytes))?;
                }
            }
            Ok(())
        })
    }

    fn add(&self, path: &ContainedPath, bytes: &[u8]) -> Result<(), WebError> {
        self.on_disk(path, |disk| {
            let place = place(disk, path, PART)?;
            match disk.get_mut(&place) {
                Some(Node::File(content)) => content.extend_from_slice(bytes),
                _ => return Err(FileErrorKind::NotFound),
            }
            Ok(())
        })
    }

    fn finish(&self, path: &ContainedPath) -> Result<(), WebError> {
        let whole = self.content(path, PART)?;
        self.put(path, "", whole)?;
        self.put(path, PART, None)?;
        self.put(path, VALIDATOR, None)
    }

    fn on_disk<T>(
        &self,
        path: &ContainedPath,
        work: impl FnOnce(&mut Disk) -> Result<T, FileErrorKind>,
    ) -> Result<T, WebError> {
        let mut state = self.world.state();
        let done = match state.faults.take_file(&format!("download to {path}")) {
            Some(kind) => Err(kind),
            None => work(&mut state.disk),
        };
        state.notify(Key::Disk);
        done.map_err(|kind| {
            self.failed(WebErrorKind::File(kind))
                .detail(path.absolute())
        })
    }

    fn tell(&self, done: u64, total: Option<u64>) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some((done, total));
    }

    fn failed(&self, kind: WebErrorKind) -> WebError {
        self.spec.failed(kind)
    }
}

/// Who works on a place.
struct Alone {
    world: Arc<Shared>,
    place: String,
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.world.state().web.busy.remove(&self.place);
    }
}

fn place(disk: &Disk, path: &ContainedPath, ending: &str) -> Result<Vec<String>, FileErrorKind> {
    let rel = path.rel().as_str();
    let mut place = disk.beneath(path.root(), rel, End::Follow, Way::MayBeMissing)?;
    if let Some(name) = place.last_mut() {
        name.push_str(ending);
    }
    Ok(place)
}

fn length(headers: &Headers) -> Option<u64> {
    headers.get("content-length")?.trim().parse().ok()
}

fn version(headers: &Headers) -> Option<Validator> {
    Validator::from_headers(headers.get("etag"), headers.get("last-modified"))
}
