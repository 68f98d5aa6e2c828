//! The server itself.

use super::{Answered, Shared};
use crate::fault::{Fault, Kind};
use axum::{Json, extract::State, http::StatusCode};
use collodi_api::{Answer, Live};
use collodi_host::Command;

pub(crate) async fn live() -> Json<Live> {
    Json(Live {
        status: "ok".to_owned(),
    })
}

pub(crate) async fn shutdown(State(surface): Shared) -> (StatusCode, Json<Answer>) {
    (surface.shutdown)();
    let answer = Answer {
        status: "stopping".to_owned(),
        id: None,
    };
    (StatusCode::ACCEPTED, Json(answer))
}

/// Another life of the server goes on with the daemons: when all that it needs is written
/// down, this one is over. Where the next one could not begin, this one goes on.
pub(crate) async fn hand_over(State(surface): Shared) -> Answered<Answer> {
    let tried = (surface.may_go_on)().await;
    tried.map_err(|why| {
        Fault::new(Kind::BadSetting, why)
            .hint("correct the settings; the server goes on with those that it has")
    })?;
    surface.host.command(Command::HandOver).await?;
    Ok(Json(Answer {
        status: "handing over".to_owned(),
        id: None,
    }))
}
