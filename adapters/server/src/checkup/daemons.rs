//! The daemons that no server looks after.

use super::{Checkup, TIME, within};
use collodi_command::TreeId;
use collodi_doctor::{LeftAlone, LeftDaemon};
use collodi_driver::Workspace;
use collodi_file::FileError;
use collodi_inventory::{Left, Unclaimed, left_daemons};
use std::future::Future;

impl Checkup {
    /// What lives on without a server, or waits for the next one; none where one runs, and where it
    /// cannot be looked for.
    pub(super) async fn left(&self, is_served: bool) -> Option<Vec<LeftDaemon>> {
        if is_served {
            return None;
        }
        let workspace = self.workspace();
        let found = self.look(left_daemons(&self.backends, &workspace)).await?;
        let mut left = Vec::new();
        let goes_on = |of: &Left| of.lives || of.daemon.waits;
        for of in found.into_iter().filter(goes_on) {
            left.push(LeftDaemon {
                id: of.daemon.id.to_string(),
                app: of.daemon.app,
                pids: self.pids(&of.daemon.tree).await,
                waits: !of.lives,
            });
        }
        Some(left)
    }

    /// What no server goes on with: each leaves it alone, or the next one ends it, or nothing of it lives.
    pub(super) async fn unread(&self, is_served: bool) -> Vec<LeftAlone> {
        let workspace = self.workspace();
        let found = self.look(Unclaimed::of(&self.backends, &workspace)).await;
        let found = found.unwrap_or_default();
        let mut all = Vec::new();
        for one in &found.alone {
            let pids = match &one.tree {
                Some(tree) => self.pids(tree).await,
                None => Vec::new(),
            };
            let why = format!("{} {}", one.file, one.why);
            all.push(living(one.id.as_str(), why, one.way_out(), pids));
        }
        // A server that runs has ended it, or does, and writes down what it looks after.
        if !is_served {
            self.add_doomed(&found, &mut all).await;
        }
        for one in found.dormant {
            let why = format!("{} {}", one.file, one.why);
            all.push(LeftAlone {
                is_dormant: true,
                ..living(one.id.as_str(), why, one.way_back(), Vec::new())
            });
        }
        all
    }

    /// What the next server ends.
    async fn add_doomed(&self, found: &Unclaimed, all: &mut Vec<LeftAlone>) {
        for one in &found.lost {
            let (why, pids) = (
                format!("{} {}", one.file, one.why),
                self.pids(&one.tree).await,
            );
            all.push(living(one.id.as_str(), why, one.way_out().to_owned(), pids));
        }
        for one in &found.steps {
            let why = "it is a step of a run that was interrupted".to_owned();
            let (hint, pids) = (one.way_out().to_owned(), self.pids(&one.tree).await);
            all.push(living(one.run.as_str(), why, hint, pids));
        }
    }

    /// What is found in time.
    async fn look<T>(&self, look: impl Future<Output = Result<T, FileError>>) -> Option<T> {
        within(&*self.backends.clock, TIME, look).await?.ok()
    }

    fn workspace(&self) -> Workspace {
        let (layout, files) = (self.options.layout.clone(), self.backends.files.clone());
        Workspace::new(layout, files)
    }

    async fn pids(&self, tree: &TreeId) -> Vec<u32> {
        let members = self.backends.process.tree_members(tree).await;
        let members = members.unwrap_or_default().into_iter();
        members.map(|member| member.pid).collect()
    }
}

fn living(id: &str, why: String, hint: String, pids: Vec<u32>) -> LeftAlone {
    LeftAlone {
        id: id.to_string(),
        why,
        hint,
        pids,
        is_dormant: false,
    }
}
