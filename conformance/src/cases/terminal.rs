//! Children in a terminal.

use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::{Child, ChildEvent, ErrorKind};
use collodi_command::{CommandSpec, Exit, Signal, Stdin, Terminal};

cases! {
    /// A child in a terminal has it as all three streams, in the size that was asked for.
    #[needs(Terminals)]
    async fn terminal_has_its_size(world: Subject) -> Verdict {
        let told = world.run(&in_terminal(&world, &["tty", "exit:4"])).await?;
        assert_eq!((told.text().as_str(), told.exit), ("72x19\r\n", Some(Exit::Code(4))));
        assert_eq!(told.leaked, Some(false));
        Ok(())
    }

    /// A child without a terminal has none.
    async fn none_unless_asked_for(world: Subject) -> Verdict {
        assert_eq!(world.play(&["tty"]).await?.text(), "none\n");
        Ok(())
    }

    /// What is said in a terminal is told as standard output, on either stream.
    #[needs(Terminals)]
    async fn both_streams_are_one(world: Subject) -> Verdict {
        let told = world.run(&in_terminal(&world, &["say:out", "err:wrong"])).await?;
        assert_eq!((told.text().as_str(), told.stderr.len()), ("out\r\nwrong\r\n", 0));
        Ok(())
    }

    /// What is typed into a terminal is read by the child.
    #[needs(Terminals)]
    async fn typed_text_is_read(world: Subject) -> Verdict {
        let (mut child, _) = typing(&world, &["say:ready", "cat"], b"hello\n\x04").await?;
        let told = Told::by(&mut *child).await;
        // Once as the terminal shows what is typed, and once as the child says it.
        assert!(told.text().contains("hello\r\nhello\r\n"), "{told:?}");
        assert_eq!(told.exit, Some(Exit::Code(0)));
        Ok(())
    }

    /// The terminal is the child's own: what it is interrupted with interrupts the child.
    #[needs(Terminals)]
    async fn terminal_interrupts_the_child(world: Subject) -> Verdict {
        let (mut child, _) = typing(&world, &["say:ready", "wait"], b"\x03").await?;
        assert_eq!(Told::by(&mut *child).await.exit, Some(Exit::Signal(Signal::INT)));
        Ok(())
    }

    /// A terminal that a backend cannot give is `Unsupported`; the child is not started
    /// without.
    async fn terminal_is_given_or_refused(world: Subject) -> Verdict {
        let can = world.backends().process.capabilities();
        let spawned = world.spawn(&in_terminal(&world, &["exit:0"])).await;
        let refused = spawned.map(drop).map_err(|error| error.kind);
        match can.has(collodi_backend::Capability::Terminals) {
            true => assert_eq!(refused, Ok(())),
            false => assert_eq!(refused, Err(ErrorKind::Unsupported)),
        }
        Ok(())
    }
}

fn in_terminal(world: &Subject, words: &[&str]) -> CommandSpec {
    let mut spec = world.child(words);
    spec.terminal = Some(TERMINAL);
    spec
}

pub(super) const TERMINAL: Terminal = Terminal {
    columns: 72,
    rows: 19,
};

/// A child that said that it is ready, and got this then.
async fn typing(
    world: &Subject,
    words: &[&str],
    typed: &[u8],
) -> Result<(Box<dyn Child>, Box<dyn collodi_backend::ChildInput>), Broken> {
    typing_to(world, in_terminal(world, words), typed).await
}

/// The same of any child in a terminal.
pub(super) async fn typing_to(
    world: &Subject,
    mut spec: CommandSpec,
    typed: &[u8],
) -> Result<(Box<dyn Child>, Box<dyn collodi_backend::ChildInput>), Broken> {
    spec.stdin = Stdin::Piped;
    let mut child = world.spawn(&spec).await?;
    let input = child.input();
    let mut input = input.ok_or_else(|| Broken::new("a terminal to type into was asked for"))?;
    match child.next_event().await {
        Some(ChildEvent::Output { bytes, .. }) if *bytes == *b"ready\r\n" => {}
        other => return Err(Broken::new(format!("{other:?} instead of ready"))),
    }
    input.write(typed).await?;
    Ok((child, input))
}
