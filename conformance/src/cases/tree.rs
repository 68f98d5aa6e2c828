//! Trees of processes: signalled, listed and awaited as one.

use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::{Child, ChildEvent, Member};
use collodi_command::{Exit, Signal, TreeId};
use collodi_time::Duration;
use futures::{FutureExt, future::try_join_all};

cases! {
    /// A signal reaches the child, and it is the signal that was sent.
    async fn signal_arrives_as_sent(world: Subject) -> Verdict {
        let words = [
            "on:USR1:(say:one)",
            "on:USR2:(say:two)",
            "on:TERM:(exit:9)",
            "say:ready",
            "wait",
        ];
        let spec = world.child(&words);
        let mut child = world.spawn_ready(&spec).await?;
        let process = &world.backends().process;
        for (signal, line) in [(Signal::USR2, "two\n"), (Signal::USR1, "one\n")] {
            process.signal_tree(&spec.tree, signal).await?;
            expect(&mut *child, line).await?;
        }
        process.signal_tree(&spec.tree, Signal::TERM).await?;
        assert_eq!(Told::by(&mut *child).await.exit, Some(Exit::Code(9)));
        Ok(())
    }

    /// A signal that nobody takes ends the child, and the exit names it.
    async fn untaken_signal_ends_the_child(world: Subject) -> Verdict {
        // Not INT and HUP: whoever started the tests may have had them ignored, as a
        // shell does in the background, and that is inherited.
        for signal in [Signal::TERM, Signal::USR1, Signal::USR2, Signal::KILL] {
            let spec = world.child(&["say:ready", "wait"]);
            let mut child = world.spawn_ready(&spec).await?;
            world
                .backends()
                .process
                .signal_tree(&spec.tree, signal)
                .await?;
            assert_eq!(Told::by(&mut *child).await.exit, Some(Exit::Signal(signal)));
        }
        Ok(())
    }

    /// A signal reaches grandchildren, and theirs.
    async fn signal_reaches_grandchildren(world: Subject) -> Verdict {
        let spec = world.child(&["spawn:(spawn:(say:ready wait) wait)", "wait"]);
        let _child = world.spawn_ready(&spec).await?;
        assert_eq!(members(&world, &spec.tree).await?.len(), 3);
        kill(&world, &spec.tree).await
    }

    /// A signal reaches what is left of a tree whose first child has ended.
    async fn signal_reaches_those_left_behind(world: Subject) -> Verdict {
        let spec = world.child(&["mute:(wait)", "exit:0"]);
        let mut child = world.spawn(&spec).await?;
        assert_eq!(Told::by(&mut *child).await.exit, Some(Exit::Code(0)));
        assert_eq!(members(&world, &spec.tree).await?.len(), 1);
        kill(&world, &spec.tree).await
    }

    /// A child may ignore `TERM`; `KILL` ends it.
    async fn kill_ends_who_ignores_term(world: Subject) -> Verdict {
        let spec = world.child(&["ignore:TERM", "on:USR1:(say:alive)", "say:ready", "wait"]);
        let mut child = world.spawn_ready(&spec).await?;
        let process = &world.backends().process;
        process.signal_tree(&spec.tree, Signal::TERM).await?;
        process.signal_tree(&spec.tree, Signal::USR1).await?;
        expect(&mut *child, "alive\n").await?;
        process.signal_tree(&spec.tree, Signal::KILL).await?;
        assert_eq!(
            Told::by(&mut *child).await.exit,
            Some(Exit::Signal(Signal::KILL))
        );
        Ok(())
    }

    /// Who leaves a child whose end was told leaves alive whoever is left of its process group:
    /// they are of its tree as before, and take a signal in their own time.
    async fn leaving_an_ended_child_spares_its_group(world: Subject) -> Verdict {
        let words = ["mute:(on:TERM:(sleep:100 write:how:gently exit:0) touch:up wait)", "until:up", "exit:0"];
        let spec = world.child(&words);
        let mut child = world.spawn(&spec).await?;
        assert_eq!(Told::by(&mut *child).await.leaked, Some(false));
        child.leave();
        pause(&world, 20).await;
        assert_eq!(members(&world, &spec.tree).await?.len(), 1);
        let process = &world.backends().process;
        process.signal_tree(&spec.tree, Signal::TERM).await?;
        process.tree_empty(&spec.tree).await?;
        assert_eq!(world.read("how").await?, "gently");
        Ok(())
    }

    /// Trees are independent: a signal to one does not reach another.
    async fn trees_are_independent(world: Subject) -> Verdict {
        let words = ["say:ready", "until:go", "exit:5"];
        let (one, other) = (world.child(&words), world.child(&words));
        let mut first = world.spawn_ready(&one).await?;
        let mut second = world.spawn_ready(&other).await?;
        kill(&world, &one.tree).await?;
        world.write("go", "").await?;
        assert_eq!(
            Told::by(&mut *first).await.exit,
            Some(Exit::Signal(Signal::KILL))
        );
        assert_eq!(Told::by(&mut *second).await.exit, Some(Exit::Code(5)));
        Ok(())
    }

    /// Children that were started under one id are one tree.
    async fn children_of_one_id_are_one_tree(world: Subject) -> Verdict {
        let one = world.child(&["say:ready", "wait"]);
        let _first = world.spawn_ready(&one).await?;
        let _second = world.spawn_ready(&one).await?;
        assert_eq!(members(&world, &one.tree).await?.len(), 2);
        kill(&world, &one.tree).await
    }

    /// Signalling a tree that is empty, or that never was, is fine.
    async fn signalling_an_empty_tree_is_fine(world: Subject) -> Verdict {
        let process = &world.backends().process;
        process.signal_tree(&world.tree(), Signal::TERM).await?;
        let spec = world.child(&["exit:0"]);
        world.run(&spec).await?;
        Ok(process.signal_tree(&spec.tree, Signal::KILL).await?)
    }

    /// Waiting for a tree that never was completes at once, and it has no members.
    async fn unknown_tree_is_empty(world: Subject) -> Verdict {
        let tree = world.tree();
        assert_eq!(members(&world, &tree).await?, []);
        Ok(world.backends().process.tree_empty(&tree).await?)
    }

    /// `tree_empty` completes when the last process has ended, not when the first
    /// child has.
    async fn empty_waits_for_the_last(world: Subject) -> Verdict {
        let spec = world.child(&["mute:(until:go)", "exit:0"]);
        let mut child = world.spawn(&spec).await?;
        Told::by(&mut *child).await;
        let process = &world.backends().process;
        let mut empty = process.tree_empty(&spec.tree);
        pause(&world, 20).await;
        assert!((&mut empty).now_or_never().is_none(), "a process lives");
        world.write("go", "").await?;
        empty.await?;
        assert_eq!(members(&world, &spec.tree).await?, []);
        Ok(())
    }

    /// `tree_empty` completes also while nobody reads the children's events.
    async fn empty_needs_no_reader(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "say:unread", "exit:0"]);
        let _child = world.spawn(&spec).await?;
        Ok(world.backends().process.tree_empty(&spec.tree).await?)
    }

    /// Any number may wait for a tree, and one that stops waiting is no loss.
    async fn empty_can_be_awaited_by_many(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "until:go"]);
        let _child = world.spawn_ready(&spec).await?;
        let process = &world.backends().process;
        assert!(process.tree_empty(&spec.tree).now_or_never().is_none());
        let waiting = (0..10).map(|_| process.tree_empty(&spec.tree));
        let go = async {
            pause(&world, 20).await;
            world.write("go", "").await
        };
        let (all, went) = futures::join!(try_join_all(waiting), go);
        all?;
        went
    }

    /// A tree that was empty may be used again.
    async fn empty_tree_can_be_used_again(world: Subject) -> Verdict {
        let once = world.child(&["exit:0"]);
        world.run(&once).await?;
        let process = &world.backends().process;
        process.tree_empty(&once.tree).await?;
        let mut again = world.child(&["say:ready", "wait"]);
        again.tree = once.tree;
        let _child = world.spawn_ready(&again).await?;
        assert!(process.tree_empty(&again.tree).now_or_never().is_none());
        kill(&world, &again.tree).await
    }

    /// The members are those that live now, by process id and name.
    async fn members_have_ids_and_names(world: Subject) -> Verdict {
        let spec = world.child(&["spawn:(say:ready wait)", "wait"]);
        let child = world.spawn_ready(&spec).await?;
        let all = members(&world, &spec.tree).await?;
        let (_, name) = world.child_parts();
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all.iter().all(|member| member.name == name), "{all:?}");
        let pid = child.pid();
        assert!(
            pid.is_none_or(|pid| all.iter().any(|member| member.pid == pid)),
            "{all:?}"
        );
        Ok(())
    }

    /// Zombies are not counted: neither as members nor as reasons to wait.
    async fn zombies_are_not_counted(world: Subject) -> Verdict {
        let spec = world.child(&["mute:(exit:0)", "say:ready", "until:go"]);
        let mut child = world.spawn_ready(&spec).await?;
        while members(&world, &spec.tree).await?.len() != 1 {
            pause(&world, 1).await;
        }
        world.write("go", "").await?;
        Told::by(&mut *child).await;
        Ok(world.backends().process.tree_empty(&spec.tree).await?)
    }

    /// A process that left its session belongs to the tree: it is listed and
    /// signalled.
    #[needs(DetachedProcesses)]
    async fn detached_process_belongs_to_the_tree(world: Subject) -> Verdict {
        let spec = world.child(&["detach:(touch:up wait)", "until:up", "say:ready", "wait"]);
        let _child = world.spawn_ready(&spec).await?;
        assert_eq!(members(&world, &spec.tree).await?.len(), 2);
        kill(&world, &spec.tree).await
    }

    /// A daemon that outlives everybody who started it keeps the tree from being
    /// empty, and can be signalled.
    #[needs(DetachedProcesses)]
    async fn daemon_outlives_nobody_unseen(world: Subject) -> Verdict {
        let words = [
            "detach:(on:TERM:(exit:0) touch:up wait)",
            "until:up",
            "exit:0",
        ];
        let spec = world.child(&words);
        let mut child = world.spawn(&spec).await?;
        assert_eq!(Told::by(&mut *child).await.leaked, Some(false));
        let process = &world.backends().process;
        assert_eq!(members(&world, &spec.tree).await?.len(), 1);
        assert!(process.tree_empty(&spec.tree).now_or_never().is_none());
        process.signal_tree(&spec.tree, Signal::TERM).await?;
        Ok(process.tree_empty(&spec.tree).await?)
    }

    /// A tree includes who left its session, cleared its environment and lost its parents
    /// before anybody looked: it is listed, awaited and killed.
    #[needs(WholeTrees)]
    async fn nobody_hides_from_a_whole_tree(world: Subject) -> Verdict {
        let words = ["hide:(ignore:TERM touch:up wait)", "until:up", "exit:0"];
        let spec = world.child(&words);
        let mut child = world.spawn(&spec).await?;
        assert_eq!(Told::by(&mut *child).await.exit, Some(Exit::Code(0)));
        assert_eq!(members(&world, &spec.tree).await?.len(), 1);
        let process = &world.backends().process;
        process.signal_tree(&spec.tree, Signal::TERM).await?;
        assert!(process.tree_empty(&spec.tree).now_or_never().is_none());
        kill(&world, &spec.tree).await
    }

    /// What trees use is told in the order that was asked in: of those that live all that
    /// they are, of one that is empty nothing.
    #[needs(Usage)]
    async fn trees_say_what_they_use(world: Subject) -> Verdict {
        let none = world.child(&[]).tree;
        let spec = world.child(&["spawn:(say:ready wait)", "wait"]);
        let _child = world.spawn_ready(&spec).await?;
        let process = &world.backends().process;
        let trees = [none, spec.tree.clone()];
        let first = process.usage(&trees).await?;
        let [None, Some(first)] = first.as_slice() else {
            return Err(Broken::new(format!("{first:?}")));
        };
        assert!(first.memory > 0, "{first:?}");
        assert_eq!(first.processes, 2);
        let second = process.usage(&trees).await?;
        assert!(second.iter().flatten().all(|second| second.cpu >= first.cpu), "{second:?}");
        kill(&world, &spec.tree).await?;
        assert_eq!(process.usage(&trees).await?, [None, None]);
        Ok(())
    }

    /// The next life of a tree has not used what the last one did, however soon it begins.
    #[needs(WholeTrees, Usage)]
    async fn next_life_has_used_nothing(world: Subject) -> Verdict {
        let first = world.child(&["repeat:30:(mute:(exit:0))", "say:ready", "wait"]);
        let _child = world.spawn_ready(&first).await?;
        let process = &world.backends().process;
        let trees = [first.tree.clone()];
        let before = process.usage(&trees).await?;
        kill(&world, &first.tree).await?;
        let mut next = world.child(&["say:ready", "wait"]);
        next.tree = first.tree;
        let _next = world.spawn_ready(&next).await?;
        let after = process.usage(&trees).await?;
        let [Some(before), Some(after)] = [before, after].map(|used| used.into_iter().flatten().next()) else {
            return Err(Broken::new("nothing is known of it"));
        };
        assert!(after.cpu < before.cpu, "{after:?} after {before:?}");
        kill(&world, &next.tree).await
    }

    /// A signal reaches a child that keeps starting others: `KILL` ends them all.
    async fn kill_ends_a_tree_that_grows(world: Subject) -> Verdict {
        let spec = world.child(&["say:ready", "repeat:200:(mute:(wait) sleep:1)", "wait"]);
        let _child = world.spawn_ready(&spec).await?;
        pause(&world, 20).await;
        kill(&world, &spec.tree).await
    }
}

async fn members(world: &Subject, tree: &TreeId) -> Result<Vec<Member>, Broken> {
    Ok(world.backends().process.tree_members(tree).await?)
}

async fn kill(world: &Subject, tree: &TreeId) -> Verdict {
    let process = &world.backends().process;
    process.signal_tree(tree, Signal::KILL).await?;
    Ok(process.tree_empty(tree).await?)
}

async fn expect(child: &mut dyn Child, line: &str) -> Verdict {
    match child.next_event().await {
        Some(ChildEvent::Output { bytes, .. }) if *bytes == *line.as_bytes() => Ok(()),
        other => Err(Broken::new(format!("{other:?} instead of {line:?}"))),
    }
}

async fn pause(world: &Subject, millis: u64) {
    let clock = &world.backends().clock;
    clock
        .sleep_until(clock.now() + Duration::from_millis(millis))
        .await;
}
