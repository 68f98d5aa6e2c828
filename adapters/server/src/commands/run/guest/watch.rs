//! What is known of a run at the server of the workspace.

use super::{
    member::Member,
    show::{Show, has_failed, is_cut_short},
};
use crate::{
    client::{Client, Fate, Told},
    failure::Failure,
    prompt::Questions,
};
use anyhow::{Context as _, Result};
use collodi_api::{
    LogLine, LogPage, LogStream, Process, ProcessStatus, Processes, Run, RunStatus, StreamGap,
    StreamGone, StreamNote, StreamProgress, StreamTopic,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, VecDeque},
    process::ExitCode,
    sync::Arc,
};

/// The most logs that one stream of the server follows.
const MOST_LOGS: usize = 64;
/// The most that is remembered of what steps of unknown runs said.
const MOST_NOTES: usize = 1024;

/// What is known of the run, of the scripts that it started, and of all their processes.
#[derive(Debug)]
pub(super) struct Watch {
    client: Arc<Client>,
    id: String,
    members: BTreeMap<String, Member>,
    processes: BTreeMap<String, Option<Process>>,
    /// Whether a process has failed, also one that the server keeps no longer.
    has_failures: bool,
    /// The next line of each log.
    logs: BTreeMap<String, u64>,
    /// Lines that were told before the run was.
    early: Vec<LogPage>,
    /// What steps said of runs that were not told of yet: perhaps of another app's.
    early_notes: VecDeque<StreamNote>,
    show: Box<dyn Show>,
}

/// Whether there is more to hear.
pub(super) enum Goes {
    On,
    /// There are further logs.
    ElsewhereToo,
    Over,
}

impl Watch {
    pub(super) fn new(client: Arc<Client>, id: String, show: Box<dyn Show>) -> Self {
        Self {
            client,
            logs: BTreeMap::from([(id.clone(), 0)]),
            id,
            members: BTreeMap::new(),
            processes: BTreeMap::new(),
            has_failures: false,
            early: Vec::new(),
            early_notes: VecDeque::new(),
            show,
        }
    }

    /// The run that somebody asked for.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The topics of the logs, from here on. A stream follows so many; of more, some are
    /// shown when they have ended.
    pub(super) fn logs(&self) -> String {
        let own = self.logs.iter().filter(|(id, _)| **id == self.id);
        let others = self.logs.iter().filter(|(id, _)| **id != self.id);
        let logs = own.chain(others).take(MOST_LOGS);
        let logs = logs.map(|(id, from)| format!("logs:{id}:{from}"));
        logs.collect::<Vec<_>>().join(",")
    }

    pub(super) fn show(&self) -> &dyn Show {
        &*self.show
    }

    /// What is asked by now, of what was shown.
    pub(super) fn questions(&self) -> Questions {
        let asked = |(id, member): (&String, &Member)| {
            let question = member.question()?;
            Some(((id.clone(), question.number), Arc::clone(question)))
        };
        self.members.iter().filter_map(asked).collect()
    }

    pub(super) fn hear(&mut self, told: &Told) -> Result<Goes> {
        match told.event.as_str() {
            "run" => return self.hear_run(told, read(told)?),
            "process" => self.hear_process(told, read(told)?)?,
            "log" => return self.hear_lines(read(told)?),
            "gap" => self.hear_gap(told, &read(told)?)?,
            "note" => self.hear_note(told, read(told)?)?,
            "progress" => self.hear_progress(told, &read(told)?)?,
            "gone" => return Ok(self.hear_gone(&read(told)?)),
            _ => {}
        }
        Ok(self.goes())
    }

    fn hear_run(&mut self, told: &Told, run: Run) -> Result<Goes> {
        if run.id != self.id && run.origin.as_ref() != Some(&self.id) {
            self.early_notes.retain(|note| note.run_id != run.id);
            return Ok(Goes::On);
        }
        self.show.told(told)?;
        let is_asked_for = run.id == self.id;
        let is_news = self.update(run)?;
        if is_asked_for {
            for page in std::mem::take(&mut self.early) {
                self.show_lines(page)?;
            }
        }
        Ok(self.goes_with(is_news))
    }

    /// Shows what is new of a run: its steps below the lines of those before, and its end
    /// below all that it said. Follows what it started; whether there are further logs.
    fn update(&mut self, run: Run) -> Result<bool> {
        let is_news = self.follow(&run);
        let id = run.id.clone();
        if !self.members.contains_key(&id) {
            let notes = std::mem::take(&mut self.early_notes);
            let of_run = |note: &StreamNote| note.run_id == id;
            let (own, others): (Vec<_>, Vec<_>) = notes.into_iter().partition(of_run);
            self.early_notes = others.into();
            for note in &own {
                self.show.told(&Told::of("note", note)?)?;
            }
            let member = Member::new(run.clone(), own);
            self.members.insert(id.clone(), member);
        }
        self.show_steps(&run, u64::MAX)?;
        if let Some(member) = self.members.get_mut(&id) {
            member.hear(run, &*self.show);
        }
        self.end_member(&id)?;
        Ok(is_news)
    }

    /// Shows the steps that were begun before this line of the log, each below the lines of
    /// those before.
    fn show_steps(&mut self, run: &Run, to: u64) -> Result<()> {
        let begun = |watch: &Self| watch.members.get(&run.id)?.begun_at(run, to);
        while let Some(line) = begun(self) {
            self.show_rest_of(&run.id, line)?;
            if let Some(member) = self.members.get_mut(&run.id) {
                member.hear_steps(run, line.saturating_add(1), &*self.show);
            }
        }
        Ok(())
    }

    /// Follows the logs of a run and of what it started; whether one of them is new.
    fn follow(&mut self, run: &Run) -> bool {
        let before = self.logs.len();
        self.logs.entry(run.id.clone()).or_default();
        for id in &run.daemon_process_ids {
            self.logs.entry(id.clone()).or_default();
            self.processes.entry(id.clone()).or_default();
        }
        self.logs.len() > before
    }

    /// Shows the end of a run, below all that it said.
    fn end_member(&mut self, id: &str) -> Result<()> {
        let has_ended = |member: &mut Member| member.has_just_ended();
        if !self.members.get_mut(id).is_some_and(has_ended) {
            return Ok(());
        }
        self.show_rest_of(id, u64::MAX)?;
        if let Some(member) = self.members.get(id) {
            self.show.outcome(member.name(), member.run());
        }
        Ok(())
    }

    fn hear_process(&mut self, told: &Told, process: Process) -> Result<()> {
        let Some(known) = self.processes.get(&process.id).cloned() else {
            return Ok(());
        };
        self.show.told(told)?;
        let url = known.as_ref().and_then(|known| known.url.as_ref());
        if let Some(now) = process.url.as_ref().filter(|now| url != Some(now)) {
            self.show.answers(&process.id, now);
        }
        let was_stopping = known.as_ref().is_some_and(is_stopping);
        if is_stopping(&process) && !was_stopping {
            self.show.stopping(&process.id);
        }
        if process.ended.is_some() && known.is_none_or(|known| known.ended.is_none()) {
            self.show_rest_of(&process.id, u64::MAX)?;
            self.show.ended(&process);
        }
        self.has_failures |= has_failed(&process);
        self.processes.insert(process.id.clone(), Some(process));
        Ok(())
    }

    /// Lines are shown once, below the step that they are of: of a run it is asked how far
    /// it is.
    fn hear_lines(&mut self, page: LogPage) -> Result<Goes> {
        let is_news = self.ask_how_far(&page.id, page.next)?;
        self.hear_page(page)?;
        Ok(self.goes_with(is_news))
    }

    /// Asks how far a run is, for what is said before this line; whether there are further logs.
    /// What comes later is shown when it is told, below what its steps said before.
    fn ask_how_far(&mut self, id: &str, to: u64) -> Result<bool> {
        if !self.members.contains_key(id) {
            return Ok(false);
        }
        let run = self.client.get_while_up(&format!("/python/runs/{id}"))?;
        run.map_or(Ok(false), |run| {
            self.show_steps(&run, to)?;
            Ok(self.follow(&run))
        })
    }

    fn hear_page(&mut self, mut page: LogPage) -> Result<()> {
        let Some(next) = self.logs.get(&page.id) else {
            return Ok(());
        };
        page.lines.retain(|line| line.seq >= *next);
        if page.lines.is_empty() {
            return Ok(());
        }
        self.show.told(&Told::of("log", &page)?)?;
        match self.members.contains_key(&self.id) {
            true => self.show_lines(page)?,
            false => self.early.push(page),
        }
        Ok(())
    }

    /// Shows what was not shown as said by its run.
    fn show_lines(&mut self, mut page: LogPage) -> Result<()> {
        let own_from = self.own_from(&page.id)?;
        let is_own = |line: &LogLine| line.seq >= own_from || line.stream == LogStream::Note;
        if let Some(next) = self.logs.get_mut(&page.id) {
            *next = page.next;
            page.lines.retain(is_own);
            let member = self.members.get(&page.id);
            let name = member.map_or(page.id.as_str(), |member| member.name().trim_end());
            self.show.lines(name, &page);
        }
        Ok(())
    }

    /// The first line of a log that is not in that of its run, too.
    fn own_from(&self, id: &str) -> Result<u64> {
        let told: Option<Process> = match self.processes.get(id) {
            None => None,
            Some(Some(process)) => return Ok(process.own_log_from),
            Some(None) => {
                let path = format!("/python/processes/{id}/status");
                self.client.get_while_up(&path)?
            }
        };
        Ok(told.map_or(0, |process| process.own_log_from))
    }

    fn hear_gap(&self, told: &Told, gap: &StreamGap) -> Result<()> {
        self.show.gap(gap);
        self.show.told(told)
    }

    fn hear_note(&mut self, told: &Told, note: StreamNote) -> Result<()> {
        if let Some(member) = self.members.get_mut(&note.run_id) {
            member.hear_note(note, &*self.show);
            return self.show.told(told);
        }
        self.early_notes.push_back(note);
        if self.early_notes.len() > MOST_NOTES {
            self.early_notes.pop_front();
        }
        Ok(())
    }

    fn hear_progress(&mut self, told: &Told, progress: &StreamProgress) -> Result<()> {
        if let Some(member) = self.members.get(&progress.run_id) {
            self.show.progress(member.name(), progress);
            self.show.told(told)?;
        }
        Ok(())
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

    fn run(&self) -> Option<&Run> {
        self.members.get(&self.id).map(Member::run)
    }

    fn has_failed(&self) -> bool {
        let run = self.run();
        run.is_some_and(|run| run.status == RunStatus::Failed)
    }

    /// Whether the steps are through, and what they started is there to stay.
    pub(super) fn has_steps_done(&self) -> bool {
        let own = self.members.get(&self.id);
        let are_done = |own: &Member| own.has_served() || own.run().outcome.is_some();
        own.is_some_and(are_done) && !self.is_cut_short()
    }

    /// Whether somebody ended the run before its steps were done.
    fn is_cut_short(&self) -> bool {
        let outcome = self.run().and_then(|run| run.outcome.as_ref());
        outcome.is_some_and(is_cut_short)
    }

    /// Whether there is more to hear, and whether some of it is in further logs.
    fn goes_with(&self, is_news: bool) -> Goes {
        match self.goes() {
            Goes::On if is_news => Goes::ElsewhereToo,
            goes => goes,
        }
    }

    /// The run has failed, or nothing that it started lives.
    fn goes(&self) -> Goes {
        let has_ended = self.run().is_some_and(|run| run.outcome.is_some());
        let goes_on = |member: &Member| member.run().outcome.is_none();
        let lives = |process: &Option<Process>| process.as_ref().is_none_or(|p| p.ended.is_none());
        let all_ended =
            || !self.members.values().any(goes_on) && !self.processes.values().any(lives);
        match has_ended && (self.has_failed() || all_ended()) {
            true => Goes::Over,
            false => Goes::On,
        }
    }

    /// The next life of the server, if the run can be watched there: it knows the run, and what is
    /// known here is that its steps are through, or nothing.
    pub(super) fn next_life(&self) -> Result<Option<Arc<Client>>> {
        if self.members.contains_key(&self.id) && !self.has_steps_done() {
            return Ok(None);
        }
        let next = self.client.next_life()?;
        let path = format!("/python/runs/{}", self.id);
        let knows = |next: &Client| {
            next.get_while_up::<Run>(&path)
                .is_ok_and(|run| run.is_some())
        };
        Ok(next.filter(knows).map(Arc::new))
    }

    /// The run is watched there from here on. What is unknown there has ended.
    pub(super) fn move_to(&mut self, client: Arc<Client>) -> Result<()> {
        let Processes { processes, .. } = client.get("/python/processes")?;
        let is_known = |id: &String| processes.iter().any(|process| process.id == *id);
        self.processes.retain(|id, _| is_known(id));
        self.client = client;
        Ok(())
    }

    /// The server tells no more before the end. What it kept up has ended with one that ended in
    /// order, whether that was told or not, and goes on with one that is followed.
    pub(super) fn desert(&self) -> Result<ExitCode> {
        let was_done = self.has_steps_done();
        let (what, hint) = match (self.client.fate()?, was_done) {
            (Some(Fate::Ended), true) => {
                return Ok(self.left("the server has ended, and what it kept up with it"));
            }
            (Some(Fate::GoesOn), true) => {
                return Ok(self.left("the server was replaced, and the next one knows no such run"));
            }
            (Some(Fate::GoesOn), false) => (
                "was replaced",
                "its next life may go on with it: `collodi ps` and `collodi audit` say so",
            ),
            (_, true) => (
                "ended",
                "what it keeps up goes on with the next `collodi serve`",
            ),
            (_, false) => ("ended", "not all steps were done: run the app once more"),
        };
        let what = format!("the server {what} before {} had ended", self.id);
        Err(Failure::new(what).hint(hint).into())
    }

    fn left(&self, said: &str) -> ExitCode {
        self.show.warning(said);
        self.code()
    }

    /// The lines that were not told before the end was.
    pub(super) fn show_rest(&mut self) -> Result<()> {
        let logs: Vec<_> = self.logs.keys().cloned().collect();
        logs.iter()
            .try_for_each(|id| self.show_rest_of(id, u64::MAX))
    }

    /// To this line of the log, or to where it is at this moment: what lives on may say more
    /// than can be shown.
    fn show_rest_of(&mut self, id: &str, to: u64) -> Result<()> {
        let kind = match self.processes.contains_key(id) {
            true => "processes",
            false => "runs",
        };
        let client = Arc::clone(&self.client);
        let log = format!("/python/{kind}/{id}/logs");
        let read = |from| client.get_while_up::<LogPage>(&format!("{log}?from={from}"));
        let end = read(u64::MAX)?.map_or(0, |page| page.next).min(to);
        while let Some(from) = self.logs.get(id).copied().filter(|from| *from < end) {
            let Some(mut page) = read(from)?.filter(|page| page.next > from) else {
                break;
            };
            page.lines.retain(|line| line.seq < end);
            page.next = page.next.min(end);
            page.unfinished.clear();
            self.show.told(&Told::of("log", &page)?)?;
            self.show_lines(page)?;
        }
        Ok(())
    }

    pub(super) fn code(&self) -> ExitCode {
        match self.has_failed() || self.is_cut_short() || self.has_failures {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        }
    }
}

/// Whether it is being stopped. What has ended by itself has the same word while it is cleared away.
fn is_stopping(process: &Process) -> bool {
    process.status == ProcessStatus::Stopping && process.pid >= 0
}

fn read<'a, T: Deserialize<'a>>(told: &'a Told) -> Result<T> {
    serde_json::from_str(&told.data).context("what the server tells cannot be read")
}
