//! Children that are taken over, several at once.

use crate::{Children, Reactor, Spawned};
use collodi_backend::{Error, ErrorKind};
use collodi_command::{CommandSpec, Identity};
use futures::lock::Mutex;
use std::sync::Arc;

/// How many children are taken over at once, each on a thread for blocking work. A host takes over
/// hundreds in one moment, and a runtime would start a thread for each of them.
const LANES: usize = 4;

/// Who waits for whom: those of one lane for each other.
#[derive(Debug, Default)]
pub(super) struct Adoptions([Mutex<()>; LANES]);

impl Adoptions {
    /// Takes over a child while others of the host go on, and while it hears what comes of them.
    pub(super) async fn adopt<R: Reactor>(
        &self,
        children: Arc<Children>,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Spawned, Error> {
        let lane = usize::try_from(identity.pid).unwrap_or_default() % LANES;
        let _turn = match self.0.get(lane) {
            Some(lane) => Some(lane.lock().await),
            None => None,
        };
        let (theirs, who) = (spec.clone(), identity.clone());
        let adopted = R::offload(move || children.adopt(&theirs, &who)).await;
        adopted.map_err(|error| {
            let failed = Error::new(ErrorKind::Other, "adopt", format!("{identity} ({spec})"));
            failed.detail(error.to_string())
        })?
    }
}
