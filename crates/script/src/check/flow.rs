//! Where the run goes: `next`, `jump`, and the steps it never comes to.

use super::{
    Checker,
    spot::{Spot, is_template},
};
use crate::{Dialect, Method, Next, Script, Step, json::Kind, sink::clip, suggest::nearest};
use alloc::{borrow::ToOwned, boxed::Box, collections::BTreeMap, format, vec::Vec};

impl Checker<'_, '_> {
    /// Reads every step's `next`, which needs all ids.
    pub(super) fn resolve_next(&mut self, spots: &[Spot<'_>], steps: &mut [Step]) {
        let ids = first_with_id(spots);
        let count = steps.len();
        for (spot, step) in spots.iter().zip(steps) {
            if let Some(next) = spot.get("next") {
                step.next = self.next(&next, &ids, count);
            }
        }
    }

    fn next(&mut self, next: &Spot<'_>, ids: &BTreeMap<&str, usize>, count: usize) -> Next {
        match &next.node.kind {
            Kind::Null => Next::End,
            Kind::Number(n) => self.next_index(*n, next, count),
            Kind::String(text) if is_template(text) => {
                Next::Template(Box::new(next.node.to_template()))
            }
            Kind::String(id) => match ids.get(&**id) {
                Some(index) => Next::Step(*index),
                None => self.next_unknown(id, next, ids, count),
            },
            _ => Next::Following,
        }
    }

    fn next_index(&mut self, n: f64, next: &Spot<'_>, count: usize) -> Next {
        // Small whole numbers only, so the cast is exact.
        let index = n as usize;
        if n >= 0.0 && index as f64 == n && index < count {
            return Next::Step(index);
        }
        let message = match n >= 0.0 && index as f64 == n {
            true => format!(
                "there is no step {} (index {n}): the list has {count}",
                n + 1.0
            ),
            false => format!("there is no step at index {n}: the list has {count}"),
        };
        self.sink.push(next.warning("unknown-step", message));
        Next::Unknown(format!("{n}"))
    }

    fn next_unknown(
        &mut self,
        id: &str,
        next: &Spot<'_>,
        ids: &BTreeMap<&str, usize>,
        count: usize,
    ) -> Next {
        // A number as text works as an index when no step has it for an id.
        if let Some(index) = id.parse().ok().filter(|index| *index < count) {
            return Next::Step(index);
        }
        self.unknown_step(id, next, ids.keys().copied());
        Next::Unknown(id.to_owned())
    }

    fn unknown_step<'n>(&mut self, id: &str, spot: &Spot<'_>, ids: impl Iterator<Item = &'n str>) {
        let message = format!("no step has the id `{}`", clip(id));
        let report = spot.warning("unknown-step", message);
        self.sink.push(match nearest(id, ids) {
            Some(meant) => report.hint(format!("did you mean `{meant}`?")),
            None => report.hint("the run fails when it gets here"),
        });
    }

    pub(super) fn flow(&mut self, root: &Spot<'_>, script: &Script) {
        let lists = script
            .actions
            .iter()
            .map(|(key, steps)| (key.as_str(), steps));
        for (key, steps) in lists.chain([("run", &script.steps)]) {
            if let Some(list) = root.get(key) {
                let spots: Vec<Spot<'_>> = list.items().take(steps.len()).collect();
                self.list_flow(&spots, steps);
                self.triggers(&spots, script);
            }
        }
    }

    fn list_flow(&mut self, spots: &[Spot<'_>], steps: &[Step]) {
        let ids = first_with_id(spots);
        let mut known = true;
        let mut edges: Vec<Vec<usize>> = Vec::new();
        for (spot, step) in spots.iter().zip(steps) {
            let jump = self.jump(spot, step, &ids, steps.len());
            known &= !matches!(step.next, Next::Template(_)) && jump != Jump::Unknown;
            edges.push(after(step, &jump, self.dialect));
        }
        self.repeated_ids(spots, steps, &ids);
        if known {
            self.unreachable(spots, &edges);
        }
    }

    fn jump(
        &mut self,
        spot: &Spot<'_>,
        step: &Step,
        ids: &BTreeMap<&str, usize>,
        count: usize,
    ) -> Jump {
        if !matches!(step.method, Method::Jump | Method::Goto) {
            return Jump::None;
        }
        let Some(params) = spot.get("params") else {
            return Jump::Unknown;
        };
        let target = params.given("index").or_else(|| params.given("id"));
        let Some(target) = target else {
            return Jump::Unknown;
        };
        match &target.node.kind {
            Kind::Number(n) => match self.next_index(*n, &target, count) {
                Next::Step(index) => Jump::To(index),
                _ => Jump::Unknown,
            },
            Kind::String(id) if !is_template(id) => match ids.get(&**id) {
                Some(index) => Jump::To(*index),
                None => match id.parse().ok().filter(|index| *index < count) {
                    Some(index) => Jump::To(index),
                    None => {
                        self.unknown_step(id, &target, ids.keys().copied());
                        Jump::Unknown
                    }
                },
            },
            _ => Jump::Unknown,
        }
    }

    fn repeated_ids(&mut self, spots: &[Spot<'_>], steps: &[Step], ids: &BTreeMap<&str, usize>) {
        for (spot, step) in spots.iter().zip(steps) {
            let Some(id) = &step.id else {
                continue;
            };
            if ids
                .get(id.as_str())
                .is_some_and(|first| *first != step.index)
                && let Some(place) = spot.get("id")
            {
                let message = format!("another step has the id `{}`", clip(id));
                let report = place.warning("repeated-id", message);
                self.sink
                    .push(report.note("`next` leads to the first of them, `jump` to the last"));
            }
        }
    }

    /// Steps that nothing leads to: said once for each row of them.
    fn unreachable(&mut self, spots: &[Spot<'_>], edges: &[Vec<usize>]) {
        let reached = reached(edges);
        let mut before = true;
        for (spot, reached) in spots.iter().zip(reached) {
            if before && !reached {
                let report = super::params::at_method(spot)
                    .warning("unreachable-step", "the run never comes to this step");
                self.sink
                    .push(report.note("no step before it goes on here, and no jump leads here"));
            }
            before = reached;
        }
    }

    fn triggers(&mut self, spots: &[Spot<'_>], script: &Script) {
        for step in spots {
            let on = step.get("params").and_then(|params| params.get("on"));
            for trigger in on
                .iter()
                .flat_map(Spot::items)
                .filter_map(|h| h.get("trigger"))
            {
                let Some(name) = trigger.static_text() else {
                    continue;
                };
                if name != "run" && !script.actions.contains_key(name) {
                    let message = format!("the file has no step list `{}`", clip(name));
                    let report = trigger.warning("unknown-action", message);
                    let lists = script.actions.keys().map(|name| &**name);
                    self.sink.push(match nearest(name, lists) {
                        Some(meant) => report.hint(format!("did you mean `{meant}`?")),
                        None => report.hint("the step fails when it gets here"),
                    });
                }
            }
        }
    }
}

/// What a step's method says about where the run goes.
#[derive(Debug, PartialEq, Eq)]
enum Jump {
    None,
    To(usize),
    Unknown,
}

/// The first step with each id.
fn first_with_id<'a>(spots: &[Spot<'a>]) -> BTreeMap<&'a str, usize> {
    let ids = spots.iter().enumerate().rev();
    ids.filter_map(|(index, spot)| Some((spot.node.get("id")?.as_str()?, index)))
        .collect()
}

/// The steps that can come after one.
fn after(step: &Step, jump: &Jump, dialect: Dialect) -> Vec<usize> {
    let ends = dialect == Dialect::Vatn && step.method == Method::ScriptReturn;
    let mut after = Vec::new();
    match (jump, &step.next) {
        (Jump::To(index), _) => after.push(*index),
        (_, Next::Step(index)) => after.push(*index),
        (_, Next::Following) if !ends => after.push(step.index + 1),
        _ => {}
    }
    // A step that is skipped is followed by the one after it.
    if step.when.is_some() {
        after.push(step.index + 1);
    }
    after
}

fn reached(edges: &[Vec<usize>]) -> Vec<bool> {
    let mut reached = alloc::vec![false; edges.len()];
    let mut todo = alloc::vec![0];
    while let Some(at) = todo.pop() {
        let Some(seen) = reached.get_mut(at).filter(|seen| !**seen) else {
            continue;
        };
        *seen = true;
        todo.extend(edges.get(at).into_iter().flatten());
    }
    reached
}
