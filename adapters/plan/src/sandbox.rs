//! What commands would be kept in.

use crate::PlanOptions;
use collodi_api::PlannedSandbox;
use collodi_backend::Enforcement;
use collodi_command::Sandbox;
use collodi_host::sandbox_of;
use collodi_run::App;

/// What a machine can hold of a sandbox, or why nothing would be started in it.
pub type Holds = fn(&Sandbox) -> Result<Option<Enforcement>, String>;

/// What the commands of this app would be kept in.
pub(crate) fn sandbox(options: &PlanOptions, app: &App) -> Option<PlannedSandbox> {
    let sandbox = sandbox_of(&options.host, app);
    let level = match &sandbox {
        Sandbox::Within(profile) => profile.confinement,
        Sandbox::Impossible(confinement, _) => *confinement,
        _ => return None,
    };
    let planned = PlannedSandbox {
        level: level.to_string(),
        ..PlannedSandbox::default()
    };
    Some(match (options.holds)(&sandbox) {
        Ok(Some(held)) => PlannedSandbox {
            mechanism: Some(held.mechanism.name().to_owned()),
            enforced: names(&held.enforced),
            missing: names(&held.missing),
            ..planned
        },
        Ok(None) => planned,
        Err(why) => PlannedSandbox {
            refused: Some(why),
            ..planned
        },
    })
}

fn names<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}
