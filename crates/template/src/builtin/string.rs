//! Texts.

use super::{Builtin, arg, pattern, search};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Js, Text, TextBuilder, units},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

type Method = fn(&mut Evaluator<'_>, &Text, &[Js]) -> Result<Js>;

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("String.fromCharCode", |evaluator, args| {
        let mut units = Vec::with_capacity(args.len());
        for arg in args {
            let unit = crate::value::number::to_uint32(evaluator.number_of(arg)?) & 0xFFFF;
            units.push(unit as u16);
        }
        Ok(Js::data(String::from_utf16_lossy(&units)))
    }),
    ("String.fromCodePoint", |evaluator, args| {
        let mut text = String::new();
        for arg in args {
            let value = evaluator.number_of(arg)?;
            let fits = (0.0..=1_114_111.0).contains(&value) && libm::trunc(value) == value;
            if !fits {
                return Err(Stop::thrown("invalid code point"));
            }
            text.push(char::from_u32(value as u32).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(Js::data(text))
    }),
];

pub(super) const METHODS: &[(&str, Method)] = &[
    ("at", |evaluator, text, args| {
        let index = evaluator.integer_of(arg(args, 0))?;
        let length = units::length(text.as_str()) as f64;
        let index = if index < 0.0 { index + length } else { index };
        unit_at(evaluator, text, index).map(|unit| unit.map_or(Js::Undefined, Js::from))
    }),
    ("charAt", |evaluator, text, args| {
        let index = evaluator.integer_of(arg(args, 0))?;
        let unit = unit_at(evaluator, text, index)?;
        Ok(unit
            .unwrap_or_else(|| Text::new("", text.is_author()))
            .into())
    }),
    ("charCodeAt", |evaluator, text, args| {
        let unit = code(evaluator, text, args)?;
        Ok(Js::Number(unit.map_or(f64::NAN, f64::from)))
    }),
    ("codePointAt", |evaluator, text, args| {
        let index = evaluator.integer_of(arg(args, 0))?;
        let point = code(evaluator, text, args)?;
        let byte = units::byte_of(text.as_str(), index.max(0.0) as usize);
        let c = text
            .as_str()
            .get(byte..)
            .and_then(|rest| rest.chars().next());
        Ok(match (point, c) {
            (Some(_), Some(c)) => f64::from(u32::from(c)).into(),
            _ => Js::Undefined,
        })
    }),
    ("concat", |evaluator, text, args| {
        let mut out = TextBuilder::default();
        out.push(text);
        for arg in args {
            out.push(&evaluator.text_of(arg)?);
        }
        evaluator.make(out.len())?;
        Ok(out.build().into())
    }),
    ("endsWith", search::ends_with),
    ("includes", search::includes),
    ("indexOf", search::index_of),
    ("lastIndexOf", search::last_index_of),
    ("localeCompare", |evaluator, text, args| {
        let other = evaluator.text_of(arg(args, 0))?;
        let order = units::compare(text.as_str(), other.as_str());
        Ok(Js::Number(f64::from(order as i8)))
    }),
    ("match", pattern::match_text),
    ("matchAll", pattern::match_all),
    ("padEnd", |evaluator, text, args| {
        let padding = padding(evaluator, text, args)?;
        join(evaluator, [text, &padding])
    }),
    ("padStart", |evaluator, text, args| {
        let padding = padding(evaluator, text, args)?;
        join(evaluator, [&padding, text])
    }),
    ("repeat", repeat),
    ("replace", |e, text, args| {
        search::replace(e, text, args, false)
    }),
    ("replaceAll", |e, text, args| {
        search::replace(e, text, args, true)
    }),
    ("search", pattern::search),
    ("slice", |evaluator, text, args| {
        let length = units::length(text.as_str());
        let (start, end) = super::array::range(evaluator, args, length)?;
        cut(evaluator, text, start, end)
    }),
    ("split", search::split),
    ("startsWith", search::starts_with),
    ("substr", |evaluator, text, args| {
        let length = units::length(text.as_str());
        let (start, _) = super::array::range(evaluator, args.get(..1).unwrap_or_default(), length)?;
        let count = match arg(args, 1) {
            Js::Undefined => length as f64,
            count => evaluator.integer_of(count)?,
        };
        cut(
            evaluator,
            text,
            start,
            start.saturating_add(count.max(0.0) as usize),
        )
    }),
    ("substring", |evaluator, text, args| {
        let length = units::length(text.as_str());
        let start = clamped(evaluator, arg(args, 0), length, 0)?;
        let end = clamped(evaluator, arg(args, 1), length, length)?;
        cut(evaluator, text, start.min(end), start.max(end))
    }),
    ("toLocaleLowerCase", |e, text, _| {
        changed(e, text, str::to_lowercase)
    }),
    ("toLocaleUpperCase", |e, text, _| {
        changed(e, text, str::to_uppercase)
    }),
    ("toLowerCase", |e, text, _| {
        changed(e, text, str::to_lowercase)
    }),
    ("toUpperCase", |e, text, _| {
        changed(e, text, str::to_uppercase)
    }),
    ("trim", |e, text, _| {
        changed(e, text, |t| t.trim_matches(units::is_blank).to_string())
    }),
    ("trimEnd", |e, text, _| {
        changed(e, text, |t| t.trim_end_matches(units::is_blank).to_string())
    }),
    ("trimStart", |e, text, _| {
        changed(e, text, |t| {
            t.trim_start_matches(units::is_blank).to_string()
        })
    }),
];

/// A text made from `text` alone is as much the author's as `text` is.
fn changed(evaluator: &mut Evaluator<'_>, text: &Text, change: fn(&str) -> String) -> Result<Js> {
    evaluator.make(text.as_str().len())?;
    Ok(Text::new(change(text.as_str()), text.is_author()).into())
}

/// The units from `start` to `end`.
fn cut(evaluator: &mut Evaluator<'_>, text: &Text, start: usize, end: usize) -> Result<Js> {
    evaluator.make(
        text.as_str()
            .len()
            .min(end.saturating_sub(start).saturating_mul(3)),
    )?;
    evaluator.spend(text.as_str().len() / 64)?;
    Ok(Text::new(&*units::slice(text.as_str(), start, end), text.is_author()).into())
}

fn clamped(
    evaluator: &mut Evaluator<'_>,
    value: &Js,
    length: usize,
    default: usize,
) -> Result<usize> {
    Ok(match value {
        Js::Undefined => default,
        value => evaluator.integer_of(value)?.clamp(0.0, length as f64) as usize,
    })
}

fn unit_at(evaluator: &mut Evaluator<'_>, text: &Text, index: f64) -> Result<Option<Text>> {
    evaluator.spend(text.as_str().len() / 64)?;
    if index < 0.0 {
        return Ok(None);
    }
    let index = index as usize;
    let unit = units::slice(text.as_str(), index, index.saturating_add(1));
    Ok((!unit.is_empty()).then(|| Text::new(&*unit, text.is_author())))
}

fn code(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Option<u16>> {
    let index = evaluator.integer_of(arg(args, 0))?;
    evaluator.spend(text.as_str().len() / 64)?;
    Ok(if index < 0.0 {
        None
    } else {
        text.as_str().encode_utf16().nth(index as usize)
    })
}

fn join(evaluator: &mut Evaluator<'_>, parts: [&Text; 2]) -> Result<Js> {
    let mut out = TextBuilder::default();
    parts.into_iter().for_each(|part| out.push(part));
    evaluator.make(out.len())?;
    Ok(out.build().into())
}

/// What `padStart` and `padEnd` add.
fn padding(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Text> {
    let wanted = evaluator.integer_of(arg(args, 0))?;
    let filler = match arg(args, 1) {
        Js::Undefined => Text::author(" "),
        filler => evaluator.text_of(filler)?,
    };
    let missing = wanted - units::length(text.as_str()) as f64;
    if missing <= 0.0 || filler.as_str().is_empty() {
        return Ok(Text::new("", filler.is_author()));
    }
    if missing > 1e9 {
        return Err(Stop::TooLarge);
    }
    let missing = missing as usize;
    evaluator.make(missing)?;
    let times = missing / units::length(filler.as_str()) + 1;
    evaluator.make(times.saturating_mul(filler.as_str().len()))?;
    let padding = filler.as_str().repeat(times);
    Ok(Text::new(
        &*units::slice(&padding, 0, missing),
        filler.is_author(),
    ))
}

fn repeat(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let times = evaluator.integer_of(arg(args, 0))?;
    if times < 0.0 || times.is_infinite() {
        return Err(Stop::thrown("invalid count"));
    }
    if text.as_str().is_empty() {
        return Ok(text.clone().into());
    }
    evaluator.make((text.as_str().len() as f64 * times).min(1e15) as usize)?;
    let mut out = TextBuilder::default();
    (0..times as usize).for_each(|_| out.push(text));
    Ok(out.build().into())
}
