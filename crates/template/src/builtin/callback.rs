//! List methods that call a function for each element.

use super::{arg, sort};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Js, List},
};
use alloc::{sync::Arc, vec::Vec};

/// Calls `function(item, index, list)`.
fn apply(
    evaluator: &mut Evaluator<'_>,
    function: &Js,
    list: &Arc<List>,
    index: usize,
    item: &Js,
) -> Result<Js> {
    evaluator.spend(1)?;
    evaluator.invoke(
        function,
        &[item.clone(), index.into(), Js::List(list.clone())],
    )
}

/// The first argument, which has to be a function.
pub(super) fn function(args: &[Js]) -> Result<&Js> {
    match arg(args, 0) {
        function @ Js::Function(_) => Ok(function),
        other => Err(Stop::Thrown(alloc::format!(
            "{} is not a function",
            other.type_name()
        ))),
    }
}

pub(super) fn map(evaluator: &mut Evaluator<'_>, list: &Arc<List>, args: &[Js]) -> Result<Js> {
    let function = function(args)?;
    let mut mapped = Vec::with_capacity(list.items.len());
    for (index, item) in list.items.iter().enumerate() {
        mapped.push(apply(evaluator, function, list, index, item)?);
    }
    evaluator.checked(Js::list(mapped))
}

pub(super) fn filter(evaluator: &mut Evaluator<'_>, list: &Arc<List>, args: &[Js]) -> Result<Js> {
    let function = function(args)?;
    let mut kept = Vec::new();
    for (index, item) in list.items.iter().enumerate() {
        if apply(evaluator, function, list, index, item)?.is_truthy() {
            kept.push(item.clone());
        }
    }
    Ok(Js::list(kept))
}

/// The place of the first element for which `function` is true, from the
/// front or from the back.
pub(super) fn position(
    evaluator: &mut Evaluator<'_>,
    list: &Arc<List>,
    args: &[Js],
    from_back: bool,
) -> Result<Option<usize>> {
    let function = function(args)?;
    let length = list.items.len();
    for step in 0..length {
        let index = if from_back { length - 1 - step } else { step };
        let item = arg(&list.items, index);
        if apply(evaluator, function, list, index, item)?.is_truthy() {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Whether `function` answers `wanted` for some element.
pub(super) fn any(
    evaluator: &mut Evaluator<'_>,
    list: &Arc<List>,
    args: &[Js],
    wanted: bool,
) -> Result<bool> {
    let function = function(args)?;
    for (index, item) in list.items.iter().enumerate() {
        if apply(evaluator, function, list, index, item)?.is_truthy() == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn for_each(evaluator: &mut Evaluator<'_>, list: &Arc<List>, args: &[Js]) -> Result<Js> {
    map(evaluator, list, args).map(|_| Js::Undefined)
}

pub(super) fn flat_map(evaluator: &mut Evaluator<'_>, list: &Arc<List>, args: &[Js]) -> Result<Js> {
    let Js::List(mapped) = map(evaluator, list, args)? else {
        return Ok(Js::Undefined);
    };
    super::array::flatten(evaluator, &mapped, 1)
}

/// `reduce`, from the front or from the back.
pub(super) fn reduce(
    evaluator: &mut Evaluator<'_>,
    list: &Arc<List>,
    args: &[Js],
    from_back: bool,
) -> Result<Js> {
    let function = function(args)?;
    let mut items: Vec<(usize, Js)> = list.items.iter().cloned().enumerate().collect();
    if from_back {
        items.reverse();
    }
    let mut items = items.into_iter();
    let mut value = match args.get(1) {
        Some(start) => start.clone(),
        None => items
            .next()
            .map(|(_, item)| item)
            .ok_or_else(|| Stop::thrown("reduce of an empty list needs a start"))?,
    };
    for (index, item) in items {
        evaluator.spend(1)?;
        let args = [value, item, index.into(), Js::List(list.clone())];
        value = evaluator.invoke(function, &args)?;
    }
    Ok(value)
}

/// The elements in order: by `function` if there is one, else by their texts.
pub(super) fn sort(evaluator: &mut Evaluator<'_>, list: &Arc<List>, args: &[Js]) -> Result<Js> {
    let function = match arg(args, 0) {
        Js::Undefined => None,
        _ => Some(function(args)?),
    };
    let (last, items): (Vec<Js>, Vec<Js>) = list
        .items
        .iter()
        .cloned()
        .partition(|item| matches!(item, Js::Undefined));
    let mut sorted = match function {
        Some(function) => sort::sorted(evaluator, items, &mut |evaluator, a, b| {
            let order = evaluator.invoke(function, &[a.clone(), b.clone()])?;
            Ok(evaluator.number_of(&order)? < 0.0)
        })?,
        None => sort_by_text(evaluator, items)?,
    };
    sorted.extend(last);
    Ok(Js::list(sorted))
}

fn sort_by_text(evaluator: &mut Evaluator<'_>, items: Vec<Js>) -> Result<Vec<Js>> {
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let key = evaluator.text_of(&item)?;
        evaluator.spend(1 + key.as_str().len() / 64)?;
        keyed.push((key.shared(), item));
    }
    keyed.sort_by(|(a, _), (b, _)| crate::value::units::compare(a, b));
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}
