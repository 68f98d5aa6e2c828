//! A step's templates, filled in.

use crate::{context::Context, questions::Asking, scope::StepScope};
use alloc::{format, string::String, vec::Vec};
use collodi_script::Method;
use collodi_template::{Missing, Note, NoteKind, Question, Render, Scope as _, Sink, Template};
use collodi_value::Value;

/// A step, rendered as far as its templates have answers.
pub(crate) struct Rendering {
    pub(crate) params: Value,
    /// Its `when` says no.
    pub(crate) skipped: bool,
    /// What people should know.
    pub(crate) notes: Vec<String>,
    /// What the world must answer first.
    pub(crate) questions: Vec<Question>,
}

impl Rendering {
    /// Renders the step at hand.
    pub(crate) fn of(cx: &Context, asking: &Asking) -> Self {
        let scope = StepScope {
            context: cx,
            answers: &asking.answers,
        };
        let options = cx.options.clone();
        let step = options.script.steps.get(cx.step);
        let falsy = Render {
            missing: Missing::Falsy,
            ..Render::default()
        };
        let when = step
            .and_then(|step| step.when.as_ref())
            .map(|w| w.render(&scope, &falsy));
        let skipped = when.as_ref().is_some_and(|when| !when.value.is_truthy());
        let mut questions = when.map(|when| when.questions).unwrap_or_default();
        let (mut params, mut notes) = (Value::Null, Vec::new());
        if let Some(step) = step.filter(|_| !skipped || !questions.is_empty()) {
            questions.extend(port_question(&step.params, &scope));
            let rendered = render_params(&step.method, &step.params, &scope);
            questions.extend(rendered.questions);
            notes = rendered.notes;
            params = rendered.params;
        }
        Self {
            params,
            skipped,
            notes,
            questions,
        }
    }
}

/// `port` is a variable, and its value must be found out, unless the script has set
/// one of this name.
fn port_question(params: &Template, scope: &StepScope<'_>) -> Option<Question> {
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

/// Renders the parameters; shell lines so that data in them stays data.
fn render_params(method: &Method, params: &Template, scope: &StepScope<'_>) -> Rendering {
    let plain = params.render(scope, &Render::default());
    let (mut value, mut questions) = (plain.value, plain.questions);
    let is_shell = matches!(method, Method::ShellRun);
    let line = params
        .get("message")
        .filter(|line| is_shell && !line.is_static());
    let mut notes: Vec<Note> = plain.notes;
    if let Some(line) = line {
        let shell = line.render(
            scope,
            &Render {
                sink: Sink::Shell,
                ..Render::default()
            },
        );
        if let Value::Object(object) = &mut value {
            object.set("message", shell.value);
        }
        notes.retain(|note| !note.pointer.starts_with("/message"));
        notes.extend(shell.notes.into_iter().map(|note| Note {
            pointer: format!("/message{}", note.pointer),
            ..note
        }));
        questions.extend(shell.questions);
    }
    let notes = notes
        .iter()
        .filter(|n| !matches!(n.kind, NoteKind::Quoted | NoteKind::Asked(_)));
    let notes = notes
        .map(|note| format!("params{}: {note}", note.pointer))
        .collect();
    Rendering {
        params: value,
        skipped: false,
        notes,
        questions,
    }
}
