//! Rendering: a template and a scope to a value.

use crate::{
    Note, NoteKind, Question, Scope, Template,
    eval::{Evaluator, Stop},
    shell::{Line, Unquotable},
    template::{Entry, Node, push_token},
    text::{Hole, Part, TextTemplate},
    value::{Js, Text},
};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_value::{Object, Value, push_number};
use core::fmt;

/// How to render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Render {
    /// What the text is for.
    pub sink: Sink,
    /// What takes the place of an expression without a value.
    pub missing: Missing,
    /// The steps that all expressions together may take.
    pub fuel: u64,
    /// The bytes of text that all expressions together may make.
    pub max_bytes: usize,
}

impl Default for Render {
    /// Plain text, missing values keep their template, a million steps, 16 MiB.
    fn default() -> Self {
        Self {
            sink: Sink::Plain,
            missing: Missing::KeepText,
            fuel: 1_000_000,
            max_bytes: 16 << 20,
        }
    }
}

/// What rendered text is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sink {
    /// Nothing in particular: values go in as they are.
    #[default]
    Plain,
    /// A line for a POSIX shell: data goes in so that it cannot become syntax.
    Shell,
}

/// What takes the place of an expression that has no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// The template's own text.
    #[default]
    KeepText,
    /// `null`, or nothing inside of a longer text.
    Falsy,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// The value.
    pub value: Value,
    /// What is worth knowing, in the order of the text.
    pub notes: Vec<Note>,
    /// What must be asked before the value is final; empty when it is.
    pub questions: Vec<Question>,
}

impl Template {
    /// The value of the template under `scope`. Never fails: what cannot be
    /// evaluated follows [`Render::missing`] and is a note.
    ///
    /// With [`Sink::Shell`], texts and lists of texts are shell lines. The
    /// texts of an object are not: an object is an argument list, which is
    /// quoted later, word by word.
    pub fn render(&self, scope: &dyn Scope, how: &Render) -> Rendered {
        let mut renderer = Renderer {
            evaluator: Evaluator::new(scope, how),
            missing: how.missing,
            notes: Vec::new(),
        };
        let value = renderer.template(self, how.sink);
        Rendered {
            value,
            notes: renderer.notes,
            questions: renderer.evaluator.questions,
        }
    }
}

struct Renderer<'s> {
    evaluator: Evaluator<'s>,
    missing: Missing,
    /// Each with the pointer from the value at hand.
    notes: Vec<Note>,
}

impl Renderer<'_> {
    fn template(&mut self, template: &Template, sink: Sink) -> Value {
        match &template.node {
            _ if template.plain => template.source(),
            Node::Plain(value) => value.clone(),
            Node::TooDeep(value) => Value::clone(value),
            Node::Text(text) => self.text(text, sink),
            Node::List(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| self.at(index, item, sink));
                Value::Array(items.collect())
            }
            Node::Object(entries) => Value::Object(self.object(entries)),
        }
    }

    /// Renders what lies at `token` below this place.
    fn at(&mut self, token: impl fmt::Display, template: &Template, sink: Sink) -> Value {
        let before = self.notes.len();
        let value = self.template(template, sink);
        let inside = self.notes.iter_mut().skip(before);
        inside.for_each(|note| note.pointer = below(&token, &note.pointer));
        value
    }

    /// A key that is `null` or `false` drops its entry.
    fn object(&mut self, entries: &[Entry]) -> Object {
        let mut object = Object::with_capacity(entries.len());
        for entry in entries {
            let Some(name) = self.key(entry) else {
                continue;
            };
            let value = self.at(&entry.key, &entry.value, Sink::Plain);
            object.set(name, value);
        }
        object
    }

    fn key(&mut self, entry: &Entry) -> Option<Arc<str>> {
        let Some(text) = &entry.text else {
            return Some(entry.key.clone());
        };
        match self.text(text, Sink::Plain) {
            Value::Null | Value::Bool(false) => None,
            Value::String(name) => Some(name.into()),
            name => Some(name.to_text().into()),
        }
    }

    fn text(&mut self, text: &TextTemplate, sink: Sink) -> Value {
        match (text.whole(), sink) {
            (None, _) if text.parts().is_empty() => Value::from(&*text.source),
            (Some(hole), _) => self.whole(text, hole, sink),
            (None, Sink::Plain) => Value::String(self.embedded(text)),
            (None, Sink::Shell) => Value::String(self.line(text)),
        }
    }

    fn note(&mut self, hole: &Hole, kind: NoteKind) {
        self.notes.push(Note {
            pointer: String::new(),
            span: hole.span.clone(),
            kind,
        });
    }

    /// The value of a hole; none, with a note, when it has none.
    fn eval<T>(
        &mut self,
        hole: &Hole,
        take: impl FnOnce(&mut Evaluator<'_>, Js) -> Result<T, Stop>,
    ) -> Option<T> {
        self.evaluator.raw = false;
        let value = match self.evaluator.eval(&hole.expr, &None) {
            Ok(Js::Undefined) => {
                self.note(hole, NoteKind::Undefined);
                return None;
            }
            Ok(value) => take(&mut self.evaluator, value),
            Err(stop) => Err(stop),
        };
        value.map_err(|stop| self.note(hole, stop.into_note())).ok()
    }

    /// A text that is one expression keeps the type of its value.
    fn whole(&mut self, text: &TextTemplate, hole: &Hole, sink: Sink) -> Value {
        let value = self.eval(hole, |_, value| Ok(value));
        let value = match (value, sink) {
            (Some(value), Sink::Shell) => return self.command(text, hole, value),
            (Some(value), Sink::Plain) => self.json(hole, &value),
            (None, _) => None,
        };
        value.unwrap_or_else(|| match self.missing {
            Missing::KeepText => Value::from(&*text.source),
            Missing::Falsy => Value::Null,
        })
    }

    fn json(&mut self, hole: &Hole, value: &Js) -> Option<Value> {
        match self.evaluator.json_of(value) {
            Ok(Some(value)) => return Some(value),
            Ok(None) => self.note(hole, NoteKind::NoJson),
            Err(stop) => self.note(hole, stop.into_note()),
        }
        None
    }

    /// One expression is the entire command. Data that is all of it cannot be
    /// a word of it, so it runs as it is; beside words of the author it is quoted.
    fn command(&mut self, text: &TextTemplate, hole: &Hole, value: Js) -> Value {
        if let Js::Text(value) = &value
            && !value.is_data()
        {
            let mut line = Line::default();
            return Value::String(match self.insert(&mut line, hole, value) {
                Ok(()) => line.into_text(),
                Err(Unquotable) => String::from(&*text.source),
            });
        }
        let rendered = self.json(hole, &value);
        if matches!(rendered, Some(Value::String(_) | Value::Array(_))) {
            self.note(hole, NoteKind::RawCommand);
        }
        rendered.unwrap_or_else(|| Value::from(&*text.source))
    }

    fn embedded(&mut self, text: &TextTemplate) -> String {
        let mut out = String::with_capacity(text.source.len() + 32);
        for part in text.parts() {
            match part {
                Part::Literal(literal) => out.push_str(literal),
                Part::Hole(hole) => {
                    if self.append(hole, &mut out).is_none() {
                        out.push_str(&self.kept(text, hole));
                    }
                }
            }
        }
        out
    }

    /// Adds the text of a hole's value.
    fn append(&mut self, hole: &Hole, out: &mut String) -> Option<()> {
        self.eval(hole, |evaluator, value| {
            // What is asked for most is copied once.
            if let Js::Number(n) = value {
                let before = out.len();
                push_number(out, n);
                let made = evaluator.make(out.len() - before);
                return made.inspect_err(|_| out.truncate(before));
            }
            let text = evaluator.text_of(&value)?;
            evaluator.make(text.as_str().len())?;
            out.push_str(text.as_str());
            Ok(())
        })
    }

    /// The text that goes in for a hole.
    fn inserted(&mut self, hole: &Hole) -> Option<Text> {
        self.eval(hole, |evaluator, value| {
            let text = evaluator.text_of(&value)?;
            evaluator.make(text.as_str().len())?;
            Ok(text)
        })
    }

    /// What stays of a hole without a value.
    fn kept(&self, text: &TextTemplate, hole: &Hole) -> String {
        match self.missing {
            Missing::KeepText => text.written(hole).to_owned(),
            Missing::Falsy => String::new(),
        }
    }

    /// A shell line: what the author wrote as it is, data as words.
    fn line(&mut self, text: &TextTemplate) -> String {
        let mut line = Line::default();
        for part in text.parts() {
            match part {
                Part::Literal(literal) => line.author(literal),
                Part::Hole(hole) => {
                    let value = self.inserted(hole);
                    let done = value.map(|value| self.insert(&mut line, hole, &value));
                    if done != Some(Ok(())) {
                        line.author(&self.kept(text, hole));
                    }
                }
            }
        }
        line.into_text()
    }

    /// Puts a value into the line, or leaves the line as it is.
    fn insert(&mut self, line: &mut Line, hole: &Hole, value: &Text) -> Result<(), Unquotable> {
        // A value of one part goes in as a whole or not at all.
        let before = value.is_mixed().then(|| line.mark());
        let inserted = self.insert_parts(line, hole, value);
        if let (Err(Unquotable), Some(before)) = (inserted, before) {
            line.back_to(before);
        }
        inserted
    }

    fn insert_parts(
        &mut self,
        line: &mut Line,
        hole: &Hole,
        value: &Text,
    ) -> Result<(), Unquotable> {
        if core::mem::take(&mut self.evaluator.raw) {
            self.note(hole, NoteKind::Raw);
        }
        let mut quoted = false;
        for (part, author) in value.parts() {
            if author {
                line.author(part);
            } else {
                quoted |= line.data(part).inspect_err(|_| {
                    self.note(hole, NoteKind::Unquotable);
                })?;
            }
        }
        if quoted {
            self.note(hole, NoteKind::Quoted);
        }
        Ok(())
    }
}

/// `pointer`, seen from where `token` leads to its start.
fn below(token: &impl fmt::Display, pointer: &str) -> String {
    let mut longer = String::with_capacity(pointer.len() + 16);
    push_token(&mut longer, &token.to_string());
    longer.push_str(pointer);
    longer
}
