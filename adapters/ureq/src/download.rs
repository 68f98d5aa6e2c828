//! Downloads.

use crate::{
    agent::{agent, failed, headers, request},
    landing::{self, Misplaced, Place},
    listener::Listener,
};
use async_trait::async_trait;
use collodi_backend::{Download, DownloadEvent};
use collodi_file::FileError;
use collodi_os::Part;
use collodi_web::{
    DownloadSpec, Downloaded, Headers, Plan, Validator, WebError, WebErrorKind, content_start, plan,
};
use std::{future::poll_fn, io::Read, sync::Arc, thread};
use ureq::{Agent, Body, Error, http::Response};

/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// Begins a download on a thread of its own.
pub(crate) fn begin(spec: DownloadSpec) -> Running {
    let listener = Arc::new(Listener::default());
    let agent = agent(None);
    let running = Running {
        listener: Arc::clone(&listener),
        agent: Some(agent.clone()),
    };
    let url = spec.url.clone();
    let job = Job {
        spec,
        agent,
        listener: Arc::clone(&listener),
    };
    let work = move || {
        let mut ending = Ending::of(&job);
        ending.ended = Some(job.run());
    };
    let started = thread::Builder::new()
        .name("collodi-download".to_owned())
        .spawn(work);
    if started.is_err() {
        listener.end(Err(WebError::new(WebErrorKind::Exhausted, url)));
    }
    running
}

/// A download, seen from whoever waits for it.
#[derive(Debug)]
pub(crate) struct Running {
    listener: Arc<Listener>,
    agent: Option<Agent>,
}

#[async_trait]
impl Download for Running {
    async fn next_event(&mut self) -> Option<DownloadEvent> {
        poll_fn(|cx| self.listener.poll(cx)).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.listener.leave();
        if let Some(agent) = self.agent.take() {
            agent.shutdown();
        }
    }
}

/// A download, seen from its thread.
struct Job {
    spec: DownloadSpec,
    agent: Agent,
    listener: Arc<Listener>,
}

/// Tells the end of a download when it is dropped: also when its thread panics.
struct Ending<'a> {
    job: &'a Job,
    ended: Option<Result<Downloaded, WebError>>,
}

impl<'a> Ending<'a> {
    const fn of(job: &'a Job) -> Self {
        Self { job, ended: None }
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let panicked = || Err(self.job.failed(WebErrorKind::Aborted));
        let ended = self.ended.take().unwrap_or_else(panicked);
        self.job.listener.end(ended);
    }
}

type Answer = Response<Body>;

impl Job {
    fn run(&self) -> Result<Downloaded, WebError> {
        let (found, answer) = self.look()?;
        let place = Place::of(&self.spec, &found).map_err(|error| self.misplaced(error))?;
        let length = length(&found);
        self.spec.check_length(length)?;
        let (now, mut known) = (
            version(&found),
            place.known().map_err(|error| self.file(error))?,
        );
        if plan(&known, length, now.as_ref()) == Plan::Skip {
            return Ok(place.downloaded(length.unwrap_or(0), true));
        }
        place.check(&known).map_err(|kind| self.failed(kind))?;
        let part = place.part().map_err(|error| self.file(error))?;
        let mut part = part.ok_or_else(|| self.failed(WebErrorKind::Busy))?;
        landing::look_at(&mut known, &part, &self.spec.url).map_err(|error| self.file(error))?;
        let bytes = match plan(&known, length, now.as_ref()) {
            Plan::Resume { from } => {
                drop(answer);
                self.resume(&mut part, from, now.as_ref())?
            }
            _ => self.whole(&mut part, answer)?,
        };
        self.land(&place, part)?;
        Ok(place.downloaded(bytes, false))
    }

    /// Gives the part its name, unless nobody waits any more. What takes long is done
    /// before that is looked at.
    fn land(&self, place: &Place, mut part: Part<'_>) -> Result<(), WebError> {
        part.flush().map_err(|error| self.file(error))?;
        if self.listener.is_gone() {
            return Err(self.failed(WebErrorKind::Aborted));
        }
        place.finish(part).map_err(|error| self.misplaced(error))
    }

    /// What the server says of the file, and the answer that has it when it does not say
    /// so without.
    fn look(&self) -> Result<(Headers, Option<Answer>), WebError> {
        let head = self.ask("HEAD", &[]);
        if let Ok(answer) = head
            && answer.status().as_u16() == 200
        {
            return Ok((headers(&answer), None));
        }
        let answer = self.ask("GET", &[])?;
        self.spec.check_status(answer.status().as_u16())?;
        Ok((headers(&answer), Some(answer)))
    }

    /// Asks for what is behind `from`. A server that sends all of it begins anew.
    fn resume(
        &self,
        part: &mut Part<'_>,
        from: u64,
        of: Option<&Validator>,
    ) -> Result<u64, WebError> {
        let range = format!("bytes={from}-");
        let version = of.map_or("", Validator::as_str);
        let answer = self.ask("GET", &[("range", &range), ("if-range", version)])?;
        let headers = headers(&answer);
        let start = headers.get("content-range").and_then(content_start);
        match (answer.status().as_u16(), start) {
            (206, Some((start, total))) if start == from => {
                let from = part.go_on().map_err(|error| self.file(error))?;
                let total = total.or_else(|| Some(from.saturating_add(length(&headers)?)));
                self.read(part, answer, from, total)
            }
            (206 | 416, _) => self.whole(part, None),
            _ => self.whole(part, Some(answer)),
        }
    }

    /// Reads all of the file, from the answer that is there or from a new one.
    fn whole(&self, part: &mut Part<'_>, answer: Option<Answer>) -> Result<u64, WebError> {
        let answer = match answer {
            Some(answer) => answer,
            None => self.ask("GET", &[])?,
        };
        self.spec.check_status(answer.status().as_u16())?;
        let headers = headers(&answer);
        let note = version(&headers).map(|version| version.note(&self.spec.url));
        part.begin(note.as_deref())
            .map_err(|error| self.file(error))?;
        self.read(part, answer, 0, length(&headers))
    }

    /// Reads an answer behind what is there. How much is there then: all of it.
    fn read(
        &self,
        part: &mut Part<'_>,
        answer: Answer,
        from: u64,
        total: Option<u64>,
    ) -> Result<u64, WebError> {
        self.spec.check_length(total)?;
        let mut reader = answer.into_body().into_reader();
        let (mut done, mut buffer) = (from, vec![0; CHUNK]);
        self.listener.progress(done, total);
        loop {
            let count = self.read_some(&mut reader, &mut buffer)?;
            let bytes = buffer.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            done = done.saturating_add(count as u64);
            self.spec.check_length(Some(done))?;
            part.write(bytes).map_err(|error| self.file(error))?;
            self.listener.progress(done, total);
        }
        if total.is_none_or(|total| total == done) {
            Ok(done)
        } else {
            Err(self.failed(WebErrorKind::Truncated))
        }
    }

    fn read_some(&self, reader: &mut impl Read, buffer: &mut [u8]) -> Result<usize, WebError> {
        let read = reader.read(buffer);
        if self.listener.is_gone() {
            return Err(self.failed(WebErrorKind::Aborted));
        }
        read.map_err(|error| {
            let error = failed(&self.spec.url, &Error::from(error));
            match error.kind {
                WebErrorKind::Connection | WebErrorKind::Protocol | WebErrorKind::Truncated => {
                    self.failed(WebErrorKind::Truncated)
                }
                _ => error,
            }
        })
    }

    fn ask(&self, method: &str, more: &[(&str, &str)]) -> Result<Answer, WebError> {
        if self.listener.is_gone() {
            return Err(self.failed(WebErrorKind::Aborted));
        }
        let mut own = self.spec.headers.clone();
        for (name, value) in more {
            own.set(name, value);
        }
        let request = request(method, &self.spec.url, &own)
            .body(())
            .map_err(Error::from);
        let answer = request.and_then(|request| self.agent.run(request));
        answer.map_err(|error| failed(&self.spec.url, &error))
    }

    fn failed(&self, kind: WebErrorKind) -> WebError {
        self.spec.failed(kind)
    }

    fn misplaced(&self, error: Misplaced) -> WebError {
        match error {
            Misplaced::Name(kind) => self.failed(kind),
            Misplaced::File(error) => self.file(error),
        }
    }

    fn file(&self, error: FileError) -> WebError {
        let path = error.path.absolute();
        let said = error.detail.map(|detail| format!("{path}: {detail}"));
        self.failed(WebErrorKind::File(error.kind))
            .detail(said.unwrap_or(path))
    }
}

fn length(headers: &Headers) -> Option<u64> {
    headers.get("content-length")?.trim().parse().ok()
}

fn version(headers: &Headers) -> Option<Validator> {
    Validator::from_headers(headers.get("etag"), headers.get("last-modified"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_contain::{RelPath, Root};
    use collodi_web::{Target, WebUrl};
    use std::{fs, panic, task::Poll};

    fn job(dir: &tempfile::TempDir) -> Job {
        let file = Root::new(dir.path().to_str().unwrap()).at(RelPath::parse("model.bin").unwrap());
        let spec = DownloadSpec {
            url: WebUrl::parse("http://h/model.bin").unwrap(),
            headers: Headers::default(),
            target: Target::File(file),
            limit: 100,
        };
        let (agent, listener) = (agent(None), Arc::default());
        Job {
            spec,
            agent,
            listener,
        }
    }

    /// What a part with something in it comes to.
    fn landed(job: &Job) -> Result<(), WebError> {
        let place = Place::of(&job.spec, &Headers::default()).unwrap();
        let mut part = place.part().unwrap().unwrap();
        part.write(b"whole").unwrap();
        job.land(&place, part)
    }

    #[test]
    fn what_was_cancelled_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (job, file) = (job(&dir), dir.path().join("model.bin"));
        fs::write(&file, "old").unwrap();
        job.listener.leave();
        assert_eq!(landed(&job).unwrap_err().kind, WebErrorKind::Aborted);
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert_eq!(
            fs::read(dir.path().join("model.bin.part")).unwrap(),
            b"whole"
        );
    }

    #[test]
    fn what_somebody_waits_for_lands() {
        let dir = tempfile::tempdir().unwrap();
        let job = job(&dir);
        landed(&job).unwrap();
        assert_eq!(fs::read(dir.path().join("model.bin")).unwrap(), b"whole");
    }

    #[test]
    fn a_servers_name_replaces_nothing_that_came_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        let mut job = job(&dir);
        job.spec.target = Target::Dir(Root::new(dir.path().to_str().unwrap()).at(RelPath::root()));
        let mut headers = Headers::default();
        headers.set("content-disposition", "attachment; filename=mine.bin");
        let place = Place::of(&job.spec, &headers).unwrap();
        let mut part = place.part().unwrap().unwrap();
        part.write(b"whole").unwrap();
        fs::write(dir.path().join("mine.bin"), "mine").unwrap();
        let landed = job.land(&place, part);
        assert_eq!(landed.unwrap_err().kind, WebErrorKind::NameTaken);
        assert_eq!(fs::read(dir.path().join("mine.bin")).unwrap(), b"mine");
    }

    #[test]
    fn a_panic_ends_the_download() {
        let dir = tempfile::tempdir().unwrap();
        let job = job(&dir);
        let listener = Arc::clone(&job.listener);
        let thread = thread::spawn(move || {
            let _ending = Ending::of(&job);
            panic::resume_unwind(Box::new(()));
        });
        assert!(thread.join().is_err());
        let cx = &mut std::task::Context::from_waker(std::task::Waker::noop());
        match listener.poll(cx) {
            Poll::Ready(Some(DownloadEvent::Ended(Err(error)))) => {
                assert_eq!(error.kind, WebErrorKind::Aborted);
            }
            other => assert_eq!(format!("{other:?}"), "an end"),
        }
    }
}
