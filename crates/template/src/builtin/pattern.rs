//! Regular expressions. An expression has no statements, so `lastIndex` is
//! always 0.

use super::{
    arg,
    search::{Output, Replaced},
};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Found, Js, List, Text, units},
};
use alloc::{string::ToString, sync::Arc, vec::Vec};
use collodi_pattern::{Match, Pattern};

/// `new RegExp(source, flags)`.
pub(crate) fn construct(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let (source, own_flags) = match arg(args, 0) {
        Js::Pattern(pattern) => (pattern.source().to_string(), pattern.flags().to_string()),
        Js::Undefined => ("(?:)".to_string(), "".to_string()),
        value => (
            evaluator.text_of(value)?.as_str().to_string(),
            "".to_string(),
        ),
    };
    let flags = match arg(args, 1) {
        Js::Undefined => own_flags,
        flags => evaluator.text_of(flags)?.as_str().to_string(),
    };
    evaluator.spend(100 + source.len())?;
    let pattern = Pattern::new(&source, &flags);
    pattern
        .map(|pattern| Js::Pattern(Arc::new(pattern)))
        .map_err(|error| Stop::Thrown(error.to_string()))
}

pub(crate) fn member(pattern: &Pattern, name: &str) -> Option<Js> {
    Some(match name {
        // It may have been made from data.
        "source" => Js::data(pattern.source()),
        "flags" => Js::author(pattern.flags()),
        "global" => Js::Bool(pattern.is_global()),
        "ignoreCase" => Js::Bool(pattern.flags().contains('i')),
        "multiline" => Js::Bool(pattern.flags().contains('m')),
        "sticky" => Js::Bool(pattern.flags().contains('y')),
        "lastIndex" => Js::Number(0.0),
        _ => return None,
    })
}

fn find(
    evaluator: &mut Evaluator<'_>,
    pattern: &Pattern,
    text: &str,
    start: usize,
) -> Result<Option<Match>> {
    evaluator.spend(8)?;
    let found = pattern.find_at(text, start).map_err(|_| Stop::OutOfFuel)?;
    let end = found.as_ref().map_or(text.len(), |found| found.range().end);
    evaluator.spend(end.saturating_sub(start) / 64)?;
    Ok(found)
}

/// All matches, or the first if the pattern is not global.
fn find_all(evaluator: &mut Evaluator<'_>, pattern: &Pattern, text: &str) -> Result<Vec<Match>> {
    let mut matches = Vec::new();
    let mut start = 0;
    while let Some(found) = find(evaluator, pattern, text, start)? {
        let range = found.range().clone();
        start = if range.is_empty() {
            next(text, range.end)
        } else {
            range.end
        };
        matches.push(found);
        if !pattern.is_global() || start > text.len() {
            break;
        }
    }
    Ok(matches)
}

/// The byte behind the character at `at`.
fn next(text: &str, at: usize) -> usize {
    let c = text.get(at..).and_then(|rest| rest.chars().next());
    at + c.map_or(1, char::len_utf8)
}

pub(super) fn test(evaluator: &mut Evaluator<'_>, pattern: &Pattern, args: &[Js]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    find(evaluator, pattern, text.as_str(), 0).map(|found| Js::Bool(found.is_some()))
}

pub(super) fn exec(evaluator: &mut Evaluator<'_>, pattern: &Pattern, args: &[Js]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    first(evaluator, pattern, &text)
}

fn first(evaluator: &mut Evaluator<'_>, pattern: &Pattern, text: &Text) -> Result<Js> {
    let found = find(evaluator, pattern, text.as_str(), 0)?;
    Ok(match found {
        Some(found) => match_list(evaluator, text, &found)?,
        None => Js::Null,
    })
}

/// A match as a list of its texts that knows its place.
fn match_list(evaluator: &mut Evaluator<'_>, text: &Text, found: &Match) -> Result<Js> {
    let texts = found.texts(text.as_str());
    let made = texts.iter().flatten().map(|text| text.len()).sum();
    evaluator.make(made)?;
    evaluator.spend(texts.len() + text.as_str().len() / 1024)?;
    let author = text.is_author();
    let items = texts
        .into_iter()
        .map(|group| group.map_or(Js::Undefined, |group| Text::new(group, author).into()))
        .collect();
    Ok(Js::List(Arc::new(List {
        items,
        depth: 2,
        found: Some(Found {
            index: units::unit_of(text.as_str(), found.range().start),
            input: text.clone(),
            groups: named_groups(text, found),
        }),
    })))
}

/// The named groups as an object; undefined when there are none.
fn named_groups(text: &Text, found: &Match) -> Js {
    let author = text.is_author();
    let members: Vec<(Arc<str>, Js)> = found
        .named()
        .map(|(name, range)| {
            let group = range.and_then(|range| text.as_str().get(range.clone()));
            let value = group.map_or(Js::Undefined, |group| Text::new(group, author).into());
            (name.into(), value)
        })
        .collect();
    if members.is_empty() {
        Js::Undefined
    } else {
        Js::map(members)
    }
}

/// The pattern of an argument: itself, or one made from its text.
fn pattern_of(evaluator: &mut Evaluator<'_>, value: &Js, flags: &str) -> Result<Arc<Pattern>> {
    let made = match value {
        Js::Pattern(pattern) => return Ok(pattern.clone()),
        Js::Undefined => construct(evaluator, &[Js::author("(?:)"), Js::author(flags)])?,
        value => construct(evaluator, &[value.clone(), Js::author(flags)])?,
    };
    match made {
        Js::Pattern(pattern) => Ok(pattern),
        _ => Err(Stop::thrown("this is not a regular expression")),
    }
}

pub(super) fn match_text(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let pattern = pattern_of(evaluator, arg(args, 0), "")?;
    if !pattern.is_global() {
        return first(evaluator, &pattern, text);
    }
    let matches = find_all(evaluator, &pattern, text.as_str())?;
    evaluator.make(text.as_str().len())?;
    let texts: Vec<Js> = matches
        .iter()
        .filter_map(|found| text.as_str().get(found.range().clone()))
        .map(|part| Text::new(part, text.is_author()).into())
        .collect();
    Ok(if texts.is_empty() {
        Js::Null
    } else {
        Js::list(texts)
    })
}

pub(super) fn match_all(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let pattern = pattern_of(evaluator, arg(args, 0), "g")?;
    if !pattern.is_global() {
        return Err(Stop::thrown("matchAll needs the flag g"));
    }
    let matches = find_all(evaluator, &pattern, text.as_str())?;
    let mut lists = Vec::with_capacity(matches.len());
    for found in &matches {
        lists.push(match_list(evaluator, text, found)?);
    }
    Ok(Js::list(lists))
}

pub(super) fn search(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let pattern = pattern_of(evaluator, arg(args, 0), "")?;
    let found = find(evaluator, &pattern, text.as_str(), 0)?;
    Ok(found.map_or(Js::Number(-1.0), |found| {
        units::unit_of(text.as_str(), found.range().start).into()
    }))
}

pub(super) fn replace(
    evaluator: &mut Evaluator<'_>,
    text: &Text,
    pattern: &Pattern,
    by: &Js,
) -> Result<Js> {
    let mut output = Output::new(text);
    for found in find_all(evaluator, pattern, text.as_str())? {
        let replaced = Replaced {
            range: found.range().clone(),
            groups: found.groups().to_vec(),
            named: named_groups(text, &found),
        };
        output.put(evaluator, &replaced, by)?;
    }
    output.finish(evaluator)
}

/// The parts between the matches, and the groups of each match between them.
pub(super) fn split(
    evaluator: &mut Evaluator<'_>,
    text: &Text,
    pattern: &Pattern,
    limit: usize,
) -> Result<Js> {
    let whole = text.as_str();
    let part = |part: Option<&str>| -> Js {
        part.map_or(Js::Undefined, |part| {
            Text::new(part, text.is_author()).into()
        })
    };
    if whole.is_empty() {
        let matched = find(evaluator, pattern, whole, 0)?.is_some();
        let items = if matched {
            Vec::new()
        } else {
            alloc::vec![text.clone().into()]
        };
        return Ok(Js::list(items.into_iter().take(limit).collect()));
    }
    let mut parts = Vec::new();
    let (mut done, mut start) = (0, 0);
    while start < whole.len() {
        let Some(found) = find(evaluator, pattern, whole, start)? else {
            break;
        };
        let range = found.range();
        if range.end == done || range.start >= whole.len() {
            start = next(whole, start.max(range.end));
            continue;
        }
        parts.push(part(whole.get(done..range.start)));
        parts.extend(found.texts(whole).into_iter().skip(1).map(part));
        (done, start) = (range.end, range.end);
        if range.is_empty() {
            start = next(whole, range.end);
        }
    }
    parts.push(part(whole.get(done..)));
    evaluator.make(whole.len())?;
    evaluator.spend(parts.len())?;
    parts.truncate(limit);
    Ok(Js::list(parts))
}
