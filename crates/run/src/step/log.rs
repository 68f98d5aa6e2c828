//! `log`

use super::Step;
use crate::{Event, context::Context, params::Params};
use collodi_value::Value;

/// Says the first of `raw`, `text`, `json` and `json2` that is there.
pub(super) fn start(cx: &mut Context, params: Params<'_>) -> Step {
    let text = params
        .get("raw")
        .or_else(|| params.get("text"))
        .map(Value::to_text)
        .or_else(|| params.get("json").map(Value::to_json))
        .or_else(|| params.get("json2").map(Value::to_json_pretty));
    if let Some(text) = text {
        cx.out.event(Event::Log {
            step: cx.step(),
            text,
        });
    }
    Step::Done(Value::Null)
}
