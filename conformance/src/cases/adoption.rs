//! Children that are left, and taken over by whoever comes next.

use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::{Child, ChildEvent, ErrorKind};
use collodi_command::{CommandSpec, Exit, Identity, Signal, Stdin};
use collodi_file::FileOp;
use collodi_sim::words::flood;
use collodi_time::Duration;
use futures::FutureExt as _;

cases! {
    /// A child that was left lives on, and is found again by its identity: it is the same
    /// process, and what it says and how it ends is told.
    #[needs(Adoption)]
    async fn left_child_is_found_again(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "until:go", "say:out", "err:wrong", "exit:7"]);
        let child = world.spawn_ready(&spec).await?;
        let pid = child.pid();
        let identity = leave(child)?;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        assert_eq!((adopted.pid(), adopted.identity()), (pid, Some(identity)));
        world.write("go", "").await?;
        let told = Told::by(&mut *adopted).await;
        assert_eq!((told.text().as_str(), &*told.stderr), ("out\n", &b"wrong\n"[..]));
        assert_eq!((told.exit, told.leaked), (Some(Exit::Code(7)), Some(false)));
        Ok(())
    }

    /// What a child said while nobody read is told first, and is in order.
    #[needs(Adoption)]
    async fn what_was_said_meanwhile_is_told(world: Subject) -> Verdict {
        let words = [
            "say:ready", "until:go", "say:between", "touch:said", "until:end", "say:after",
        ];
        let spec = world.child(&words);
        let identity = leave(world.spawn_ready(&spec).await?)?;
        world.write("go", "").await?;
        until(&world, "said").await?;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        world.write("end", "").await?;
        assert_eq!(Told::by(&mut *adopted).await.text(), "between\nafter\n");
        Ok(())
    }

    /// A child that says more than waits for a reader has to wait: it neither ends of it nor
    /// loses anything.
    #[needs(Adoption)]
    async fn nobody_reads_and_nothing_is_lost(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "until:go", "flood:3000000", "exit:5"]);
        let identity = leave(world.spawn_ready(&spec).await?)?;
        world.write("go", "").await?;
        pause(&world, 20).await;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        let told = Told::by(&mut *adopted).await;
        assert!(told.stdout == flood(0, 3_000_000), "{} bytes", told.stdout.len());
        assert_eq!(told.exit, Some(Exit::Code(5)));
        Ok(())
    }

    /// Of a child that was left and ends before it is taken over, all is told that it said, and how it
    /// ended: here, by whoever shares what was left.
    #[needs(Adoption)]
    async fn child_that_ends_while_it_is_left_is_told_whole(world: Subject) -> Verdict {
        let words = ["say:ready", "until:go", "say:last", "err:wrong", "exit:7"];
        let spec = world.child(&words);
        let identity = leave(world.spawn_ready(&spec).await?)?;
        world.write("go", "").await?;
        world.backends().process.tree_empty(&spec.tree).await?;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        let told = Told::by(&mut *adopted).await;
        assert_eq!((told.text().as_str(), &*told.stderr), ("last\n", &b"wrong\n"[..]));
        assert_eq!((told.exit, told.leaked), (Some(Exit::Code(7)), Some(false)));
        assert_eq!(refusal(&world, &spec, &identity).await?, ErrorKind::Gone);
        Ok(())
    }

    /// A child that is left after its end was told, and before its last words were, is told whole to
    /// whoever adopts it.
    #[needs(Adoption)]
    async fn child_that_is_left_at_its_end_is_told_whole(world: Subject) -> Verdict {
        let spec = world.child(&["spawn:(until:said say:last)", "exit:7"]);
        let mut child = world.spawn(&spec).await?;
        while !matches!(child.next_event().await, Some(ChildEvent::Exited(_))) {}
        let identity = leave(child)?;
        world.write("said", "").await?;
        world.backends().process.tree_empty(&spec.tree).await?;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        let told = Told::by(&mut *adopted).await;
        assert_eq!((told.text().as_str(), told.exit), ("last\n", Some(Exit::Code(7))));
        Ok(())
    }

    /// A child can be left and adopted more than once.
    #[needs(Adoption)]
    async fn adopted_child_can_be_left_again(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "until:go", "say:end"]);
        let identity = leave(world.spawn_ready(&spec).await?)?;
        for _ in 0..3 {
            let again = leave(adopt(&world, &spec, &identity).await?)?;
            assert_eq!(again, identity);
        }
        let mut adopted = adopt(&world, &spec, &identity).await?;
        world.write("go", "").await?;
        assert_eq!(Told::by(&mut *adopted).await.text(), "end\n");
        Ok(())
    }

    /// A child that has ended is `Gone`, and so is one that never was.
    #[needs(Adoption)]
    async fn ended_child_is_gone(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "until:go"]);
        let identity = leave(world.spawn_ready(&spec).await?)?;
        let other = Identity { started: identity.started + 1, ..identity.clone() };
        assert_eq!(refusal(&world, &spec, &other).await?, ErrorKind::Gone);
        let mut child = adopt(&world, &spec, &identity).await?;
        world.write("go", "").await?;
        Told::by(&mut *child).await;
        assert_eq!(refusal(&world, &spec, &identity).await?, ErrorKind::Gone);
        Ok(())
    }

    /// An adopted child is of its tree: it is listed, signalled and awaited with it.
    #[needs(Adoption)]
    async fn adopted_child_is_of_its_tree(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "mute:(wait)", "wait"]);
        let identity = leave(world.spawn_ready(&spec).await?)?;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        let process = &world.backends().process;
        let members = process.tree_members(&spec.tree).await?;
        assert!(members.iter().any(|member| member.pid == identity.pid), "{members:?}");
        process.signal_tree(&spec.tree, Signal::KILL).await?;
        process.tree_empty(&spec.tree).await?;
        assert_eq!(Told::by(&mut *adopted).await.exit, Some(Exit::Signal(Signal::KILL)));
        Ok(())
    }

    /// Dropping an adopted child kills its process group.
    #[needs(Adoption)]
    async fn dropping_an_adopted_child_kills_its_group(world: Subject) -> Verdict {
        let spec = world.child(&["spawn:(say:ready wait)", "wait"]);
        let identity = leave(world.spawn_ready(&spec).await?)?;
        drop(adopt(&world, &spec, &identity).await?);
        Ok(world.backends().process.tree_empty(&spec.tree).await?)
    }

    /// A child that is left does not see the end of its input.
    #[needs(Adoption)]
    async fn input_stays_open(world: Subject) -> Verdict {
        let mut spec = world.child(&["say:ready", "cat"]);
        spec.stdin = Stdin::Piped;
        let mut child = world.spawn_ready(&spec).await?;
        let before = child.input();
        let identity = leave(child)?;
        drop(before);
        pause(&world, 20).await;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        let input = adopted.input();
        let mut input = input.ok_or_else(|| Broken::new("the input was not adopted"))?;
        input.write(b"hello").await?;
        drop(input);
        assert_eq!(Told::by(&mut *adopted).await.text(), "hello");
        Ok(())
    }

    /// An input that was closed before its child was left stays closed.
    #[needs(Adoption)]
    async fn closed_input_stays_closed(world: Subject) -> Verdict {
        let mut spec = world.child(&["say:ready", "until:go", "cat", "say:end"]);
        spec.stdin = Stdin::Piped;
        let mut child = world.spawn_ready(&spec).await?;
        drop(child.input());
        let identity = leave(child)?;
        world.write("go", "").await?;
        world.backends().process.tree_empty(&spec.tree).await?;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        assert_eq!(Told::by(&mut *adopted).await.text(), "end\n");
        Ok(())
    }

    /// Whoever stops waiting for an adoption leaves the child as it was.
    #[needs(Adoption)]
    async fn adoption_that_is_broken_off_leaves_the_child(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "until:go", "say:end"]);
        let identity = leave(world.spawn_ready(&spec).await?)?;
        let process = &world.backends().process;
        if let Some(adopted) = process.adopt(&spec, &identity).now_or_never() {
            adopted?.leave();
        }
        let mut adopted = adopt(&world, &spec, &identity).await?;
        world.write("go", "").await?;
        assert_eq!(Told::by(&mut *adopted).await.text(), "end\n");
        Ok(())
    }

    /// The input of an adopted child goes on.
    #[needs(Adoption)]
    async fn input_goes_on(world: Subject) -> Verdict {
        let mut spec = world.child(&["say:ready", "cat"]);
        spec.stdin = Stdin::Piped;
        let mut child = world.spawn_ready(&spec).await?;
        let before = child.input();
        let identity = leave(child)?;
        let mut adopted = adopt(&world, &spec, &identity).await?;
        let input = adopted.input();
        let mut input = input.ok_or_else(|| Broken::new("the input was not adopted"))?;
        input.write(b"hello").await?;
        drop((before, input));
        assert_eq!(Told::by(&mut *adopted).await.text(), "hello");
        Ok(())
    }
}

fn named(child: &dyn Child) -> Result<Identity, Broken> {
    let identity = child.identity();
    identity.ok_or_else(|| Broken::new("a child that can be adopted has no identity"))
}

pub(super) fn leave(child: Box<dyn Child>) -> Result<Identity, Broken> {
    let identity = named(&*child)?;
    child.leave();
    Ok(identity)
}

pub(super) async fn adopt(
    world: &Subject,
    spec: &CommandSpec,
    identity: &Identity,
) -> Result<Box<dyn Child>, Broken> {
    Ok(world.backends().process.adopt(spec, identity).await?)
}

async fn refusal(
    world: &Subject,
    spec: &CommandSpec,
    identity: &Identity,
) -> Result<ErrorKind, Broken> {
    match world.backends().process.adopt(spec, identity).await {
        Ok(_) => Err(Broken::new(format!("{identity} was adopted"))),
        Err(error) => Ok(error.kind),
    }
}

async fn until(world: &Subject, path: &str) -> Verdict {
    while world
        .attempt(FileOp::read(world.at(path)?, 1))
        .await
        .is_err()
    {
        pause(world, 1).await;
    }
    Ok(())
}

async fn pause(world: &Subject, millis: u64) {
    let clock = &world.backends().clock;
    clock
        .sleep_until(clock.now() + Duration::from_millis(millis))
        .await;
}
