//! What a server that is gone has left, for who looks.

use crate::local::Local;
use anyhow::Result;
use collodi_host::ProcessId;
use collodi_inventory::{Left, Unclaimed, left_daemons};

/// The daemons that a server which is gone has left.
pub(super) struct Outlived {
    left: Vec<Left>,
    unclaimed: Unclaimed,
}

impl Outlived {
    pub(super) async fn of(local: &Local) -> Result<Self> {
        let (backends, workspace) = (&local.backends, local.apps.workspace());
        Ok(Self {
            left: left_daemons(backends, workspace).await?,
            unclaimed: Unclaimed::of(backends, workspace).await?,
        })
    }

    /// Those that are of this app, or may be.
    pub(super) fn of_app(mut self, app: &str) -> Self {
        self.left.retain(|left| left.daemon.app == app);
        self.unclaimed.alone.retain(|alone| alone.id.is_of(app));
        self.unclaimed.lost.retain(|lost| lost.id.is_of(app));
        self.unclaimed
            .steps
            .retain(|step| step.run.app() == Some(app));
        self
    }

    /// How many live of this app for certain.
    pub(super) fn living(&self, app: &str) -> usize {
        let its = |left: &&Left| left.lives && left.daemon.app == app;
        let alone = self
            .unclaimed
            .alone
            .iter()
            .filter(|alone| alone.tree.is_some());
        let unread = alone.map(|alone| &alone.id);
        let unread = unread.chain(self.unclaimed.lost.iter().map(|lost| &lost.id));
        let is_its = |id: &&ProcessId| id.app() == Some(app);
        self.left.iter().filter(its).count() + unread.filter(is_its).count()
    }

    /// Of each, what there is to say.
    pub(super) fn lines(&self) -> Vec<String> {
        let left = self.left.iter().filter_map(said);
        let alone = self.unclaimed.alone.iter();
        let alone = alone.map(|alone| format!("{alone}; {}", alone.way_out()));
        let lost = self.unclaimed.lost.iter();
        let lost = lost.map(|lost| format!("{lost}; {}", lost.way_out()));
        let steps = self.unclaimed.steps.iter();
        let steps = steps.map(|step| format!("{step}; {}", step.way_out()));
        left.chain(alone).chain(lost).chain(steps).collect()
    }
}

/// Nothing is said of one that neither lives nor waits: the next server decides about it.
fn said(left: &Left) -> Option<String> {
    let id = &left.daemon.id;
    match (left.lives, left.daemon.waits) {
        (true, _) => Some(format!(
            "{id} lives without a server; `collodi serve` goes on with it"
        )),
        (false, true) => Some(format!(
            "{id} waits without a server for its next start; `collodi serve` starts it when its time comes"
        )),
        (false, false) => None,
    }
}
