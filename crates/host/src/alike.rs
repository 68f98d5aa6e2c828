//! What daemons have in common, held once.

use crate::purpose::Decided;
use alloc::sync::Arc;
use collodi_command::{CommandSpec, Variables};
use collodi_restart::Policy;

/// The environment and the policy of the last daemon: the next one often has the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alike {
    variables: Variables,
    decided: Decided,
    policy: Arc<Policy>,
}

impl Alike {
    /// Has the command share what it has in common with the last one.
    pub(crate) fn share(&mut self, command: &mut CommandSpec) {
        command.env.share(&self.variables);
        self.variables = command.env.clone();
        let theirs = &mut command.purpose.environment;
        match *theirs == self.decided {
            true => *theirs = self.decided.clone(),
            false => self.decided = theirs.clone(),
        }
    }

    /// This policy: that of the last daemon, where it is the same.
    pub(crate) fn policy(&mut self, policy: Policy) -> Arc<Policy> {
        if *self.policy != policy {
            self.policy = Arc::new(policy);
        }
        Arc::clone(&self.policy)
    }
}
