//! Files that one program at a time has claimed.

use crate::{Broken, Subject, Verdict, case::cases};
use collodi_file::{Claim, FileAnswer, FileErrorKind, FileOp};
use futures::future::{join, join_all};

cases! {
    /// A file that is not there is made and claimed; whoever claims it then hears that it
    /// is held, and what the holder noted.
    async fn second_claim_is_told_who_holds(world: Subject) -> Verdict {
        assert_eq!(claim(&world, "dir/file", "first").await?, FileAnswer::Claimed(None));
        match claim(&world, "dir/file", "second").await? {
            FileAnswer::Held(claim) => assert_eq!(claim.note, "first"),
            other => return Err(Broken::new(format!("claiming gave {other}"))),
        }
        release(&world, "dir/file").await
    }

    /// A claim that was let go can be had, with what was noted before.
    async fn released_claim_can_be_had(world: Subject) -> Verdict {
        claim(&world, "file", "a note that is longer").await?;
        release(&world, "file").await?;
        assert_eq!(left(&world, "file", "second").await?, "a note that is longer");
        release(&world, "file").await?;
        let noted = left(&world, "file", "third").await?;
        assert_eq!(noted.lines().next(), Some("second"));
        release(&world, "file").await
    }

    /// What was noted stays behind the notes of those who take over, each once, until the
    /// file is removed.
    async fn notes_outlive_who_takes_over(world: Subject) -> Verdict {
        for note in ["first", "second", "first", ""] {
            claim(&world, "file", note).await?;
            release(&world, "file").await?;
        }
        assert_eq!(left(&world, "file", "last").await?, "\nfirst\nsecond");
        let path = world.at("file")?;
        world.perform(FileOp::Remove { path }).await?;
        release(&world, "file").await?;
        assert_eq!(claim(&world, "file", "new").await?, FileAnswer::Claimed(None));
        release(&world, "file").await
    }

    /// A file that was removed before it was let go leaves nothing to the next.
    async fn removed_file_leaves_nothing(world: Subject) -> Verdict {
        claim(&world, "file", "first").await?;
        world.perform(FileOp::Remove { path: world.at("file")? }).await?;
        release(&world, "file").await?;
        assert_eq!(claim(&world, "file", "second").await?, FileAnswer::Claimed(None));
        release(&world, "file").await
    }

    /// A file that nobody claims is taken over, whatever is in it.
    async fn file_of_nobody_is_taken_over(world: Subject) -> Verdict {
        for text in ["", "x", "4711", "4711\n", "\u{fffd}\n\n\n"] {
            world.write("file", text).await?;
            match claim(&world, "file", "note").await? {
                FileAnswer::Claimed(Some(left)) => assert_eq!(left, Claim::read(text), "{text:?}"),
                other => return Err(Broken::new(format!("claiming gave {other}"))),
            }
            release(&world, "file").await?;
        }
        Ok(())
    }

    /// Of many that claim a file at once, one has it.
    async fn one_of_many_has_it(world: Subject) -> Verdict {
        let notes: Vec<String> = (0..16).map(|number| number.to_string()).collect();
        let answers = join_all(notes.iter().map(|note| claim(&world, "file", note))).await;
        let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
        let has = |answer: &&FileAnswer| matches!(answer, FileAnswer::Claimed(_));
        assert_eq!(answers.iter().filter(has).count(), 1, "{answers:?}");
        release(&world, "file").await
    }

    /// Who looks who has a claim hears what the holder noted, and of nobody when it was let
    /// go; the file stays as it is.
    async fn looking_who_has_it_changes_nothing(world: Subject) -> Verdict {
        assert_eq!(holder(&world, "file").await?, FileAnswer::NotHeld);
        let path = world.at("file")?;
        assert_eq!(world.perform(FileOp::Stat { path }).await?, FileAnswer::Stat(None));
        claim(&world, "file", "note").await?;
        let text = world.read("file").await?;
        assert_eq!(holder(&world, "file").await?, FileAnswer::Held(Claim::read(&text)));
        release(&world, "file").await?;
        assert_eq!(holder(&world, "file").await?, FileAnswer::NotHeld);
        assert_eq!(world.read("file").await?, text);
        Ok(())
    }

    /// Who looks takes nothing away: of many that look and claim at once, one has it.
    async fn looking_takes_no_claim_away(world: Subject) -> Verdict {
        world.write("file", "").await?;
        for _ in 0..16 {
            let looks = join_all((0..8).map(|_| holder(&world, "file")));
            let (_, claimed) = join(looks, claim(&world, "file", "note")).await;
            assert!(matches!(claimed?, FileAnswer::Claimed(_)));
            release(&world, "file").await?;
        }
        Ok(())
    }

    /// Letting go of what was not claimed is fine.
    async fn letting_go_of_nothing_is_fine(world: Subject) -> Verdict {
        release(&world, "nothing").await
    }

    /// A link cannot be claimed: what it names would be written over.
    async fn link_cannot_be_claimed(world: Subject) -> Verdict {
        world.write("own", "precious").await?;
        let (path, to) = (world.at("file")?, world.at("own")?);
        world.perform(FileOp::Link { path: path.clone(), to }).await?;
        let note = String::new();
        let claimed = world.attempt(FileOp::Claim { path, note }).await;
        assert_eq!(claimed, Err(FileErrorKind::Special));
        let path = world.at("file")?;
        let holder = world.attempt(FileOp::Holder { path }).await;
        assert_eq!(holder, Err(FileErrorKind::Special));
        assert_eq!(world.read("own").await?, "precious");
        Ok(())
    }

    /// A directory cannot be claimed.
    async fn directory_cannot_be_claimed(world: Subject) -> Verdict {
        let path = world.at("dir")?;
        world.perform(FileOp::MakeDir { path: path.clone() }).await?;
        let note = String::new();
        let claimed = world.attempt(FileOp::Claim { path, note }).await;
        assert_eq!(claimed, Err(FileErrorKind::IsADirectory));
        Ok(())
    }
}

async fn claim(world: &Subject, path: &str, note: &str) -> Result<FileAnswer, Broken> {
    let (path, note) = (world.at(path)?, note.to_owned());
    Ok(world.perform(FileOp::Claim { path, note }).await?)
}

async fn holder(world: &Subject, path: &str) -> Result<FileAnswer, Broken> {
    let path = world.at(path)?;
    Ok(world.perform(FileOp::Holder { path }).await?)
}

async fn left(world: &Subject, path: &str, note: &str) -> Result<String, Broken> {
    match claim(world, path, note).await? {
        FileAnswer::Claimed(Some(left)) => Ok(left.note),
        other => Err(Broken::new(format!("claiming gave {other}"))),
    }
}

async fn release(world: &Subject, path: &str) -> Verdict {
    let path = world.at(path)?;
    assert_eq!(
        world.perform(FileOp::Release { path }).await?,
        FileAnswer::Done
    );
    Ok(())
}
