//! What is known of other scripts: of those that were played.

use super::{Player, Stand};
use collodi_run::{Run, ScriptQuestion, shown_script};
use collodi_script::StepAt;
use collodi_value::{Object, Value};
use std::collections::BTreeMap;

/// The scripts whose runs are over, by path.
#[derive(Default)]
pub(super) struct Scripts {
    /// Those that have done their steps and stay up.
    up: BTreeMap<String, Stand>,
    ended: BTreeMap<String, Past>,
}

/// What is left of a run.
struct Past {
    is_ready: bool,
    global: Object,
}

impl Scripts {
    /// A run of the script has ended.
    pub(super) fn ended(&mut self, path: &str, run: &Run, is_ready: bool) {
        let global = run.global().clone();
        let past = Past { is_ready, global };
        self.ended.insert(path.to_owned(), past);
    }

    /// A run of a script has done its steps and stays up.
    pub(super) fn stays_up(&mut self, stand: Stand) {
        self.up.insert(stand.path.clone(), stand);
    }

    pub(super) fn is_up(&self, path: &str) -> bool {
        self.up.contains_key(path)
    }

    /// Takes out the run of a script that stays up.
    pub(super) fn take(&mut self, path: &str) -> Option<Stand> {
        self.up.remove(path)
    }

    fn answer(&self, question: ScriptQuestion, path: &str) -> Option<Value> {
        if let Some(stand) = self.up.get(path) {
            return Some(of_run(question, &stand.run, true));
        }
        let past = self.ended.get(path)?;
        Some(match question {
            ScriptQuestion::Ready => Value::from(past.is_ready),
            ScriptQuestion::Global => Value::Object(past.global.clone()),
            _ => question.of_nothing(),
        })
    }
}

impl Player<'_> {
    /// What is known of a script: of those that the plan plays or has played, else nothing.
    pub(super) async fn asked(
        &mut self,
        step: &StepAt,
        question: ScriptQuestion,
        uri: &str,
    ) -> Value {
        let Ok(path) = self.resolve(step, uri, None).await else {
            return question.of_nothing();
        };
        match question {
            ScriptQuestion::Exists => return Value::from(self.disk.has(&path).await),
            ScriptQuestion::Resolve => return Value::from(path.absolute()),
            _ => {}
        }
        let path = path.absolute();
        let playing = self.stack.all().find(|stand| stand.path == path);
        let answer = playing.map(|stand| of_run(question, &stand.run, false));
        if let Some(answer) = answer.or_else(|| self.scripts.answer(question, &path)) {
            return answer;
        }
        let uri = self.notes.words.show(&shown_script(uri));
        self.assume(step, format!("the script {uri} does not run"));
        question.of_nothing()
    }
}

/// What is known of a script that runs.
fn of_run(question: ScriptQuestion, run: &Run, is_ready: bool) -> Value {
    match question {
        ScriptQuestion::Running => Value::from(true),
        ScriptQuestion::Ready => Value::from(is_ready),
        ScriptQuestion::Local => Value::Object(run.local().clone()),
        ScriptQuestion::Global => Value::Object(run.global().clone()),
        _ => question.of_nothing(),
    }
}
