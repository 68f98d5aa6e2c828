//! Asking on the terminal what a run asks, field by field.

mod terminal;

use crate::present::{
    lines,
    style::{DIM, WARN},
};
use anstyle::{AnsiColor, Effects, Style};
use collodi_driver::{CommandError, HostHandle};
use collodi_host::{Command, Event, Host, Refused, RunEvent, RunId};
use collodi_logs::plain;
use collodi_run::{Event as Step, Field, FieldKind, Question};
use collodi_value::{Object, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use terminal::Terminal;

const ASK: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);

/// Asks on the terminal what a run asks, and what the scripts that it starts ask: one
/// question after the other.
#[derive(Debug)]
pub(crate) struct Prompt {
    terminal: Terminal,
    open: Option<Open>,
    /// The open questions whose headings were shown.
    shown: BTreeSet<Name>,
    /// The open questions of which was said how else to answer.
    told: BTreeSet<Name>,
}

/// What names a question: the run, and its number.
type Name = (RunId, u64);

type Questions = BTreeMap<Name, Arc<Question>>;

/// A question that is being asked.
#[derive(Debug)]
struct Open {
    run: RunId,
    question: Arc<Question>,
    values: Object,
    /// The field at hand.
    at: usize,
}

impl Prompt {
    /// Without a terminal, or when nobody wants to be asked, it only says how to
    /// answer.
    pub(crate) fn new(asks: bool) -> Self {
        Self {
            terminal: Terminal::new(asks),
            open: None,
            shown: BTreeSet::new(),
            told: BTreeSet::new(),
        }
    }

    /// Something was shown: whether there may be something else to ask now.
    pub(crate) fn event(&mut self, event: &Event) -> bool {
        let Event::Run { run, what, .. } = event else {
            return false;
        };
        if let RunEvent::Step(Step::Asks(question)) = what {
            self.shown.insert((run.clone(), question.number));
        }
        matches!(
            what,
            RunEvent::Step(Step::Asks(_) | Step::Answered { .. }) | RunEvent::Ended(_)
        )
    }

    /// Looks what is asked: stops when somebody else has answered, and begins with the
    /// next question that was shown.
    pub(crate) async fn look(&mut self, host: &HostHandle, origin: &RunId) {
        let asked = questions(host, origin).await;
        self.go_on(origin, &asked);
    }

    /// As [`look`](Self::look), after events were missed, and questions with them.
    pub(crate) async fn look_anew(&mut self, host: &HostHandle, origin: &RunId) {
        let asked = questions(host, origin).await;
        self.shown.extend(asked.keys().cloned());
        self.go_on(origin, &asked);
    }

    fn go_on(&mut self, origin: &RunId, asked: &Questions) {
        self.shown.retain(|name| asked.contains_key(name));
        self.told.retain(|name| asked.contains_key(name));
        let is_asked = |open: &Open| asked.contains_key(&open.name());
        if self.open.as_ref().is_some_and(is_asked) {
            return;
        }
        self.close();
        for (name, question) in asked {
            let is_due = self.shown.contains(name) && !self.told.contains(name);
            if self.open.is_none() && is_due {
                self.begin(origin, &name.0, question);
            }
        }
    }

    /// The next line of the terminal; waits for ever when nothing is asked.
    pub(crate) async fn line(&mut self) -> Option<String> {
        if self.open.is_none() {
            return std::future::pending().await;
        }
        self.terminal.line().await
    }

    /// Takes a line as the answer to the field at hand; after the last one, answers.
    pub(crate) async fn answer(&mut self, host: &HostHandle, origin: &RunId, line: Option<String>) {
        let Some(line) = line else {
            self.terminal.give_up();
            self.close();
            return self.look(host, origin).await;
        };
        let Some(mut open) = self.open.take() else {
            return;
        };
        self.terminal.show();
        open.take(line.trim_end_matches(['\n', '\r']));
        if open.at < open.question.form.fields.len() {
            self.ask(open);
        } else {
            self.send(host, origin, open).await;
        }
    }

    /// Asks no more.
    pub(crate) fn close(&mut self) {
        if self.open.take().is_some() {
            self.terminal.show();
            self.terminal.ignore();
        }
    }

    fn begin(&mut self, origin: &RunId, run: &RunId, question: &Arc<Question>) {
        if !self.terminal.asks() {
            self.told.insert((run.clone(), question.number));
            let fields = question.form.fields.iter();
            return lines::how_to_answer(run.as_str(), fields.map(|field| field.key.as_str()));
        }
        if run != origin {
            let (run, title) = (plain(run.as_str()), plain(&question.form.title));
            say!("      {DIM}{run} asks{DIM:#} {title}");
        }
        self.terminal.listen();
        self.ask(Open {
            run: run.clone(),
            question: question.clone(),
            values: Object::new(),
            at: 0,
        });
    }

    fn ask(&mut self, open: Open) {
        if let Some(field) = open.question.form.fields.get(open.at) {
            describe(field);
            if field.is_secret() {
                self.terminal.hide();
            }
            self.terminal.write(&prompt(field));
            self.open = Some(open);
        }
    }

    async fn send(&mut self, host: &HostHandle, origin: &RunId, open: Open) {
        let answer = Command::Answer {
            run: open.run.clone(),
            step: Some(open.question.step.clone()),
            question: Some(open.question.number),
            values: open.values,
        };
        self.terminal.ignore();
        match host.command(answer).await {
            // What comes next is told.
            Ok(_) | Err(CommandError::Gone) => return,
            Err(CommandError::Refused(Refused::Answers(errors))) => {
                for error in errors {
                    complain!("      {WARN}{}{WARN:#}", plain(&error.to_string()));
                }
            }
            Err(error) => complain!("      {WARN}{}{WARN:#}", plain(&error.to_string())),
        }
        self.look(host, origin).await;
    }
}

/// What the run and the scripts that it started ask.
async fn questions(host: &HostHandle, origin: &RunId) -> Questions {
    let origin = origin.clone();
    let asked = move |host: &Host| {
        let ours = host.runs().filter(|run| *run.origin() == origin);
        let asked = ours.filter_map(|run| Some((run.id().clone(), run.question()?.clone())));
        asked
            .map(|(run, question)| ((run, question.number), question))
            .collect()
    };
    // A host that is gone asks nothing.
    host.query(asked).await.unwrap_or_default()
}

impl Open {
    fn name(&self) -> Name {
        (self.run.clone(), self.question.number)
    }

    /// An empty line is no answer: the default counts.
    fn take(&mut self, line: &str) {
        if let Some(field) = self.question.form.fields.get(self.at)
            && !line.is_empty()
        {
            self.values.set(field.key.as_str(), answer(field, line));
        }
        self.at += 1;
    }
}

/// Something to choose can be named by its number.
fn answer(field: &Field, line: &str) -> Value {
    match &field.kind {
        FieldKind::Select(items) if !items.iter().any(|item| item.value == line) => {
            let number = line.trim().parse::<usize>().ok();
            let item = number.and_then(|number| items.get(number.checked_sub(1)?));
            Value::from(item.map_or(line, |item| item.value.as_str()))
        }
        FieldKind::Paths { multiple: true, .. } => {
            Value::Array(line.split_whitespace().map(Value::from).collect())
        }
        _ => Value::from(line),
    }
}

/// What helps to answer a field, above its prompt.
fn describe(field: &Field) {
    if !field.description.is_empty() {
        say!("      {DIM}{}{DIM:#}", plain(&field.description));
    }
    if let FieldKind::Select(items) = &field.kind {
        for (index, item) in items.iter().enumerate() {
            say!("      {DIM}{}){DIM:#} {}", index + 1, plain(&item.text));
        }
    }
}

fn prompt(field: &Field) -> String {
    let name = plain(field.name());
    let hint = match (&field.default, &field.kind) {
        (Some(Value::Bool(true)), _) => " [Y/n]".to_owned(),
        (Some(Value::Bool(false)), _) => " [y/N]".to_owned(),
        (Some(_), _) if field.is_secret() => " [as it is]".to_owned(),
        (Some(Value::Array(_)), _) => " [none]".to_owned(),
        (Some(default), _) => format!(" [{}]", plain(&default.to_text())),
        (None, _) if !field.placeholder.is_empty() => format!(" ({})", plain(&field.placeholder)),
        (None, _) => String::new(),
    };
    format!("      {ASK}{name}{ASK:#}{hint}: ")
}
