//! `collodi fs`: what file steps may do, for those who want to try.

use crate::{
    cli::{FsArgs, FsCommand, FsPlace},
    failure::Failure,
    given,
    home::{absolute, root},
};
use anyhow::Result;
use collodi_contain::{ContainedPath, PathError, RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_os::Files;
use collodi_run::{ExtraRoots, NotAPath, OtherApps, script_file, script_path};
use collodi_template::bytes_to_text;
use serde_json::{Value, json};
use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Does what a file step would, and says how it went.
pub(crate) fn fs(args: &FsArgs) -> Result<ExitCode> {
    let told = match &args.what {
        FsCommand::Read(place) => read(place)?,
        FsCommand::Write { place, data_file } => write(place, data_file.as_deref())?,
        FsCommand::Remove(place) => remove(place)?,
        FsCommand::Cwd(place) => cwd(place)?,
    };
    let (answer, code) = match told {
        Ok(answer) => (answer, ExitCode::SUCCESS),
        Err(Refusal { reason, message }) => {
            let answer = json!({"ok": false, "reason": reason, "message": message});
            (answer, ExitCode::FAILURE)
        }
    };
    say!("{answer}");
    Ok(code)
}

/// What is told of something that was not done.
struct Refusal {
    /// A word that stays.
    reason: &'static str,
    message: String,
}

type Told = Result<Value, Refusal>;

fn read(place: &FsPlace) -> Result<Told> {
    let path = file(place, OtherApps::Read)?;
    Ok(path.and_then(|path| {
        let op = FileOp::read(path.clone(), place.limit);
        let bytes = match Files.perform(op)? {
            FileAnswer::Bytes(bytes) => bytes,
            _ => Vec::new(),
        };
        Ok(content(&path, bytes))
    }))
}

/// The content as text, where it is some, or else in base64.
fn content(path: &ContainedPath, bytes: Vec<u8>) -> Value {
    let count = bytes.len();
    let (encoding, text) = match String::from_utf8(bytes) {
        Ok(text) => ("utf8", text),
        Err(error) => {
            let text = bytes_to_text(error.as_bytes(), "base64");
            ("base64", text.unwrap_or_default())
        }
    };
    json!({"ok": true, "path": path.absolute(), "bytes": count, "encoding": encoding, "content": text})
}

fn write(place: &FsPlace, data: Option<&Path>) -> Result<Told> {
    let bytes = match data {
        Some(file) => given::bytes(file, place.limit)
            .map_err(|error| Failure::new(format!("failed to read {}: {error}", file.display())))?,
        None => given::within(io::stdin(), place.limit)
            .map_err(|error| Failure::new(format!("failed to read standard input: {error}")))?,
    };
    let path = file(place, OtherApps::Write)?;
    Ok(path.and_then(|path| {
        let there = FileOp::Stat { path: path.clone() };
        let existed = !matches!(Files.perform(there), Ok(FileAnswer::Stat(None)) | Err(_));
        let count = bytes.len();
        Files.perform(FileOp::write(path.clone(), bytes))?;
        Ok(json!({"ok": true, "path": path.absolute(), "bytes": count, "created": !existed}))
    }))
}

fn remove(place: &FsPlace) -> Result<Told> {
    let is_folder = place.path.ends_with('/');
    let path = path(place, OtherApps::Write)?;
    Ok(path.and_then(|path| {
        if is_folder {
            refuse_others(&path)?;
        }
        Files.perform(FileOp::Remove { path: path.clone() })?;
        Ok(json!({"ok": true, "path": path.absolute()}))
    }))
}

/// What is written as a folder is one, as the system has it: no file, and no link to one.
fn refuse_others(path: &ContainedPath) -> Result<(), Refusal> {
    match Files.perform(FileOp::Stat { path: path.clone() })? {
        FileAnswer::Stat(Some(stat)) if stat.kind != FileKind::Directory => {
            let error = FileError::new(FileErrorKind::NotADirectory, path.clone());
            Err(error.into())
        }
        _ => Ok(()),
    }
}

fn cwd(place: &FsPlace) -> Result<Told> {
    let path = path(place, OtherApps::Read)?;
    Ok(path.and_then(|path| {
        let real = collodi_os::real_directory(&path)?;
        Ok(json!({"ok": true, "path": path.absolute(), "cwd": real.display().to_string()}))
    }))
}

/// The file that a step with this text would use.
fn file(place: &FsPlace, wanted: OtherApps) -> Result<Result<ContainedPath, Refusal>> {
    let (dir, extra) = roots(place)?;
    Ok(script_file(&dir, &extra, &place.path, wanted).map_err(Refusal::from))
}

fn path(place: &FsPlace, wanted: OtherApps) -> Result<Result<ContainedPath, Refusal>> {
    let (dir, extra) = roots(place)?;
    Ok(script_path(&dir, &extra, &place.path, wanted).map_err(Refusal::from))
}

fn roots(place: &FsPlace) -> Result<(ContainedPath, ExtraRoots)> {
    let all = |dirs: &[PathBuf]| -> Result<Vec<Root>> {
        dirs.iter().map(|dir| root(&absolute(dir)?)).collect()
    };
    let extra = ExtraRoots {
        read: all(&place.extra_read)?,
        write: all(&place.extra_write)?,
    };
    Ok((root(&absolute(&place.root)?)?.at(RelPath::root()), extra))
}

impl From<NotAPath> for Refusal {
    fn from(error: NotAPath) -> Self {
        let NotAPath::Error(error) = error else {
            let message = "the text names nothing in a folder".to_owned();
            let reason = "escapes";
            return Self { reason, message };
        };
        let reason = match error {
            PathError::Absolute | PathError::Escapes => "escapes",
            PathError::TooLong | PathError::TooDeep => "too-long",
            PathError::NoFileName => "no-file-name",
            _ => "bad-name",
        };
        let message = error.to_string();
        Self { reason, message }
    }
}

impl From<FileError> for Refusal {
    fn from(error: FileError) -> Self {
        let reason = match error.kind {
            FileErrorKind::NotFound => "not-found",
            FileErrorKind::AlreadyExists => "already-exists",
            FileErrorKind::PermissionDenied => "permission-denied",
            FileErrorKind::NotADirectory => "not-a-directory",
            FileErrorKind::IsADirectory => "is-a-directory",
            FileErrorKind::Escapes => "escapes",
            FileErrorKind::Special => "special",
            FileErrorKind::TooLarge => "too-large",
            FileErrorKind::NoSpace => "no-space",
            FileErrorKind::ReadOnly => "read-only",
            _ => "other",
        };
        let message = error.to_string();
        Self { reason, message }
    }
}
