//! Searching, splitting and replacing in texts.

use super::{arg, pattern};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Js, Text, TextBuilder, units},
};
use alloc::vec::Vec;
use core::ops::Range;

/// The text to look for; a regular expression is a mistake here.
fn needle(evaluator: &mut Evaluator<'_>, text: &Text, value: &Js) -> Result<Text> {
    evaluator.spend(text.as_str().len() / 64)?;
    match value {
        Js::Pattern(_) => Err(Stop::thrown("a regular expression cannot be used here")),
        value => evaluator.text_of(value),
    }
}

/// The unit that an argument names, 0 to the length.
fn position(
    evaluator: &mut Evaluator<'_>,
    text: &Text,
    value: &Js,
    default: usize,
) -> Result<usize> {
    Ok(match value {
        Js::Undefined => default,
        value => {
            let length = units::length(text.as_str()) as f64;
            evaluator.integer_of(value)?.clamp(0.0, length) as usize
        }
    })
}

fn rest(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<usize> {
    let start = position(evaluator, text, arg(args, 1), 0)?;
    Ok(units::byte_of(text.as_str(), start))
}

pub(super) fn starts_with(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let needle = needle(evaluator, text, arg(args, 0))?;
    let start = rest(evaluator, text, args)?;
    let rest = text.as_str().get(start..).unwrap_or_default();
    Ok(Js::Bool(rest.starts_with(needle.as_str())))
}

pub(super) fn ends_with(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let needle = needle(evaluator, text, arg(args, 0))?;
    let end = position(evaluator, text, arg(args, 1), usize::MAX)?;
    let end = units::byte_of(text.as_str(), end);
    let head = text.as_str().get(..end).unwrap_or_default();
    Ok(Js::Bool(head.ends_with(needle.as_str())))
}

pub(super) fn includes(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let needle = needle(evaluator, text, arg(args, 0))?;
    let start = rest(evaluator, text, args)?;
    let rest = text.as_str().get(start..).unwrap_or_default();
    Ok(Js::Bool(rest.contains(needle.as_str())))
}

pub(super) fn index_of(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let needle = evaluator.text_of(arg(args, 0))?;
    evaluator.spend(text.as_str().len() / 64)?;
    let start = rest(evaluator, text, args)?;
    let rest = text.as_str().get(start..).unwrap_or_default();
    let found = rest.find(needle.as_str());
    Ok(found.map_or(Js::Number(-1.0), |at| {
        units::unit_of(text.as_str(), start + at).into()
    }))
}

pub(super) fn last_index_of(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let needle = evaluator.text_of(arg(args, 0))?;
    evaluator.spend(text.as_str().len() / 64)?;
    let last = match evaluator.number_of(arg(args, 1))? {
        n if n.is_nan() => usize::MAX,
        n => n.max(0.0) as usize,
    };
    let last = units::byte_of(text.as_str(), last);
    let end = last
        .saturating_add(needle.as_str().len())
        .min(text.as_str().len());
    let found = (0..=4)
        .find_map(|back| text.as_str().get(..end.saturating_sub(back)))
        .and_then(|head| head.rfind(needle.as_str()));
    Ok(found.map_or(Js::Number(-1.0), |at| {
        units::unit_of(text.as_str(), at).into()
    }))
}

pub(super) fn split(evaluator: &mut Evaluator<'_>, text: &Text, args: &[Js]) -> Result<Js> {
    let limit = match arg(args, 1) {
        Js::Undefined => u32::MAX,
        limit => crate::value::number::to_uint32(evaluator.number_of(limit)?),
    } as usize;
    if let Js::Pattern(found) = arg(args, 0) {
        return pattern::split(evaluator, text, found, limit);
    }
    let author = text.is_author();
    if matches!(arg(args, 0), Js::Undefined) {
        let whole = alloc::vec![text.clone().into()];
        return Ok(Js::list(whole.into_iter().take(limit).collect()));
    }
    let separator = evaluator.text_of(arg(args, 0))?;
    evaluator.make(text.as_str().len())?;
    let part = |part: &str| -> Js { Text::new(part, author).into() };
    let parts: Vec<Js> = if separator.as_str().is_empty() {
        evaluator.spend(text.as_str().len())?;
        let units = units::each(text.as_str());
        units.iter().take(limit).map(|unit| part(unit)).collect()
    } else {
        let parts = text.as_str().split(separator.as_str());
        parts.take(limit).map(part).collect()
    };
    evaluator.spend(parts.len())?;
    Ok(Js::list(parts))
}

/// `replace` and, with `all`, `replaceAll`.
pub(super) fn replace(
    evaluator: &mut Evaluator<'_>,
    text: &Text,
    args: &[Js],
    all: bool,
) -> Result<Js> {
    if let Js::Pattern(found) = arg(args, 0) {
        if all && !found.is_global() {
            return Err(Stop::thrown("replaceAll needs the flag g"));
        }
        return pattern::replace(evaluator, text, found, arg(args, 1));
    }
    let needle = evaluator.text_of(arg(args, 0))?;
    evaluator.spend(text.as_str().len() / 64)?;
    let places = if all {
        all_places(text.as_str(), needle.as_str())
    } else {
        text.as_str().find(needle.as_str()).into_iter().collect()
    };
    let mut output = Output::new(text);
    for place in places {
        let found = Replaced {
            range: place..place + needle.as_str().len(),
            groups: Vec::new(),
            named: Js::Undefined,
        };
        output.put(evaluator, &found, arg(args, 1))?;
    }
    output.finish(evaluator)
}

/// Where `needle` is, without overlaps; an empty one is at each unit.
fn all_places(text: &str, needle: &str) -> Vec<usize> {
    text.match_indices(needle).map(|(at, _)| at).collect()
}

/// One place to replace.
pub(super) struct Replaced {
    pub(super) range: Range<usize>,
    pub(super) groups: Vec<Option<Range<usize>>>,
    pub(super) named: Js,
}

/// A text in which places are being replaced, front to back.
pub(super) struct Output<'t> {
    text: &'t Text,
    out: TextBuilder,
    done: usize,
    author: bool,
}

impl<'t> Output<'t> {
    pub(super) fn new(text: &'t Text) -> Self {
        Self {
            text,
            out: TextBuilder::default(),
            done: 0,
            author: text.is_author(),
        }
    }

    fn part(&self, range: Range<usize>) -> &'t str {
        self.text.as_str().get(range).unwrap_or_default()
    }

    fn copy(&mut self, range: Range<usize>) {
        self.out.push_part(self.part(range), self.author);
    }

    /// Replaces `found` by `by`: a text with `$` marks, or a function.
    pub(super) fn put(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        found: &Replaced,
        by: &Js,
    ) -> Result<()> {
        evaluator.spend(2)?;
        self.copy(self.done..found.range.start);
        self.done = found.range.end;
        let before = self.out.len();
        if let Js::Function(_) = by {
            let value = evaluator.invoke(by, &self.arguments(found))?;
            self.out.push(&evaluator.text_of(&value)?);
        } else {
            let by = evaluator.text_of(by)?;
            self.expand(&by, found);
        }
        evaluator.make(self.out.len() - before)
    }

    fn arguments(&self, found: &Replaced) -> Vec<Js> {
        let text = |range: Range<usize>| -> Js { Text::new(self.part(range), self.author).into() };
        let mut args = alloc::vec![text(found.range.clone())];
        args.extend(
            found
                .groups
                .iter()
                .map(|group| group.clone().map_or(Js::Undefined, text)),
        );
        args.push(units::unit_of(self.text.as_str(), found.range.start).into());
        args.push(self.text.clone().into());
        if !matches!(found.named, Js::Undefined) {
            args.push(found.named.clone());
        }
        args
    }

    /// Writes `by`, with `$1`, `$&`, `$<name>` and the like filled in.
    fn expand(&mut self, by: &Text, found: &Replaced) {
        for (part, author) in by.parts() {
            let mut rest = part;
            while let Some(at) = rest.find('$') {
                let (before, mark) = rest.split_at(at);
                self.out.push_part(before, author);
                let taken = self.mark(mark, found);
                if taken == 0 {
                    self.out.push_part("$", author);
                }
                rest = mark.get(taken.max(1)..).unwrap_or_default();
            }
            self.out.push_part(rest, author);
        }
    }

    /// Fills in the mark that `mark` begins with; returns its length, 0 for none.
    fn mark(&mut self, mark: &str, found: &Replaced) -> usize {
        match mark.chars().nth(1) {
            Some('$') => self.out.push_part("$", self.author),
            Some('&') => self.copy(found.range.clone()),
            Some('`') => self.copy(0..found.range.start),
            Some('\'') => self.copy(found.range.end..self.text.as_str().len()),
            Some('<') => return self.named_mark(mark, found),
            Some(c) if c.is_ascii_digit() => return self.numbered_mark(mark, found),
            _ => return 0,
        }
        2
    }

    fn named_mark(&mut self, mark: &str, found: &Replaced) -> usize {
        let (Js::Map(named), Some(end)) = (&found.named, mark.find('>')) else {
            return 0;
        };
        if let Some(Js::Text(text)) = named.get(mark.get(2..end).unwrap_or_default()) {
            self.out.push(text);
        }
        end + 1
    }

    /// Two digits if there are that many groups, else one.
    fn numbered_mark(&mut self, mark: &str, found: &Replaced) -> usize {
        for length in [3, 2] {
            let number = mark
                .get(1..length)
                .and_then(|digits| digits.parse::<usize>().ok());
            let group = number.and_then(|n| found.groups.get(n.checked_sub(1)?));
            if let Some(group) = group {
                if let Some(range) = group.clone() {
                    self.copy(range);
                }
                return length;
            }
        }
        0
    }

    /// The text with everything replaced.
    pub(super) fn finish(mut self, evaluator: &mut Evaluator<'_>) -> Result<Js> {
        self.copy(self.done..self.text.as_str().len());
        evaluator.make(self.out.len())?;
        Ok(self.out.build().into())
    }
}
