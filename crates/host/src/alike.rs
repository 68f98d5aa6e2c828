//! What daemons have in common, held once.

use crate::purpose::Decided;
use alloc::{string::String, sync::Arc};
use collodi_command::Variables;
use collodi_restart::Policy;
use collodi_run::{DaemonSpec, Restart};

/// What the last daemon had: the next one often has the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alike {
    variables: Variables,
    decided: Decided,
    secrets: Arc<[String]>,
    restart: Arc<Restart>,
    policy: Arc<Policy>,
}

impl Alike {
    /// Has the daemon share what it has in common with the last one.
    pub(crate) fn share(&mut self, daemon: &mut DaemonSpec) {
        let command = &mut daemon.command;
        command.env.share(&self.variables);
        self.variables = command.env.clone();
        share(&mut self.decided, &mut command.purpose.environment);
        share(&mut self.secrets, &mut command.purpose.secrets);
        share(&mut self.restart, &mut daemon.restart);
    }

    /// This policy: that of the last daemon, where it is the same.
    pub(crate) fn policy(&mut self, policy: Policy) -> Arc<Policy> {
        if *self.policy != policy {
            self.policy = Arc::new(policy);
        }
        Arc::clone(&self.policy)
    }
}

/// Makes both one, where they are the same; else `next` is the last one from here on.
fn share<T: PartialEq + ?Sized>(last: &mut Arc<T>, next: &mut Arc<T>) {
    if last == next {
        *next = Arc::clone(last);
    } else {
        *last = Arc::clone(next);
    }
}
