//! File operations within their root.

pub(super) mod disk;
pub(super) mod look;
pub(super) mod read;
pub(super) mod whole;
pub(super) mod write;

use crate::{Broken, Subject};
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileErrorKind, FileOp, Stat};

const LIMIT: u64 = 1 << 20;

async fn stat(world: &Subject, path: &str) -> Result<Option<Stat>, Broken> {
    match world
        .perform(FileOp::Stat {
            path: world.at(path)?,
        })
        .await?
    {
        FileAnswer::Stat(stat) => Ok(stat),
        other => Err(Broken::new(format!("looking gave {other}"))),
    }
}

async fn list(world: &Subject, path: &str) -> Result<FileAnswer, FileErrorKind> {
    let path = path_of(world, path)?;
    world.attempt(FileOp::List { path }).await
}

async fn names(world: &Subject, path: &str) -> Result<Vec<String>, Broken> {
    match list(world, path).await.map_err(kind)? {
        FileAnswer::Entries(entries) => Ok(entries.into_iter().map(|entry| entry.name).collect()),
        other => Err(Broken::new(format!("listing gave {other}"))),
    }
}

fn path_of(world: &Subject, path: &str) -> Result<ContainedPath, FileErrorKind> {
    world.at(path).map_err(|_| FileErrorKind::Escapes)
}

fn kind(kind: FileErrorKind) -> Broken {
    Broken::new(kind.to_string())
}
