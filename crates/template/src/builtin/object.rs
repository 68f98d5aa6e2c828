//! `Object`.

use super::{Builtin, arg};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Js, element},
};
use alloc::{sync::Arc, vec::Vec};

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("Object", |_, args| {
        Ok(match arg(args, 0) {
            Js::Undefined | Js::Null => Js::map([]),
            value => value.clone(),
        })
    }),
    ("Object.assign", assign),
    ("Object.entries", |evaluator, args| {
        let members = members(evaluator, arg(args, 0))?;
        let pairs = members.into_iter();
        let pairs = pairs.map(|(key, value)| Js::list(alloc::vec![Js::data(key), value]));
        let list = Js::list(pairs.collect());
        evaluator.checked(list)
    }),
    ("Object.freeze", |_, args| Ok(arg(args, 0).clone())),
    ("Object.fromEntries", from_entries),
    ("Object.hasOwn", |evaluator, args| {
        let key = evaluator.text_of(arg(args, 1))?;
        has_own(evaluator, arg(args, 0), key.as_str()).map(Js::Bool)
    }),
    ("Object.keys", |evaluator, args| {
        let members = members(evaluator, arg(args, 0))?;
        Ok(Js::list(
            members.into_iter().map(|(key, _)| Js::data(key)).collect(),
        ))
    }),
    ("Object.values", |evaluator, args| {
        let members = members(evaluator, arg(args, 0))?;
        Ok(Js::list(
            members.into_iter().map(|(_, value)| value).collect(),
        ))
    }),
];

fn members(evaluator: &mut Evaluator<'_>, value: &Js) -> Result<Vec<(Arc<str>, Js)>> {
    if value.is_nullish() {
        return Err(Stop::thrown("null has no members"));
    }
    evaluator.members(value)
}

fn assign(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let mut all = members(evaluator, arg(args, 0))?;
    for source in args.iter().skip(1) {
        all.append(&mut evaluator.members(source)?);
    }
    evaluator.checked(Js::map(all))
}

fn from_entries(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let pairs = evaluator.spread(arg(args, 0))?;
    let mut members = Vec::with_capacity(pairs.len());
    for pair in &pairs {
        if pair.type_name() != "object" {
            return Err(Stop::thrown("an entry must be a list"));
        }
        let key = evaluator.member(pair, "0")?;
        let key = evaluator.text_of(&key)?;
        members.push((key.shared(), evaluator.member(pair, "1")?));
    }
    evaluator.checked(Js::map(members))
}

/// Whether `key` is a member of the value itself.
pub(super) fn has_own(evaluator: &mut Evaluator<'_>, owner: &Js, key: &str) -> Result<bool> {
    Ok(match owner {
        Js::Undefined | Js::Null => return Err(Stop::thrown("null has no members")),
        Js::Map(map) | Js::Url(map) => map.get(key).is_some(),
        Js::List(list) => super::method::is_index_below(key, list.items.len()) || key == "length",
        Js::Text(text) => {
            evaluator.spend(text.as_str().len() / 64)?;
            let length = crate::value::units::length(text.as_str());
            key == "length" || element(key).is_some_and(|index| (index as usize) < length)
        }
        _ => false,
    })
}
