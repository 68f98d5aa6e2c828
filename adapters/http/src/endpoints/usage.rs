//! What processes use.

use super::{Answered, Shared};
use crate::usage::used;
use axum::{Json, extract::State};
use collodi_api::{ProcessUsage, UsageReport};

pub(crate) async fn usage(State(surface): Shared) -> Answered<UsageReport> {
    let used = used(&surface).await?;
    Ok(Json(UsageReport {
        at: surface.clock.wall().to_string(),
        processes: used.into_iter().map(ProcessUsage::from).collect(),
    }))
}
