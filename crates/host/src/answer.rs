//! Handing on what people answer.

use crate::{Accepted, Host, Refused, RunId, post::Post};
use alloc::string::ToString;
use collodi_run::Input;
use collodi_script::StepAt;
use collodi_value::Object;

impl Host {
    /// Answers the question that a run has open. What will not do is refused here, so
    /// that whoever answers hears of it.
    pub(crate) fn answer(
        &mut self,
        id: &RunId,
        step: Option<StepAt>,
        number: Option<u64>,
        values: Object,
    ) -> Result<Accepted, Refused> {
        let Some(entry) = self.runs.get(id) else {
            return Err(Refused::NoSuchRun(id.to_string()));
        };
        let asked = entry.question();
        let asked = asked.filter(|q| step.as_ref().is_none_or(|step| *step == q.step));
        let Some(question) = asked.filter(|q| number.is_none_or(|number| number == q.number))
        else {
            return Err(Refused::NothingAsked(id.to_string()));
        };
        question.form.check(&values).map_err(Refused::Answers)?;
        let answer = Input::Answer(question.number, values);
        self.shared.post.push_back(Post::Run(id.clone(), answer));
        Ok(Accepted::UnderWay)
    }
}
