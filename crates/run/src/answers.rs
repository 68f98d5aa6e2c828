//! Answers that are there before anything is asked.

use crate::form::Form;
use alloc::{collections::BTreeMap, string::String};
use collodi_script::StepAt;
use collodi_value::{Object, Value};

/// Answers that come with a run.
///
/// Each step is answered once: a script that asks the same thing again, in a loop,
/// wants to hear something else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreparedAnswers {
    /// Answers by the key of their field, for every step that asks for it.
    pub fields: Object,
    /// Answers for one step only, by its id or its number, counted from 0; of a list other
    /// than `run` behind the list's name, as in `answer/0`. They come before those for all.
    pub steps: BTreeMap<String, Object>,
    /// Whether nobody is there to answer: what has no prepared answer gets its
    /// default, and what has none fails.
    pub unattended: bool,
}

impl PreparedAnswers {
    /// No answers, and nobody to give some.
    pub fn unattended() -> Self {
        Self {
            unattended: true,
            ..Self::default()
        }
    }

    /// Reads an object: a member that is an object is the answers of the step with its
    /// name, any other is the answer to every field with its name.
    pub fn of(answers: &Object, unattended: bool) -> Self {
        let mut prepared = Self {
            unattended,
            ..Self::default()
        };
        for (key, value) in answers.iter() {
            match value {
                Value::Object(of_step) => {
                    prepared.steps.insert(key.into(), of_step.clone());
                }
                value => drop(prepared.fields.set(key, value.clone())),
            }
        }
        prepared
    }

    /// What `later` has, and of these what it leaves open.
    #[must_use]
    pub fn with(mut self, later: Self) -> Self {
        for (key, value) in later.fields.iter() {
            self.fields.set(key, value.clone());
        }
        self.steps.extend(later.steps);
        Self {
            unattended: later.unattended,
            ..self
        }
    }

    /// What is prepared for the fields of `form` at this step.
    pub(crate) fn of_step(&self, step: &StepAt, id: Option<&str>, form: &Form) -> Object {
        let number = alloc::string::ToString::to_string(step);
        let of_step = id.and_then(|id| self.steps.get(id));
        let of_step = of_step.or_else(|| self.steps.get(&number));
        let mut values = Object::new();
        for field in &form.fields {
            let own = of_step.and_then(|values| values.get(&field.key));
            if let Some(value) = own.or_else(|| self.fields.get(&field.key)) {
                values.set(field.key.as_str(), value.clone());
            }
        }
        values
    }
}
