//! What no host goes on with, of all that an earlier one has left.

use crate::{
    left::{RECORD_BYTES, add_users, may_live, may_use},
    leftovers::list,
};
use collodi_api::{Env, EnvUse, EnvUseKind};
use collodi_backend::Backends;
use collodi_driver::Workspace;
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileKind, FileOp};
use collodi_host::{LeftAlone, LeftStep, LostDaemon, StateFiles};

/// What an earlier host has left, and no other goes on with.
#[derive(Clone, Debug, Default)]
pub struct Unclaimed {
    /// The daemons whose files cannot be read, or are of another version, and of which something lives,
    /// or may: each host leaves them alone.
    pub alone: Vec<LeftAlone>,
    /// Those of which nothing lives: a host that can read their files decides whether they run again.
    pub dormant: Vec<LeftAlone>,
    /// The daemons whose files say nothing that can be used, and of which something lives, or may: the
    /// next host ends them.
    pub lost: Vec<LostDaemon>,
    /// The steps of interrupted runs that live, or may: the next host ends them, too.
    pub steps: Vec<LeftStep>,
}

impl Unclaimed {
    /// Looks once. While a host is at work on the workspace, what is lost, and what are steps, is said
    /// of what it looks after as well.
    ///
    /// # Errors
    ///
    /// When it cannot be found out what there is.
    pub async fn of(backends: &Backends, workspace: &Workspace) -> Result<Self, FileError> {
        let (found, state) = (
            state_files(backends, workspace).await?,
            workspace.layout().state(),
        );
        let mut all = Self::default();
        for lost in found.lost(&state) {
            if may_live(backends, Some(&lost.tree)).await {
                all.lost.push(lost);
            }
        }
        for step in found.steps() {
            if may_live(backends, Some(&step.tree)).await {
                all.steps.push(step);
            }
        }
        for alone in found.left_alone(&state) {
            match may_live(backends, alone.tree.as_ref()).await {
                true => all.alone.push(alone),
                false => all.dormant.push(alone),
            }
        }
        Ok(all)
    }

    /// Adds what lives of it to what uses environments, as [`may_use`] does.
    pub fn may_use(&self, envs: &mut [Env]) {
        add_users(envs, |app| {
            let its = self.steps.iter().filter(|step| step.run.app() == Some(app));
            its.map(step_user).collect()
        });
        let alone = self.alone.iter().map(|alone| &alone.id);
        may_use(envs, alone.chain(self.lost.iter().map(|lost| &lost.id)));
    }
}

fn step_user(step: &LeftStep) -> EnvUse {
    EnvUse {
        kind: EnvUseKind::Run,
        app: step.run.app().map(ToOwned::to_owned),
        id: Some(step.run.to_string()),
    }
}

pub(crate) async fn state_files(
    backends: &Backends,
    workspace: &Workspace,
) -> Result<StateFiles, FileError> {
    let state = workspace.layout().state();
    let mut found = StateFiles::default();
    for entry in list(&*backends.files, &state).await? {
        let (name, kind) = (&entry.name, entry.kind);
        let Ok(path) = state.join(name) else {
            continue;
        };
        if kind != FileKind::File {
            found.no_file(name, kind);
            continue;
        }
        let read = FileOp::read(path, RECORD_BYTES);
        match backends.files.perform(read).await {
            Ok(FileAnswer::Bytes(bytes)) => found.read(name, &bytes),
            Err(error) if error.kind != FileErrorKind::NotFound => found.not_read(name, &error),
            // It has gone meanwhile.
            _ => {}
        }
    }
    Ok(found)
}
