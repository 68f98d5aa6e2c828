//! Whether the server can do its work.

use super::{Answered, Shared};
use crate::fault::{Fault, Kind};
use axum::{Json, extract::State};
use collodi_api::Live;
use collodi_host::Host;

/// Ready is a host that knows what the machine has: before, every run waits.
pub(crate) async fn ready(State(surface): Shared) -> Answered<Live> {
    match surface
        .host
        .query(|host: &Host| host.found().is_some())
        .await?
    {
        true => Ok(Json(Live {
            status: "ok".to_owned(),
        })),
        false => Err(Fault::new(
            Kind::NotReady,
            "the server is still looking what the machine has",
        )),
    }
}
