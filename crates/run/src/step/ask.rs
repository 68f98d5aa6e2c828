//! `input`, `modal`, `filepicker.open`, `clipboard.paste`: what a person answers

use super::{Pending, Started, Step, screen};
use crate::{
    AnswerError, AnswerErrorKind, Answered, Event, Field, FieldKind, Form, Question,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params},
};
use alloc::{
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_script::Method;
use collodi_value::{Object, Value};

/// A step that waits for an answer.
#[derive(Clone, Debug)]
pub(crate) struct AskStep {
    question: Arc<Question>,
    /// The field that is the whole result, when the result is no object.
    only: Option<&'static str>,
}

/// What comes of asking.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// The answers were there.
    Answered(Object),
    /// Someone must answer.
    Open(Arc<Question>),
}

pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let (form, only) = match method {
        Method::FilepickerOpen => (picker(cx, params)?, None),
        Method::ClipboardPaste => (clipboard(), Some("text")),
        _ => (Form::read(params)?, None),
    };
    // A message has no answer that a script could use.
    if form.fields.is_empty() {
        return Ok(screen::start(cx, method, params));
    }
    let name = method.name().to_string();
    Ok(match ask(cx, name, form)? {
        Asked::Answered(values) => Step::Done(result(values, only)),
        Asked::Open(question) => Step::Wait(Pending::Ask(AskStep { question, only })),
    })
}

/// Takes the prepared answers, else asks; fails when nobody is there to answer.
pub(crate) fn ask(cx: &mut Context, method: String, form: Form) -> Result<Asked, Fault> {
    let options = cx.options.clone();
    let step = options.script.step(&cx.cursor.step);
    let id = step.and_then(|step| step.id.clone());
    let answers = &options.answers;
    let is_new = cx.answered.insert((method.clone(), cx.step()));
    let given = match is_new {
        true => answers.of_step(&cx.cursor.step, id.as_deref(), &form),
        false => Object::new(),
    };
    let may_settle = is_new && (answers.unattended || !given.is_empty());
    if is_new && given.len() < form.fields.len() {
        note_others(cx, &answers.fields, &form);
    }
    match form.check_prepared(&given) {
        Ok(Answered { values, .. }) if may_settle => {
            hide(cx, &form, &values);
            return Ok(Asked::Answered(values));
        }
        Ok(_) if answers.unattended => return Err(again(&form).into()),
        Err(errors) if answers.unattended => return Err(failure(&errors).into()),
        Err(errors) => complain(cx, &errors),
        Ok(_) => {}
    }
    let step = cx.step();
    cx.questions += 1;
    let question = Arc::new(Question {
        number: cx.questions,
        step,
        id,
        method,
        form: form.suggesting(&given),
    });
    cx.out.event(Event::Asks(question.clone()));
    Ok(Asked::Open(question))
}

/// A prepared answer under a slip of a key must not be passed over in silence.
fn note_others(cx: &mut Context, prepared: &Object, form: &Form) {
    let is_field = |key: &str| form.fields.iter().any(|field| field.key == key);
    let others: Vec<_> = prepared
        .iter()
        .map(|(key, _)| key)
        .filter(|key| !is_field(key))
        .collect();
    if !others.is_empty() {
        let keys: Vec<_> = form.fields.iter().map(|field| field.key.as_str()).collect();
        cx.note(format!(
            "prepared, and not asked for here: {}; what is asked for: {}",
            others.join(", "),
            keys.join(", ")
        ));
    }
}

/// Prepared answers that will not do are said to whoever is asked instead.
fn complain(cx: &mut Context, errors: &[AnswerError]) {
    let is_wrong = |error: &&AnswerError| error.kind != AnswerErrorKind::Missing;
    for error in errors.iter().filter(is_wrong) {
        cx.note(format!("the prepared answer will not do: {error}"));
    }
}

/// What was answered once is asked again.
fn again(form: &Form) -> FailureKind {
    FailureKind::InputRequired {
        fields: form.fields.iter().map(|field| field.key.clone()).collect(),
        again: true,
    }
}

fn failure(errors: &[AnswerError]) -> FailureKind {
    let is_wrong = |error: &&AnswerError| error.kind != AnswerErrorKind::Missing;
    match errors.iter().find(is_wrong) {
        Some(wrong) => FailureKind::Answer(wrong.clone()),
        None => FailureKind::InputRequired {
            fields: errors.iter().map(|error| error.key.clone()).collect(),
            again: false,
        },
    }
}

fn result(mut values: Object, only: Option<&str>) -> Value {
    match only {
        Some(key) => values.remove(key).unwrap_or_default(),
        None => Value::Object(values),
    }
}

/// Nobody picks anything, unless somebody does.
fn picker(cx: &Context, params: Params<'_>) -> Result<Form, Fault> {
    let key = if params.get("path").is_some() {
        "path"
    } else {
        "cwd"
    };
    let dir = cx.path(key, &params.text(key)?.unwrap_or_default())?;
    let multiple = params.flag("multiple");
    let kind = FieldKind::Paths { dir, multiple };
    let none = Value::Array(Vec::new());
    let field = Field {
        kind,
        ..Field::text("paths", Some(none))
    };
    let title = params.text("title")?.unwrap_or_default();
    Ok(Form {
        title,
        description: String::new(),
        fields: [field].into(),
    })
}

fn clipboard() -> Form {
    let nothing = Value::String(String::new());
    Form {
        fields: [Field::text("text", Some(nothing))].into(),
        ..Form::default()
    }
}

impl AskStep {
    /// What is asked.
    pub(crate) const fn question(&self) -> &Arc<Question> {
        &self.question
    }

    /// Somebody answered. Answers that will not do change nothing.
    pub(crate) fn answer(self, cx: &mut Context, values: &Object) -> Step {
        match accept(cx, &self.question, values) {
            Some(values) => Step::Done(result(values, self.only)),
            None => Step::Wait(Pending::Ask(self)),
        }
    }
}

/// The answers, when they will do; says what is wrong with them.
pub(crate) fn accept(cx: &mut Context, question: &Question, values: &Object) -> Option<Object> {
    match question.form.check(values) {
        Ok(Answered { values, unknown }) => {
            for key in unknown {
                cx.note(format!("nothing called {key} is asked"));
            }
            hide(cx, &question.form, &values);
            let step = question.step.clone();
            cx.out.event(Event::Answered { step });
            Some(values)
        }
        Err(errors) => {
            for error in &errors {
                cx.note(format!("the answer will not do: {error}"));
            }
            None
        }
    }
}

/// What was answered to fields that are not shown is a secret of the run from here on.
fn hide(cx: &mut Context, form: &Form, values: &Object) {
    let fields = form.fields.iter().filter(|field| field.is_secret());
    let given = fields.filter_map(|field| values.get(&field.key));
    let found: Vec<String> = given
        .map(Value::to_text)
        .filter(|text| !cx.secrets.contains(text))
        .collect();
    if !found.is_empty() {
        cx.secrets = cx.secrets.iter().cloned().chain(found).collect();
    }
}
