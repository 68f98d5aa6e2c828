//! What is well and what is not.

use super::{Answered, Shared};
use axum::{Json, extract::State};
use collodi_api::Doctor;

pub(crate) async fn doctor(State(surface): Shared) -> Answered<Doctor> {
    Ok(Json((surface.doctor)().await))
}
