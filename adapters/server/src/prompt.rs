//! Asking on the terminal what a run asks, field by field.

mod desk;
mod field;
mod terminal;

use crate::present::{
    lines,
    style::{DIM, WARN},
};
use collodi_api::Question;
use collodi_logs::plain;
use serde_json::{Map, Value};
use std::{collections::BTreeSet, sync::Arc};
use terminal::Terminal;

pub(crate) use desk::{AtHost, Desk, Name, Questions};

/// Asks on the terminal what a run asks, and what the scripts that it starts ask: one
/// question after the other.
#[derive(Debug)]
pub(crate) struct Prompt {
    terminal: Terminal,
    /// Whether it says how else to answer.
    tells: bool,
    open: Option<Open>,
    /// The open questions whose headings were shown.
    shown: BTreeSet<Name>,
    /// The open questions that are answered, or of which was said how else to answer.
    told: BTreeSet<Name>,
}

/// A question that is being asked.
#[derive(Debug)]
struct Open {
    run: String,
    question: Arc<Question>,
    values: Map<String, Value>,
    /// The field at hand.
    at: usize,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Who sits at the terminal; where there is none, it says how else to answer.
    Terminal,
    /// Nobody: it only says how to answer.
    Nobody,
    /// Nobody, and nothing is said: what is shown is for programs.
    Programs,
}

impl Prompt {
    /// A prompt at the terminal.
    pub(crate) fn new(asks: Asks) -> Self {
        Self {
            terminal: Terminal::new(asks == Asks::Terminal),
            tells: asks != Asks::Programs,
            open: None,
            shown: BTreeSet::new(),
            told: BTreeSet::new(),
        }
    }

    /// The heading of the question was shown: it may be asked.
    pub(crate) fn has_shown(&mut self, question: Name) {
        self.shown.insert(question);
    }

    /// Looks what is asked: stops when somebody else has answered, and begins with the
    /// next question that was shown.
    pub(crate) async fn look(&mut self, desk: &impl Desk) {
        let asked = desk.questions().await;
        self.go_on(desk, &asked);
    }

    /// As [`look`](Self::look), after events were missed, and questions with them.
    pub(crate) async fn look_anew(&mut self, desk: &impl Desk) {
        let asked = desk.questions().await;
        self.shown.extend(asked.keys().cloned());
        self.go_on(desk, &asked);
    }

    fn go_on(&mut self, desk: &impl Desk, asked: &Questions) {
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
                self.begin(desk.origin(), &name.0, question);
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
    pub(crate) async fn answer(&mut self, desk: &impl Desk, line: Option<String>) {
        let Some(line) = line else {
            self.terminal.give_up();
            self.close();
            return self.look(desk).await;
        };
        let Some(mut open) = self.open.take() else {
            return;
        };
        self.terminal.show();
        open.take(line.trim_end_matches(['\n', '\r']));
        if open.at < open.question.fields.len() {
            self.ask(open);
        } else {
            self.send(desk, open).await;
        }
    }

    /// Asks no more.
    pub(crate) fn close(&mut self) {
        if self.open.take().is_some() {
            self.terminal.show();
            self.terminal.ignore();
        }
    }

    fn begin(&mut self, origin: &str, run: &str, question: &Arc<Question>) {
        if !self.terminal.asks() {
            self.told.insert((run.to_owned(), question.number));
            if self.tells {
                let fields = question.fields.iter();
                lines::how_to_answer(run, fields.map(|field| field.key.as_str()));
            }
            return;
        }
        if run != origin {
            let (run, title) = (plain(run), plain(&question.title));
            say!("      {DIM}{run} asks{DIM:#} {title}");
        }
        self.terminal.listen();
        self.ask(Open {
            run: run.to_owned(),
            question: question.clone(),
            values: Map::new(),
            at: 0,
        });
    }

    fn ask(&mut self, open: Open) {
        if let Some(field) = open.question.fields.get(open.at) {
            field::describe(field);
            if field::is_secret(field) {
                self.terminal.hide();
            }
            self.terminal.write(&field::prompt(field));
            self.open = Some(open);
        }
    }

    async fn send(&mut self, desk: &impl Desk, open: Open) {
        self.terminal.ignore();
        let name = open.name();
        let wrong = desk.answer(&open.run, &open.question, open.values).await;
        if wrong.is_empty() {
            // What comes next is told.
            self.told.insert(name);
            return;
        }
        for what in wrong {
            complain!("      {WARN}{}{WARN:#}", plain(&what));
        }
        self.look(desk).await;
    }
}

impl Open {
    fn name(&self) -> Name {
        (self.run.clone(), self.question.number)
    }

    /// An empty line is no answer: the default counts.
    fn take(&mut self, line: &str) {
        if let Some(field) = self.question.fields.get(self.at)
            && !line.is_empty()
        {
            let answer = field::answer(field, line);
            self.values.insert(field.key.clone(), answer);
        }
        self.at += 1;
    }
}
