//! What is told of what is there, to whoever looks.

use super::{LIMIT, kind, list, stat};
use crate::{Broken, Subject, Verdict, case::cases};
use collodi_file::{Entry, FileAnswer, FileErrorKind, FileKind, FileOp, Stat};

cases! {
    /// `Stat` says the kind and the size of what is there, and nothing of a free path.
    async fn stat_says_kind_and_size(world: Subject) -> Verdict {
        world.write("file", "12345").await?;
        world
            .arrange(&["dir:d", "link:l:file", "link:dangling:no", "fifo:pipe"])
            .await?;
        let file = Stat {
            kind: FileKind::File,
            size: 5,
        };
        assert_eq!(stat(&world, "file").await?, Some(file));
        let kinds = [
            ("d", Some(FileKind::Directory)),
            ("l", Some(FileKind::Link)),
            ("dangling", Some(FileKind::Link)),
            ("pipe", Some(FileKind::Special)),
            ("nothing", None),
            ("no/where", None),
            (".", Some(FileKind::Directory)),
        ];
        for (path, kind) in kinds {
            assert_eq!(stat(&world, path).await?.map(|s| s.kind), kind, "{path}");
        }
        Ok(())
    }

    /// The entries of a directory come by name, each with its kind.
    async fn list_is_by_name(world: Subject) -> Verdict {
        for name in ["b", "a", "C", "ü", "10", "9"] {
            world.write(&format!("d/{name}"), "").await?;
        }
        world
            .arrange(&["dir:d/sub", "link:d/link:..", "fifo:d/pipe"])
            .await?;
        let FileAnswer::Entries(entries) = list(&world, "d").await.map_err(kind)? else {
            return Err(Broken::new("no entries"));
        };
        let odd: Vec<_> = entries
            .iter()
            .filter(|entry| entry.kind != FileKind::File)
            .collect();
        let expected = [
            ("link", FileKind::Link),
            ("pipe", FileKind::Special),
            ("sub", FileKind::Directory),
        ];
        let expected = expected.map(|(name, kind)| Entry {
            name: name.into(),
            kind,
        });
        assert_eq!(odd, expected.iter().collect::<Vec<_>>());
        let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(
            names,
            ["10", "9", "C", "a", "b", "link", "pipe", "sub", "ü"]
        );
        Ok(())
    }

    /// An empty directory has no entries.
    async fn empty_directory_has_no_entries(world: Subject) -> Verdict {
        assert_eq!(list(&world, ".").await, Ok(FileAnswer::Entries(Vec::new())));
        Ok(())
    }

    /// Listing a file is `NotADirectory`, listing nothing is `NotFound`.
    async fn list_wants_a_directory(world: Subject) -> Verdict {
        world.write("file", "text").await?;
        assert_eq!(
            list(&world, "file").await,
            Err(FileErrorKind::NotADirectory)
        );
        assert_eq!(list(&world, "nothing").await, Err(FileErrorKind::NotFound));
        Ok(())
    }

    /// An error names the path that it is about.
    async fn error_names_the_path(world: Subject) -> Verdict {
        let path = world.at("no/where")?;
        let read = world.perform(FileOp::read(path.clone(), LIMIT)).await;
        assert_eq!(read.map_err(|error| error.path), Err(path));
        Ok(())
    }

    /// A child sees what was written, and what a child wrote is read.
    async fn files_are_those_of_the_children(world: Subject) -> Verdict {
        world.write("ours", "from outside").await?;
        let told = world
            .play(&["read:ours", "write:theirs:from-inside"])
            .await?;
        assert_eq!(told.text(), "from outside");
        assert_eq!(world.read("theirs").await?, "from-inside");
        Ok(())
    }
}
