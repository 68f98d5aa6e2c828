//! Requests whose answers are kept in memory.

use crate::agent::{agent, agent_that_stays, failed, headers, request};
use collodi_web::{FetchSpec, Fetched, WebError, WebErrorKind};
use futures::channel::oneshot;
use std::{io::Read as _, thread};
use ureq::{Agent, Error};

/// Sends the request on a thread of its own. Dropped, the connection is shut down.
pub(crate) async fn fetch(spec: FetchSpec) -> Result<Fetched, WebError> {
    let agent = match spec.follow {
        true => agent(Some(spec.timeout)),
        false => agent_that_stays(Some(spec.timeout)),
    };
    let _guard = Guard(Some(agent.clone()));
    let (tell, told) = oneshot::channel();
    let url = spec.url.clone();
    let work = move || {
        // Nobody may listen any more.
        let _ = tell.send(perform(&agent, &spec));
    };
    let exhausted = || WebError::new(WebErrorKind::Exhausted, url.clone());
    thread::Builder::new()
        .name("collodi-fetch".to_owned())
        .spawn(work)
        .map_err(|_| exhausted())?;
    told.await.unwrap_or_else(|_| Err(exhausted()))
}

/// Shuts an agent down when nobody waits for it any more.
struct Guard(Option<Agent>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(agent) = self.0.take() {
            agent.shutdown();
        }
    }
}

fn perform(agent: &Agent, spec: &FetchSpec) -> Result<Fetched, WebError> {
    let fail = |error: &Error| failed(&spec.url, error);
    let request = request(&spec.method, &spec.url, &spec.headers);
    let answer = if spec.body.is_empty() {
        request
            .body(())
            .map_err(Error::from)
            .and_then(|request| agent.run(request))
    } else {
        let request = request.body(spec.body.as_slice());
        request
            .map_err(Error::from)
            .and_then(|request| agent.run(request))
    };
    let answer = answer.map_err(|error| fail(&error))?;
    let (status, headers) = (answer.status().as_u16(), headers(&answer));
    let mut body = Vec::new();
    let mut reader = answer
        .into_body()
        .into_reader()
        .take(spec.limit.saturating_add(1));
    reader
        .read_to_end(&mut body)
        .map_err(|error| fail(&Error::from(error)))?;
    if body.len() as u64 > spec.limit {
        return Err(WebError::new(WebErrorKind::TooLarge, spec.url.clone()));
    }
    Ok(Fetched {
        status,
        headers,
        body,
    })
}
