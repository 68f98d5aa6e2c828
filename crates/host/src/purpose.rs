//! What commands are for, as those hear it who keep a record of them.

use crate::shared::Child;
use alloc::{string::String, sync::Arc};
use collodi_action::Action;
use collodi_command::{Kind, Purpose};
use collodi_env::Environment;

/// Each variable that was decided about, with the word of the rule.
pub(crate) type Decided = Arc<[(String, &'static str)]>;

pub(crate) fn decided(environment: &Environment) -> Decided {
    let decisions = environment.decisions.iter();
    decisions
        .map(|decision| (decision.name.clone(), decision.rule.word()))
        .collect()
}

/// Says of a command of the host's own what it is for, besides the app, which the command
/// says; a run says so of its own commands.
pub(crate) fn say(child: &Child, action: &mut Action, own: &Decided) {
    let Action::Exec(spec) = action else {
        return;
    };
    if spec.purpose.kind != Kind::Other {
        return;
    }
    spec.purpose = Purpose {
        kind: match child {
            Child::Env(_) => Kind::Environment,
            Child::Call(_) => Kind::Repository,
            Child::Detect | Child::Ready(_) | Child::Locate(..) => Kind::Probe,
            _ => Kind::Other,
        },
        app: spec.purpose.app.take(),
        environment: own.clone(),
        ..Purpose::default()
    };
}
