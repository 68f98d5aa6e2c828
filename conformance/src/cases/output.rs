//! What a child says, and when its end is told.

use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::{Child, ChildEvent};
use collodi_command::{Exit, Stream};
use collodi_file::{FileAnswer, FileOp};
use collodi_sim::words::flood;
use collodi_time::Duration;
use futures::FutureExt;

cases! {
    /// Output keeps its order within a stream.
    async fn order_within_a_stream_is_kept(world: Subject) -> Verdict {
        let said: Vec<String> = (0..200).map(|n| format!("say:{n}")).collect();
        let words: Vec<&str> = said.iter().map(String::as_str).collect();
        let expected: Vec<String> = (0..200).map(|n| n.to_string()).collect();
        assert_eq!(world.play(&words).await?.lines(), expected);
        Ok(())
    }

    /// Standard output and standard error are told apart.
    async fn streams_are_told_apart(world: Subject) -> Verdict {
        let told = world.play(&["say:out", "err:wrong", "say:more"]).await?;
        assert_eq!(told.text(), "out\nmore\n");
        assert_eq!(told.stderr, b"wrong\n");
        Ok(())
    }

    /// Bytes arrive as they are, whether or not they are text.
    async fn bytes_arrive_as_they_are(world: Subject) -> Verdict {
        let told = world.play(&["bytes:00ff0d0a1b5bc328fe"]).await?;
        assert_eq!(
            told.stdout,
            [0, 0xff, 0x0d, 0x0a, 0x1b, 0x5b, 0xc3, 0x28, 0xfe]
        );
        Ok(())
    }

    /// What a child says is told while it lives, also when the line is not ended.
    async fn unfinished_line_is_told_at_once(world: Subject) -> Verdict {
        let mut child = world
            .spawn(&world.child(&["noeol:password?", "wait"]))
            .await?;
        let mut told = Told::default();
        while told.stdout != b"password?" {
            told.add(next(&mut *child).await?);
        }
        assert_eq!(told.exit, None);
        Ok(())
    }

    /// The bytes of an `Output` are never empty.
    async fn output_is_never_empty(world: Subject) -> Verdict {
        let words = [
            "noeol:",
            "say:x",
            "noeol:",
            "err:y",
            "spawn:(say:z)",
            "join",
        ];
        let mut child = world.spawn(&world.child(&words)).await?;
        while let Some(event) = child.next_event().await {
            assert!(!matches!(event, ChildEvent::Output { bytes, .. } if bytes.is_empty()));
        }
        Ok(())
    }

    /// `Exited` comes once. `Closed` comes once, last. After it, nothing.
    async fn closed_is_last_and_nothing_follows(world: Subject) -> Verdict {
        for words in [
            &["exit:0"][..],
            &["say:x", "err:y", "exit:1"],
            &["raise:KILL"],
        ] {
            let mut child = world.spawn(&world.child(words)).await?;
            let told = Told::by(&mut *child).await;
            let count = |kind| told.order.iter().filter(|k| **k == kind).count();
            assert_eq!((count("exited"), count("closed")), (1, 1), "{words:?}");
            assert_eq!(told.order.last(), Some(&"closed"), "{words:?}");
            assert_eq!(child.next_event().await, None);
            assert_eq!(child.next_event().await, None);
        }
        Ok(())
    }

    /// `Exited` waits for no output: it comes while somebody holds the streams.
    async fn exit_waits_for_no_output(world: Subject) -> Verdict {
        let spec = world.child(&["spawn:(until:go)", "exit:3"]);
        let mut child = world.spawn(&spec).await?;
        assert_eq!(next(&mut *child).await?, ChildEvent::Exited(Exit::Code(3)));
        let living = world.backends().process.tree_members(&spec.tree).await?;
        assert_eq!(living.len(), 1, "{living:?}");
        Ok(())
    }

    /// `Exited` comes also while somebody else does not stop talking.
    async fn exit_is_told_amid_a_flood(world: Subject) -> Verdict {
        let words = ["spawn:(repeat:1000000:(flood:4096))", "exit:3"];
        let mut child = world.spawn(&world.child(&words)).await?;
        loop {
            if next(&mut *child).await? == ChildEvent::Exited(Exit::Code(3)) {
                return Ok(());
            }
        }
    }

    /// `Closed` is not `leaked` when the streams were at their end.
    async fn clean_end_is_not_leaked(world: Subject) -> Verdict {
        let told = world
            .play(&["say:x", "spawn:(say:y)", "join", "exit:0"])
            .await?;
        assert_eq!((told.text().as_str(), told.leaked), ("x\ny\n", Some(false)));
        Ok(())
    }

    /// `Closed` is `leaked` when processes that the child started still hold the
    /// streams; they are not killed for it.
    async fn held_streams_are_leaked(world: Subject) -> Verdict {
        let spec = world.child(&["spawn:(say:ready wait)", "say:x", "exit:0"]);
        let mut child = world.spawn(&spec).await?;
        assert_eq!(Told::by(&mut *child).await.leaked, Some(true));
        let living = world.backends().process.tree_members(&spec.tree).await?;
        assert_eq!(living.len(), 1, "{living:?}");
        Ok(())
    }

    /// What is left in the streams is told to its end, also by who asks late, and piece by piece: somebody
    /// who goes on talking does not keep `Closed` from coming.
    async fn leaked_output_comes_to_an_end(world: Subject) -> Verdict {
        let spec = world.child(&["spawn:(say:ready flood:8000000 wait)", "exit:0"]);
        let mut child = world.spawn(&spec).await?;
        while !matches!(child.next_event().await, Some(ChildEvent::Exited(_))) {}
        let clock = &world.backends().clock;
        clock.sleep_until(clock.now() + Duration::from_millis(300)).await;
        let told = Told::by(&mut *child).await;
        assert_eq!(told.leaked, Some(true));
        assert!(told.stdout.len() > 64, "{} bytes", told.stdout.len());
        Ok(())
    }

    /// A process that lives on without the streams does not make them leaked.
    async fn mute_survivor_is_not_a_leak(world: Subject) -> Verdict {
        let told = world.play(&["mute:(wait)", "exit:0"]).await?;
        assert_eq!(told.leaked, Some(false));
        Ok(())
    }

    /// Output of any size arrives whole.
    async fn large_output_is_intact(world: Subject) -> Verdict {
        let told = world.play(&["flood:4194304"]).await?;
        assert!(
            told.stdout == flood(0, 4 << 20),
            "{} bytes",
            told.stdout.len()
        );
        Ok(())
    }

    /// A flood on one stream does not hold back the other.
    async fn both_streams_flow_side_by_side(world: Subject) -> Verdict {
        let words = ["spawn:(flood-err:1048576)", "flood:1048576", "join"];
        let told = world.play(&words).await?;
        assert!(
            told.stdout == flood(0, 1 << 20),
            "{} bytes",
            told.stdout.len()
        );
        assert!(
            told.stderr == flood(0, 1 << 20),
            "{} bytes",
            told.stderr.len()
        );
        Ok(())
    }

    /// Output that was said before the exit is told, however late it is read.
    async fn output_before_the_exit_is_not_lost(world: Subject) -> Verdict {
        let spec = world.child(&["say:last", "err:words", "exit:1"]);
        let mut child = world.spawn(&spec).await?;
        world.backends().process.tree_empty(&spec.tree).await?;
        pause(&world, 400).await;
        let told = Told::by(&mut *child).await;
        assert_eq!(
            (told.text().as_str(), told.stderr.as_slice()),
            ("last\n", &b"words\n"[..])
        );
        Ok(())
    }

    /// A slow reader gets everything.
    async fn slow_reader_gets_everything(world: Subject) -> Verdict {
        let mut child = world
            .spawn(&world.child(&["flood:1048576", "say:end"]))
            .await?;
        let mut told = Told::default();
        while let Some(event) = child.next_event().await {
            told.add(event);
            pause(&world, 5).await;
        }
        let expected = [flood(0, 1 << 20), b"end\n".to_vec()].concat();
        assert!(told.stdout == expected, "{} bytes", told.stdout.len());
        Ok(())
    }

    /// A child whose output nobody reads has to wait: it is not held in memory
    /// without a bound.
    async fn unread_output_holds_the_child(world: Subject) -> Verdict {
        let spec = world.child(&["flood:67108864", "touch:done"]);
        let child = world.spawn(&spec).await?;
        pause(&world, 1000).await;
        let done = world
            .perform(FileOp::Stat {
                path: world.at("done")?,
            })
            .await?;
        assert_eq!(done, FileAnswer::Stat(None));
        drop(child);
        Ok(())
    }

    /// `next_event` is safe to cancel: an event is not lost when its future is dropped.
    async fn next_event_is_safe_to_cancel(world: Subject) -> Verdict {
        let words = ["flood:262144", "sleep:5", "err:wrong", "sleep:5", "exit:2"];
        let mut child = world.spawn(&world.child(&words)).await?;
        let mut told = Told::default();
        loop {
            match child.next_event().now_or_never() {
                Some(Some(event)) => told.add(event),
                Some(None) => break,
                None => pause(&world, 1).await,
            }
        }
        assert!(
            told.stdout == flood(0, 1 << 18),
            "{} bytes",
            told.stdout.len()
        );
        assert_eq!(
            (told.stderr.as_slice(), told.exit),
            (&b"wrong\n"[..], Some(Exit::Code(2)))
        );
        Ok(())
    }

    /// What a grandchild says into the streams of the child is told as the child's.
    async fn output_of_grandchildren_is_told(world: Subject) -> Verdict {
        let mut child = world
            .spawn(&world.child(&["spawn:(err:from-below wait)", "wait"]))
            .await?;
        let event = next(&mut *child).await?;
        let bytes = b"from-below\n"[..].into();
        assert_eq!(
            event,
            ChildEvent::Output {
                stream: Stream::Stderr,
                bytes
            }
        );
        Ok(())
    }
}

async fn next(child: &mut dyn Child) -> Result<ChildEvent, Broken> {
    let event = child.next_event().await;
    event.ok_or_else(|| Broken::new("the child's events ended early"))
}

async fn pause(world: &Subject, millis: u64) {
    let clock = &world.backends().clock;
    clock
        .sleep_until(clock.now() + Duration::from_millis(millis))
        .await;
}
