//! What daemons have in common, held once.

use crate::purpose::Decided;
use collodi_command::{CommandSpec, Variables};

/// The environment of the last daemon: the next one often has the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alike {
    variables: Variables,
    decided: Decided,
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
}
