//! Playing a scenario: a host, a driver, and an operator.

use super::{
    file::{Deed, Does, Scenario},
    told::Told,
};
use crate::{Broken, Subject};
use collodi_contain::RelPath;
use collodi_driver::{Driver, Events, HostHandle, Notice};
use collodi_file::FileOp;
use collodi_host::{
    Accepted, Command, Event, Follower, Host, HostOptions, ProcessId, Reader, RunId, RunRequest,
};
use collodi_python::{Layout, Platform};
use collodi_restart::{Policy, StopSequence};
use collodi_run::App;
use collodi_script::{Options, parse};
use futures::{FutureExt as _, StreamExt as _, future};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

/// How long a shutdown may take, in the time of the world.
const BUDGET: Duration = Duration::from_secs(20);

pub(super) async fn play(subject: Subject, scenario: Scenario) -> Result<String, Broken> {
    let host = Host::new(options(&subject, &scenario));
    let dirs = [
        host.options().layout.environments(),
        host.options().layout.apps(),
    ];
    for dir in dirs {
        subject
            .backends()
            .files
            .perform(FileOp::MakeDir { path: dir })
            .await?;
    }
    for (name, text) in &scenario.files {
        let path = subject.root().join(name)?;
        let op = FileOp::write(path, text.clone().into_bytes());
        subject.backends().files.perform(op).await?;
    }
    let (driver, handle) = Driver::new(host, subject.backends().clone());
    let script = begin(&subject, &scenario, handle);
    let driver = driver.run().map(Ok);
    let ((), mut operator) = future::try_join(driver, script).await?;
    while core::mem::take(&mut operator.replaces) {
        let host = Host::new(options(&subject, &scenario));
        let (driver, handle) = Driver::new(host, subject.backends().clone());
        operator.handle = handle;
        // Who listens is there first: nothing of what it finds goes unheard.
        let (next, ()) = future::try_join(operator.watch(), driver.run().map(Ok)).await?;
        operator = next;
    }
    Ok(operator.told.trace())
}

fn options(subject: &Subject, scenario: &Scenario) -> HostOptions {
    let layout = Layout::new(subject.root().root().clone(), Platform::LINUX_X64);
    let path = format!("{}:/usr/bin:/bin", subject.child_parts().0);
    let vars = BTreeMap::from([("PATH".to_owned(), path)]);
    HostOptions {
        host_vars: Arc::new(vars),
        restart: Policy::fixed(scenario.restart),
        stop: StopSequence::term_then_kill(scenario.grace),
        journal: scenario
            .operator
            .iter()
            .any(|deed| deed.does == Does::Replace),
        ..HostOptions::new(layout, seed(subject))
    }
}

/// Trees are named by the seed, and subjects must not share any.
fn seed(subject: &Subject) -> u64 {
    let name = subject.tree();
    name.as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Runs the script, and watches it.
async fn begin(
    subject: &Subject,
    scenario: &Scenario,
    handle: HostHandle,
) -> Result<Operator, Broken> {
    let mut events = handle.events().await?;
    recovered(&handle).await?;
    let parsed = parse(&scenario.script, &Options::for_file("demo.json"));
    let script = parsed
        .script()
        .map_err(|error| Broken::new(error.to_string()))?;
    let root = subject.root();
    let app = App::new("demo", root.root().clone(), RelPath::root(), "demo.json");
    let (script, args) = (Arc::new(script.clone()), collodi_value::Value::Null);
    let accepted = handle
        .command(Command::Run(RunRequest {
            app,
            script,
            args,
            answers: Box::default(),
            overrides: Arc::default(),
            again: false,
        }))
        .await?;
    let Accepted::Run(run) = accepted else {
        return Err(Broken::new("the run has no name"));
    };
    let operator = Operator {
        told: Told::new(root.absolute(), run.clone()),
        handle,
        run,
        deeds: scenario.operator.clone().into(),
        leaves: false,
        replaces: false,
    };
    operator.listen(&mut events).await
}

/// Waits until the host knows what another has left: until then it begins nothing.
async fn recovered(handle: &HostHandle) -> Result<(), Broken> {
    let mut changes = handle.changes().await?;
    while !handle.query(Host::has_recovered).await? {
        next(&mut changes).await?;
    }
    Ok(())
}

async fn next(events: &mut Events) -> Result<Option<Arc<collodi_host::Event>>, Broken> {
    match events.next().await {
        None => Ok(None),
        Some(Notice::Event(event)) => Ok(Some(event)),
        Some(Notice::Missed(missed)) => Err(Broken::new(format!("{missed} events were missed"))),
    }
}

struct Operator {
    handle: HostHandle,
    run: RunId,
    deeds: VecDeque<Deed>,
    told: Told,
    leaves: bool,
    /// Another host is to go on.
    replaces: bool,
}

impl Operator {
    /// Watches a host that goes on for another.
    async fn watch(self) -> Result<Self, Broken> {
        let mut events = self.handle.events().await?;
        self.listen(&mut events).await
    }

    async fn listen(mut self, events: &mut Events) -> Result<Self, Broken> {
        while let Some(event) = next(events).await? {
            if matches!(*event, Event::LetGo(_)) {
                self.handle.leave().await?;
                self.replaces = true;
                break;
            }
            if let Some(line) = self.told.event(&event) {
                self.hears(&line).await?;
            }
            self.leaves_when_over().await?;
        }
        Ok(self)
    }

    async fn hears(&mut self, line: &str) -> Result<(), Broken> {
        let Some(deed) = self
            .deeds
            .front()
            .filter(|deed| line.contains(&deed.on))
            .cloned()
        else {
            return Ok(());
        };
        self.deeds.pop_front();
        let command = match &deed.does {
            Does::Nothing => return Ok(()),
            Does::Replace => Command::HandOver(Follower::SameProcess),
            Does::Stop => Command::StopApp("demo".to_owned()),
            Does::Cancel => Command::CancelRun(self.run.clone()),
            Does::Shutdown => Command::Shutdown(BUDGET),
            Does::Write(line) => Command::Write {
                to: Reader::Run(self.run.clone()),
                bytes: format!("{line}\n").into_bytes().into(),
            },
            Does::Restart => Command::RestartProcess(self.daemon()?),
            Does::RestartApp => Command::RestartApp("demo".to_owned()),
            Does::Start => {
                let daemon = self.daemon()?;
                self.told.begins_again(&daemon);
                Command::StartProcess(daemon)
            }
        };
        self.leaves |= deed.does == Does::Shutdown;
        recovered(&self.handle).await?;
        self.handle.command(command).await?;
        Ok(())
    }

    /// The daemon that an operator means.
    fn daemon(&self) -> Result<ProcessId, Broken> {
        let daemon = self.told.last_process();
        daemon.ok_or_else(|| Broken::new("there is no daemon yet"))
    }

    /// Shuts the host down when everything has ended, or nobody will end it.
    async fn leaves_when_over(&mut self) -> Result<(), Broken> {
        let nobody_will = self.told.run_ended() && self.deeds.is_empty();
        if !self.leaves && (self.told.is_over() || nobody_will) {
            self.leaves = true;
            self.handle.command(Command::Shutdown(BUDGET)).await?;
        }
        Ok(())
    }
}
