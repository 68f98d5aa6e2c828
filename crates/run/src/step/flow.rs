//! `jump`, `goto`, `script.return`

use super::{Started, Step, Target};
use crate::{
    context::Context,
    params::{Params, missing},
};
use collodi_script::Method;
use collodi_value::Value;

pub(super) fn start(cx: &Context, method: &Method, params: Params<'_>) -> Started {
    match method {
        Method::ScriptReturn if cx.is_vatn() => Ok(Step::Stop(params.value().clone())),
        Method::ScriptReturn => Ok(Step::Done(params.value().clone())),
        _ => jump(params),
    }
}

/// To `index`, else to the step called `id`; the next step's input is `params`,
/// else `input`.
fn jump(params: Params<'_>) -> Started {
    let input = params.get("params").filter(|value| value.is_truthy());
    let input = input
        .or_else(|| params.get("input"))
        .cloned()
        .unwrap_or(Value::Null);
    let target = match params.number("index")? {
        Some(index) => Target::Index(to_index(index)),
        None => Target::Id(
            params
                .text("id")?
                .ok_or_else(|| missing("id", "a step to go to"))?,
        ),
    };
    Ok(Step::Jump(target, input))
}

/// Saturates: an index that large is no step.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
const fn to_index(number: f64) -> usize {
    number as usize
}
