//! The step at hand, from its beginning to its end.

use super::{End, State, fail, too_many};
use crate::{
    Action, Event,
    context::Context,
    leaving::{Leaving, Left, Way},
    questions::Asking,
    rendering::Rendering,
    step::{self, Step},
};
use alloc::string::ToString;
use collodi_script::Method;
use collodi_time::{Duration, Instant};
use collodi_value::Value;

/// How long the end of a shell's command is waited for before text goes to the command.
const SETTLE: Duration = Duration::from_millis(300);

/// Begins the step with this index; behind the last one, the list is done.
pub(super) fn begin(cx: &mut Context, now: Instant, index: usize) -> State {
    if index >= cx.steps().len() {
        return State::Over(End::Completed);
    }
    if let Some(kind) = too_many(cx) {
        return fail(cx, kind.into());
    }
    cx.come_to(index);
    match cx.step_at_hand().filter(|step| step.queue) {
        None => settle_shell(cx, now),
        Some(step) => {
            let method = step.method.name().to_string();
            let turn = cx.ask(Action::TakeTurn(method));
            cx.cursor.turn_taken = Some(turn);
            State::Queued
        }
    }
}

/// Renders the step at hand; one that types into a shell waits a while for the end of
/// what runs there, so that the shell reads it and not what is just ending.
pub(super) fn settle_shell(cx: &mut Context, now: Instant) -> State {
    let method = cx.step_at_hand().map(|step| &step.method);
    let types = matches!(method, Some(Method::ShellEnter | Method::ShellWrite));
    if types && cx.sessions.may_end() {
        State::Settling(now + SETTLE)
    } else {
        prepare(cx, now, Asking::default())
    }
}

pub(super) fn asked(cx: &mut Context, now: Instant, asking: Asking) -> State {
    if asking.is_waiting() {
        State::Asking(asking)
    } else {
        prepare(cx, now, asking)
    }
}

/// Renders the step at hand, asking the world as long as a template needs it. How often
/// a step may ask is limited.
pub(super) fn prepare(cx: &mut Context, now: Instant, mut asking: Asking) -> State {
    loop {
        let rendering = Rendering::of(cx, &asking);
        if rendering.questions.is_empty() {
            return enter(cx, now, rendering);
        }
        if let Err(kind) = asking.ask(cx, rendering.questions) {
            return fail(cx, kind.into());
        }
        if asking.is_waiting() {
            return State::Asking(asking);
        }
    }
}

fn enter(cx: &mut Context, now: Instant, rendering: Rendering) -> State {
    let options = cx.options.clone();
    let step = cx.step();
    let Some(known) = options.script.step(&step) else {
        return State::Over(End::Completed);
    };
    if rendering.skipped {
        let next = step.index + 1;
        cx.end_turn();
        cx.out.event(Event::StepSkipped { step });
        cx.cursor.input = Value::Null;
        return State::Next(next, now);
    }
    cx.steps_run += 1;
    let (total, method) = (cx.steps().len(), known.method.name().to_string());
    cx.out.event(Event::StepStarted {
        step,
        total,
        method,
    });
    for note in rendering.notes {
        cx.note(note);
    }
    if let Some(fault) = rendering.refused {
        return fail(cx, fault);
    }
    cx.checkouts = rendering.checkouts;
    let started = step::start(cx, now, &known.method, &rendering.params);
    apply(cx, now, started)
}

pub(super) fn apply(cx: &mut Context, now: Instant, step: Step) -> State {
    match step {
        Step::Wait(pending) => State::Stepping(pending),
        Step::Fail(fault) => fail(cx, fault),
        Step::Done(result) => done(cx, now, result, Way::Next),
        Step::Stop(result) => done(cx, now, result, Way::End),
        Step::Jump(target, input) => done(cx, now, input, Way::To(target)),
    }
}

/// Keeps the result: as the next step's input, and under the step's id. Then the step is
/// left.
fn done(cx: &mut Context, now: Instant, result: Value, way: Way) -> State {
    cx.end_turn();
    let id = cx.step_at_hand().and_then(|step| step.id.clone());
    if let Some(id) = id {
        cx.memory.ids.set(id, result.clone());
    }
    cx.cursor.input = result;
    leave(cx, now, Leaving::new(way))
}

/// To the step that comes next, asking the world as long as a template needs it.
pub(super) fn leave(cx: &mut Context, now: Instant, leaving: Leaving) -> State {
    match leaving.proceed(cx) {
        Left::Waits(leaving) => State::Leaving(leaving),
        Left::Goes(index) => State::Next(index, now),
        Left::Ends => State::Over(End::StoppedEarly),
        Left::Fails(kind) => fail(cx, kind.into()),
    }
}
