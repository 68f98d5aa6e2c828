//! How much a tree may use.

use crate::{Broken, Subject, Verdict, case::cases};
use collodi_backend::{Capability, ErrorKind};
use collodi_command::{Bounds, Exit, Signal};
use collodi_file::{FileErrorKind, FileOp};
use collodi_sim::words::FAILED;

cases! {
    /// A child that uses more memory than its tree may is killed.
    #[needs(MemoryBounds)]
    async fn memory_is_bounded(world: Subject) -> Verdict {
        let mut spec = world.child(&["hold:300000000", "exit:0"]);
        spec.bounds.memory = Some(64 << 20);
        assert_eq!(world.run(&spec).await?.exit, Some(Exit::Signal(Signal::KILL)));
        Ok(())
    }

    /// A child that uses less memory than its tree may is left alone.
    #[needs(MemoryBounds)]
    async fn memory_within_its_bound_is_fine(world: Subject) -> Verdict {
        let mut spec = world.child(&["hold:10000000", "exit:6"]);
        spec.bounds.memory = Some(64 << 20);
        assert_eq!(world.run(&spec).await?.exit, Some(Exit::Code(6)));
        Ok(())
    }

    /// A tree that has as many processes as it may starts no more.
    #[needs(ProcessBounds)]
    async fn processes_are_bounded(world: Subject) -> Verdict {
        let starts = |bound| {
            let mut spec = world.child(&["repeat:4:(mute:(wait))", "exit:0"]);
            spec.bounds.processes = Some(bound);
            let world = &world;
            async move { Ok::<_, Broken>(world.run(&spec).await?.exit) }
        };
        assert_eq!(starts(5).await?, Some(Exit::Code(0)));
        assert_eq!(starts(4).await?, Some(Exit::Code(FAILED)));
        Ok(())
    }

    /// A bound that a backend cannot keep is `Unsupported`, and nothing is started.
    async fn bound_is_kept_or_refused(world: Subject) -> Verdict {
        let can = world.backends().process.capabilities();
        let table = [
            (Capability::MemoryBounds, Bounds { memory: Some(1 << 30), ..Bounds::NONE }),
            (Capability::ProcessBounds, Bounds { processes: Some(100), ..Bounds::NONE }),
            (Capability::CpuBounds, Bounds { cpu: Some(100), ..Bounds::NONE }),
        ];
        for (capability, bounds) in table {
            let path = format!("with-{}", capability.to_string().replace(' ', "-"));
            let mut spec = world.child(&[&format!("touch:{path}")]);
            spec.bounds = bounds;
            let run = world.run(&spec).await;
            let started = world.attempt(FileOp::read(world.at(&path)?, 1)).await.map(drop);
            if can.has(capability) {
                assert_eq!((run?.exit, started), (Some(Exit::Code(0)), Ok(())));
            } else {
                let refused = world.spawn(&spec).await.map(drop).map_err(|error| error.kind);
                assert_eq!(refused, Err(ErrorKind::Unsupported), "{capability}");
                assert_eq!(started, Err(FileErrorKind::NotFound), "{capability}");
            }
        }
        Ok(())
    }
}
