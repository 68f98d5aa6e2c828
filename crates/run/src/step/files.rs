//! `fs.write`, `fs.append`, `fs.read`, `fs.cat`, `fs.make`, `fs.rm`, `fs.copy`

use super::{Pending, Started, Step};
use crate::{
    Completed, Event, OtherApps,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, at, missing, wrong},
};
use alloc::{string::String, vec::Vec};
use collodi_action::{Action, Completion};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_script::Method;
use collodi_template::{buffer_value, bytes_of, bytes_to_text};
use collodi_value::Value;

/// What is done with the content that comes back.
#[derive(Clone, Debug)]
pub(crate) enum FileStep {
    /// Nothing comes back.
    Change,
    /// It is the result, in this encoding.
    Read(Option<String>),
    /// It is said.
    Cat,
}

pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let (op, step) = match method {
        Method::FsWrite => (
            FileOp::write(target(cx, params)?, content(params)?),
            FileStep::Change,
        ),
        Method::FsAppend => {
            let (path, bytes) = (target(cx, params)?, content(params)?);
            (FileOp::Append { path, bytes }, FileStep::Change)
        }
        Method::FsRead => (read(cx, params)?, FileStep::Read(encoding(params)?)),
        Method::FsCat => (read(cx, params)?, FileStep::Cat),
        Method::FsMake => (
            FileOp::MakeDir {
                path: changed(cx, params, "path")?,
            },
            FileStep::Change,
        ),
        Method::FsCopy => {
            let (from, to) = (path(cx, params, "src")?, changed(cx, params, "dest")?);
            (FileOp::Copy { from, to }, FileStep::Change)
        }
        _ => (
            FileOp::Remove {
                path: changed(cx, params, "path")?,
            },
            FileStep::Change,
        ),
    };
    cx.world(Action::File(op));
    Ok(Step::Wait(Pending::File(step)))
}

/// A path whose file is read.
fn path(cx: &Context, params: Params<'_>, key: &str) -> Result<ContainedPath, Fault> {
    cx.path_in_any(key, &params.required_text(key)?, OtherApps::Read)
}

/// A path whose file is changed.
fn changed(cx: &Context, params: Params<'_>, key: &str) -> Result<ContainedPath, Fault> {
    cx.path_in_any(key, &params.required_text(key)?, OtherApps::Write)
}

/// A file that gets content.
fn target(cx: &Context, params: Params<'_>) -> Result<ContainedPath, Fault> {
    cx.file_in_any("path", &params.required_text("path")?, OtherApps::Write)
}

fn read(cx: &Context, params: Params<'_>) -> Result<FileOp, Fault> {
    let text = params.required_text("path")?;
    let path = cx.file_in_any("path", &text, OtherApps::Read)?;
    Ok(FileOp::read(path, cx.options.limits.file_bytes))
}

/// The encoding to read with, when one is named.
fn encoding(params: Params<'_>) -> Result<Option<String>, Fault> {
    let encoding = params.text("encoding")?.filter(|name| !name.is_empty());
    match encoding {
        Some(name) if bytes_to_text(&[], &name).is_none() => Err(wrong(
            "encoding",
            "utf8, base64, hex or latin1",
            &name.into(),
        )),
        encoding => Ok(encoding),
    }
}

/// The bytes to write: `json`, `json2`, `buffer`, `text`, or the VATN dialect's
/// `data`, which is text as it is and anything else as indented JSON.
fn content(params: Params<'_>) -> Result<Vec<u8>, Fault> {
    let text = if let Some(json) = params.get("json") {
        json.to_json()
    } else if let Some(json) = params.get("json2") {
        json.to_json_pretty()
    } else if let Some(buffer) = params.get("buffer") {
        return bytes_of(buffer).ok_or_else(|| wrong("buffer", "bytes", buffer));
    } else if let Some(text) = params.get("text") {
        text.to_text()
    } else {
        match params.get("data") {
            Some(Value::String(text)) => text.clone(),
            Some(data) => data.to_json_pretty(),
            None => return Err(missing("text", "something to write")),
        }
    };
    Ok(text.into_bytes())
}

impl FileStep {
    pub(super) fn completed(self, cx: &mut Context, completed: Completed) -> Step {
        let bytes = match completed {
            Completed::World(Completion::File(Ok(FileAnswer::Bytes(bytes)))) => bytes,
            Completed::World(Completion::File(Err(error))) => {
                return Step::Fail(at("path", FailureKind::File(error)));
            }
            _ => Vec::new(),
        };
        match self {
            Self::Change => Step::Done(Value::Null),
            Self::Read(encoding) => Step::Done(decoded(cx, &bytes, encoding.as_deref())),
            Self::Cat => {
                cx.out.event(Event::Log {
                    step: cx.step(),
                    text: String::from_utf8_lossy(&bytes).into_owned(),
                });
                Step::Done(Value::Null)
            }
        }
    }
}

/// What was read: a text in the encoding that is asked for. Without one, what is no
/// UTF-8 is a buffer; in the VATN dialect everything is a text.
fn decoded(cx: &Context, bytes: &[u8], encoding: Option<&str>) -> Value {
    let encoding = match encoding {
        None if cx.is_vatn() || core::str::from_utf8(bytes).is_ok() => Some("utf8"),
        encoding => encoding,
    };
    let text = encoding.and_then(|encoding| bytes_to_text(bytes, encoding));
    text.map_or_else(|| buffer_value(bytes), Value::from)
}

/// The text that was read of `path`; nothing when no file is there.
pub(crate) fn text(
    path: &ContainedPath,
    completed: Completed,
) -> Result<Option<String>, FailureKind> {
    let bytes = match completed {
        Completed::World(Completion::File(Ok(FileAnswer::Bytes(bytes)))) => bytes,
        Completed::World(Completion::File(Err(error))) if error.kind == FileErrorKind::NotFound => {
            return Ok(None);
        }
        Completed::World(Completion::File(Err(error))) => return Err(FailureKind::File(error)),
        _ => Vec::new(),
    };
    String::from_utf8(bytes).map(Some).map_err(|_| {
        FailureKind::File(FileError {
            detail: Some("not UTF-8".into()),
            ..FileError::new(FileErrorKind::Unsupported, path.clone())
        })
    })
}

/// Asks for `text` to be written to `path`; no more than can be read again.
pub(super) fn write(
    cx: &mut Context,
    path: &ContainedPath,
    text: String,
) -> Result<(), FailureKind> {
    write_as(cx, path, text, FileOp::write)
}

/// As [`write`]; a file that is made is its owner's alone.
pub(crate) fn write_private(
    cx: &mut Context,
    path: &ContainedPath,
    text: String,
) -> Result<(), FailureKind> {
    write_as(cx, path, text, FileOp::write_private)
}

fn write_as(
    cx: &mut Context,
    path: &ContainedPath,
    text: String,
    op: impl Fn(ContainedPath, Vec<u8>) -> FileOp,
) -> Result<(), FailureKind> {
    let limit = cx.options.limits.file_bytes;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes <= limit) {
        cx.world(Action::File(op(path.clone(), text.into_bytes())));
        Ok(())
    } else {
        let error = FileError::new(FileErrorKind::TooLarge, path.clone());
        Err(FailureKind::File(error))
    }
}

/// Whether a file was written.
pub(super) fn written(completed: Completed) -> Result<(), FailureKind> {
    match completed {
        Completed::World(Completion::File(Err(error))) => Err(FailureKind::File(error)),
        _ => Ok(()),
    }
}
