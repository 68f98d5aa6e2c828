//! File operations within their root.

use crate::{Broken, Subject, Verdict, case::cases};
use collodi_command::{CommandSpec, Exit};
use collodi_contain::ContainedPath;
use collodi_disk::{Ended, Limits};
use collodi_file::{Entry, FileAnswer, FileErrorKind, FileKind, FileOp, Stat};
use futures::future::join;
use std::os::unix::fs::PermissionsExt as _;

const LIMIT: u64 = 1 << 20;

cases! {
    /// What was written is read, byte for byte.
    async fn written_is_read(world: Subject) -> Verdict {
        let path = world.at("bytes")?;
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        world
            .perform(FileOp::write(path.clone(), bytes.clone()))
            .await?;
        let read = world.perform(FileOp::read(path, LIMIT)).await?;
        assert!(read == FileAnswer::Bytes(bytes));
        Ok(())
    }

    /// A file that was written as a program can be started; one that was not, cannot.
    #[needs(RealFiles)]
    async fn program_that_was_written_can_be_started(world: Subject) -> Verdict {
        for (name, executable) in [("program", true), ("text", false)] {
            let path = world.at(name)?;
            let bytes = b"#!/bin/sh\nexit 7\n".to_vec();
            world
                .perform(FileOp::Write { path: path.clone(), bytes, executable, private: false })
                .await?;
            let spec = CommandSpec::new(&path.absolute(), world.root(), world.tree());
            match world.run(&spec).await {
                Ok(told) => assert!(executable && told.exit == Some(Exit::Code(7)), "{name}"),
                Err(_) => assert!(!executable, "{name}"),
            }
        }
        Ok(())
    }

    /// A private file that is made is its owner's alone; one that is there keeps who may
    /// read it.
    #[needs(RealFiles)]
    async fn private_file_is_its_owners(world: Subject) -> Verdict {
        let mode = |name: &str| {
            let metadata = std::fs::metadata(world.at(name)?.absolute())?;
            Ok::<_, Broken>(metadata.permissions().mode() & 0o777)
        };
        let write = |name: &str| {
            let op = FileOp::write_private(world.at(name)?, b"KEY=x".to_vec());
            Ok::<_, Broken>(world.perform(op))
        };
        write("new")?.await?;
        assert_eq!(mode("new")?, 0o600);
        world.write("old", "").await?;
        let before = mode("old")?;
        assert!(before != 0o600);
        write("old")?.await?;
        assert_eq!(mode("old")?, before);
        Ok(())
    }

    /// A measured directory takes at least what its files hold, and a link takes nothing of
    /// what it points at.
    async fn measured_without_following_links(world: Subject) -> Verdict {
        world.write("big/file", &"x".repeat(1 << 20)).await?;
        world.write("tree/a", &"x".repeat(10_000)).await?;
        world.write("tree/below/b", &"x".repeat(20_000)).await?;
        world.perform(FileOp::Link { path: world.at("tree/link")?, to: world.at("big")? }).await?;
        let measure = |path: ContainedPath| FileOp::Measure { path, limits: Limits::default() };
        let FileAnswer::Measured(tally) = world.perform(measure(world.at("tree")?)).await? else {
            return Err(Broken::new("a measuring has another answer"));
        };
        let usage = tally.usage();
        assert_eq!(usage.entries, 5, "the directory, two files, one below, a link");
        assert!((30_000..1 << 20).contains(&usage.bytes), "{usage}");
        assert!(usage.is_whole() && usage.shared() == 0, "{usage}");
        let file = world.attempt(measure(world.at("tree/a")?)).await;
        assert_eq!(file, Err(FileErrorKind::NotADirectory));
        let nothing = world.attempt(measure(world.at("nothing")?)).await;
        assert_eq!(nothing, Err(FileErrorKind::NotFound));
        Ok(())
    }

    /// A measuring that has come upon as much as it may says so.
    async fn measured_within_its_limits(world: Subject) -> Verdict {
        world.write("tree/a", "1").await?;
        world.write("tree/b", "2").await?;
        let limits = Limits { entries: 2, ..Limits::default() };
        let measured = world.perform(FileOp::Measure { path: world.at("tree")?, limits }).await?;
        let FileAnswer::Measured(tally) = measured else {
            return Err(Broken::new("a measuring has another answer"));
        };
        let usage = tally.usage();
        assert_eq!((usage.entries, usage.ended), (2, Ended::TooMuch));
        Ok(())
    }

    /// There is room on a disk, also where a path is not there yet.
    async fn room_is_told_before_anything_is_there(world: Subject) -> Verdict {
        for path in ["", "not/there/yet"] {
            let FileAnswer::Space(space) = world.perform(FileOp::Space { path: world.at(path)? }).await? else {
                return Err(Broken::new("the look at the room has another answer"));
            };
            assert!(space.total > 0 && space.free <= space.total, "{space:?}");
        }
        Ok(())
    }

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

    /// Writing replaces all of the content.
    async fn writing_replaces(world: Subject) -> Verdict {
        world.write("file", "long content").await?;
        world.write("file", "short").await?;
        assert_eq!(world.read("file").await?, "short");
        world.write("file", "").await?;
        assert_eq!(world.read("file").await?, "");
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

async fn names(world: &Subject, path: &str) -> Result<Vec<String>, Broken> {
    match list(world, path).await.map_err(kind)? {
        FileAnswer::Entries(entries) => Ok(entries.into_iter().map(|entry| entry.name).collect()),
        other => Err(Broken::new(format!("listing gave {other}"))),
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

fn path_of(world: &Subject, path: &str) -> Result<ContainedPath, FileErrorKind> {
    world.at(path).map_err(|_| FileErrorKind::Escapes)
}

fn kind(kind: FileErrorKind) -> Broken {
    Broken::new(kind.to_string())
}
