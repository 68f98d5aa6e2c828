//! The end of a step: where its result is kept, who is told, and where the run goes on.

use crate::{
    Completed, Event,
    context::Context,
    memory::set_path,
    outcome::FailureKind,
    questions::Asking,
    rendering::{notes, port_question},
    scope::StepScope,
    step::Target,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_machine::ActionId;
use collodi_script::{Next, Step};
use collodi_template::{Call, Question, Render, Scope, Template};
use collodi_value::Value;

/// A step that is done, as long as its `returns` and `next` may ask the world.
#[derive(Clone, Debug)]
pub(crate) struct Leaving {
    asking: Asking,
    way: Way,
}

/// What the step says about the way on.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// What its `next` says.
    Next,
    /// There.
    To(Target),
    /// Nowhere: the run is done.
    End,
}

/// What comes of it.
#[derive(Clone, Debug)]
pub(crate) enum Left {
    /// The world is asked.
    Waits(Leaving),
    /// This step is next; one behind the last is the end of the list.
    Goes(usize),
    /// The run is done.
    Ends,
    Fails(FailureKind),
}

/// The templates of a step's end, filled in.
#[derive(Debug, Default)]
struct Filled {
    /// Dotted names, and what they are set to.
    kept: Vec<(String, Value)>,
    notify: Option<Value>,
    next: Option<Value>,
    notes: Vec<String>,
    questions: Vec<Question>,
}

impl Leaving {
    /// The step at hand is done; its result is the context's input.
    pub(crate) fn new(way: Way) -> Self {
        Self {
            asking: Asking::default(),
            way,
        }
    }

    /// An answer of the world.
    pub(crate) fn completed(&mut self, id: ActionId, completed: &Completed) {
        self.asking.completed(id, completed);
    }

    /// Goes on, unless an answer is still to come.
    pub(crate) fn proceed(mut self, cx: &mut Context) -> Left {
        while !self.asking.is_waiting() {
            let filled = self.fill(cx);
            if filled.questions.is_empty() {
                return self.leave(cx, filled);
            }
            if let Err(kind) = self.asking.ask(cx, filled.questions) {
                return Left::Fails(kind);
            }
        }
        Left::Waits(self)
    }

    fn fill(&self, cx: &Context) -> Filled {
        let mut filled = Filled::default();
        if let Some(step) = cx.step_at_hand() {
            filled.returns(cx, &self.asking, step);
            filled.notify = filled.one(cx, &self.asking, step.notify.as_deref(), "/notify");
            if let (Way::Next, Next::Template(next)) = (&self.way, &step.next) {
                filled.next = filled.one(cx, &self.asking, Some(next), "/next");
            }
        }
        filled
    }

    fn leave(self, cx: &mut Context, filled: Filled) -> Left {
        for text in filled.notes {
            cx.note(text);
        }
        for (name, value) in filled.kept {
            keep(cx, &name, value);
        }
        let step = cx.step();
        cx.out.event(Event::StepDone { step: step.clone() });
        if let Some(params) = filled.notify.filter(Value::is_truthy) {
            cx.out.event(Event::Show {
                step,
                method: "notify".into(),
                params: params.to_json(),
            });
        }
        let target = match self.way {
            Way::End => return Left::Ends,
            Way::To(target) => index_of(cx, &target),
            Way::Next => next(cx, filled.next),
        };
        target.map_or_else(Left::Fails, Left::Goes)
    }
}

impl Filled {
    /// A result without a value is not kept.
    fn returns(&mut self, cx: &Context, asking: &Asking, step: &Step) {
        let Some(returns) = step
            .returns
            .as_ref()
            .filter(|_| cx.cursor.input.is_truthy())
        else {
            return;
        };
        if returns.entries().next().is_none() {
            if let Some(name) = self.one(cx, asking, Some(returns), "/returns") {
                self.kept.push((name.to_text(), cx.cursor.input.clone()));
            }
            return;
        }
        let scope = ResultScope(StepScope::new(cx, &asking.answers));
        let values = self.render(&scope, returns, "/returns");
        let entries = values
            .as_object()
            .into_iter()
            .flat_map(collodi_value::Object::iter);
        self.kept
            .extend(entries.map(|(name, value)| (name.to_string(), value.clone())));
    }

    fn one(
        &mut self,
        cx: &Context,
        asking: &Asking,
        template: Option<&Template>,
        at: &str,
    ) -> Option<Value> {
        let scope = StepScope::new(cx, &asking.answers);
        let template = template?;
        self.questions.extend(port_question(template, &scope));
        Some(self.render(&scope, template, at))
    }

    fn render(&mut self, scope: &dyn Scope, template: &Template, at: &str) -> Value {
        let rendered = template.render(scope, &Render::default());
        self.questions.extend(rendered.questions);
        self.notes.extend(notes(at, &rendered.notes));
        rendered.value
    }
}

/// The members of the step's result, and behind them what every template sees.
struct ResultScope<'a>(StepScope<'a>);

impl Scope for ResultScope<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let result = self.0.context.cursor.input.as_object();
        let member = result.and_then(|result| result.get(name)).cloned();
        member.or_else(|| self.0.get(name))
    }

    fn call(&self, name: &str, args: &[Value]) -> Call {
        self.0.call(name, args)
    }
}

fn keep(cx: &mut Context, name: &str, value: Value) {
    match name.split_once('.') {
        Some(("local", name)) if !name.is_empty() => set_path(&mut cx.memory.local, name, value),
        Some(("global", name)) if !name.is_empty() => set_path(&mut cx.memory.global, name, value),
        _ => cx.note(format!(
            "/returns: {name:?} is neither local.name nor global.name, and nothing is kept"
        )),
    }
}

fn next(cx: &Context, rendered: Option<Value>) -> Result<usize, FailureKind> {
    let step = cx.step_at_hand();
    match (step.map(|step| &step.next), rendered) {
        (Some(Next::Step(index)), _) => index_of(cx, &Target::Index(*index)),
        (Some(Next::End), _) | (Some(Next::Template(_)), Some(Value::Null)) => Ok(usize::MAX),
        (Some(Next::Unknown(id)), _) => Err(no_such_step(cx, id.clone())),
        (Some(Next::Template(_)), Some(Value::String(id))) => index_of(cx, &Target::Id(id)),
        (Some(Next::Template(_)), Some(number)) => match number.to_text().parse() {
            Ok(index) => index_of(cx, &Target::Index(index)),
            Err(_) => Err(no_such_step(cx, number.to_text())),
        },
        _ => Ok(cx.cursor.step.index + 1),
    }
}

fn index_of(cx: &Context, target: &Target) -> Result<usize, FailureKind> {
    let steps = cx.steps();
    match target {
        Target::Index(index) if *index < steps.len() => Ok(*index),
        Target::Index(index) => Err(no_such_step(cx, index.to_string())),
        Target::Id(id) => {
            let position = steps.iter().position(|step| step.id.as_ref() == Some(id));
            position.ok_or_else(|| no_such_step(cx, id.clone()))
        }
    }
}

fn no_such_step(cx: &Context, target: String) -> FailureKind {
    let steps = cx.steps().len();
    FailureKind::NoSuchStep { target, steps }
}
