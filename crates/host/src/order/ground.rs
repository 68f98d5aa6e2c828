//! Whether a daemon may run: what it depends on is up, and nobody is to go down first.

use super::{Again, graph::reach};
use crate::{Host, Process, ProcessId};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use collodi_restart::Phase;
use collodi_script::Supervision;
use core::fmt;

/// Whether those that a daemon depends on are up.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ground {
    Firm,
    /// These are not up yet.
    Waits(Vec<String>),
    /// One is not there.
    Gone(Missing),
}

/// One that a daemon depends on, and that is not there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It has ended like this.
    Ended {
        name: String,
        id: ProcessId,
        how: Phase,
    },
    /// Nobody has its name.
    Unknown(String),
}

impl Missing {
    fn ended(process: &Process, name: &str) -> Self {
        Self::Ended {
            name: name.to_string(),
            id: process.id().clone(),
            how: process.status().phase,
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended { name, id, how } => write!(
                f,
                "{name}, which it depends on, has ended: {how}; `collodi logs {id}` has what it said"
            ),
            Self::Unknown(name) => {
                write!(f, "it depends on {name}, and no daemon has that name")
            }
        }
    }
}

impl Host {
    pub(super) fn ground(&self, process: &Process) -> Ground {
        if let Some(after) = self.not_before(process) {
            return Ground::Waits(Vec::from([self.name_of(after.id())]));
        }
        if let Some(missing) = self.missing_below(process) {
            return Ground::Gone(missing);
        }
        let is_firm = |p: &Process| p.is_up() && p.order.again == Again::No;
        let waits = |name: &&String| {
            let living = self.named_by(process, name).find(|p| !p.has_ended());
            living.is_some_and(|p| !is_firm(p))
        };
        let waits: Vec<_> = process.depends_on().iter().filter(waits).cloned().collect();
        match waits.is_empty() {
            true => Ground::Firm,
            false => Ground::Waits(waits),
        }
    }

    /// The first that a daemon depends on and that is not there. Who has lived with one that is not known
    /// any more goes on without it.
    fn missing_below(&self, process: &Process) -> Option<Missing> {
        let mut needed = process.depends_on().iter();
        needed.find_map(|name| {
            let mut named = self.named_by(process, name);
            match (named.clone().all(Process::has_ended), named.next()) {
                (false, _) => None,
                (true, Some(ended)) => Some(Missing::ended(ended, name)),
                (true, None) if process.has_lived() => None,
                (true, None) => Some(Missing::Unknown(name.clone())),
            }
        })
    }

    /// The daemons that one means by a name.
    pub(crate) fn named_by<'h>(
        &'h self,
        process: &'h Process,
        name: &'h str,
    ) -> impl Iterator<Item = &'h Process> + Clone {
        let is_it = move |p: &&Process| p.name() == Some(name);
        self.siblings(process).filter(is_it)
    }

    /// The daemons that one depends on directly.
    fn needed_by<'h>(&'h self, process: &'h Process) -> impl Iterator<Item = &'h Process> {
        let is_needed = |p: &&Process| process.depends_on_it(p);
        self.siblings(process).filter(is_needed)
    }

    /// Another one that it waits for since one of them died: the one that did until that is up, or waits for
    /// somebody; and those that are ended for it, until they are down.
    fn not_before<'h>(&'h self, process: &'h Process) -> Option<&'h Process> {
        let after = process.order.after.as_ref().and_then(|id| self.process(id));
        let comes_up = |after: &&Process| {
            !after.is_up() && !after.has_ended() && !self.waits_for_somebody(after)
        };
        let goes_down = |p: &&Process| p.goes_down_for_another();
        let after = after.filter(comes_up);
        after.or_else(|| match process.supervision() {
            Supervision::OneForOne => None,
            Supervision::OneForAll => self.siblings(process).find(goes_down),
            Supervision::RestForOne => self.above(process).into_iter().find(goes_down),
        })
    }

    /// Whether one that is down stays so until somebody starts another one, which it, or one that it waits for,
    /// depends on.
    fn waits_for_somebody(&self, process: &Process) -> bool {
        let is_down = |p: &&Process| matches!(p.status().phase, Phase::New | Phase::Held);
        let below = |p| self.needed_by(p).filter(is_down);
        let misses = |p: &Process| self.missing_below(p).is_some();
        let mut down = reach(process, below).into_iter();
        is_down(&process) && (misses(process) || down.any(misses))
    }
}
