//! What is known of a run at the server of the workspace.

use super::show::Show;
use crate::{
    client::{Client, Told},
    failure::Failure,
};
use anyhow::{Context as _, Result};
use collodi_api::{
    EndedHow, LogPage, Process, Run, RunStatus, Step, StepStatus, StreamGap, StreamGone,
    StreamNote, StreamProgress, StreamTopic,
};
use serde::Deserialize;
use std::{collections::BTreeMap, process::ExitCode};

/// The most logs that one stream of the server follows.
const MOST_LOGS: usize = 64;

/// What is known of the run and of the processes that it started.
#[derive(Debug)]
pub(super) struct Watch {
    id: String,
    run: Option<Run>,
    /// The steps as they were shown, and the commands.
    steps: Vec<Shown>,
    /// The number of the question that was shown last.
    asked: u64,
    processes: BTreeMap<String, Option<Process>>,
    /// The next line of each log.
    logs: BTreeMap<String, u64>,
    /// Lines that were told before the run was.
    early: Vec<LogPage>,
    show: Box<dyn Show>,
}

/// What was shown of a step.
#[derive(Debug, Default)]
struct Shown {
    has_begun: bool,
    command: Option<String>,
}

impl Shown {
    /// A step that was begun and done since is shown once.
    fn now(&mut self, step: &Step, total: usize, show: &dyn Show) {
        let has_begun = step.status != StepStatus::Pending;
        if has_begun && !std::mem::replace(&mut self.has_begun, has_begun) {
            show.step(step, total);
        }
        if let Some(command) = step
            .command
            .as_ref()
            .filter(|now| self.command.as_ref() != Some(now))
        {
            show.command(command);
            self.command = Some(command.clone());
        }
    }
}

/// Whether there is more to hear.
pub(super) enum Goes {
    On,
    /// Also of what the topics did not have before.
    ElsewhereToo,
    Over,
}

impl Watch {
    pub(super) fn new(id: String, show: Box<dyn Show>) -> Self {
        Self {
            logs: BTreeMap::from([(id.clone(), 0)]),
            id,
            run: None,
            steps: Vec::new(),
            asked: 0,
            processes: BTreeMap::new(),
            early: Vec::new(),
            show,
        }
    }

    /// What is to be listened to, from here on. A stream follows so many logs; of more
    /// processes than that, some are left to `collodi logs`.
    pub(super) fn topics(&self) -> String {
        let own = self.logs.iter().filter(|(id, _)| **id == self.id);
        let others = self.logs.iter().filter(|(id, _)| **id != self.id);
        let logs = own.chain(others).take(MOST_LOGS);
        let logs = logs.map(|(id, from)| format!(",logs:{id}:{from}"));
        format!("runs,processes{}", logs.collect::<String>())
    }

    pub(super) fn show(&self) -> &dyn Show {
        &*self.show
    }

    pub(super) fn hear(&mut self, told: &Told) -> Result<Goes> {
        match told.event.as_str() {
            "run" => return self.hear_run(told, read(told)?),
            "process" => self.hear_process(told, read(told)?)?,
            "log" => self.hear_lines(told, read(told)?)?,
            "gap" => self.hear_gap(told, &read(told)?)?,
            "note" => self.hear_note(told, &read(told)?)?,
            "progress" => self.hear_progress(told, &read(told)?)?,
            "gone" => return Ok(self.hear_gone(&read(told)?)),
            _ => {}
        }
        Ok(self.goes())
    }

    fn hear_run(&mut self, told: &Told, run: Run) -> Result<Goes> {
        if run.id != self.id {
            return Ok(Goes::On);
        }
        self.show.told(told)?;
        self.steps.resize_with(run.steps.len(), Shown::default);
        for (step, shown) in run.steps.iter().zip(&mut self.steps) {
            shown.now(step, total(&run, step), &*self.show);
        }
        if let Some(question) = run.question.as_ref().filter(|q| q.number > self.asked) {
            self.asked = question.number;
            self.show.question(&run.id, question);
        }
        if run.status == RunStatus::Serving && !self.is_at(RunStatus::Serving) {
            self.show.serving();
        }
        let mut is_news = false;
        for id in &run.daemon_process_ids {
            is_news |= !self.logs.contains_key(id);
            self.logs.entry(id.clone()).or_default();
            self.processes.entry(id.clone()).or_default();
        }
        self.run = Some(run);
        for page in std::mem::take(&mut self.early) {
            self.show_lines(&page);
        }
        Ok(if is_news {
            Goes::ElsewhereToo
        } else {
            self.goes()
        })
    }

    fn hear_process(&mut self, told: &Told, process: Process) -> Result<()> {
        let Some(known) = self.processes.get_mut(&process.id) else {
            return Ok(());
        };
        self.show.told(told)?;
        let url = known.as_ref().and_then(|known| known.url.as_ref());
        if let Some(now) = process.url.as_ref().filter(|now| url != Some(now)) {
            self.show.answers(&process.id, now);
        }
        if process.ended.is_some() && known.as_ref().is_none_or(|known| known.ended.is_none()) {
            self.show.ended(&process);
        }
        *known = Some(process);
        Ok(())
    }

    /// Lines are shown below the step that they are of.
    fn hear_lines(&mut self, told: &Told, page: LogPage) -> Result<()> {
        self.show.told(told)?;
        match self.run {
            Some(_) => self.show_lines(&page),
            None => self.early.push(page),
        }
        Ok(())
    }

    fn show_lines(&mut self, page: &LogPage) {
        if let Some(next) = self.logs.get_mut(&page.id) {
            *next = page.next;
            self.show.lines(page, page.id == self.id);
        }
    }

    fn hear_gap(&self, told: &Told, gap: &StreamGap) -> Result<()> {
        self.show.gap(gap);
        self.show.told(told)
    }

    fn hear_note(&self, told: &Told, note: &StreamNote) -> Result<()> {
        if note.run_id != self.id {
            return Ok(());
        }
        self.show.note(note);
        self.show.told(told)
    }

    fn hear_progress(&mut self, told: &Told, progress: &StreamProgress) -> Result<()> {
        if progress.run_id != self.id {
            return Ok(());
        }
        self.show.progress(progress);
        self.show.told(told)
    }

    /// What is no longer kept has ended.
    fn hear_gone(&mut self, gone: &StreamGone) -> Goes {
        self.logs.remove(&gone.id);
        self.processes.remove(&gone.id);
        match gone.topic == StreamTopic::Runs && gone.id == self.id {
            true => Goes::Over,
            false => self.goes(),
        }
    }

    fn is_at(&self, status: RunStatus) -> bool {
        self.run.as_ref().is_some_and(|run| run.status == status)
    }

    /// Whether the steps are through, and what they started is there to stay.
    pub(super) fn has_steps_done(&self) -> bool {
        let run = self.run.as_ref();
        run.is_some_and(|run| run.status == RunStatus::Serving || run.outcome.is_some())
    }

    /// The run has failed, or nothing that it started lives.
    fn goes(&self) -> Goes {
        let has_ended = self.run.as_ref().is_some_and(|run| run.outcome.is_some());
        let lives = |process: &Option<Process>| process.as_ref().is_none_or(|p| p.ended.is_none());
        let all_ended = || !self.processes.values().any(lives);
        match has_ended && (self.is_at(RunStatus::Failed) || all_ended()) {
            true => Goes::Over,
            false => Goes::On,
        }
    }

    /// The server tells no more before the end.
    pub(super) fn is_deserted(&self) -> Result<ExitCode> {
        let cause = format!("the server ended before {} did", self.id);
        Err(Failure::new(cause)
            .hint("what it keeps up goes on with the next `collodi serve`")
            .into())
    }

    /// The lines that were not told before the end was, and the end.
    pub(super) fn show_rest(&mut self, client: &Client) -> Result<()> {
        for (id, from) in self.logs.clone() {
            let path = match id == self.id {
                true => format!("/python/runs/{id}/logs"),
                false => format!("/python/processes/{id}/logs"),
            };
            self.show_rest_of(client, &path, from)?;
        }
        if let Some(run) = &self.run {
            self.show.outcome(run);
        }
        Ok(())
    }

    /// To where the log is now: what lives on may say more than can be shown.
    fn show_rest_of(&mut self, client: &Client, log: &str, mut from: u64) -> Result<()> {
        let read = |from| client.get_while_up::<LogPage>(&format!("{log}?from={from}"));
        let end = read(u64::MAX)?.map_or(0, |page| page.next);
        while from < end {
            let Some(page) = read(from)?.filter(|page| page.next > from) else {
                break;
            };
            from = page.next;
            self.show.told(&Told {
                event: "log".to_owned(),
                data: serde_json::to_string(&page)?,
            })?;
            self.show_lines(&page);
        }
        Ok(())
    }

    pub(super) fn code(&self) -> ExitCode {
        let failed = |process: &Process| match process.ended {
            Some(EndedHow::Failed) => true,
            Some(EndedHow::Exited) => process.last_exit_code != 0,
            _ => false,
        };
        let any_failed = self.processes.values().flatten().any(failed);
        match self.is_at(RunStatus::Failed) || any_failed {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        }
    }
}

/// How many steps there are in the list of this one.
fn total(run: &Run, step: &Step) -> usize {
    run.steps
        .iter()
        .filter(|other| other.list == step.list)
        .count()
}

fn read<'a, T: Deserialize<'a>>(told: &'a Told) -> Result<T> {
    serde_json::from_str(&told.data).context("what the server tells cannot be read")
}
