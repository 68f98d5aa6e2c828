//! What a match does beside its step.

use super::watch::{Aside, Watch};
use crate::{
    Event,
    context::{Context, Triggered},
    rendering::at_match,
};
use alloc::string::String;
use collodi_script::List;
use collodi_value::Value;

/// Tells people what handlers with `notify` say of their matches, and begins the lists
/// of steps that handlers trigger.
pub(super) fn tell(cx: &mut Context, watch: &mut Watch) {
    for Aside {
        handler,
        event,
        does,
    } in watch.asides()
    {
        if let Some((name, list)) = does.triggers {
            trigger(cx, name, list, event.clone());
        }
        if does.notifies {
            notify(cx, handler, event);
        }
    }
}

fn trigger(cx: &mut Context, name: String, list: List, event: Value) {
    let input = [("event", event), ("trigger", Value::from(name))];
    cx.triggered.push(Triggered {
        step: cx.step(),
        list,
        input: Value::Object(input.into_iter().collect()),
    });
}

fn notify(cx: &mut Context, handler: usize, event: Value) {
    let said = at_match(cx, handler, "notify", event);
    let params = said.unwrap_or(Value::Null).to_json();
    cx.out.event(Event::Show {
        step: cx.step(),
        method: "notify".into(),
        params,
    });
}
