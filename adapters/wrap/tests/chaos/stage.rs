//! A host in a disturbed world, told to do things, and all that came of it.

use collodi_backend::Clock;
use collodi_contain::{RelPath, Root};
use collodi_driver::{Driver, Events, HostHandle, Notice};
use collodi_host::{Accepted, Command, Event, Host, HostOptions, ProcessId, RunId, RunRequest};
use collodi_python::{Layout, Platform};
use collodi_restart::{Policy, StopSequence};
use collodi_run::App;
use collodi_script::{Options, parse};
use collodi_sim::{Behaviour, World};
use collodi_time::Instant;
use collodi_value::Value;
use collodi_wrap::{Faults, chaos, limit, record};
use futures::{FutureExt as _, StreamExt as _, future};
use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    time::Duration,
};

/// The apps there are: their script, and what their server does.
pub(crate) const APPS: [(&str, &str); 3] = [
    // Dies and is started again.
    (
        r#"{"run": [
            {"method": "shell.run", "params": {"message": "work"}},
            {"method": "shell.run", "params": {"message": "server-0", "daemon": true, "autoRestart": true}}]}"#,
        "say:up sleep:4000 exit:1",
    ),
    // Ignores a friendly end, and has children of its own.
    (
        r#"{"run": [{"method": "shell.run", "params": {"message": "server-1", "daemon": true}}]}"#,
        "ignore:TERM spawn:(sleep:100000) say:up sleep:100000",
    ),
    // Ends by itself.
    (
        r#"{"run": [
            {"method": "fs.write", "params": {"path": "note.txt", "text": "x"}},
            {"method": "shell.run", "params": {"message": "server-2", "daemon": true, "autoRestart": true}},
            {"method": "shell.run", "params": {"message": "work"}}]}"#,
        "say:up sleep:700",
    ),
];

/// How long a shutdown may take.
pub(crate) const BUDGET: Duration = Duration::from_secs(20);

/// Something an operator does to an app, or how long he waits.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Run(usize),
    Stop(usize),
    Restart(usize),
    Cancel(usize),
    Wait(u64),
}

/// What is played.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) seed: u64,
    pub(crate) faults: Faults,
    /// How many children there may be at once.
    pub(crate) most: NonZeroUsize,
    pub(crate) deeds: Vec<Deed>,
}

/// What came of it.
pub(crate) struct Played {
    /// What really happened in the world.
    pub(crate) history: String,
    /// What the driver asked, what it was answered, and what was heard of it, in order.
    pub(crate) log: Vec<Entry>,
    /// How long the shutdown took.
    pub(crate) shutdown: Duration,
}

#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A line of what was asked of the world and answered by it.
    Line(String),
    /// The host told something.
    Told(Arc<Event>),
    /// A run of an app is asked for, or another life of its server.
    Asked(usize),
    /// It was refused.
    Refused(usize),
    /// It was accepted, a moment ago.
    Begun(usize, RunId),
    /// A server of an app is told to begin another life, as it may when it has ended.
    Restarted(usize),
    /// An app was told to stop, at this moment.
    Stopped(usize, Instant),
}

type Log = Arc<Mutex<Vec<Entry>>>;

pub(crate) fn name(app: usize) -> String {
    format!("app-{app}")
}

/// Plays a story to its end in a world of its own.
pub(crate) fn play(story: &Story) -> Played {
    let world = World::seeded(story.seed);
    world.program("work", Behaviour::words("say:working sleep:300"));
    for (app, (_, words)) in APPS.iter().enumerate() {
        world
            .program(&format!("server-{app}"), Behaviour::words(words))
            .dir(&format!("/w/{}", name(app)));
    }
    let log = Log::default();
    let written = Arc::clone(&log);
    let disturbed = chaos(world.backends(), story.seed, story.faults);
    let limited = limit(disturbed, story.most);
    let backends = record(limited, move |line| {
        written.lock().unwrap().push(Entry::Line(line.to_owned()));
    });
    let clock = world.backends().clock;
    let (driver, handle) = Driver::new(Host::new(options(story.seed)), backends);
    let operator = Operator {
        clock: Arc::clone(&clock),
        handle,
        log: Arc::clone(&log),
    };
    let operated = async {
        let events = operator.handle.all_events().await.unwrap();
        future::join(operator.act(&story.deeds), operator.listen(events))
            .await
            .0
    };
    let driven = driver.run().map(|()| clock.now());
    let (begun, gone) = world.block_on(future::join(operated, driven)).unwrap();
    let log = log.lock().unwrap().clone();
    Played {
        history: world.history(),
        log,
        shutdown: gone.saturating_since(begun),
    }
}

struct Operator {
    clock: Arc<dyn Clock>,
    handle: HostHandle,
    log: Log,
}

impl Operator {
    fn note(&self, entry: Entry) {
        self.log.lock().unwrap().push(entry);
    }

    async fn listen(&self, mut events: Events) {
        while let Some(notice) = events.next().await {
            match notice {
                Notice::Event(event) => self.note(Entry::Told(event)),
                Notice::Missed(missed) => panic!("{missed} events were missed"),
            }
        }
    }

    /// Does it all, and shuts the host down. When that began.
    async fn act(&self, deeds: &[Deed]) -> Instant {
        for deed in deeds {
            self.does(deed).await;
        }
        let begun = self.clock.now();
        let shutdown = Command::Shutdown(BUDGET);
        self.handle.command(shutdown).await.unwrap();
        begun
    }

    async fn does(&self, deed: &Deed) {
        match *deed {
            Deed::Wait(time) => {
                let at = self.clock.now() + Duration::from_millis(time);
                self.clock.sleep_until(at).await;
            }
            Deed::Run(app) => {
                self.note(Entry::Asked(app));
                match self.command(Command::Run(request(app))).await {
                    Some(Accepted::Run(run)) => self.note(Entry::Begun(app, run)),
                    _ => self.note(Entry::Refused(app)),
                }
            }
            Deed::Stop(app) => {
                if self.command(Command::StopApp(name(app))).await.is_some() {
                    self.note(Entry::Stopped(app, self.clock.now()));
                }
            }
            Deed::Restart(app) => {
                if let Some(process) = self.newest_process(app).await {
                    self.note(Entry::Asked(app));
                    match self.command(Command::RestartProcess(process)).await {
                        Some(_) => self.note(Entry::Restarted(app)),
                        None => self.note(Entry::Refused(app)),
                    }
                }
            }
            Deed::Cancel(app) => {
                if let Some(run) = self.newest_run(app).await {
                    self.command(Command::CancelRun(run)).await;
                }
            }
        }
    }

    /// None when the host refuses it, as it may.
    async fn command(&self, command: Command) -> Option<Accepted> {
        self.handle.command(command).await.ok()
    }

    async fn newest_process(&self, app: usize) -> Option<ProcessId> {
        let newest = move |host: &Host| {
            let ours = host.processes().filter(|p| p.app() == name(app));
            ours.last().map(|p| p.id().clone())
        };
        self.handle.query(newest).await.unwrap()
    }

    async fn newest_run(&self, app: usize) -> Option<RunId> {
        let newest = move |host: &Host| {
            let ours = host.runs().filter(|run| run.app() == name(app));
            ours.last().map(|run| run.id().clone())
        };
        self.handle.query(newest).await.unwrap()
    }
}

fn request(app: usize) -> RunRequest {
    let (script, _) = APPS[app];
    let parsed = parse(script, &Options::for_file("app.json"));
    let root = Root::new(&format!("/w/{}", name(app)));
    RunRequest {
        app: App::new(&name(app), root, RelPath::root(), "app.json"),
        script: Arc::new(parsed.script().unwrap().clone()),
        args: Value::Null,
        answers: Box::default(),
        overrides: Arc::default(),
        again: false,
    }
}

fn options(seed: u64) -> HostOptions {
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let vars = BTreeMap::from([("PATH".to_owned(), "/bin".to_owned())]);
    HostOptions {
        host_vars: Arc::new(vars),
        restart: Policy::fixed(Duration::from_millis(500)),
        stop: StopSequence::term_then_kill(Duration::from_secs(3)),
        ..HostOptions::new(layout, seed)
    }
}
