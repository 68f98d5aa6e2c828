//! What a child reads.

use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::{Child, ChildEvent, ChildInput, Error, ErrorKind};
use collodi_command::{CommandSpec, Exit, Stdin};
use collodi_sim::words::flood;
use futures::future::join;

cases! {
    /// Without input, standard input is at its end at once.
    async fn null_input_is_at_its_end(world: Subject) -> Verdict {
        let told = world.play(&["cat", "exit:7"]).await?;
        assert_eq!((told.text().as_str(), told.exit), ("", Some(Exit::Code(7))));
        Ok(())
    }

    /// There is no handle to write to unless it was asked for.
    async fn no_handle_unless_asked_for(world: Subject) -> Verdict {
        let mut child = world.spawn(&world.child(&["wait"])).await?;
        assert!(child.input().is_none());
        Ok(())
    }

    /// What is written is read by the child, byte for byte, while it lives.
    async fn input_is_delivered_at_once(world: Subject) -> Verdict {
        let mut child = world.spawn(&piped(&world, &["cat"])).await?;
        let mut input = handle(&mut *child)?;
        for text in ["yes\n", "no", "\0\u{ff}\r\n"] {
            input.write(text.as_bytes()).await?;
            let mut heard = Vec::new();
            while heard.len() < text.len() {
                match child.next_event().await {
                    Some(ChildEvent::Output { bytes, .. }) => heard.extend_from_slice(&bytes),
                    other => return Err(Broken::new(format!("{other:?} instead of an echo"))),
                }
            }
            assert_eq!(heard, text.as_bytes());
        }
        Ok(())
    }

    /// Dropping the handle closes the child's standard input.
    async fn dropping_the_handle_closes_the_input(world: Subject) -> Verdict {
        let mut child = world.spawn(&piped(&world, &["cat", "exit:8"])).await?;
        let mut input = handle(&mut *child)?;
        input.write(b"bye").await?;
        drop(input);
        let told = Told::by(&mut *child).await;
        assert_eq!(
            (told.text().as_str(), told.exit),
            ("bye", Some(Exit::Code(8)))
        );
        Ok(())
    }

    /// The input stays open as long as the handle, or the child that it was not
    /// taken from, is kept.
    async fn kept_input_stays_open(world: Subject) -> Verdict {
        let spec = piped(&world, &["say:ready", "cat", "touch:ended"]);
        let mut child = world.spawn_ready(&spec).await?;
        let mut input = handle(&mut *child)?;
        input.write(b"x").await?;
        assert!(matches!(
            child.next_event().await,
            Some(ChildEvent::Output { .. })
        ));
        assert!(world.read("ended").await.is_err());
        Ok(())
    }

    /// All of the bytes are written, however many and however slow the child is.
    async fn large_input_is_intact(world: Subject) -> Verdict {
        let mut child = world.spawn(&piped(&world, &["sleep:20", "cat"])).await?;
        let mut input = handle(&mut *child)?;
        let bytes = flood(0, 1 << 20);
        let write = async {
            let written = input.write(&bytes).await;
            drop(input);
            written
        };
        let (written, told) = join(write, Told::by(&mut *child)).await;
        written?;
        assert!(told.stdout == bytes, "{} bytes", told.stdout.len());
        Ok(())
    }

    /// Writing to a child that has ended fails as `Gone`, and does nothing else.
    async fn writing_to_an_ended_child_fails(world: Subject) -> Verdict {
        let mut child = world.spawn(&piped(&world, &["exit:0"])).await?;
        let mut input = handle(&mut *child)?;
        Told::by(&mut *child).await;
        is_gone(input.write(b"anybody?").await);
        Ok(())
    }

    /// A write that waits for a child that does not read fails as `Gone` when the child
    /// ends.
    async fn waiting_write_ends_with_the_child(world: Subject) -> Verdict {
        let mut child = world.spawn_ready(&piped(&world, &["say:ready", "until:go"])).await?;
        let mut input = handle(&mut *child)?;
        let bytes = flood(0, 1 << 20);
        let end = async {
            world.write("go", "").await?;
            Told::by(&mut *child).await;
            Ok::<_, Broken>(())
        };
        let (written, ended) = join(input.write(&bytes), end).await;
        ended?;
        is_gone(written);
        Ok(())
    }
}

fn is_gone(written: Result<(), Error>) {
    let kind = written.map_err(|error| error.kind);
    assert_eq!(kind, Err(ErrorKind::Gone));
}

fn piped(world: &Subject, words: &[&str]) -> CommandSpec {
    let mut spec = world.child(words);
    spec.stdin = Stdin::Piped;
    spec
}

fn handle(child: &mut dyn Child) -> Result<Box<dyn ChildInput>, Broken> {
    let input = child.input();
    input.ok_or_else(|| Broken::new("input was asked for and there is no handle"))
}
