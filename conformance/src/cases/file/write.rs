//! Writing and appending.

use super::names;
use crate::{Subject, Verdict, case::cases};
use collodi_file::{FileAnswer, FileOp};
use futures::future::join;

cases! {
    /// Writing replaces all of the content.
    async fn writing_replaces(world: Subject) -> Verdict {
        world.write("file", "long content").await?;
        world.write("file", "short").await?;
        assert_eq!(world.read("file").await?, "short");
        world.write("file", "").await?;
        assert_eq!(world.read("file").await?, "");
        Ok(())
    }

    /// A note is there for all who look as soon as it is answered, though nobody waited for the disk,
    /// and what is written over it stays.
    async fn note_is_read_and_written_over(world: Subject) -> Verdict {
        for text in ["first", "second", ""] {
            let note = FileOp::note(world.at("a/b/note")?, text.into());
            assert_eq!(world.perform(note).await?, FileAnswer::Done);
            assert_eq!(world.read("a/b/note").await?, text);
        }
        world.write("a/b/note", "lasting").await?;
        assert_eq!(world.read("a/b/note").await?, "lasting");
        assert_eq!(names(&world, "a/b").await?, ["note"]);
        Ok(())
    }

    /// Writing makes the directories above the file.
    async fn writing_makes_directories(world: Subject) -> Verdict {
        world.write("a/b/c/file", "deep").await?;
        assert_eq!(world.read("a/b/c/file").await?, "deep");
        Ok(())
    }

    /// Writing leaves nothing but the file in its directory.
    async fn writing_leaves_nothing_else(world: Subject) -> Verdict {
        for n in 0..10 {
            world.write("d/file", &n.to_string()).await?;
        }
        assert_eq!(names(&world, "d").await?, ["file"]);
        Ok(())
    }

    /// Writing is one step: a reader sees the old content or the new one.
    async fn writing_is_one_step(world: Subject) -> Verdict {
        let content = |n: usize| format!("{n}").repeat(200_000);
        world.write("file", &content(0)).await?;
        let write = async {
            for n in 1..10 {
                world.write("file", &content(n)).await?;
            }
            Verdict::Ok(())
        };
        let read = async {
            for _ in 0..30 {
                let seen = world.read("file").await?;
                assert_eq!(seen.len(), 200_000, "half a file");
                let first = seen.chars().next();
                assert!(
                    seen.chars().all(|c| Some(c) == first),
                    "two contents in one"
                );
            }
            Verdict::Ok(())
        };
        let (written, seen) = join(write, read).await;
        written.and(seen)
    }

    /// Appending adds to the end, and makes a file that is not there.
    async fn appending_adds(world: Subject) -> Verdict {
        for text in ["one ", "", "two"] {
            let op = FileOp::Append {
                path: world.at("file")?,
                bytes: text.into(),
            };
            assert_eq!(world.perform(op).await?, FileAnswer::Done);
        }
        assert_eq!(world.read("file").await?, "one two");
        Ok(())
    }
}
