//! Commands in sandboxes.

use super::{
    adoption::{adopt, leave},
    recording::Kept,
    terminal::{TERMINAL, typing_to},
};
use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::ErrorKind;
use collodi_command::{CommandSpec, Exit, Recording, Sandbox, Signal};
use collodi_contain::{RelPath, Root};
use collodi_file::{FileErrorKind, FileOp};
use collodi_sandbox::{Confinement, Place, PlaceError, Profile, Protection, Temp};
use collodi_sim::words::flood;
use std::sync::Arc;

const LEVELS: [Confinement; 2] = [Confinement::Restricted, Confinement::Sandboxed];

cases! {
    /// A child of a spec with a sandbox runs in one and says what holds of it, or it is
    /// refused, with `NoSandbox`, and does not run.
    async fn sandbox_is_made_or_refused(world: Subject) -> Verdict {
        for level in LEVELS {
            let path = format!("with-{level}");
            let spec = within(&world, level, &[&format!("touch:{path}")])?;
            let started = world.spawn(&spec).await;
            let (refused, holds) = match started {
                Err(error) => (Some(error.kind), false),
                Ok(mut child) => {
                    let with = child.enforcement();
                    assert_eq!(Told::by(&mut *child).await.exit, Some(Exit::Code(0)), "{level}");
                    (None, with.is_some_and(|with| with.enforced.contains(&Protection::Writes)))
                }
            };
            let ran = world.attempt(FileOp::read(world.at(&path)?, 1)).await.is_ok();
            assert!((refused, holds, ran) == (None, true, true)
                || (refused, holds, ran) == (Some(ErrorKind::NoSandbox), false, false),
                "{level}: {refused:?}, holds: {holds}, ran: {ran}");
        }
        Ok(())
    }

    /// A child whose sandbox cannot be said is refused, with `NoSandbox`, and does not run.
    async fn impossible_sandbox_is_refused(world: Subject) -> Verdict {
        let mut spec = world.child(&["touch:path"]);
        spec.sandbox = Sandbox::Impossible(Confinement::Sandboxed, PlaceError::Control);
        let refused = world.spawn(&spec).await.map(drop).map_err(|error| error.kind);
        assert_eq!(refused, Err(ErrorKind::NoSandbox));
        let ran = world.attempt(FileOp::read(world.at("path")?, 1)).await.map(drop);
        assert_eq!(ran, Err(FileErrorKind::NotFound));
        Ok(())
    }

    /// A sandboxed child changes files in its folder and none outside, where it could
    /// without a sandbox.
    #[needs(Sandboxes)]
    async fn sandboxed_writes_stay_inside(world: Subject) -> Verdict {
        let outside = Root::new(world.outside());
        let write = |name: &str| format!("write:{}/{name}:x", world.outside());
        let there = |name: &'static str| {
            let path = RelPath::parse(name).map(|rel| outside.at(rel));
            let world = &world;
            async move { Ok::<_, Broken>(world.attempt(FileOp::read(path?, 1)).await.is_ok()) }
        };
        world.play(&[&write("free")]).await?;
        assert!(there("free").await?);
        for level in LEVELS {
            let words = ["write:inside:x", &write("confined"), "exit:0"];
            world.run(&within(&world, level, &words)?).await?;
            assert!(world.attempt(FileOp::read(world.at("inside")?, 1)).await.is_ok());
            assert!(!there("confined").await?, "{level}");
        }
        Ok(())
    }

    /// What a sandboxed child has in `/tmp` is in the folder that its profile names for it, which
    /// is made, and which the next child of such a profile has again.
    #[needs(Sandboxes)]
    async fn sandboxed_temporary_folder_is_the_profiles(world: Subject) -> Verdict {
        for level in LEVELS {
            let folder = world.root().absolute() + "/temporary";
            let within = |words: &[&str]| -> Result<CommandSpec, Broken> {
                let mut spec = world.child(words);
                let mut profile = profile(&world, level)?;
                profile.read.push(Place::parse(world.child_parts().0)?);
                profile.temp = Temp::Folder(Place::parse(&folder)?);
                spec.sandbox = Sandbox::Within(Arc::new(profile));
                Ok(spec)
            };
            let told = world.run(&within(&["write:/tmp/kept:x", "exit:0"])?).await?;
            assert_eq!(told.exit, Some(Exit::Code(0)), "{level}");
            let kept = world.at("temporary/kept")?;
            assert!(world.attempt(FileOp::read(kept, 1)).await.is_ok(), "{level}");
            let told = world.run(&within(&["touch:/tmp/kept", "exit:0"])?).await?;
            assert_eq!(told.exit, Some(Exit::Code(0)), "{level}");
        }
        Ok(())
    }

    /// A signal to the tree of a sandboxed child reaches the child, which may take it.
    #[needs(Sandboxes)]
    async fn sandboxed_child_takes_signals(world: Subject) -> Verdict {
        for level in LEVELS {
            let spec = within(&world, level, &["on:TERM:(exit:9)", "say:ready", "wait"])?;
            let mut child = world.spawn_ready(&spec).await?;
            world.backends().process.signal_tree(&spec.tree, Signal::TERM).await?;
            assert_eq!(Told::by(&mut *child).await.exit, Some(Exit::Code(9)), "{level}");
        }
        Ok(())
    }

    /// Nobody of a sandboxed tree is left by a kill, whatever they did to hide.
    #[needs(Sandboxes)]
    async fn sandboxed_tree_is_killed_whole(world: Subject) -> Verdict {
        for level in LEVELS {
            let spec = within(&world, level, &["hide:(wait)", "detach:(wait)", "say:ready", "wait"])?;
            let _child = world.spawn_ready(&spec).await?;
            let process = &world.backends().process;
            assert!(process.tree_members(&spec.tree).await?.len() > 1, "{level}");
            process.signal_tree(&spec.tree, Signal::KILL).await?;
            process.tree_empty(&spec.tree).await?;
        }
        Ok(())
    }

    /// A sandboxed child that is dropped is gone, with what it started.
    #[needs(Sandboxes)]
    async fn dropped_sandboxed_child_is_gone(world: Subject) -> Verdict {
        for level in LEVELS {
            let spec = within(&world, level, &["detach:(wait)", "say:ready", "wait"])?;
            drop(world.spawn_ready(&spec).await?);
            world.backends().process.tree_empty(&spec.tree).await?;
        }
        Ok(())
    }

    /// What a sandbox that could not be made ends with is never taken for the end of the
    /// command: here the program is seen, and what is to read it is nowhere.
    #[needs(Sandboxes)]
    async fn failed_sandbox_is_not_the_commands_end(world: Subject) -> Verdict {
        let path = world.at("program")?;
        let bytes = b"#!/nowhere/interpreter\n".to_vec();
        world.perform(FileOp::Write { path, bytes, executable: true, private: false, durable: true }).await?;
        for level in LEVELS {
            let program = format!("{}/program", world.root());
            let mut spec = CommandSpec::new(&program, world.root(), world.tree());
            spec.sandbox = within(&world, level, &[])?.sandbox;
            assert_eq!(world.run(&spec).await?.exit, Some(Exit::NoSandbox), "{level}");
        }
        Ok(())
    }

    /// A program that the child would not see is no program, as if it were not there.
    #[needs(Sandboxes)]
    async fn program_out_of_view_is_not_found(world: Subject) -> Verdict {
        let mut spec = world.child(&["exit:0"]);
        spec.sandbox = Sandbox::Within(Arc::new(profile(&world, Confinement::Sandboxed)?));
        let refused = world.backends().process.spawn(&spec).await.map(drop);
        assert_eq!(refused.map_err(|error| error.kind), Err(ErrorKind::ProgramNotFound));
        Ok(())
    }

    /// A sandboxed child in a terminal has it in its size, reads what is typed, and is
    /// interrupted by it.
    #[needs(Sandboxes, Terminals)]
    async fn sandboxed_child_has_its_terminal(world: Subject) -> Verdict {
        for level in LEVELS {
            let within = |words: &[&str]| -> Result<CommandSpec, Broken> {
                let mut spec = within(&world, level, words)?;
                spec.terminal = Some(TERMINAL);
                Ok(spec)
            };
            let told = world.run(&within(&["tty", "exit:4"])?).await?;
            assert_eq!((told.text().as_str(), told.exit), ("72x19\r\n", Some(Exit::Code(4))));
            let spec = within(&["say:ready", "cat"])?;
            let (mut child, _input) = typing_to(&world, spec, b"hello\n\x04").await?;
            let told = Told::by(&mut *child).await;
            assert!(told.text().contains("hello\r\nhello\r\n"), "{level}: {told:?}");
            let spec = within(&["say:ready", "wait"])?;
            let (mut child, _input) = typing_to(&world, spec, b"\x03").await?;
            // Who holds the sandbox may tell it as a shell does.
            let ended = Told::by(&mut *child).await.exit.and_then(Exit::shell_code);
            assert_eq!(ended, Some(130), "{level}");
        }
        Ok(())
    }

    /// What a sandboxed child is interrupted with by its terminal is the child's to answer: the
    /// sandbox does not end of it.
    #[needs(Sandboxes, Terminals)]
    async fn sandbox_outlives_an_interrupt(world: Subject) -> Verdict {
        for level in LEVELS {
            let mut spec = within(&world, level, &["on:INT:(exit:9)", "say:ready", "wait"])?;
            spec.terminal = Some(TERMINAL);
            let (mut child, _input) = typing_to(&world, spec, b"\x03").await?;
            let ended = Told::by(&mut *child).await.exit;
            assert_eq!(ended, Some(Exit::Code(9)), "{level}");
        }
        Ok(())
    }

    /// A recorded child in a sandbox outlives its reader: it is taken over in its sandbox, and no
    /// byte that it said is lost.
    #[needs(Sandboxes, Adoption, Recordings)]
    async fn recorded_sandboxed_child_is_adopted(world: Subject) -> Verdict {
        for level in LEVELS {
            let dir = format!("kept/{level}");
            let (ready, go) = ("ready\n".as_bytes(), format!("go-{level}"));
            let until = format!("until:{go}");
            let words = ["say:ready", &until, "flood:300000", "exit:5"];
            let mut spec = within(&world, level, &words)?;
            spec.recording = Some(Recording::new(world.at(&dir)?).into());
            let identity = leave(world.spawn_ready(&spec).await?)?;
            world.write(&go, "").await?;
            let mut adopted = adopt(&world, &spec, &identity).await?;
            let told = Told::by(&mut *adopted).await;
            assert!(told.stdout == flood(0, 300_000), "{level}: {} bytes", told.stdout.len());
            let kept = Kept::read(&world, &dir, 1).await?;
            assert!(kept.stdout == [ready, &*told.stdout].concat(), "{level}: {:?}", kept.lives);
            world.backends().process.tree_empty(&spec.tree).await?;
        }
        Ok(())
    }

    /// A child that was started without a sandbox is not taken over by a spec that has one.
    #[needs(Sandboxes)]
    async fn unsandboxed_child_is_not_adopted(world: Subject) -> Verdict {
        let mut spec = world.child(&["say:ready", "wait"]);
        let child = world.spawn_ready(&spec).await?;
        let Some(identity) = child.identity() else { return Ok(()) };
        child.leave();
        spec.sandbox = within(&world, Confinement::Restricted, &[])?.sandbox;
        let process = &world.backends().process;
        let adopted = process.adopt(&spec, &identity).await.map(drop).map_err(|error| error.kind);
        process.signal_tree(&spec.tree, Signal::KILL).await?;
        assert_eq!(adopted, Err(ErrorKind::NoSandbox));
        Ok(())
    }
}

/// The child with these words in a sandbox, where it sees its own program.
fn within(world: &Subject, level: Confinement, words: &[&str]) -> Result<CommandSpec, Broken> {
    let mut spec = world.child(words);
    let mut profile = profile(world, level)?;
    profile.read.push(Place::parse(world.child_parts().0)?);
    spec.sandbox = Sandbox::Within(Arc::new(profile));
    Ok(spec)
}

fn profile(world: &Subject, level: Confinement) -> Result<Profile, Broken> {
    Ok(Profile::new(level, Place::parse(&world.root().absolute())?))
}
