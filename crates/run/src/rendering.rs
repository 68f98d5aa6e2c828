//! A step's templates, filled in.

use crate::{
    context::Context,
    other_apps::{self, Checkouts},
    outcome::FailureKind,
    params::{Fault, Params, at},
    questions::Asking,
    scope::StepScope,
};
use alloc::{format, string::String, vec::Vec};
use collodi_script::Method;
use collodi_template::{Call, Missing, Note, NoteKind, Question, Render, Scope, Sink, Template};
use collodi_value::{Object, Value};

/// A step, rendered as far as its templates have answers.
#[derive(Debug, Default)]
pub(crate) struct Rendering {
    pub(crate) params: Value,
    /// Its `when` says no.
    pub(crate) skipped: bool,
    /// What people should know.
    pub(crate) notes: Vec<String>,
    /// What the world must answer first.
    pub(crate) questions: Vec<Question>,
    /// Where the addresses lead that stand for paths.
    pub(crate) checkouts: Checkouts,
    /// Why the step must not be done: where data would not stay data in a shell.
    pub(crate) refused: Option<Fault>,
}

impl Rendering {
    /// Renders the step at hand. Its parameters are left alone when it is skipped.
    pub(crate) fn of(cx: &Context, asking: &Asking) -> Self {
        let scope = StepScope::new(cx, &asking.answers);
        let options = cx.options.clone();
        let Some(step) = options.script.step(&cx.cursor.step) else {
            return Self::default();
        };
        let falsy = Render {
            missing: Missing::Falsy,
            ..Render::default()
        };
        let when = step.when.as_ref().map(|when| when.render(&scope, &falsy));
        let mut rendering = Self::default();
        if let Some(when) = when {
            rendering.skipped = !when.value.is_truthy();
            rendering.questions = when.questions;
        }
        if !rendering.skipped || !rendering.questions.is_empty() {
            rendering
                .questions
                .extend(port_question(&step.params, &scope));
            rendering.params(&step.method, &step.params, &scope);
            rendering.checkouts(&step.method, &scope);
        }
        rendering
    }

    /// Renders the parameters; shell lines so that data in them stays data.
    fn params(&mut self, method: &Method, params: &Template, scope: &StepScope<'_>) {
        let mut plain = params.render(scope, &Render::default());
        let is_shell = matches!(method, Method::ShellRun | Method::ShellStart);
        let is_line = |note: &Note| is_shell && note.pointer.starts_with("/conda/activate/");
        plain
            .notes
            .retain(|note| !is_later(&note.pointer) && !is_line(note));
        self.params = plain.value;
        self.questions.extend(plain.questions);
        let line = params.get("message").filter(|line| !line.is_static());
        let is_shell_line = self.is_shell_line(method, scope);
        match line {
            Some(line) if !is_shell_line && is_typed(method) => {
                self.take_notes("/params", &plain.notes);
                self.refused = data_in(line, scope);
            }
            Some(line) if is_shell_line => {
                let of_line = |note: &Note| note.pointer.starts_with("/message");
                let others: Vec<Note> = plain.notes.into_iter().filter(|n| !of_line(n)).collect();
                self.take_notes("/params", &others);
                self.shell_line(line, scope);
            }
            _ => self.take_notes("/params", &plain.notes),
        }
        if is_shell {
            self.activation(params, scope);
        }
    }

    /// Finds out where the addresses lead that stand for paths.
    fn checkouts(&mut self, method: &Method, scope: &StepScope<'_>) {
        for text in other_apps::named(method, &self.params) {
            let question = other_apps::question(&text);
            match scope.answers.get(&question.function, &question.args) {
                Some(place) => drop(self.checkouts.insert(text, place)),
                None => self.questions.push(question),
            }
        }
    }

    /// The commands that activate a conda environment are shell lines too. Those that are
    /// data as a whole are refused: nothing in them could be quoted.
    fn activation(&mut self, params: &Template, scope: &StepScope<'_>) {
        let commands = self.params.pointer("/conda/activate");
        let commands = commands.and_then(Value::as_array).unwrap_or_default();
        if commands.is_empty() {
            return;
        }
        let conda = params.get("conda").and_then(|conda| conda.get("activate"));
        let Some(lines) = conda.filter(|lines| !lines.items().is_empty()) else {
            self.refused = Some(at("conda", FailureKind::Unquotable));
            return;
        };
        let sink = Sink::Shell;
        let shell = lines.render(
            scope,
            &Render {
                sink,
                ..Render::default()
            },
        );
        if let Value::Object(object) = &mut self.params
            && let Some(Value::Object(conda)) = object.get_mut("conda")
        {
            conda.set("activate", shell.value);
        }
        self.questions.extend(shell.questions);
        self.take_notes("/params/conda/activate", &shell.notes);
    }

    /// Whether the message is for a shell; else for a program that runs in one.
    fn is_shell_line(&self, method: &Method, scope: &StepScope<'_>) -> bool {
        match method {
            Method::ShellRun | Method::ShellStart | Method::Exec => true,
            Method::ShellEnter | Method::ShellWrite => {
                !scope.context.is_typed_into(Params::new(&self.params))
            }
            _ => false,
        }
    }

    fn shell_line(&mut self, line: &Template, scope: &StepScope<'_>) {
        let shell = line.render(
            scope,
            &Render {
                sink: Sink::Shell,
                ..Render::default()
            },
        );
        if let Value::Object(object) = &mut self.params {
            object.set("message", shell.value);
        }
        self.questions.extend(shell.questions);
        self.take_notes("/params/message", &shell.notes);
    }

    fn take_notes(&mut self, at: &str, taken: &[Note]) {
        let unquotable = taken.iter().find(|n| n.kind == NoteKind::Unquotable);
        if let Some(Note { pointer, .. }) = unquotable {
            self.refused = Some(Fault {
                pointer: format!("{at}{pointer}"),
                ..FailureKind::Unquotable.into()
            });
        }
        self.notes.extend(notes(at, taken));
    }
}

/// Whether a method types into a shell.
const fn is_typed(method: &Method) -> bool {
    matches!(method, Method::ShellEnter | Method::ShellWrite)
}

/// Where a line has data that the script's author did not write, if it has some. A program
/// that does not read leaves it to the shell.
fn data_in(line: &Template, scope: &StepScope<'_>) -> Option<Fault> {
    let sink = Sink::Shell;
    let rendered = line.render(
        scope,
        &Render {
            sink,
            ..Render::default()
        },
    );
    let mut notes = rendered.notes.into_iter();
    let data = [NoteKind::Quoted, NoteKind::RawCommand, NoteKind::Unquotable];
    let found = notes.find(|note| data.contains(&note.kind));
    found.map(|note| Fault {
        pointer: format!("/params/message{}", note.pointer),
        ..FailureKind::TypedData.into()
    })
}

/// What people should know of it.
pub(crate) fn notes(at: &str, notes: &[Note]) -> Vec<String> {
    let unsaid = |kind: &NoteKind| {
        matches!(
            kind,
            NoteKind::Quoted | NoteKind::Asked(_) | NoteKind::Unquotable
        )
    };
    let said = notes.iter().filter(|note| !unsaid(&note.kind));
    said.map(|Note { pointer, kind, .. }| format!("{at}{pointer}: {kind}"))
        .collect()
}

/// What a handler of `on` returns and tells is rendered when it has matched.
const LATER: [&str; 2] = ["return", "notify"];

/// Whether the text at this pointer of the parameters is rendered later.
fn is_later(pointer: &str) -> bool {
    let handler = pointer.strip_prefix("/on/");
    let key = handler.and_then(|rest| rest.split('/').nth(1));
    key.is_some_and(|key| LATER.contains(&key))
}

/// What the key of handler `index` says of `event`, the match. Where the script escapes
/// a template (`{{{event}}}`), it means this moment too.
pub(crate) fn at_match(cx: &mut Context, index: usize, key: &str, event: Value) -> Option<Value> {
    let options = cx.options.clone();
    let step = options.script.step(&cx.cursor.step)?;
    let template = step.params.get("on")?.item(index)?.get(key)?;
    // Nothing has a value here, so only the escapes are taken away.
    let unescaped = template.render(&Object::new(), &Render::default());
    let asking = Asking::default();
    let scope = MatchScope {
        event,
        of_step: StepScope::new(cx, &asking.answers),
    };
    let rendered = Template::parse(&unescaped.value).render(&scope, &Render::default());
    let mut rendering = Rendering::default();
    rendering.take_notes(&format!("/params/on/{index}/{key}"), &rendered.notes);
    for note in rendering.notes {
        cx.note(note);
    }
    Some(rendered.value)
}

/// What templates can see when a handler has matched.
struct MatchScope<'a> {
    event: Value,
    of_step: StepScope<'a>,
}

impl Scope for MatchScope<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        match name {
            "event" => Some(self.event.clone()),
            _ => self.of_step.get(name),
        }
    }

    fn call(&self, name: &str, args: &[Value]) -> Call {
        self.of_step.call(name, args)
    }

    fn is_author(&self, name: &str) -> bool {
        name != "event" && self.of_step.is_author(name)
    }
}

/// `port` is a variable, and its value must be found out, unless the script has set
/// one of this name.
pub(crate) fn port_question(params: &Template, scope: &StepScope<'_>) -> Option<Question> {
    let is_port = |name: &String| name == "port";
    let asks = params
        .references()
        .any(|reference| reference.path.first().is_some_and(is_port));
    let question = Question {
        function: "port".into(),
        args: Vec::new(),
    };
    (asks && scope.get("port").is_none()).then_some(question)
}
