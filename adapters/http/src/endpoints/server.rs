//! The server itself.

use super::Shared;
use axum::{Json, extract::State, http::StatusCode};
use collodi_api::{Answer, Live};

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
