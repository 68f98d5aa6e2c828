//! What of all that a host tells is for hooks.

use collodi_backend::Clock;
use collodi_host::{Event, ProcessEvent, ProcessId};
use collodi_restart::{Ended, Event as Supervision};
use collodi_webhooks::{Kind, Occasion};
use std::{collections::BTreeMap, sync::Arc};

/// Finds what is for hooks, and remembers how processes died until it is known what becomes
/// of them.
#[derive(Debug)]
pub(super) struct Occasions {
    clock: Arc<dyn Clock>,
    /// The last deaths of processes that have not ended for good: as many as the host keeps.
    deaths: BTreeMap<ProcessId, String>,
}

impl Occasions {
    pub(super) const fn new(clock: Arc<dyn Clock>) -> Self {
        let deaths = BTreeMap::new();
        Self { clock, deaths }
    }

    /// The occasion that an event is.
    pub(super) fn of(&mut self, event: &Event) -> Option<Occasion> {
        let Event::Process { process, app, what } = event else {
            return None;
        };
        let blank = |kind| Occasion {
            kind,
            at: self.clock.wall(),
            app: app.to_string(),
            process: process.to_string(),
            reason: None,
            restart: None,
            url: None,
        };
        match what {
            ProcessEvent::Reachable(url) => Some(Occasion {
                url: Some(url.to_connect()),
                ..blank(Kind::Ready)
            }),
            ProcessEvent::Supervision(Supervision::Restarting { restart, .. }) => Some(Occasion {
                restart: Some(*restart),
                reason: self.deaths.get(process).cloned(),
                ..blank(Kind::Crashed)
            }),
            ProcessEvent::Ended(ended) => {
                self.deaths.remove(process);
                Some(Occasion {
                    reason: Some(ended.to_string()),
                    ..blank(kind_of(*ended))
                })
            }
            ProcessEvent::Supervision(what) => {
                if let Some(death) = death(what) {
                    self.deaths.insert(process.clone(), death);
                }
                None
            }
            _ => None,
        }
    }
}

const fn kind_of(ended: Ended) -> Kind {
    match ended {
        Ended::GaveUp(_) => Kind::GaveUp,
        _ => Kind::Stopped,
    }
}

/// How a life ended.
fn death(what: &Supervision) -> Option<String> {
    match what {
        Supervision::Exited(exit) => Some(exit.to_string()),
        Supervision::SpawnFailed => Some("it could not be started".to_owned()),
        Supervision::NotReady => Some("it was not ready in time".to_owned()),
        _ => None,
    }
}
