//! Where questions come from, and answers go.

use collodi_api::Question;
use collodi_driver::{CommandError, HostHandle};
use collodi_host::{Command, Host, Refused, RunId};
use collodi_script::read_json;
use collodi_value::{Object, Value};
use serde_json::Map;
use std::{collections::BTreeMap, sync::Arc};

/// What names a question: the run, and its number.
pub(crate) type Name = (String, u64);

/// The open questions.
pub(crate) type Questions = BTreeMap<Name, Arc<Question>>;

/// Where questions come from, and answers go.
pub(crate) trait Desk {
    /// The run that somebody asked for.
    fn origin(&self) -> &str;
    /// What that run and the scripts that it started ask; nothing when the host is gone.
    async fn questions(&self) -> Questions;
    /// Answers a question. What is wrong with the answers; nothing when they are taken.
    async fn answer(
        &self,
        run: &str,
        question: &Question,
        values: Map<String, serde_json::Value>,
    ) -> Vec<String>;
}

/// The host of this program.
#[derive(Debug)]
pub(crate) struct AtHost<'a> {
    pub(crate) host: &'a HostHandle,
    pub(crate) origin: &'a RunId,
}

impl Desk for AtHost<'_> {
    fn origin(&self) -> &str {
        self.origin.as_str()
    }

    async fn questions(&self) -> Questions {
        let origin = self.origin.clone();
        let asked = move |host: &Host| {
            let ours = host.runs().filter(|run| *run.origin() == origin);
            let asked = ours.filter_map(|run| Some((run.id().clone(), run.question()?.clone())));
            asked.collect::<Vec<_>>()
        };
        // A host that is gone asks nothing.
        let asked = self.host.query(asked).await.unwrap_or_default();
        asked
            .into_iter()
            .map(|(run, question)| {
                let name = (run.as_str().to_owned(), question.number);
                (name, Arc::new(collodi_http::question(&question)))
            })
            .collect()
    }

    async fn answer(
        &self,
        run: &str,
        question: &Question,
        values: Map<String, serde_json::Value>,
    ) -> Vec<String> {
        let answer = Command::Answer {
            run: RunId::from_text(run),
            step: None,
            question: Some(question.number),
            values: as_object(values),
        };
        match self.host.command(answer).await {
            Ok(_) | Err(CommandError::Gone) => Vec::new(),
            Err(CommandError::Refused(Refused::Answers(errors))) => {
                errors.iter().map(ToString::to_string).collect()
            }
            Err(error) => vec![error.to_string()],
        }
    }
}

/// Texts and lists of texts are all that is typed.
fn as_object(values: Map<String, serde_json::Value>) -> Object {
    match read_json(&serde_json::Value::Object(values).to_string()) {
        Ok(Value::Object(values)) => values,
        _ => Object::new(),
    }
}
