//! Lists.

use super::{Builtin, arg, callback};
use crate::{
    eval::{Evaluator, Result, Stop, same, same_value},
    value::{Js, List, Text, relative},
};
use alloc::{sync::Arc, vec::Vec};

type Method = fn(&mut Evaluator<'_>, &Arc<List>, &[Js]) -> Result<Js>;

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("Array", |evaluator, args| match args {
        [Js::Number(length)] => filled(evaluator, *length),
        items => Ok(Js::list(items.to_vec())),
    }),
    ("Array.from", from),
    ("Array.isArray", |_, args| {
        Ok(Js::Bool(matches!(arg(args, 0), Js::List(_))))
    }),
    ("Array.of", |_, args| Ok(Js::list(args.to_vec()))),
];

pub(super) const METHODS: &[(&str, Method)] = &[
    ("at", |evaluator, list, args| {
        let index = evaluator.integer_of(arg(args, 0))?;
        let length = list.items.len() as f64;
        let index = if index < 0.0 { index + length } else { index };
        let inside = (0.0..length).contains(&index);
        Ok(if inside {
            arg(&list.items, index as usize).clone()
        } else {
            Js::Undefined
        })
    }),
    ("concat", concat),
    ("entries", |evaluator, list, _| {
        let items = list.items.iter().enumerate();
        let pairs = items.map(|(index, item)| Js::list(alloc::vec![index.into(), item.clone()]));
        evaluator.spend(list.items.len())?;
        let pairs = Js::list(pairs.collect());
        evaluator.checked(pairs)
    }),
    ("every", |e, list, args| {
        callback::any(e, list, args, false).map(|found| Js::Bool(!found))
    }),
    ("fill", |evaluator, list, args| {
        evaluator.spend(list.items.len())?;
        let (start, end) = range(
            evaluator,
            args.get(1..).unwrap_or_default(),
            list.items.len(),
        )?;
        let items = list.items.iter().enumerate();
        let filled = items.map(|(at, item)| {
            if (start..end).contains(&at) {
                arg(args, 0).clone()
            } else {
                item.clone()
            }
        });
        let filled = Js::list(filled.collect());
        evaluator.checked(filled)
    }),
    ("filter", callback::filter),
    ("find", |e, list, args| {
        let found = callback::position(e, list, args, false)?;
        Ok(found.map_or(Js::Undefined, |index| arg(&list.items, index).clone()))
    }),
    ("findIndex", |e, list, args| {
        Ok(place(callback::position(e, list, args, false)?))
    }),
    ("findLast", |e, list, args| {
        let found = callback::position(e, list, args, true)?;
        Ok(found.map_or(Js::Undefined, |index| arg(&list.items, index).clone()))
    }),
    ("findLastIndex", |e, list, args| {
        Ok(place(callback::position(e, list, args, true)?))
    }),
    ("flat", |evaluator, list, args| {
        let depth = match arg(args, 0) {
            Js::Undefined => 1.0,
            depth => evaluator.integer_of(depth)?,
        };
        flatten(evaluator, list, depth.clamp(0.0, 1000.0) as u32)
    }),
    ("flatMap", callback::flat_map),
    ("forEach", callback::for_each),
    ("includes", |evaluator, list, args| {
        evaluator.spend(list.items.len())?;
        Ok(Js::Bool(
            list.items.iter().any(|item| same_value(item, arg(args, 0))),
        ))
    }),
    ("indexOf", |evaluator, list, args| {
        evaluator.spend(list.items.len())?;
        Ok(place(
            list.items.iter().position(|item| same(item, arg(args, 0))),
        ))
    }),
    ("join", |evaluator, list, args| {
        let separator = match arg(args, 0) {
            Js::Undefined => Text::author(","),
            separator => evaluator.text_of(separator)?,
        };
        evaluator.join(list, &separator).map(Js::from)
    }),
    ("keys", |evaluator, list, _| {
        evaluator.spend(list.items.len())?;
        Ok(Js::list((0..list.items.len()).map(Js::from).collect()))
    }),
    ("lastIndexOf", |evaluator, list, args| {
        evaluator.spend(list.items.len())?;
        Ok(place(
            list.items.iter().rposition(|item| same(item, arg(args, 0))),
        ))
    }),
    ("map", callback::map),
    ("pop", |_, list, _| {
        Ok(list.items.last().cloned().unwrap_or(Js::Undefined))
    }),
    ("push", |_, list, args| {
        Ok((list.items.len() + args.len()).into())
    }),
    ("reduce", |e, list, args| {
        callback::reduce(e, list, args, false)
    }),
    ("reduceRight", |e, list, args| {
        callback::reduce(e, list, args, true)
    }),
    ("reverse", reversed),
    ("shift", |_, list, _| Ok(arg(&list.items, 0).clone())),
    ("slice", |evaluator, list, args| {
        let (start, end) = range(evaluator, args, list.items.len())?;
        evaluator.spend(list.items.len())?;
        Ok(Js::list(
            list.items.get(start..end).unwrap_or_default().to_vec(),
        ))
    }),
    ("some", |e, list, args| {
        callback::any(e, list, args, true).map(Js::Bool)
    }),
    ("sort", callback::sort),
    ("toReversed", reversed),
    ("toSorted", callback::sort),
    ("unshift", |_, list, args| {
        Ok((list.items.len() + args.len()).into())
    }),
    ("values", |_, list, _| Ok(Js::List(list.clone()))),
];

fn place(found: Option<usize>) -> Js {
    found.map_or(Js::Number(-1.0), Js::from)
}

fn reversed(evaluator: &mut Evaluator<'_>, list: &Arc<List>, _: &[Js]) -> Result<Js> {
    evaluator.spend(list.items.len())?;
    Ok(Js::list(list.items.iter().rev().cloned().collect()))
}

/// The range of `slice(start, end)`.
pub(super) fn range(
    evaluator: &mut Evaluator<'_>,
    args: &[Js],
    length: usize,
) -> Result<(usize, usize)> {
    let start = relative(evaluator.number_of(arg(args, 0))?, length);
    let end = match arg(args, 1) {
        Js::Undefined => length,
        end => relative(evaluator.number_of(end)?, length),
    };
    Ok((start, end.max(start)))
}

fn filled(evaluator: &mut Evaluator<'_>, length: f64) -> Result<Js> {
    if length < 0.0 || length > f64::from(u32::MAX) || libm::trunc(length) != length {
        return Err(Stop::thrown("invalid array length"));
    }
    evaluator.spend(length as usize)?;
    Ok(Js::list(alloc::vec![Js::Undefined; length as usize]))
}

fn concat(evaluator: &mut Evaluator<'_>, list: &Arc<List>, args: &[Js]) -> Result<Js> {
    evaluator.spend(list.items.len())?;
    let mut items = list.items.clone();
    for arg in args {
        match arg {
            Js::List(more) => {
                evaluator.spend(more.items.len())?;
                items.extend_from_slice(&more.items);
            }
            other => items.push(other.clone()),
        }
    }
    evaluator.checked(Js::list(items))
}

/// The elements, with lists in them opened `depth` times. Values are not
/// nested deeper than their limit, so neither is this.
pub(super) fn flatten(evaluator: &mut Evaluator<'_>, list: &List, depth: u32) -> Result<Js> {
    let mut flat = Vec::new();
    open(evaluator, list, depth, &mut flat)?;
    Ok(Js::list(flat))
}

fn open(evaluator: &mut Evaluator<'_>, list: &List, depth: u32, flat: &mut Vec<Js>) -> Result<()> {
    evaluator.spend(1 + list.items.len())?;
    for item in &list.items {
        match item {
            Js::List(inner) if depth > 0 => open(evaluator, inner, depth - 1, flat)?,
            other => flat.push(other.clone()),
        }
    }
    Ok(())
}

/// `Array.from(list)`, `Array.from(text)`, `Array.from({length: 3}, function)`.
fn from(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let items = match arg(args, 0) {
        Js::Map(map) => {
            let length = map.get("length").cloned().unwrap_or(Js::Number(0.0));
            let length = evaluator.integer_of(&length)?.max(0.0);
            filled(evaluator, length)?
        }
        Js::Undefined | Js::Null => return Err(Stop::thrown("this is not iterable")),
        Js::Number(_) | Js::Bool(_) => Js::list(Vec::new()),
        other => Js::list(evaluator.spread(other)?),
    };
    match (&items, arg(args, 1)) {
        (Js::List(list), function @ Js::Function(_)) => {
            callback::map(evaluator, list, core::slice::from_ref(function))
        }
        _ => Ok(items),
    }
}
