//! Reading, and what is no file.

use super::{LIMIT, path_of};
use crate::{Broken, Subject, Verdict, case::cases};
use collodi_file::{FileAnswer, FileErrorKind, FileOp};

cases! {
    /// Reading what is not there is `NotFound`.
    async fn reading_nothing_is_not_found(world: Subject) -> Verdict {
        for path in ["nothing", "no/where"] {
            let read = world.attempt(FileOp::read(world.at(path)?, LIMIT)).await;
            assert_eq!(read, Err(FileErrorKind::NotFound), "{path}");
        }
        Ok(())
    }

    /// A file of exactly the limit is read; a longer one is `TooLarge`.
    async fn limit_is_a_limit(world: Subject) -> Verdict {
        world.write("ten", "0123456789").await?;
        let read = |limit| Ok::<_, Broken>(world.attempt(FileOp::read(world.at("ten")?, limit)));
        assert_eq!(
            read(10)?.await,
            Ok(FileAnswer::Bytes(b"0123456789".to_vec()))
        );
        assert_eq!(read(9)?.await, Err(FileErrorKind::TooLarge));
        assert_eq!(read(0)?.await, Err(FileErrorKind::TooLarge));
        Ok(())
    }

    /// A directory is not a file: to read, write or append is `IsADirectory`.
    async fn directory_is_not_a_file(world: Subject) -> Verdict {
        world.arrange(&["dir:d"]).await?;
        let path = || world.at("d");
        let ops = [
            FileOp::read(path()?, LIMIT),
            FileOp::write(path()?, b"x".to_vec()),
            FileOp::Append {
                path: path()?,
                bytes: b"x".to_vec(),
            },
        ];
        for op in ops {
            let name = op.to_string();
            assert_eq!(
                world.attempt(op).await,
                Err(FileErrorKind::IsADirectory),
                "{name}"
            );
        }
        Ok(())
    }

    /// A FIFO is not a file: to read, write, append or copy is `Special`, and
    /// nobody waits for its other end.
    async fn special_file_is_not_a_file(world: Subject) -> Verdict {
        world.arrange(&["fifo:pipe"]).await?;
        let path = || world.at("pipe");
        let ops = [
            FileOp::read(path()?, LIMIT),
            FileOp::write(path()?, b"x".to_vec()),
            FileOp::Append {
                path: path()?,
                bytes: b"x".to_vec(),
            },
            FileOp::Copy {
                from: path()?,
                to: world.at("copy")?,
            },
        ];
        for op in ops {
            let name = op.to_string();
            assert_eq!(
                world.attempt(op).await,
                Err(FileErrorKind::Special),
                "{name}"
            );
        }
        Ok(())
    }

    /// A way that leads through a file is `NotADirectory`.
    async fn way_through_a_file_is_not_a_directory(world: Subject) -> Verdict {
        world.write("file", "text").await?;
        let path = || world.at("file/below");
        let ops = [
            FileOp::read(path()?, LIMIT),
            FileOp::write(path()?, b"x".to_vec()),
            FileOp::Append {
                path: path()?,
                bytes: b"x".to_vec(),
            },
            FileOp::MakeDir { path: path()? },
            FileOp::List { path: path()? },
            FileOp::ReadAll { path: path()?, last: 1, limit: LIMIT },
        ];
        for op in ops {
            let name = op.to_string();
            assert_eq!(
                world.attempt(op).await,
                Err(FileErrorKind::NotADirectory),
                "{name}"
            );
        }
        assert_eq!(world.read("file").await?, "text");
        Ok(())
    }

    /// Many files are read at once: those of a directory with the last names. Directories and
    /// links are not among them.
    async fn all_files_of_a_directory_are_read_at_once(world: Subject) -> Verdict {
        world.write("dir/one", "1").await?;
        world.write("dir/three", "333").await?;
        world.write("dir/two", "22").await?;
        world.write("dir/below/four", "4444").await?;
        world.perform(FileOp::Link { path: world.at("dir/zero")?, to: world.at("dir/one")? }).await?;
        let text = |last, limit| read_all(&world, "dir", last, limit);
        assert_eq!(text(9, LIMIT).await, Ok("one=1 three=333 two=22".to_owned()));
        assert_eq!(text(2, 5).await, Ok("three=333 two=22".to_owned()));
        assert_eq!(text(3, 5).await, Err(FileErrorKind::TooLarge));
        assert_eq!(text(0, 0).await, Ok(String::new()));
        assert_eq!(read_all(&world, "nothing", 9, LIMIT).await, Err(FileErrorKind::NotFound));
        Ok(())
    }
}

/// The files that are read at once, in words.
async fn read_all(
    world: &Subject,
    path: &str,
    last: usize,
    limit: u64,
) -> Result<String, FileErrorKind> {
    let path = path_of(world, path)?;
    let FileAnswer::Files(files) = world.attempt(FileOp::ReadAll { path, last, limit }).await?
    else {
        return Err(FileErrorKind::Other);
    };
    let shown = files
        .iter()
        .map(|(name, bytes)| format!("{name}={}", String::from_utf8_lossy(bytes)));
    Ok(shown.collect::<Vec<_>>().join(" "))
}
