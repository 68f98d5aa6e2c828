//! Playing a script of a corpus: a host, a driver, and an operator who ends what
//! would not end by itself.

use super::{
    File, caller,
    ending::{self, Cancelled},
    world::world,
};
use crate::Broken;
use collodi_backend::Clock;
use collodi_contain::Root;
use collodi_driver::{Driver, Events, HostHandle, Notice};
use collodi_host::{Accepted, Command, Event, Host, HostOptions, RunEvent, RunId, RunRequest};
use collodi_python::{Layout, Platform};
use collodi_run::{App, Event as Step, FailureKind, Field, FieldKind, Outcome, Question, Status};
use collodi_script::Script;
use collodi_time::Instant;
use collodi_value::Value;
use futures::{
    StreamExt as _,
    future::{self, Either},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long a run may take before it is cancelled, and how long it may take to end
/// then, in the time of the world.
const PATIENCE: Duration = Duration::from_secs(7200);
/// How much a run may tell before it is cancelled.
const EVENTS: usize = 50_000;
/// How many questions of a run are answered.
const ANSWERS: usize = 8;
/// How long a shutdown may take.
const BUDGET: Duration = Duration::from_secs(20);

/// How a run ended.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    /// How, in words that hold nothing of the script.
    pub how: String,
    /// What was noted about its expressions, likewise.
    pub notes: Vec<&'static str>,
    /// The method that could not be run, when it ended because of that.
    pub unsupported: Option<String>,
    /// The commands that it ran and what it logged: its own words.
    pub said: Vec<String>,
    /// The notes in full: words of the script among them.
    pub remarks: Vec<String>,
    /// The failure in full: words of the script among them.
    pub failure: Option<String>,
}

/// Plays the script of `file`, with the other scripts of its app beside it.
pub(super) fn play(file: &File, script: &Script, app_files: &[File]) -> Result<Ended, Broken> {
    let world = world(script);
    let layout = Layout::new(Root::new("/srv/work"), Platform::LINUX_X64);
    let app = App::new("app", Root::new("/srv/app"), file.base.clone(), &file.name);
    for dir in [layout.environments(), layout.apps(), app.cwd()] {
        world.dir(&dir.absolute());
    }
    for (path, text) in caller::files(script) {
        let path = app.root.at(file.base.join(path.as_str())?).absolute();
        world.file(&path, &text);
    }
    for other in app_files {
        let path = app.root.at(other.base.clone()).entry(&other.name)?;
        world.file(&path.absolute(), &String::from_utf8_lossy(&other.bytes));
    }
    let vars = BTreeMap::from([("PATH".to_owned(), "/bin".to_owned())]);
    let options = HostOptions {
        host_vars: Arc::new(vars),
        ..HostOptions::new(layout, 1)
    };
    let backends = world.backends();
    let clock = Arc::clone(&backends.clock);
    let request = RunRequest {
        app,
        script: Arc::new(script.clone()),
        args: Value::Object(caller::args(script)),
        answers: Box::default(),
        overrides: Arc::default(),
        again: false,
    };
    let (driver, handle) = Driver::new(Host::new(options), backends);
    let operator = operate(clock, handle, request);
    // An operator who gives up leaves a driver that would not end.
    let both = async {
        match future::select(Box::pin(driver.run()), Box::pin(operator)).await {
            Either::Left(((), operator)) => operator.await,
            Either::Right((ended, _)) => ended,
        }
    };
    // What everybody did until then is long and of no use here.
    world.block_on(both).map_err(|stuck| {
        let living = stuck.living.join(", ");
        Broken::new(format!("nothing happens any more; there are {living}"))
    })?
}

async fn operate(
    clock: Arc<dyn Clock>,
    handle: HostHandle,
    request: RunRequest,
) -> Result<Ended, Broken> {
    let mut events = handle.events().await?;
    let accepted = handle.command(Command::Run(request)).await?;
    let Accepted::Run(run) = accepted else {
        return Err(Broken::new("the run has no name"));
    };
    let deadline = clock.now() + PATIENCE;
    let mut operator = Operator {
        clock,
        handle,
        run,
        deadline,
        told: 0,
        answered: 0,
        cancelled: None,
        ended: Ended::default(),
    };
    while let Some(event) = operator.next(&mut events).await? {
        operator.hears(&event).await?;
    }
    Ok(operator.ended)
}

/// What somebody would answer to this.
fn answer(field: &Field) -> (String, Value) {
    let value = match (&field.default, &field.kind) {
        (Some(default), _) => default.clone(),
        (None, FieldKind::Select(items)) => {
            Value::from(items.first().map_or("", |item| item.value.as_str()))
        }
        (None, _) => caller::plausible(&field.key),
    };
    (field.key.clone(), value)
}

struct Operator {
    clock: Arc<dyn Clock>,
    handle: HostHandle,
    run: RunId,
    deadline: Instant,
    told: usize,
    answered: usize,
    cancelled: Option<Cancelled>,
    ended: Ended,
}

impl Operator {
    /// The next event, whatever it takes to get the run to its end.
    async fn next(&mut self, events: &mut Events) -> Result<Option<Arc<Event>>, Broken> {
        loop {
            let timer = self.clock.sleep_until(self.deadline);
            match future::select(events.next(), timer).await {
                Either::Left((None, _)) => return Ok(None),
                Either::Left((Some(Notice::Event(event)), _)) => return Ok(Some(event)),
                // A script that jumps in circles tells more than anybody can read.
                Either::Left((Some(Notice::Missed(_)), _)) => {}
                Either::Right(_) => self.is_patient_no_more().await?,
            }
        }
    }

    /// The deadline has come. That the run has ended may be among what was missed.
    async fn is_patient_no_more(&mut self) -> Result<(), Broken> {
        let run = self.run.clone();
        let ended = move |host: &Host| host.run(&run).and_then(|run| run.outcome().cloned());
        match self.handle.query(ended).await? {
            Some(outcome) if self.ended.how.is_empty() => self.leaves(&outcome).await?,
            _ if self.cancelled.is_none() => self.cancel(Cancelled::Waiting).await,
            _ => return Err(Broken::new("it does not end when it is cancelled")),
        }
        Ok(())
    }

    async fn cancel(&mut self, why: Cancelled) {
        if self.cancelled.is_none() {
            self.cancelled = Some(why);
            self.deadline = self.clock.now() + PATIENCE;
            // Refused when it has just ended, which is as well.
            let _ = self
                .handle
                .command(Command::CancelRun(self.run.clone()))
                .await;
        }
    }

    async fn hears(&mut self, event: &Event) -> Result<(), Broken> {
        self.told += 1;
        if self.told > EVENTS {
            self.cancel(Cancelled::TooMuch).await;
        }
        if let Event::Run { run, what, .. } = event
            && *run == self.run
        {
            match what {
                RunEvent::Step(step) => self.hears_step(step).await,
                RunEvent::Ended(outcome) => self.leaves(outcome).await?,
                _ => {}
            }
        }
        Ok(())
    }

    async fn hears_step(&mut self, step: &Step) {
        match step {
            Step::Serving => self.cancel(Cancelled::Serving).await,
            Step::Asks(question) => self.answers(question).await,
            Step::Note { text, .. } if !text.ends_with("go on all the same") => {
                self.ended.notes.push(ending::note(text));
                self.ended.remarks.push(text.clone());
            }
            Step::Log { text, .. } => self.ended.said.push(text.clone()),
            Step::Command { line, .. } => self.ended.said.push(format!("$ {line}")),
            _ => {}
        }
    }

    /// Answers as somebody would, and gets tired of a script that goes on asking.
    async fn answers(&mut self, question: &Question) {
        self.answered += 1;
        if self.answered > ANSWERS {
            return;
        }
        let answers = question.form.fields.iter().map(answer);
        let answer = Command::Answer {
            run: self.run.clone(),
            step: Some(question.step.clone()),
            question: Some(question.number),
            values: answers.collect(),
        };
        // One that will not do leaves the run waiting, which is then how it ends.
        let _ = self.handle.command(answer).await;
    }

    async fn leaves(&mut self, outcome: &Outcome) -> Result<(), Broken> {
        self.ended.how = ending::name(outcome, self.cancelled);
        if let Status::Failed(failure) = &outcome.status {
            self.ended.failure = Some(failure.to_string());
            if matches!(failure.kind, FailureKind::Unsupported(_)) {
                self.ended.unsupported = Some(failure.method.clone());
            }
        }
        self.cancelled.get_or_insert(Cancelled::Serving);
        self.deadline = self.clock.now() + PATIENCE;
        self.handle.command(Command::Shutdown(BUDGET)).await?;
        Ok(())
    }
}
