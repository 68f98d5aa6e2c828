//! What a match does beside its step.

use super::watch::{Aside, Watch};
use crate::{Event, context::Context, rendering::at_match};
use collodi_value::Value;

/// Tells people what handlers with `notify` say of their matches.
pub(super) fn tell(cx: &mut Context, watch: &mut Watch) {
    for aside in watch.asides() {
        notify(cx, aside);
    }
}

fn notify(cx: &mut Context, aside: Aside) {
    let said = at_match(cx, aside.handler, "notify", aside.event);
    let params = said.unwrap_or(Value::Null).to_json();
    cx.out.event(Event::Show {
        step: cx.step,
        method: "notify".into(),
        params,
    });
}
