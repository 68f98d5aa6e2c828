//! `json.set`, `json.rm`, `json.get`, `load`, `set`, `rm`, and `self.…`, their other name
//!
//! The files of a step are worked on one after the other.

use super::{Pending, Started, Step, files, memory};
use crate::{
    Completed, OtherApps,
    context::{Context, contained},
    memory::{remove_in, set_in, set_path},
    outcome::FailureKind,
    params::{Fault, Params, at, wrong},
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::{IntoIter, Vec},
};
use collodi_action::Action;
use collodi_contain::ContainedPath;
use collodi_file::{FileError, FileErrorKind, FileOp};
use collodi_script::{Method, read_json, read_module};
use collodi_value::{Object, Value};

/// A file, and what is done with it.
#[derive(Clone, Debug)]
struct Job {
    path: ContainedPath,
    /// The parameter that names the file.
    pointer: String,
    work: Work,
}

#[derive(Clone, Debug)]
enum Work {
    /// Sets dotted names.
    Set(Object),
    /// Replaces the content.
    Replace(Value),
    /// Removes dotted names.
    Remove(Vec<String>),
    /// The content becomes this variable.
    Get(String),
    /// The content becomes this part of the result.
    Load(String),
}

/// A step that works on JSON files.
#[derive(Clone, Debug)]
pub(crate) struct JsonStep {
    job: Job,
    stage: Stage,
    rest: Rest,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Reading,
    Writing,
}

/// What is there after the file at hand.
#[derive(Clone, Debug)]
struct Rest {
    jobs: IntoIter<Job>,
    result: Value,
    /// How many more bytes the step may keep.
    bytes_left: u64,
}

pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let value = params.value();
    let jobs = match method {
        Method::Set => {
            let jobs = jobs_of_maps(cx, params, set)?;
            memory::set_both(cx, params)?;
            jobs
        }
        Method::Rm => {
            let jobs = jobs_of_maps(cx, params, remove)?;
            memory::remove_both(cx, params)?;
            jobs
        }
        Method::JsonRm | Method::SelfRm => jobs(cx, "/params", value, remove)?,
        Method::JsonGet => jobs(cx, "/params", value, get)?,
        Method::Load => jobs(cx, "/params", value, load)?,
        _ => jobs(cx, "/params", value, set)?,
    };
    let result = match method {
        Method::Load => Value::Object(Object::new()),
        _ => Value::Null,
    };
    let rest = Rest {
        jobs: jobs.into_iter(),
        result,
        bytes_left: cx.options.limits.file_bytes,
    };
    Ok(rest.next(cx))
}

/// The file's name in the parameter `key` with this value, and what is to be done.
type Reading<'a> = fn(&'a str, &'a Value) -> Result<(&'a str, Work), FailureKind>;

/// The files under `self` and `json`.
fn jobs_of_maps<'a>(
    cx: &Context,
    params: Params<'a>,
    read: Reading<'a>,
) -> Result<Vec<Job>, Fault> {
    if params.get("key").is_some() {
        let why = "there is no key store";
        return Err(at("key", FailureKind::Unsupported(why)));
    }
    let mut all = Vec::new();
    for key in ["self", "json"] {
        if let Some(files) = params.get(key) {
            all.extend(jobs(cx, &format!("/params/{key}"), files, read)?);
        }
    }
    Ok(all)
}

/// One job for each entry of `entries`, which is at `pointer`.
fn jobs<'a>(
    cx: &Context,
    pointer: &str,
    entries: &'a Value,
    read: Reading<'a>,
) -> Result<Vec<Job>, Fault> {
    let Some(object) = entries.as_object() else {
        return Err(Fault {
            pointer: pointer.into(),
            ..wrong("", "an object", entries)
        });
    };
    let job = |(key, value): (&'a str, &'a Value)| {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        let pointer = format!("{pointer}/{escaped}");
        match file_and_work(cx, read(key, value)) {
            Ok((path, work)) => Ok(Job {
                path,
                pointer,
                work,
            }),
            Err(kind) => Err(Fault { pointer, kind }),
        }
    };
    object.iter().map(job).collect()
}

fn file_and_work(
    cx: &Context,
    read: Result<(&str, Work), FailureKind>,
) -> Result<(ContainedPath, Work), Box<FailureKind>> {
    let (file, work) = read?;
    let path = match work {
        Work::Load(_) => cx.path_in_any("", file, OtherApps::Read),
        _ => contained(&cx.options.app.cwd(), "", file),
    };
    let path = path.map_err(|fault| fault.kind)?;
    if is_json(file) || matches!(work, Work::Load(_)) {
        Ok((path, work))
    } else {
        Err(Box::new(FailureKind::Param {
            expected: "a file that ends in .json",
            found: format!("{file:?}"),
        }))
    }
}

/// Whether a file is one of JavaScript: it can be loaded when it is data.
fn is_module(file: &str) -> bool {
    file.ends_with(".js")
}

fn is_json(file: &str) -> bool {
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn set<'a>(file: &'a str, value: &'a Value) -> Result<(&'a str, Work), FailureKind> {
    match value {
        Value::Object(entries) => Ok((file, Work::Set(entries.clone()))),
        Value::Array(_) => Ok((file, Work::Replace(value.clone()))),
        other => Err(*wrong("", "an object or a list", other).kind),
    }
}

fn remove<'a>(file: &'a str, value: &'a Value) -> Result<(&'a str, Work), FailureKind> {
    let names = memory::names(value);
    let names = names.ok_or_else(|| *wrong("", "a list of names", value).kind)?;
    Ok((file, Work::Remove(names)))
}

fn get<'a>(name: &'a str, value: &'a Value) -> Result<(&'a str, Work), FailureKind> {
    Ok((file_name(value)?, Work::Get(name.to_string())))
}

fn load<'a>(name: &'a str, value: &'a Value) -> Result<(&'a str, Work), FailureKind> {
    let file = file_name(value)?;
    let readable = is_json(file) || is_module(file);
    if file.contains("://") || !readable {
        let why = "only .json and .js files of the app can be loaded";
        return Err(FailureKind::Unsupported(why));
    }
    Ok((file, Work::Load(name.to_string())))
}

fn file_name(value: &Value) -> Result<&str, FailureKind> {
    let name = value.as_str();
    name.ok_or_else(|| *wrong("", "a file name", value).kind)
}

impl Rest {
    /// Reads the next file, if there is one.
    fn next(mut self, cx: &mut Context) -> Step {
        let Some(job) = self.jobs.next() else {
            return Step::Done(self.result);
        };
        // Content that replaces another does not depend on it.
        if let Work::Replace(content) = &job.work {
            let text = content.to_json_pretty();
            return JsonStep::write(cx, job, self, text);
        }
        cx.world(Action::File(FileOp::read(
            job.path.clone(),
            self.bytes_left,
        )));
        JsonStep::wait(job, Stage::Reading, self)
    }

    /// The step keeps the content of a file of this size.
    fn keep(&mut self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
    }
}

impl JsonStep {
    const fn new(job: Job, stage: Stage, rest: Rest) -> Self {
        Self { job, stage, rest }
    }

    fn wait(job: Job, stage: Stage, rest: Rest) -> Step {
        Step::Wait(Pending::Json(Box::new(Self::new(job, stage, rest))))
    }

    fn write(cx: &mut Context, job: Job, rest: Rest, text: String) -> Step {
        match files::write(cx, &job.path, text) {
            Ok(()) => Self::wait(job, Stage::Writing, rest),
            Err(kind) => job.failed(kind),
        }
    }

    /// The file at hand was read or written.
    pub(super) fn completed(self, cx: &mut Context, completed: Completed) -> Step {
        match self.stage {
            Stage::Writing => match files::written(completed) {
                Ok(()) => self.rest.next(cx),
                Err(kind) => self.job.failed(kind),
            },
            Stage::Reading => match files::text(&self.job.path, completed) {
                Ok(text) => self.read(cx, text.as_deref()),
                Err(kind) => self.job.failed(kind),
            },
        }
    }

    fn read(self, cx: &mut Context, text: Option<&str>) -> Step {
        match text.map(|text| self.job.parse(text)).transpose() {
            Ok(content) => self.work(cx, content, text.map_or(0, str::len)),
            Err(kind) => self.job.failed(kind),
        }
    }

    /// Does the work on the content; there is none when there is no file.
    fn work(mut self, cx: &mut Context, content: Option<Value>, bytes: usize) -> Step {
        match (&self.job.work, content) {
            (Work::Set(entries), content) => {
                let mut content = content.unwrap_or_else(|| Value::Object(Object::new()));
                for (path, value) in entries.iter() {
                    set_in(&mut content, path, value.clone());
                }
                return Self::write(cx, self.job, self.rest, content.to_json_pretty());
            }
            (Work::Remove(paths), Some(mut content)) => {
                paths.iter().for_each(|path| remove_in(&mut content, path));
                return Self::write(cx, self.job, self.rest, content.to_json_pretty());
            }
            (Work::Get(name), content) => {
                set_path(&mut cx.memory.local, name, content.unwrap_or_default());
            }
            (Work::Load(name), Some(content)) => {
                if let Value::Object(result) = &mut self.rest.result {
                    result.set(name.as_str(), content);
                }
            }
            (Work::Load(_), None) => {
                let error = FileError::new(FileErrorKind::NotFound, self.job.path.clone());
                return self.job.failed(FailureKind::File(error));
            }
            (Work::Remove(_), None) | (Work::Replace(_), _) => {}
        }
        self.rest.keep(bytes);
        self.rest.next(cx)
    }
}

impl Job {
    fn parse(&self, text: &str) -> Result<Value, FailureKind> {
        let name = self.path.rel().file_name().unwrap_or_default();
        let read = if is_module(name) {
            read_module(text)
        } else {
            read_json(text)
        };
        read.map_err(|(place, message)| FailureKind::Json {
            path: self.path.clone(),
            place,
            message,
        })
    }

    fn failed(self, kind: FailureKind) -> Step {
        Step::Fail(Fault {
            pointer: self.pointer,
            kind: Box::new(kind),
        })
    }
}
