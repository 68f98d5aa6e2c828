//! The world itself: time, seeds, faults, shells, and what it says when stuck.

#![allow(clippy::unwrap_used)]

use collodi_backend::{Backends, ChildEvent, ErrorKind};
use collodi_command::{CommandSpec, Exit, Stream, TreeId};
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_file::{FileErrorKind, FileOp};
use collodi_sim::{Behaviour, World};
use collodi_time::{Duration, Instant};

fn app(path: &str) -> ContainedPath {
    Root::new("/srv/app").at(RelPath::parse(path).unwrap())
}

fn world() -> World {
    let world = World::new();
    world.dir("/srv/app");
    world
}

fn command(program: &str, args: &[&str]) -> CommandSpec {
    CommandSpec::new(program, app(""), TreeId::new("t"))
        .args(args.iter().copied())
        .env("PATH", "/bin")
}

async fn run(backends: &Backends, spec: &CommandSpec) -> (String, String, Option<Exit>) {
    let mut child = backends.process.spawn(spec).await.unwrap();
    let (mut out, mut err, mut exit) = (String::new(), String::new(), None);
    while let Some(event) = child.next_event().await {
        match event {
            ChildEvent::Output { stream, bytes } => match stream {
                Stream::Stdout => out.push_str(&String::from_utf8_lossy(&bytes)),
                Stream::Stderr => err.push_str(&String::from_utf8_lossy(&bytes)),
            },
            ChildEvent::Exited(how) => exit = Some(how),
            ChildEvent::Closed { .. } => {}
        }
    }
    (out, err, exit)
}

#[test]
fn a_year_takes_no_time() {
    let world = world();
    let clock = world.backends().clock;
    let year = Duration::from_secs(365 * 86_400);
    world
        .block_on(clock.sleep_until(Instant::ZERO + year))
        .unwrap();
    assert_eq!(clock.now(), Instant::ZERO + year);
    assert_eq!(clock.wall().to_string(), "2027-01-01T00:00:00.000Z");
}

#[test]
fn waiting_for_nothing_is_an_error_that_says_who_waits() {
    let world = world();
    let backends = world.backends();
    let spec = command("collodi-child", &["wait"]);
    let stuck = world.block_on(run(&backends, &spec)).unwrap_err();
    assert_eq!(
        stuck.to_string(),
        "nothing can happen any more; waiting processes: collodi-child (101)"
    );
}

#[test]
fn a_killed_sleeper_leaves_no_timer() {
    let world = world();
    let backends = world.backends();
    let spec = command("collodi-child", &["sleep:1000000"]);
    world
        .block_on(async { drop(backends.process.spawn(&spec).await.unwrap()) })
        .unwrap();
    world
        .block_on(backends.clock.sleep_until(Instant::from_millis(1)))
        .unwrap();
    assert!(world.block_on(std::future::pending::<()>()).is_err());
    assert_eq!(backends.clock.now(), Instant::from_millis(1));
}

/// Ten children that talk at the same instants, told as one text.
fn chatter(seed: u64) -> (String, String) {
    let world = World::seeded(seed);
    world.dir("/srv/app");
    let backends = world.backends();
    let children = async {
        let talk = ["repeat:3:(append:log:x sleep:10)", "exit:1"];
        let spec = command("collodi-child", &talk);
        let running = (0..10).map(|_| run(&backends, &spec));
        futures::future::join_all(running).await
    };
    let told = world.block_on(children).unwrap();
    (world.history(), format!("{told:?}"))
}

#[test]
fn equal_seeds_give_equal_histories() {
    for seed in [0, 1, 42] {
        assert_eq!(chatter(seed), chatter(seed));
    }
}

#[test]
fn seeds_reach_other_histories() {
    let orders: std::collections::BTreeSet<_> = (0..20).map(chatter).collect();
    assert!(orders.len() > 10, "{} histories of 20", orders.len());
}

#[test]
fn faults_happen_once() {
    let world = world();
    let backends = world.backends();
    world
        .fail_spawn("collodi-child", ErrorKind::Exhausted)
        .fail_file("write /srv/app/full", FileErrorKind::NoSpace);
    let story = async {
        let spec = command("collodi-child", &["exit:0"]);
        let failed = backends.process.spawn(&spec).await.unwrap_err();
        assert_eq!(failed.kind, ErrorKind::Exhausted);
        assert_eq!(run(&backends, &spec).await.2, Some(Exit::Code(0)));

        let write = |path| {
            backends
                .files
                .perform(FileOp::write(app(path), b"x".to_vec()))
        };
        assert!(write("other").await.is_ok());
        assert_eq!(
            write("full").await.unwrap_err().kind,
            FileErrorKind::NoSpace
        );
        assert!(write("full").await.is_ok());
    };
    world.block_on(story).unwrap();
}

#[test]
fn programs_answer_their_arguments() {
    let world = world();
    let python = |args: &[String]| match args {
        [m, venv, ..] if m == "-m" && venv == "venv" => "dir:env/bin say:made".to_owned(),
        _ => "err:what? exit:2".to_owned(),
    };
    world.program("python3", Behaviour::answer(python));
    let backends = world.backends();
    let story = async {
        let made = run(&backends, &command("python3", &["-m", "venv", "env"])).await;
        assert_eq!(made, ("made\n".into(), String::new(), Some(Exit::Code(0))));
        let odd = run(&backends, &command("python3", &["-V"])).await;
        assert_eq!(odd.2, Some(Exit::Code(2)));
    };
    world.block_on(story).unwrap();
}

#[test]
fn shells_play_lines() {
    let world = world();
    world.line(
        "pip install -r requirements.txt | tee log",
        "say:installed exit:4",
    );
    world.program("tool", Behaviour::words("say:tooled exit:5"));
    let backends = world.backends();
    let table = [
        ("echo hello  world", "hello world\n", "", 0),
        ("echo 'a  b'; exit 3; echo never", "a  b\n", "", 3),
        ("false && echo no || echo yes", "yes\n", "", 0),
        ("true; false", "", "", 1),
        ("sleep 3600 && echo late", "late\n", "", 0),
        ("tool; echo after", "tooled\nafter\n", "", 0),
        ("tool", "tooled\n", "", 5),
        ("nothing here", "", "sh: nothing: not found\n", 127),
        (
            "pip install -r requirements.txt | tee log",
            "installed\n",
            "",
            4,
        ),
        ("bash -c 'echo inner; exit 6'", "inner\n", "", 6),
    ];
    for (line, out, err, code) in table {
        let spec = command("sh", &["-c", line]);
        let told = world.block_on(run(&backends, &spec)).unwrap();
        assert_eq!(
            told,
            (out.into(), err.into(), Some(Exit::Code(code))),
            "{line}"
        );
    }
}

#[test]
fn the_world_can_be_looked_at() {
    let world = world();
    world
        .file("/srv/app/app.json", "{}")
        .link("/srv/app/latest", "app.json");
    assert_eq!(world.content("/srv/app/latest").as_deref(), Some("{}"));
    assert_eq!(world.content("/srv/app"), None);
    assert_eq!(world.content("/nowhere"), None);
}

#[test]
fn unknown_words_are_usage_errors() {
    let world = world();
    let backends = world.backends();
    let spec = command("collodi-child", &["say:x", "sing"]);
    let (out, err, exit) = world.block_on(run(&backends, &spec)).unwrap();
    assert_eq!(
        (out.as_str(), err.as_str(), exit),
        (
            "",
            "not a word a child knows: \"sing\"\n",
            Some(Exit::Code(64))
        )
    );
}

#[test]
fn depth_has_a_limit() {
    let world = world();
    let backends = world.backends();
    let deep = |n: usize| format!("dir:{}", "d/".repeat(n));
    for (n, code) in [(1_000, 0), (100_000, 74)] {
        let spec = command("collodi-child", &[&deep(n)]);
        let told = world.block_on(run(&backends, &spec)).unwrap();
        assert_eq!(told.2, Some(Exit::Code(code)), "{n}");
    }
}
