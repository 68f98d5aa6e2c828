//! The values that nobody is to read in logs, messages and recordings.

use alloc::{collections::BTreeMap, string::String, sync::Arc};
use collodi_action::Action;
use collodi_command::{CommandSpec, Variables};
use collodi_env::secret_values;
use collodi_logs::Mask;

/// A mask for what a command with these variables says.
pub(crate) fn mask(vars: &BTreeMap<String, String>) -> Mask {
    Mask::new(secret_values(vars))
}

/// What the last command was given of secrets: the next one often has the same variables, and to
/// compare their names with all patterns takes longer than to see that.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    variables: Variables,
    of_run: Arc<[String]>,
    values: Arc<[String]>,
}

impl Secrets {
    /// A mask for what this command says.
    pub(crate) fn mask_of(&mut self, command: &CommandSpec) -> Mask {
        Mask::new(self.of(command).iter())
    }

    /// What a command was given of secrets is not in its recording.
    pub(crate) fn hide_from_recording(&mut self, action: &mut Action) {
        let (Action::Exec(spec) | Action::Adopt(spec, _)) = action else {
            return;
        };
        if spec.recording.is_none() {
            return;
        }
        let values = self.of(spec);
        if let Some(recording) = &mut spec.recording
            && recording.secrets != values
        {
            Arc::make_mut(recording).secrets = values;
        }
    }

    /// The values of its secret variables, and the secrets of its run.
    fn of(&mut self, command: &CommandSpec) -> Arc<[String]> {
        let (variables, of_run) = (&command.env, &command.purpose.secrets);
        if self.variables != *variables || self.of_run != *of_run {
            let values = secret_values(variables).chain(of_run.iter());
            self.values = values.cloned().collect();
            (self.variables, self.of_run) = (variables.clone(), of_run.clone());
        }
        self.values.clone()
    }
}
