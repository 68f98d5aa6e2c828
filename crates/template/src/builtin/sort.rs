//! Sorting by a function that may fail, cost fuel and contradict itself.
//!
//! What a contradicting function gives depends on which pairs are compared. For
//! lists below 64 they are those that V8 compares: a first run, then binary
//! insertion. Longer lists are merged from the bottom up, without recursion.

use crate::{
    eval::{Evaluator, Result},
    value::Js,
};
use alloc::vec::Vec;

/// Whether the first comes before the second.
pub(super) type Before<'f> = dyn FnMut(&mut Evaluator<'_>, &Js, &Js) -> Result<bool> + 'f;

/// The items in order; equal ones keep theirs.
pub(super) fn sorted(
    evaluator: &mut Evaluator<'_>,
    items: Vec<Js>,
    before: &mut Before<'_>,
) -> Result<Vec<Js>> {
    if items.len() < 64 {
        insertion(evaluator, items, before)
    } else {
        merging(evaluator, items, before)
    }
}

fn insertion(
    evaluator: &mut Evaluator<'_>,
    items: Vec<Js>,
    before: &mut Before<'_>,
) -> Result<Vec<Js>> {
    let length = first_run(evaluator, &items, before)?;
    let mut items = items.into_iter();
    let mut sorted: Vec<Js> = items.by_ref().take(length.unsigned_abs()).collect();
    if length < 0 {
        sorted.reverse();
    }
    for item in items {
        let (mut low, mut high) = (0, sorted.len());
        while low < high {
            let middle = low + (high - low) / 2;
            evaluator.spend(1)?;
            match sorted.get(middle) {
                Some(other) if before(evaluator, &item, other)? => high = middle,
                _ => low = middle + 1,
            }
        }
        sorted.insert(low, item);
    }
    Ok(sorted)
}

/// How many items at the start are in order; negative when they fall.
fn first_run(
    evaluator: &mut Evaluator<'_>,
    items: &[Js],
    before: &mut Before<'_>,
) -> Result<isize> {
    let mut falling = false;
    let mut length = items.len().min(1).cast_signed();
    for pair in items.windows(2) {
        let [a, b] = pair else { break };
        let falls = before(evaluator, b, a)?;
        if length == 1 {
            falling = falls;
        } else if falls != falling {
            break;
        }
        length += 1;
    }
    Ok(if falling { -length } else { length })
}

fn merging(
    evaluator: &mut Evaluator<'_>,
    mut items: Vec<Js>,
    before: &mut Before<'_>,
) -> Result<Vec<Js>> {
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(width * 2) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            merge(evaluator, left, right, &mut merged, before)?;
        }
        items = merged;
        width *= 2;
    }
    Ok(items)
}

fn merge(
    evaluator: &mut Evaluator<'_>,
    mut left: &[Js],
    mut right: &[Js],
    merged: &mut Vec<Js>,
    before: &mut Before<'_>,
) -> Result<()> {
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        evaluator.spend(1)?;
        if before(evaluator, b, a)? {
            merged.push(b.clone());
            right = right_rest;
        } else {
            merged.push(a.clone());
            left = left_rest;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    Ok(())
}
