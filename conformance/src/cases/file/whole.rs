//! Files, and directories with all that is in them: made, removed, renamed, copied.

use super::{kind, names, path_of, stat};
use crate::{Subject, Verdict, case::cases};
use collodi_file::{FileAnswer, FileErrorKind, FileKind, FileOp};

cases! {
    /// Making a directory makes those above it; one that is there is fine.
    async fn making_a_directory_twice_is_fine(world: Subject) -> Verdict {
        for _ in 0..2 {
            let op = FileOp::MakeDir {
                path: world.at("a/b/c")?,
            };
            assert_eq!(world.perform(op).await?, FileAnswer::Done);
        }
        world
            .perform(FileOp::MakeDir { path: world.root() })
            .await?;
        assert_eq!(
            stat(&world, "a/b/c").await?.map(|s| s.kind),
            Some(FileKind::Directory)
        );
        Ok(())
    }

    /// A directory is not made where a file is.
    async fn directory_does_not_replace_a_file(world: Subject) -> Verdict {
        world.write("file", "text").await?;
        assert!(
            world
                .perform(FileOp::MakeDir {
                    path: world.at("file")?
                })
                .await
                .is_err()
        );
        assert_eq!(world.read("file").await?, "text");
        Ok(())
    }

    /// Removing takes a file, or a directory with all that is in it.
    async fn removing_takes_all(world: Subject) -> Verdict {
        world.write("file", "text").await?;
        world.write("tree/a/b/c", "text").await?;
        world
            .arrange(&["fifo:tree/pipe", "link:tree/link:nowhere"])
            .await?;
        for path in ["file", "tree"] {
            remove(&world, path).await?;
            assert_eq!(stat(&world, path).await?, None, "{path}");
        }
        Ok(())
    }

    /// Removing what is not there is fine.
    async fn removing_nothing_is_fine(world: Subject) -> Verdict {
        for path in ["nothing", "no/where"] {
            remove(&world, path).await?;
        }
        Ok(())
    }

    /// The root itself is never removed.
    async fn root_is_not_removed(world: Subject) -> Verdict {
        world.write("file", "text").await?;
        let removed = world.attempt(FileOp::Remove { path: world.root() }).await;
        assert_eq!(removed, Err(FileErrorKind::Escapes));
        assert_eq!(world.read("file").await?, "text");
        Ok(())
    }

    /// Renaming moves a file or a directory within the root.
    async fn renaming_moves(world: Subject) -> Verdict {
        world.write("a/file", "text").await?;
        world.arrange(&["dir:b"]).await?;
        rename(&world, "a", "b/c").await.map_err(kind)?;
        rename(&world, "b/c/file", "moved").await.map_err(kind)?;
        assert_eq!(world.read("moved").await?, "text");
        assert_eq!(names(&world, ".").await?, ["b", "moved"]);
        Ok(())
    }

    /// Renaming onto what is there is `AlreadyExists`, and both stay as they were.
    async fn renaming_replaces_nothing(world: Subject) -> Verdict {
        world.write("from", "from").await?;
        world.write("to", "to").await?;
        world
            .arrange(&["dir:empty", "link:dangling:nowhere"])
            .await?;
        for to in ["to", "empty", "dangling"] {
            let renamed = rename(&world, "from", to).await;
            assert_eq!(renamed, Err(FileErrorKind::AlreadyExists), "{to}");
        }
        assert_eq!(
            (world.read("from").await?, world.read("to").await?),
            ("from".into(), "to".into())
        );
        assert_eq!(
            stat(&world, "dangling").await?.map(|s| s.kind),
            Some(FileKind::Link)
        );
        Ok(())
    }

    /// Renaming what is not there is `NotFound`.
    async fn renaming_nothing_is_not_found(world: Subject) -> Verdict {
        assert_eq!(
            rename(&world, "nothing", "to").await,
            Err(FileErrorKind::NotFound)
        );
        Ok(())
    }

    /// A directory is not renamed into itself.
    async fn directory_is_not_moved_into_itself(world: Subject) -> Verdict {
        world.write("d/file", "text").await?;
        assert!(rename(&world, "d", "d/e").await.is_err());
        assert_eq!(world.read("d/file").await?, "text");
        Ok(())
    }

    /// Copying gives a second file; the first stays.
    async fn copying_a_file(world: Subject) -> Verdict {
        world.write("from", "text").await?;
        copy(&world, "from", "to").await?;
        world.write("from", "changed").await?;
        assert_eq!(world.read("to").await?, "text");
        Ok(())
    }

    /// Copying a directory copies all that is in it.
    async fn copying_a_directory(world: Subject) -> Verdict {
        world.write("from/a/file", "deep").await?;
        world.write("from/file", "flat").await?;
        world.arrange(&["dir:from/empty"]).await?;
        copy(&world, "from", "to").await?;
        assert_eq!(world.read("to/a/file").await?, "deep");
        assert_eq!(names(&world, "to").await?, ["a", "empty", "file"]);
        assert_eq!(world.read("from/file").await?, "flat");
        Ok(())
    }

    /// Copying makes the directories above the copy, and replaces a file that is there.
    async fn copying_replaces_a_file(world: Subject) -> Verdict {
        world.write("one", "first").await?;
        world.write("two", "second").await?;
        copy(&world, "one", "a/b/file").await?;
        copy(&world, "two", "a/b/file").await?;
        assert_eq!(world.read("a/b/file").await?, "second");
        assert_eq!(names(&world, "a/b").await?, ["file"]);
        Ok(())
    }

    /// Copying a directory adds to one that is there.
    async fn copying_adds_to_a_directory(world: Subject) -> Verdict {
        for (path, text) in [
            ("from/d/new", "n"),
            ("from/d/both", "n"),
            ("to/d/both", "o"),
            ("to/d/old", "o"),
        ] {
            world.write(path, text).await?;
        }
        copy(&world, "from", "to").await?;
        assert_eq!(names(&world, "to/d").await?, ["both", "new", "old"]);
        assert_eq!(
            (
                world.read("to/d/both").await?,
                world.read("to/d/old").await?
            ),
            ("n".into(), "o".into())
        );
        Ok(())
    }

    /// Copying what is not there is `NotFound`.
    async fn copying_nothing_is_not_found(world: Subject) -> Verdict {
        let (from, to) = (world.at("nothing")?, world.at("to")?);
        let copied = world.attempt(FileOp::Copy { from, to }).await;
        assert_eq!(copied, Err(FileErrorKind::NotFound));
        Ok(())
    }
}

async fn remove(world: &Subject, path: &str) -> Verdict {
    world
        .perform(FileOp::Remove {
            path: world.at(path)?,
        })
        .await?;
    Ok(())
}

async fn rename(world: &Subject, from: &str, to: &str) -> Result<FileAnswer, FileErrorKind> {
    let (from, to) = (path_of(world, from)?, path_of(world, to)?);
    world.attempt(FileOp::Rename { from, to }).await
}

async fn copy(world: &Subject, from: &str, to: &str) -> Verdict {
    let (from, to) = (world.at(from)?, world.at(to)?);
    world.perform(FileOp::Copy { from, to }).await?;
    Ok(())
}
