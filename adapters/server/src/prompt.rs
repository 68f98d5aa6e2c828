//! Asking on the terminal what a run asks, field by field.

mod terminal;

use anstyle::{AnsiColor, Effects, Style};
use collodi_driver::{CommandError, HostHandle};
use collodi_host::{Command, Event, Host, Refused, RunEvent, RunId};
use collodi_logs::plain;
use collodi_run::{Event as Step, Field, FieldKind, Question};
use collodi_value::{Object, Value};
use std::sync::Arc;
use terminal::Terminal;

const ASK: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
const WARN: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().effects(Effects::DIMMED);

/// Asks the questions of one run on the terminal.
#[derive(Debug)]
pub(crate) struct Prompt {
    terminal: Terminal,
    open: Option<Open>,
}

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
        }
    }

    /// Begins to ask what the run asks; stops when somebody else has answered.
    pub(crate) fn event(&mut self, run: &RunId, event: &Event) {
        let Event::Run { run: of, what, .. } = event else {
            return;
        };
        match what {
            RunEvent::Step(Step::Asks(question)) if of == run => self.begin(run, question),
            RunEvent::Step(Step::Answered { .. }) | RunEvent::Ended(_) if of == run => {
                self.close();
            }
            _ => {}
        }
    }

    /// Events were missed: looks what the run asks.
    pub(crate) async fn look(&mut self, host: &HostHandle, run: &RunId) {
        let sought = run.clone();
        let asked = move |host: &Host| host.run(&sought).and_then(|run| run.question().cloned());
        match host.query(asked).await.ok().flatten() {
            Some(question) if self.open.is_none() => self.begin(run, &question),
            Some(_) => {}
            None => self.close(),
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
    pub(crate) async fn answer(&mut self, host: &HostHandle, line: Option<String>) {
        let Some(line) = line else {
            if let Some(open) = &self.open {
                how_else(&open.run, &open.question);
            }
            return self.close();
        };
        let Some(mut open) = self.open.take() else {
            return;
        };
        self.terminal.show();
        open.take(line.trim_end_matches(['\n', '\r']));
        if open.at < open.question.form.fields.len() {
            self.ask(open);
        } else {
            self.send(host, open).await;
        }
    }

    /// Asks no more.
    pub(crate) fn close(&mut self) {
        if self.open.take().is_some() {
            self.terminal.show();
        }
    }

    fn begin(&mut self, run: &RunId, question: &Arc<Question>) {
        if !self.terminal.asks() {
            return how_else(run, question);
        }
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

    async fn send(&mut self, host: &HostHandle, open: Open) {
        let answer = Command::Answer {
            run: open.run.clone(),
            step: Some(open.question.step),
            question: Some(open.question.number),
            values: open.values,
        };
        if let Err(CommandError::Refused(Refused::Answers(errors))) = host.command(answer).await {
            for error in errors {
                complain!("      {WARN}{error}{WARN:#}");
            }
            self.begin(&open.run, &open.question);
        }
    }
}

impl Open {
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

/// How to answer where there is no terminal.
fn how_else(run: &RunId, question: &Question) {
    let keys = question.form.fields.iter().map(|field| field.key.as_str());
    let keys: Vec<_> = keys.map(|key| format!("{key}=…")).collect();
    say!(
        "      {WARN}the run waits for: collodi answer {run} {}{WARN:#}",
        keys.join(" ")
    );
}
