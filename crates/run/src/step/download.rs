//! `fs.download`

use super::{Pending, Started, Step, query::address, retry::Retries};
use crate::{
    Completed, Event, OtherApps,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, missing, wrong},
};
use alloc::{boxed::Box, collections::VecDeque, format, string::String, vec::Vec};
use collodi_action::{Action, Completion, Progress};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileOp};
use collodi_time::{Deadline, Instant};
use collodi_value::Value;
use collodi_web::{DownloadSpec, Downloaded, Headers, Target, WebError};

/// Files that are downloaded one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Downloads {
    job: Job,
    waiting: VecDeque<Job>,
    retries: Retries,
    /// When the file at hand is tried again; it is on its way without.
    again: Option<Instant>,
    room: Room,
}

/// Whether it is known that there is room for the file at hand.
#[derive(Clone, Debug, Default)]
enum Room {
    /// As long as its length is not known, nobody asks.
    #[default]
    Unasked,
    /// So many bytes are to come. An end that comes before the answer waits for it.
    Asked(u64, Option<Completed>),
    Known,
}

#[derive(Clone, Debug)]
struct Job {
    spec: DownloadSpec,
    /// The parameter that names it.
    pointer: String,
}

pub(super) fn start(cx: &mut Context, params: Params<'_>) -> Started {
    let key = if params.get("uri").is_some() {
        "uri"
    } else {
        "url"
    };
    let addresses = addresses(params, key)?;
    let target = target(cx, params, addresses.len())?;
    let limit = cx.options.limits.download_bytes;
    let mut jobs = VecDeque::new();
    for (pointer, text) in addresses {
        let url = address(&pointer, &text)?;
        let (headers, target) = (Headers::default(), target.clone());
        let spec = DownloadSpec {
            url,
            headers,
            target,
            limit,
        };
        jobs.push_back(Job { spec, pointer });
    }
    let job = jobs.pop_front().ok_or_else(|| missing(key, "an address"))?;
    let mut downloads = Box::new(Downloads {
        job,
        waiting: jobs,
        retries: Retries::default(),
        again: None,
        room: Room::default(),
    });
    downloads.begin(cx);
    Ok(downloads.wait())
}

/// The addresses, and the parameters that they are.
fn addresses(params: Params<'_>, key: &str) -> Result<Vec<(String, String)>, Fault> {
    match params.get(key) {
        Some(Value::Array(items)) => {
            let texts = items.iter().enumerate();
            let text = |(at, item): (usize, &Value)| match item {
                Value::String(text) => Ok((format!("/params/{key}/{at}"), text.clone())),
                other => Err(Fault {
                    pointer: format!("/params/{key}/{at}"),
                    ..wrong(key, "an address", other)
                }),
            };
            texts.map(text).collect()
        }
        _ => Ok([(format!("/params/{key}"), params.required_text(key)?)].into()),
    }
}

fn target(cx: &Context, params: Params<'_>, files: usize) -> Result<Target, Fault> {
    let path = |key: &str, text: &str| -> Result<ContainedPath, Fault> {
        cx.path_in_any(key, text, OtherApps::Write)
    };
    match (params.text("dir")?, params.text("path")?) {
        (Some(dir), _) => Ok(Target::Dir(path("dir", &dir)?)),
        (None, Some(_)) if files > 1 => Err(missing("dir", "a folder for several files")),
        (None, Some(file)) if !file.is_empty() => Ok(Target::File(path("path", &file)?)),
        (None, _) => Err(missing("dir", "a folder, or a file in `path`")),
    }
}

impl Downloads {
    fn wait(self: Box<Self>) -> Step {
        Step::Wait(Pending::Download(self))
    }

    fn begin(&mut self, cx: &mut Context) {
        let spec = self.job.spec.clone();
        let what = format!("{} to {}", spec.url, shown(cx, &spec.target));
        cx.out.event(Event::Transfer {
            step: cx.step(),
            what: what.into(),
        });
        self.again = None;
        cx.world(Action::Download(spec));
    }

    pub(super) fn completed(
        mut self: Box<Self>,
        cx: &mut Context,
        now: Instant,
        completed: Completed,
    ) -> Step {
        if let Completed::World(Completion::File(answer)) = completed {
            return self.room_is_known(cx, now, answer.ok());
        }
        if let Room::Asked(_, held) = &mut self.room {
            *held = Some(completed);
            return self.wait();
        }
        match completed {
            Completed::World(Completion::Downloaded(Ok(file))) => self.is_there(cx, file),
            Completed::World(Completion::Downloaded(Err(error))) => self.failed(cx, now, error),
            _ => self.wait(),
        }
    }

    fn is_there(mut self: Box<Self>, cx: &mut Context, file: Downloaded) -> Step {
        cx.out.event(Event::Downloaded {
            step: cx.step(),
            file,
        });
        let Some(next) = self.waiting.pop_front() else {
            return Step::Done(Value::Null);
        };
        self.job = next;
        self.room = Room::default();
        self.retries = Retries::default();
        self.begin(cx);
        self.wait()
    }

    fn failed(mut self: Box<Self>, cx: &mut Context, now: Instant, error: WebError) -> Step {
        let Some(delay) = self.retries.after(error.kind) else {
            let kind = Box::new(FailureKind::Web(error));
            return Step::Fail(Fault {
                pointer: self.job.pointer,
                kind,
            });
        };
        cx.note(format!("{error}; trying again in {} s", delay.as_secs()));
        self.again = Some(now + delay);
        self.wait()
    }

    pub(super) fn progress(mut self: Box<Self>, cx: &mut Context, progress: &Progress) -> Step {
        if let Progress::Transferred { done, total } = *progress {
            self.retries.has(done);
            self.ask_for_room(cx, done, total);
            cx.out.event(Event::Transferred {
                step: cx.step(),
                done,
                total,
            });
        }
        self.wait()
    }

    /// Asked once for each file, when its length is known.
    fn ask_for_room(&mut self, cx: &mut Context, done: u64, total: Option<u64>) {
        let (Room::Unasked, Some(total)) = (&self.room, total) else {
            return;
        };
        self.room = Room::Asked(total.saturating_sub(done), None);
        let (Target::Dir(path) | Target::File(path)) = self.job.spec.target.clone();
        cx.world(Action::File(FileOp::Space { path }));
    }

    fn room_is_known(
        mut self: Box<Self>,
        cx: &mut Context,
        now: Instant,
        answer: Option<FileAnswer>,
    ) -> Step {
        let Room::Asked(needed, held) = core::mem::replace(&mut self.room, Room::Known) else {
            return self.wait();
        };
        if let Some(FileAnswer::Space(space)) = answer
            && let Some(shortage) = space.shortage(needed)
        {
            cx.note(format!("warning: {shortage}"));
        }
        match held {
            Some(end) => self.completed(cx, now, end),
            None => self.wait(),
        }
    }

    pub(super) fn timeout(mut self: Box<Self>, cx: &mut Context, now: Instant) -> Step {
        if self.again.is_some_and(|at| at <= now) {
            self.begin(cx);
        }
        self.wait()
    }

    pub(super) fn deadline(&self) -> Option<Deadline> {
        self.again.map(|at| Deadline::new(at, "trying again"))
    }
}

/// The target as the script would write it.
fn shown(cx: &Context, target: &Target) -> String {
    let (Target::Dir(path) | Target::File(path)) = target;
    let ending = if matches!(target, Target::Dir(_)) {
        "/"
    } else {
        ""
    };
    let (cwd, rel) = (cx.options.app.dir.as_str(), path.rel().as_str());
    let inner = rel
        .strip_prefix(cwd)
        .map(|rest| rest.trim_start_matches('/'));
    let text = inner.unwrap_or(rel);
    let text = if text.is_empty() { "." } else { text };
    format!("{text}{ending}")
}
