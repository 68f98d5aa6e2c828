//! Starting a child, what it gets, and how it ends.

use crate::{Broken, Subject, Told, Verdict, case::cases};
use collodi_backend::{Child, ChildEvent, ErrorKind};
use collodi_command::{CommandSpec, Exit, Signal};
use futures::future::{join_all, try_join_all};
use rustix::process::{Pid, test_kill_process};
use std::process::Command;

cases! {
    /// A child that returns a code is told as `Exit::Code` of it.
    async fn exit_code_is_reported(world: Subject) -> Verdict {
        for (word, code) in [("exit:0", 0), ("exit:3", 3), ("exit:255", 255)] {
            assert_eq!(world.play(&[word]).await?.exit, Some(Exit::Code(code)));
        }
        Ok(())
    }

    /// A child that a signal ended is told as `Exit::Signal` of it.
    async fn signal_is_reported(world: Subject) -> Verdict {
        for (word, signal) in [("raise:TERM", Signal::TERM), ("raise:KILL", Signal::KILL)] {
            assert_eq!(world.play(&[word]).await?.exit, Some(Exit::Signal(signal)));
        }
        Ok(())
    }

    /// The arguments arrive as they are: nothing splits, expands or drops them.
    async fn arguments_are_passed_as_they_are(world: Subject) -> Verdict {
        let hard = [
            "two words",
            "",
            "$HOME",
            "*",
            "\"'\\",
            "a\nb",
            "größer 🦀",
            "--",
        ];
        let words: Vec<&str> = ["args"].into_iter().chain(hard).collect();
        let expected: String = hard.iter().map(|arg| format!("[{arg}]\n")).collect();
        assert_eq!(world.play(&words).await?.text(), expected);
        Ok(())
    }

    /// The environment is exactly that of the spec, and whatever marks the tree:
    /// variables that start with `COLLODI_`.
    async fn environment_is_exactly_the_given(world: Subject) -> Verdict {
        let spec = world
            .child(&["env"])
            .env("A", "1")
            .env("B", "two = words")
            .env("EMPTY", "");
        let told = world.run(&spec).await?;
        let mut vars = told.lines();
        vars.retain(|var| !var.starts_with("COLLODI_"));
        assert_eq!(vars, ["A=1", "B=two = words", "EMPTY="]);
        Ok(())
    }

    /// A program without a `/` is looked up in the `PATH` of the spec.
    async fn program_is_looked_up_in_the_path_of_the_spec(world: Subject) -> Verdict {
        let (directory, name) = world.child_parts();
        let spec = CommandSpec::new(name, world.root(), world.tree())
            .arg("exit:4")
            .env("PATH", format!("{}:{directory}", world.outside()));
        assert_eq!(world.run(&spec).await?.exit, Some(Exit::Code(4)));
        Ok(())
    }

    /// The `PATH` of whoever starts the child is not looked at, nor is a default one.
    async fn program_is_not_looked_up_in_the_path_of_the_caller(world: Subject) -> Verdict {
        let with_path =
            CommandSpec::new("sh", world.root(), world.tree()).env("PATH", world.outside());
        assert_eq!(
            refusal(&world, &with_path).await?,
            ErrorKind::ProgramNotFound
        );
        let without = CommandSpec::new("sh", world.root(), world.tree());
        assert_eq!(refusal(&world, &without).await?, ErrorKind::ProgramNotFound);
        Ok(())
    }

    /// The first directory of `PATH` with a program of that name wins; a file that
    /// is not executable is no program.
    async fn path_is_searched_in_order(world: Subject) -> Verdict {
        let child = world.child_path();
        let link = format!("link:b/tool:{child}");
        world
            .arrange(&["dir:a", "dir:b", "write:a/tool:text", &link])
            .await?;
        let path = format!("{0}/a:{0}/b", world.root());
        let spec = CommandSpec::new("tool", world.root(), world.tree())
            .arg("exit:5")
            .env("PATH", path);
        assert_eq!(world.run(&spec).await?.exit, Some(Exit::Code(5)));
        Ok(())
    }

    /// A program that is not there is `ProgramNotFound`.
    async fn missing_program_is_named(world: Subject) -> Verdict {
        let program = format!("{}/nothing", world.root());
        let spec = CommandSpec::new(&program, world.root(), world.tree());
        assert_eq!(refusal(&world, &spec).await?, ErrorKind::ProgramNotFound);
        Ok(())
    }

    /// A program that may not be executed is `PermissionDenied`.
    async fn program_that_is_not_executable_is_denied(world: Subject) -> Verdict {
        world.write("text", "not a program").await?;
        let program = format!("{}/text", world.root());
        let spec = CommandSpec::new(&program, world.root(), world.tree());
        assert_eq!(refusal(&world, &spec).await?, ErrorKind::PermissionDenied);
        Ok(())
    }

    /// A spawn that failed leaves nothing behind in its tree.
    async fn failed_spawn_leaves_an_empty_tree(world: Subject) -> Verdict {
        let spec = CommandSpec::new("nothing", world.root(), world.tree());
        refusal(&world, &spec).await?;
        let process = &world.backends().process;
        assert_eq!(process.tree_members(&spec.tree).await?, []);
        Ok(process.tree_empty(&spec.tree).await?)
    }

    /// The child runs in the working directory of the spec.
    async fn working_directory_is_the_given(world: Subject) -> Verdict {
        world.arrange(&["dir:a/b"]).await?;
        let mut spec = world.child(&["cwd"]);
        spec.cwd = world.at("a/b")?;
        assert_eq!(
            world.run(&spec).await?.text(),
            format!("{}/a/b\n", world.root())
        );
        Ok(())
    }

    /// A working directory that is not there is `NoWorkingDirectory`.
    async fn missing_working_directory_is_named(world: Subject) -> Verdict {
        let mut spec = world.child(&["exit:0"]);
        spec.cwd = world.at("nowhere")?;
        assert_eq!(refusal(&world, &spec).await?, ErrorKind::NoWorkingDirectory);
        Ok(())
    }

    /// A working directory that is a file is `NoWorkingDirectory`.
    async fn file_as_working_directory_is_named(world: Subject) -> Verdict {
        world.write("file", "text").await?;
        let mut spec = world.child(&["exit:0"]);
        spec.cwd = world.at("file")?;
        assert_eq!(refusal(&world, &spec).await?, ErrorKind::NoWorkingDirectory);
        Ok(())
    }

    /// A working directory that a link leads out of its root is `Escapes`, at the
    /// end of the path and in the middle of it.
    async fn working_directory_that_leads_out_is_refused(world: Subject) -> Verdict {
        let link = format!("link:out:{}", world.outside());
        let below = format!("dir:{}/below", world.outside());
        world.arrange(&[&below, &link, "link:up:.."]).await?;
        for path in ["out", "out/below", "up", "up/outside"] {
            let mut spec = world.child(&["exit:0"]);
            spec.cwd = world.at(path)?;
            assert_eq!(refusal(&world, &spec).await?, ErrorKind::Escapes, "{path}");
        }
        Ok(())
    }

    /// A working directory behind a link that stays inside is entered.
    async fn working_directory_behind_a_link_inside_is_entered(world: Subject) -> Verdict {
        world.arrange(&["dir:a/b", "link:there:a"]).await?;
        let mut spec = world.child(&["cwd"]);
        spec.cwd = world.at("there/b")?;
        assert_eq!(
            world.run(&spec).await?.text(),
            format!("{}/a/b\n", world.root())
        );
        Ok(())
    }

    /// The child leads a process group of its own.
    async fn child_leads_a_process_group(world: Subject) -> Verdict {
        assert_eq!(world.play(&["group"]).await?.text(), "leader\n");
        Ok(())
    }

    /// The child inherits no descriptor but its three standard ones, also while
    /// other children live.
    async fn no_other_descriptor_is_inherited(world: Subject) -> Verdict {
        let _other = world
            .spawn_ready(&world.child(&["say:ready", "wait"]))
            .await?;
        assert_eq!(world.play(&["fds"]).await?.lines(), ["0", "1", "2"]);
        Ok(())
    }

    /// The process id that the handle names is the child's.
    async fn pid_is_that_of_the_child(world: Subject) -> Verdict {
        let mut child = world.spawn(&world.child(&["pid"])).await?;
        let pid = child.pid().map(|pid| pid.to_string());
        let told = Told::by(&mut *child).await;
        assert!(pid.is_none_or(|pid| told.lines() == [pid]), "{told:?}");
        Ok(())
    }

    /// A child that lives is in the process table; once its exit was told, it is
    /// not, not even as a zombie.
    #[needs(RealProcesses)]
    async fn ended_child_leaves_the_process_table(world: Subject) -> Verdict {
        let mut child = world
            .spawn_ready(&world.child(&["say:ready", "until:go"]))
            .await?;
        let pid = child
            .pid()
            .and_then(|pid| Pid::from_raw(pid.try_into().ok()?));
        let pid = pid.ok_or_else(|| Broken::new("a real process without an id"))?;
        assert!(test_kill_process(pid).is_ok());
        world.write("go", "").await?;
        until_exited(&mut *child).await?;
        assert!(test_kill_process(pid).is_err());
        Ok(())
    }

    /// Dropping a child kills its process group: itself and what it started in it.
    async fn dropping_a_child_kills_its_group(world: Subject) -> Verdict {
        let spec = world.child(&["ignore:TERM", "spawn:(ignore:TERM say:ready wait)", "wait"]);
        let child = world.spawn_ready(&spec).await?;
        drop(child);
        Ok(world.backends().process.tree_empty(&spec.tree).await?)
    }

    /// Children are independent: one hears nothing of the drop of another.
    async fn dropping_a_child_leaves_others_alone(world: Subject) -> Verdict {
        let words = ["say:ready", "until:go", "exit:6"];
        let one = world.spawn_ready(&world.child(&words)).await?;
        let mut other = world.spawn_ready(&world.child(&words)).await?;
        drop(one);
        world.write("go", "").await?;
        assert_eq!(Told::by(&mut *other).await.exit, Some(Exit::Code(6)));
        Ok(())
    }

    /// Fifty children live side by side, each with its own output and exit.
    async fn fifty_children_at_once(world: Subject) -> Verdict {
        let numbers = 0..50;
        let starts = numbers.clone().map(|n| {
            let (say, exit) = (format!("say:child-{n}"), format!("exit:{n}"));
            let spec = world.child(&["say:ready", "until:go", &say, &exit]);
            let world = &world;
            async move { world.spawn_ready(&spec).await }
        });
        let mut children = try_join_all(starts).await?;
        world.write("go", "").await?;
        let told = join_all(children.iter_mut().map(|child| Told::by(&mut **child))).await;
        for (n, told) in numbers.zip(told) {
            let expected = (format!("child-{n}\n"), Some(Exit::Code(n)));
            assert_eq!((told.text(), told.exit), expected);
        }
        Ok(())
    }

    /// A shell with a line that is one program becomes that program: the process is the
    /// child's, with its words, and it is where the spec says.
    async fn shell_line_of_one_program_is_that_program(world: Subject) -> Verdict {
        let line = format!("exec {} pid cwd args 'two words' \"\"", world.child_path());
        let mut child = world.spawn(&shell(&world, &line)).await?;
        let pid = child.pid().map(|pid| pid.to_string());
        let told = Told::by(&mut *child).await;
        let [id, rest @ ..] = told.lines().try_into().unwrap_or([const { String::new() }; 4]);
        assert!(pid.is_none_or(|pid| id == pid), "{told:?}");
        assert_eq!(rest, [world.root().to_string(), "[two words]".into(), "[]".into()]);
        Ok(())
    }

    /// A line with a program that is not there ends the shell with 127, and the shell says
    /// which; one that may not be executed ends it with 126.
    #[needs(RealProcesses)]
    async fn shell_says_which_program_is_missing(world: Subject) -> Verdict {
        let told = world.run(&shell(&world, "no-such-program a b")).await?;
        assert_eq!(told.exit, Some(Exit::Code(127)));
        let said = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(said.contains("no-such-program"), "{said}");
        world.write("text", "not a program").await?;
        let line = format!("{}/text", world.root());
        let told = world.run(&shell(&world, &line)).await?;
        assert_eq!(told.exit, Some(Exit::Code(126)));
        Ok(())
    }

    /// A shell runs a file without a first line itself.
    #[needs(RealProcesses)]
    async fn shell_runs_files_without_a_first_line(world: Subject) -> Verdict {
        world.write("script", "echo ran $1; exit 7\n").await?;
        let script = format!("{}/script", world.root());
        let executable = Command::new("chmod").args(["+x", &script]).status();
        assert!(executable.is_ok_and(|status| status.success()));
        let told = world.run(&shell(&world, &format!("{script} well"))).await?;
        assert_eq!((told.text(), told.exit), ("ran well\n".into(), Some(Exit::Code(7))));
        Ok(())
    }

    /// What a backend can do does not change.
    async fn capabilities_stay_the_same(world: Subject) -> Verdict {
        let process = &world.backends().process;
        let before = process.capabilities();
        world.play(&["exit:0"]).await?;
        assert_eq!(process.capabilities(), before);
        Ok(())
    }
}

/// The shell with a line.
fn shell(world: &Subject, line: &str) -> CommandSpec {
    CommandSpec::new("sh", world.root(), world.tree())
        .args(["-c", line])
        .env("PATH", "/usr/bin:/bin")
}

async fn refusal(world: &Subject, spec: &CommandSpec) -> Result<ErrorKind, Broken> {
    match world.spawn(spec).await {
        Ok(_) => Err(Broken::new(format!("{spec} was started in {}", spec.cwd))),
        Err(error) => Ok(error.kind),
    }
}

async fn until_exited(child: &mut dyn Child) -> Verdict {
    while let Some(event) = child.next_event().await {
        if matches!(event, ChildEvent::Exited(_)) {
            return Ok(());
        }
    }
    Err(Broken::new("no exit was told"))
}
