//! What a child says, in files.

use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::{ChildEvent, ErrorKind};
use collodi_command::{CommandSpec, Exit, Recording, Stream};
use collodi_file::{FileErrorKind, FileOp};
use collodi_logs::recording::{Recorded, recorded, segment_files};
use collodi_sim::words::flood;
use std::sync::Arc;

cases! {
    /// What a child says is in the files, byte for byte, each stream apart, between the
    /// beginning and the end of its life.
    #[needs(Recordings)]
    async fn what_is_said_is_kept(world: Subject) -> Verdict {
        let words = ["say:out", "bytes:00ff1b", "err:wrong", "say:more", "exit:3"];
        let told = world.run(&in_files(&world, &words)?).await?;
        let kept = Kept::read(&world, DIR, 1).await?;
        assert_eq!((kept.stdout, kept.stderr), (told.stdout, told.stderr));
        assert_eq!(kept.lives, ["began", "exit code 3"]);
        Ok(())
    }

    /// What is told is in the files before it is told.
    #[needs(Recordings)]
    async fn what_is_told_is_kept_already(world: Subject) -> Verdict {
        let words = ["say:one", "sleep:2", "err:two", "sleep:2", "flood:200000", "noeol:three"];
        let mut child = world.spawn(&in_files(&world, &words)?).await?;
        let mut told = Told::default();
        while let Some(event) = child.next_event().await {
            let is_output = matches!(event, ChildEvent::Output { .. });
            told.add(event);
            if is_output {
                let kept = Kept::read(&world, DIR, 1).await?;
                assert_eq!((&kept.stdout, &kept.stderr), (&told.stdout, &told.stderr));
            }
        }
        Ok(())
    }

    /// It is said where all that was told is recorded: so far, and not a byte further. Who goes on
    /// later has the number of each line by that.
    #[needs(Recordings)]
    async fn place_is_behind_what_was_told(world: Subject) -> Verdict {
        let words = ["say:one", "sleep:2", "err:two", "sleep:2", "flood:200000", "noeol:three"];
        let mut child = world.spawn(&in_files(&world, &words)?).await?;
        let mut told = 0;
        while let Some(event) = child.next_event().await {
            if let ChildEvent::Output { bytes, .. } = &event {
                told += bytes.len() as u64;
                let place = child.recorded().map(|place| (place.segment.get(), place.offset));
                assert_eq!(place, Some((1, told)));
            }
        }
        Ok(())
    }

    /// The next life goes on in the same files.
    #[needs(Recordings)]
    async fn lives_follow_each_other(world: Subject) -> Verdict {
        world.run(&in_files(&world, &["say:one", "exit:1"])?).await?;
        world.run(&in_files(&world, &["err:two", "raise:KILL"])?).await?;
        let kept = Kept::read(&world, DIR, 1).await?;
        assert_eq!((&*kept.stdout, &*kept.stderr), (&b"one\n"[..], &b"two\n"[..]));
        assert_eq!(kept.lives, ["began", "exit code 1", "began", "killed by SIGKILL"]);
        Ok(())
    }

    /// A recording that was removed between two lives begins anew.
    #[needs(Recordings)]
    async fn removed_recording_begins_anew(world: Subject) -> Verdict {
        world.run(&in_files(&world, &["say:one"])?).await?;
        world.perform(FileOp::Remove { path: world.at(DIR)? }).await?;
        world.run(&in_files(&world, &["say:two"])?).await?;
        let kept = Kept::read(&world, DIR, 1).await?;
        assert_eq!(&*kept.stdout, b"two\n");
        assert_eq!(kept.lives, ["began", "exit code 0"]);
        Ok(())
    }

    /// Files do not grow beyond their bound, and the oldest goes first.
    #[needs(Recordings)]
    async fn oldest_file_goes_first(world: Subject) -> Verdict {
        let mut spec = in_files(&world, &["flood:1000000"])?;
        let recording = spec.recording.as_mut();
        let recording = recording.ok_or_else(|| Broken::new("no recording"))?;
        let recording = Arc::make_mut(recording);
        (recording.segment_bytes, recording.segments) = (100_000, 3);
        let told = world.run(&spec).await?;
        assert_eq!(told.stdout.len(), 1_000_000);
        let (mut all, mut numbers) = (Vec::new(), Vec::new());
        for number in 1..100 {
            match Kept::read(&world, DIR, number).await {
                Ok(kept) => {
                    assert!(kept.stdout.len() <= 200_000, "{}", kept.stdout.len());
                    all.extend(kept.stdout);
                    numbers.push(number);
                }
                Err(_) if numbers.is_empty() => {}
                Err(_) => break,
            }
        }
        assert_eq!(numbers.len(), 3, "{numbers:?}");
        assert!(told.stdout.ends_with(&all), "the newest {} bytes", all.len());
        Ok(())
    }

    /// All that a child says is told, also when it ends while much of that fills a file.
    #[needs(Recordings)]
    async fn end_of_a_flood_that_fills_a_file_is_told(world: Subject) -> Verdict {
        let mut spec = in_files(&world, &["flood:3145728", "exit:5"])?;
        let recording = spec.recording.as_mut();
        let recording = recording.ok_or_else(|| Broken::new("no recording"))?;
        let recording = Arc::make_mut(recording);
        (recording.segment_bytes, recording.segments) = (512 << 10, 9);
        let told = world.run(&spec).await?;
        assert!(told.stdout == flood(0, 3 << 20), "{} bytes", told.stdout.len());
        let (mut kept, mut lives) = (Vec::new(), Vec::new());
        for number in 1..9 {
            if let Ok(file) = Kept::read(&world, DIR, number).await {
                kept.extend(file.stdout);
                lives.extend(file.lives);
            }
        }
        assert!(kept == told.stdout, "{} bytes", kept.len());
        assert_eq!(lives, ["began", "exit code 5"]);
        Ok(())
    }

    /// No secret is in the files, however what is said is cut into pieces.
    #[needs(Recordings)]
    async fn secrets_are_not_kept(world: Subject) -> Verdict {
        let words = [
            "noeol:a-hunt", "sleep:20", "noeol:er2secret-b", "sleep:20", "say:-hunter2", "say:hunt",
        ];
        let mut spec = in_files(&world, &words)?;
        if let Some(recording) = &mut spec.recording {
            Arc::make_mut(recording).secrets = ["hunter2secret".to_owned()].into();
        }
        let told = world.run(&spec).await?;
        assert_eq!(told.text(), "a-hunter2secret-b-hunter2\nhunt\n");
        let kept = Kept::read(&world, DIR, 1).await?;
        assert_eq!(String::from_utf8_lossy(&kept.stdout), "a-***-b-hunter2\nhunt\n");
        Ok(())
    }

    /// A recording that leads out of its root is `Escapes`, and nothing is started.
    #[needs(Recordings)]
    async fn recording_that_leads_out_is_refused(world: Subject) -> Verdict {
        let link = format!("link:out:{}", world.outside());
        world.arrange(&[&link]).await?;
        let mut spec = world.child(&["touch:started"]);
        for path in ["out", "out/below"] {
            spec.recording = Some(Recording::new(world.at(path)?).into());
            let refused = world.spawn(&spec).await.map(drop).map_err(|error| error.kind);
            assert_eq!(refused, Err(ErrorKind::Escapes), "{path}");
        }
        let looked = world.attempt(FileOp::read(world.at("started")?, 1)).await;
        assert_eq!(looked.map(drop), Err(FileErrorKind::NotFound));
        Ok(())
    }

    /// Much that is said is kept whole.
    #[needs(Recordings)]
    async fn flood_is_kept_whole(world: Subject) -> Verdict {
        let told = world.run(&in_files(&world, &["flood:1000000"])?).await?;
        let kept = Kept::read(&world, DIR, 1).await?;
        assert!(told.stdout == flood(0, 1_000_000), "{} bytes", told.stdout.len());
        assert!(kept.stdout == told.stdout, "{} bytes", kept.stdout.len());
        Ok(())
    }
}

const DIR: &str = "kept/app";

fn in_files(world: &Subject, words: &[&str]) -> Result<CommandSpec, Broken> {
    let mut spec = world.child(words);
    spec.recording = Some(Recording::new(world.at(DIR)?).into());
    Ok(spec)
}

/// A segment, read back.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) lives: Vec<String>,
}

impl Kept {
    pub(super) async fn read(world: &Subject, dir: &str, number: u32) -> Result<Self, Broken> {
        let (log, index) = segment_files(number);
        let index = world.read(&format!("{dir}/{index}")).await?;
        let bytes = world.bytes(&format!("{dir}/{log}")).await?;
        let mut kept = Self::default();
        for (_, what) in recorded(&index, bytes.len() as u64) {
            kept.add(what, &bytes);
        }
        Ok(kept)
    }

    fn add(&mut self, what: Recorded, bytes: &[u8]) {
        match what {
            Recorded::Said(stream, range) => {
                let range = usize::try_from(range.start).unwrap_or(0)
                    ..usize::try_from(range.end).unwrap_or(0);
                let all = match stream {
                    Stream::Stdout => &mut self.stdout,
                    Stream::Stderr => &mut self.stderr,
                };
                all.extend_from_slice(bytes.get(range).unwrap_or_default());
            }
            Recorded::Began(_) => self.lives.push("began".to_owned()),
            Recorded::Ended(exit) => self.lives.push(Exit::to_string(&exit)),
            Recorded::Missing(bytes) => self.lives.push(format!("{bytes} missing")),
        }
    }
}
