//! Scripts that a step stops, or starts again.

use super::{Player, Stand};
use collodi_api::PlanStatus;
use collodi_host::calls::restarted;
use collodi_machine::ActionId;
use collodi_run::{Completed, ScriptFault};
use collodi_script::StepAt;
use collodi_value::Value;
use std::collections::VecDeque;

/// The runs that a step stops, one after the other, before it hears its answer.
pub(super) struct Stops {
    left: VecDeque<Stand>,
    answer: Value,
}

impl Player<'_> {
    pub(super) async fn stops(
        &mut self,
        id: ActionId,
        step: &StepAt,
        uris: Vec<String>,
    ) -> Result<Option<Value>, ScriptFault> {
        let mut left = VecDeque::new();
        for uri in uris {
            // What is not there does not run.
            if let Ok(path) = self.resolve(step, &uri, None).await {
                left.extend(self.stopped(step, &path.absolute()));
            }
        }
        let answer = Value::Null;
        self.stop_next(id, Stops { left, answer });
        Ok(None)
    }

    pub(super) async fn restarts(
        &mut self,
        id: ActionId,
        step: &StepAt,
        uri: Option<String>,
        args: Option<Value>,
    ) -> Result<Option<Value>, ScriptFault> {
        let own = self.stack.top.path.clone();
        let uri = uri.unwrap_or_else(|| own.clone());
        let path = self.resolve(step, &uri, None).await?.absolute();
        let is_self = path == own;
        let args = args.unwrap_or_else(|| self.stack.top.options.args.clone());
        let answer = restarted(uri, is_self, args);
        if is_self {
            let text = "the script starts itself again; what it does then is not told";
            self.assume(step, text);
            self.cut_soon(PlanStatus::Endless);
            return Ok(Some(answer));
        }
        let text = "what the script does that is started again is not told";
        self.assume(step, text);
        let left = self.stopped(step, &path).into_iter().collect();
        self.stop_next(id, Stops { left, answer });
        Ok(None)
    }

    /// The run of the script to be stopped, when it is one that stays up.
    fn stopped(&mut self, step: &StepAt, path: &str) -> Option<Stand> {
        if self.stack.top.path == path {
            self.cut_soon(PlanStatus::StoppedEarly);
        } else if self.stack.all().any(|stand| stand.path == path) {
            let text = "the script that waits for this one goes on when it is stopped";
            self.assume(step, text);
        }
        self.scripts.take(path)
    }

    /// Stops the next run, which does what it does on its stop; then the step has its answer.
    pub(super) fn stop_next(&mut self, id: ActionId, mut stops: Stops) {
        let Some(mut stand) = stops.left.pop_front() else {
            return self.answer(id, Completed::Script(Ok(stops.answer)));
        };
        stand.cut(self.now, PlanStatus::Completed);
        self.stack.stop(id, stand, stops);
    }
}
