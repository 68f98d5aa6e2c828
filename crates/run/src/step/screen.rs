//! What needs a screen or the desktop program: told, and done.

use super::Step;
use crate::{Event, context::Context, params::Params};
use alloc::string::ToString;
use collodi_script::Method;
use collodi_value::{Object, Value};

/// Tells whoever watches, and goes on.
pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Step {
    let (method, params) = (method.name().to_string(), params.value().to_json());
    cx.out.event(Event::Show {
        step: cx.step(),
        method,
        params,
    });
    Step::Done(Value::Object(Object::new()))
}
