//! `fs.link`, `fs.share`: folders of the app that are kept in the workspace's drive

use super::{Pending, Started, Step, conflicts::Conflicts};
use crate::{
    Completed,
    context::{Context, contained},
    outcome::FailureKind,
    params::{Fault, Params, at, missing, wrong},
};
use alloc::{collections::VecDeque, format, string::String, vec::Vec};
use collodi_action::{Action, Completion};
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_value::Value;

/// The most folders of a step.
const MAX_FOLDERS: usize = 256;

/// A step that moves folders into the drive, and links them back.
#[derive(Clone, Debug)]
pub(crate) struct LinkStep {
    folders: VecDeque<Folder>,
    stage: Stage,
    /// What is being made room for in the drive.
    conflicts: Option<Conflicts>,
}

/// A folder of the app, and where it is kept.
#[derive(Clone, Debug)]
struct Folder {
    key: String,
    app: ContainedPath,
    drive: ContainedPath,
}

/// What the step waits for, for the first of its folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The drive.
    Drive,
    /// The folder in it.
    Target,
    /// What is in the app.
    Look,
    /// Whether the link that is there leads somewhere.
    Follow,
    /// Room for what is in the drive already.
    Room,
    /// The copy in the drive.
    Copy,
    /// The way to the link.
    Way,
    /// The removal of what the link replaces.
    Clear,
    /// The link.
    Link,
}

pub(super) fn start(cx: &mut Context, params: Params<'_>) -> Started {
    let Some(drive) = params.get("drive") else {
        return venv(cx, params);
    };
    let layout = &cx.options.layout;
    let group = group(cx, params);
    let dir = contained(&layout.drive(), "drive", &group)?;
    let root = Root::new(&dir.absolute());
    let folders = folders(cx, &root.at(RelPath::root()), drive)?;
    if folders.is_empty() {
        return Ok(Step::Done(Value::Null));
    }
    cx.world(Action::File(FileOp::MakeDir { path: dir }));
    let stage = Stage::Drive;
    let conflicts = None;
    Ok(wait(LinkStep {
        folders,
        stage,
        conflicts,
    }))
}

/// Files that several environments have in common are shared by whoever makes them.
fn venv(cx: &mut Context, params: Params<'_>) -> Started {
    if params.get("venv").is_none() {
        return Err(missing("drive", "folders to keep in the drive"));
    }
    cx.note("environments share their files already where they can".into());
    Ok(Step::Done(Value::Null))
}

/// Apps that name peers have one place together, the others each their own.
fn group(cx: &Context, params: Params<'_>) -> String {
    match params.get("peers").and_then(Value::as_array) {
        Some(peers) if !peers.is_empty() => "shared".into(),
        _ => format!("apps/{}", cx.options.app.name),
    }
}

fn folders(cx: &Context, root: &ContainedPath, drive: &Value) -> Result<VecDeque<Folder>, Fault> {
    let Some(drive) = drive.as_object() else {
        return Err(wrong("drive", "an object of folders", drive));
    };
    let mut folders = VecDeque::new();
    for (key, value) in drive.iter() {
        let paths: Vec<String> = match value {
            Value::String(path) => [path.clone()].into(),
            Value::Array(paths) => paths.iter().map(Value::to_text).collect(),
            other => return Err(wrong("drive", "paths of folders", other)),
        };
        for path in paths.into_iter().take(MAX_FOLDERS - folders.len()) {
            folders.push_back(Folder {
                key: key.into(),
                app: cx.path("drive", &path)?,
                drive: contained(root, "drive", key)?,
            });
        }
    }
    Ok(folders)
}

const fn wait(step: LinkStep) -> Step {
    Step::Wait(Pending::Link(step))
}

impl LinkStep {
    /// An operation ended: goes on with the next one.
    pub(super) fn completed(mut self, cx: &mut Context, completed: Completed) -> Step {
        let answer = match completed {
            Completed::World(Completion::File(answer)) => answer,
            _ => Ok(FileAnswer::Done),
        };
        let Some(folder) = self.folders.front().cloned() else {
            return Step::Done(Value::Null);
        };
        let next = match self.conflicts.take() {
            Some(conflicts) => self.room(cx, conflicts, &folder, answer),
            None => self.next(cx, &folder, answer),
        };
        match next {
            Ok(Some((op, stage))) => {
                cx.world(Action::File(op));
                self.stage = stage;
                wait(self)
            }
            Ok(None) => self.next_folder(cx),
            Err(error) => Step::Fail(at("drive", FailureKind::File(error))),
        }
    }

    fn next_folder(mut self, cx: &mut Context) -> Step {
        self.folders.pop_front();
        let Some(folder) = self.folders.front() else {
            return Step::Done(Value::Null);
        };
        let path = folder.drive.clone();
        cx.world(Action::File(FileOp::MakeDir { path }));
        self.stage = Stage::Target;
        wait(self)
    }

    /// Goes on to make room in the drive; then all of the folder is copied.
    fn room(
        &mut self,
        cx: &mut Context,
        mut conflicts: Conflicts,
        folder: &Folder,
        answer: Result<FileAnswer, FileError>,
    ) -> Result<Option<(FileOp, Stage)>, FileError> {
        let (from, to) = (folder.app.clone(), folder.drive.clone());
        let Some(op) = conflicts.completed(cx, answer)? else {
            return Ok(Some((FileOp::Copy { from, to }, Stage::Copy)));
        };
        self.conflicts = Some(conflicts);
        Ok(Some((op, Stage::Room)))
    }

    /// What comes next for a folder; nothing when it is linked.
    fn next(
        &mut self,
        cx: &mut Context,
        folder: &Folder,
        answer: Result<FileAnswer, FileError>,
    ) -> Result<Option<(FileOp, Stage)>, FileError> {
        let Folder { app, drive, key } = folder;
        let (path, to) = (app.clone(), drive.clone());
        Ok(Some(match (self.stage, answer) {
            (Stage::Drive, answer) => {
                answer?;
                (FileOp::MakeDir { path: to }, Stage::Target)
            }
            (Stage::Target, answer) => {
                answer?;
                (FileOp::Stat { path }, Stage::Look)
            }
            (Stage::Look, answer) => {
                let found = found(folder, answer?)?;
                let copies = found.1 == Stage::Room;
                self.conflicts = copies.then(|| Conflicts::between(path, to));
                found
            }
            (Stage::Follow, Err(error)) if error.kind == FileErrorKind::NotFound => {
                (FileOp::Remove { path }, Stage::Clear)
            }
            (Stage::Follow, Err(_)) => {
                cx.note(format!("{app} is a link to elsewhere and stays one: {key}"));
                return Ok(None);
            }
            (Stage::Room | Stage::Copy, answer) => {
                answer?;
                (FileOp::Remove { path }, Stage::Clear)
            }
            (Stage::Clear | Stage::Way, answer) => {
                answer?;
                (FileOp::Link { path, to }, Stage::Link)
            }
            (Stage::Follow | Stage::Link, answer) => {
                answer?;
                return Ok(None);
            }
        }))
    }
}

/// What to do with what is in the app.
fn found(folder: &Folder, answer: FileAnswer) -> Result<(FileOp, Stage), FileError> {
    let (path, to) = (folder.app.clone(), folder.drive.clone());
    let kind = match answer {
        FileAnswer::Stat(Some(stat)) => Some(stat.kind),
        _ => None,
    };
    Ok(match (kind, path.parent()) {
        (Some(FileKind::Directory), _) => (FileOp::Stat { path: to }, Stage::Room),
        (Some(FileKind::Link), _) => (FileOp::List { path }, Stage::Follow),
        (Some(_), _) | (None, None) => {
            return Err(FileError::new(FileErrorKind::NotADirectory, path));
        }
        (None, Some(path)) => (FileOp::MakeDir { path }, Stage::Way),
    })
}
