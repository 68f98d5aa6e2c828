//! The values that nobody is to read in logs, messages and recordings.

use alloc::{collections::BTreeMap, string::String, sync::Arc};
use collodi_action::Action;
use collodi_command::CommandSpec;
use collodi_env::secret_values;
use collodi_logs::Mask;

/// A mask for what a command with these variables says.
pub(crate) fn mask(vars: &BTreeMap<String, String>) -> Mask {
    Mask::new(secret_values(vars))
}

/// A mask for what this command says.
pub(crate) fn mask_of(command: &CommandSpec) -> Mask {
    Mask::new(secrets_of(command))
}

/// What a command was given of secrets is not in its recording.
pub(crate) fn hide_from_recording(action: &mut Action) {
    let (Action::Exec(spec) | Action::Adopt(spec, _)) = action else {
        return;
    };
    let values: Arc<[String]> = secrets_of(spec).cloned().collect();
    if let Some(recording) = &mut spec.recording
        && recording.secrets != values
    {
        Arc::make_mut(recording).secrets = values;
    }
}

/// The values of its secret variables, and the secrets of its run.
fn secrets_of(command: &CommandSpec) -> impl Iterator<Item = &String> {
    secret_values(&command.env).chain(command.purpose.secrets.iter())
}
