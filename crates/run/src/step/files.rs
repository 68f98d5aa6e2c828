//! `fs.write`, `fs.append`, `fs.read`, `fs.cat`, `fs.make`, `fs.rm`, `fs.copy`

use super::{Pending, Started, Step};
use crate::{
    Completed, Event,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params, at, missing, wrong},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_script::Method;
use collodi_value::Value;

/// What is done with the content that comes back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FileStep {
    /// Nothing comes back.
    Change,
    /// It is the result.
    Read,
    /// It is said.
    Cat,
}

pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let (op, step) = match method {
        Method::FsWrite => (
            FileOp::write(path(cx, params, "path")?, content(params)?),
            FileStep::Change,
        ),
        Method::FsAppend => {
            let (path, bytes) = (path(cx, params, "path")?, content(params)?);
            (FileOp::Append { path, bytes }, FileStep::Change)
        }
        Method::FsRead => (read(cx, params)?, FileStep::Read),
        Method::FsCat => (read(cx, params)?, FileStep::Cat),
        Method::FsMake => (
            FileOp::MakeDir {
                path: path(cx, params, "path")?,
            },
            FileStep::Change,
        ),
        Method::FsCopy => {
            let (from, to) = (path(cx, params, "src")?, path(cx, params, "dest")?);
            (FileOp::Copy { from, to }, FileStep::Change)
        }
        _ => (
            FileOp::Remove {
                path: path(cx, params, "path")?,
            },
            FileStep::Change,
        ),
    };
    cx.world(Action::File(op));
    Ok(Step::Wait(Pending::File(step)))
}

fn path(cx: &Context, params: Params<'_>, key: &str) -> Result<ContainedPath, Fault> {
    cx.path(key, &params.required_text(key)?)
}

fn read(cx: &Context, params: Params<'_>) -> Result<FileOp, Fault> {
    let encoding = params.text("encoding")?;
    match encoding.as_deref() {
        None | Some("utf8" | "utf-8" | "ascii") => {}
        Some(_) => {
            return Err(at(
                "encoding",
                FailureKind::Unsupported("only utf8 can be read"),
            ));
        }
    }
    Ok(FileOp::read(
        path(cx, params, "path")?,
        cx.options.limits.file_bytes,
    ))
}

/// The bytes to write: `json`, `json2`, `buffer`, `text`, or the VATN dialect's
/// `data`, which is text as it is and anything else as indented JSON.
fn content(params: Params<'_>) -> Result<Vec<u8>, Fault> {
    let text = if let Some(json) = params.get("json") {
        json.to_json()
    } else if let Some(json) = params.get("json2") {
        json.to_json_pretty()
    } else if let Some(buffer) = params.get("buffer") {
        return bytes(buffer).ok_or_else(|| wrong("buffer", "bytes", buffer));
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

/// The bytes of a `Buffer`, also as Node writes it in JSON; a text is its own bytes.
fn bytes(buffer: &Value) -> Option<Vec<u8>> {
    if let Value::String(text) = buffer {
        return Some(text.clone().into_bytes());
    }
    if let Some(bytes) = collodi_template::buffer_bytes(buffer) {
        return Some(bytes);
    }
    let items = buffer
        .as_array()
        .or_else(|| buffer.pointer("/data")?.as_array())?;
    items.iter().map(byte).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "in range"
)]
fn byte(value: &Value) -> Option<u8> {
    value
        .as_number()
        .filter(|n| (0.0..256.0).contains(n))
        .map(|n| n as u8)
}

impl FileStep {
    pub(super) fn completed(self, cx: &mut Context, completed: Completed) -> Step {
        let content = match completed {
            Completed::World(Completion::File(Ok(FileAnswer::Bytes(bytes)))) => {
                String::from_utf8_lossy(&bytes).to_string()
            }
            Completed::World(Completion::File(Err(error))) => {
                return Step::Fail(at("path", FailureKind::File(error)));
            }
            _ => String::new(),
        };
        match self {
            Self::Change => Step::Done(Value::Null),
            Self::Read => Step::Done(Value::from(content)),
            Self::Cat => {
                cx.out.event(Event::Log {
                    step: cx.step,
                    text: content,
                });
                Step::Done(Value::Null)
            }
        }
    }
}

/// The text that was read of `path`; nothing when no file is there.
pub(super) fn text(
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
    let limit = cx.options.limits.file_bytes;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes <= limit) {
        let op = FileOp::write(path.clone(), text.into_bytes());
        cx.world(Action::File(op));
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
