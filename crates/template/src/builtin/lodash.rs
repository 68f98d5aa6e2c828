//! The few functions of `_` that scripts use.

use super::{Builtin, arg, array};
use crate::{
    eval::{Evaluator, Result, same_value},
    value::{Js, element},
};
use alloc::{string::String, vec::Vec};

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("_.compact", |evaluator, args| {
        let items = items(evaluator, arg(args, 0))?;
        Ok(Js::list(items.into_iter().filter(Js::is_truthy).collect()))
    }),
    ("_.first", |_, args| Ok(first(arg(args, 0)))),
    ("_.flatten", |evaluator, args| {
        flatten(evaluator, arg(args, 0), 1)
    }),
    ("_.flattenDeep", |evaluator, args| {
        flatten(evaluator, arg(args, 0), 1000)
    }),
    ("_.get", get),
    ("_.head", |_, args| Ok(first(arg(args, 0)))),
    ("_.isEmpty", |evaluator, args| {
        let members = evaluator.members(arg(args, 0))?;
        Ok(Js::Bool(members.is_empty()))
    }),
    ("_.last", |_, args| {
        Ok(match arg(args, 0) {
            Js::List(list) => list.items.last().cloned().unwrap_or(Js::Undefined),
            _ => Js::Undefined,
        })
    }),
    ("_.uniq", uniq),
];

fn items(evaluator: &mut Evaluator<'_>, value: &Js) -> Result<Vec<Js>> {
    match value {
        Js::List(_) => evaluator.spread(value),
        _ => Ok(Vec::new()),
    }
}

fn first(value: &Js) -> Js {
    match value {
        Js::List(list) => arg(&list.items, 0).clone(),
        _ => Js::Undefined,
    }
}

fn flatten(evaluator: &mut Evaluator<'_>, value: &Js, depth: u32) -> Result<Js> {
    match value {
        Js::List(list) => array::flatten(evaluator, list, depth),
        _ => Ok(Js::list(Vec::new())),
    }
}

fn uniq(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let mut kept: Vec<Js> = Vec::new();
    for item in items(evaluator, arg(args, 0))? {
        evaluator.spend(1 + kept.len())?;
        if !kept.iter().any(|other| same_value(other, &item)) {
            kept.push(item);
        }
    }
    Ok(Js::list(kept))
}

/// `_.get(object, 'a.b[0]', default)`.
fn get(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let path = match arg(args, 1) {
        Js::List(list) => {
            let mut path = Vec::new();
            for item in &list.items {
                path.push(String::from(evaluator.text_of(item)?.as_str()));
            }
            path
        }
        other => segments(evaluator.text_of(other)?.as_str()),
    };
    let mut value = arg(args, 0).clone();
    for segment in &path {
        evaluator.spend(1)?;
        if value.is_nullish() {
            break;
        }
        value = evaluator.member(&value, segment)?;
    }
    Ok(match value {
        Js::Undefined => arg(args, 2).clone(),
        value => value,
    })
}

fn segments(path: &str) -> Vec<String> {
    let parts = path.split(['.', '[']);
    parts
        .map(|part| {
            part.strip_suffix(']')
                .filter(|n| element(n).is_some())
                .unwrap_or(part)
        })
        .filter(|part| !part.is_empty())
        .map(String::from)
        .collect()
}
