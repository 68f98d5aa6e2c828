//! `supervision`: what the death of a daemon means for the others.

use super::{
    Checker,
    daemon::is_daemon,
    params::has_template_key,
    spot::{Spot, is_template},
};
use crate::{Method, Script, Step, Supervision};
use alloc::format;

impl Checker<'_, '_> {
    /// What a death means for other daemons.
    pub(super) fn supervision(&mut self, root: &Spot<'_>) -> Supervision {
        let Some(spot) = root.given("supervision") else {
            return Supervision::default();
        };
        let Some(text) = spot.node.as_str() else {
            let expected = format!("one of {}", Supervision::NAMES.join(", "));
            self.sink.push(spot.wrong_type("`supervision`", expected));
            return Supervision::default();
        };
        Supervision::from_name(text).unwrap_or_else(|| {
            self.not_one_of("supervision", text, &spot, &Supervision::NAMES);
            Supervision::default()
        })
    }

    /// It says nothing where there are no daemons.
    pub(super) fn supervises(&mut self, root: &Spot<'_>, script: &Script) {
        let Some(spot) = root.given("supervision") else {
            return;
        };
        let name = spot.node.as_str();
        let is_right = name.and_then(Supervision::from_name).is_some();
        let others = script.actions.iter();
        let others = others.map(|(key, steps)| (key.as_str(), steps));
        let mut lists = others.chain([("run", &script.steps)]);
        let has_daemons = script.daemon || lists.any(|(key, steps)| may_have_one(root, key, steps));
        if is_right && !has_daemons {
            let message = "`supervision` is for daemons, and the script has none";
            let report = spot.warning("odd-value", message);
            self.sink.push(report.hint("leave it out"));
        }
    }
}

/// Whether a step of this list is a daemon, or what a template gives may make it one.
fn may_have_one(root: &Spot<'_>, list: &str, steps: &[Step]) -> bool {
    let spots = root.get(list).into_iter().flat_map(|list| list.items());
    let mut shells = spots
        .zip(steps)
        .filter(|(_, step)| step.method == Method::ShellRun);
    shells.any(|(spot, _)| {
        spot.given("params")
            .is_some_and(|params| may_be_one(&params))
    })
}

fn may_be_one(params: &Spot<'_>) -> bool {
    let is_open = params.node.as_str().is_some_and(is_template);
    is_open || is_daemon(params) || has_template_key(params)
}
