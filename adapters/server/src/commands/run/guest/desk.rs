//! What a run at a server asks, and how it is answered there.

use super::watch::Watch;
use crate::{
    client::Client,
    prompt::{Desk, Questions},
};
use collodi_api::{Answer, Question, RunAnswer};
use serde_json::{Map, Value};

/// What is asked as far as the server has told, and where to answer it.
pub(super) struct AtServer<'a> {
    client: &'a Client,
    watch: &'a Watch,
}

impl<'a> AtServer<'a> {
    pub(super) const fn of(client: &'a Client, watch: &'a Watch) -> Self {
        Self { client, watch }
    }
}

impl Desk for AtServer<'_> {
    fn origin(&self) -> &str {
        self.watch.id()
    }

    async fn questions(&self) -> Questions {
        self.watch.questions()
    }

    async fn answer(
        &self,
        run: &str,
        question: &Question,
        values: Map<String, Value>,
    ) -> Vec<String> {
        let body = RunAnswer {
            step: None,
            question: Some(question.number),
            values,
        };
        let path = format!("/python/runs/{run}/answer");
        let answered = self.client.post_json::<Answer>(&path, &body);
        let wrong = answered.err().map(|error| format!("{error:#}"));
        wrong.into_iter().collect()
    }
}
