//! What is on the disk: the bytes of files, who may use them, and the room that they take.

use super::LIMIT;
use crate::{Broken, Subject, Verdict, case::cases};
use collodi_command::{CommandSpec, Exit};
use collodi_contain::ContainedPath;
use collodi_disk::{Ended, Limits};
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use std::os::unix::fs::PermissionsExt as _;

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
                .perform(FileOp::Write { path: path.clone(), bytes, executable, private: false, durable: true })
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
}
