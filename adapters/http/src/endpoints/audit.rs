//! What was executed.

use super::{Answered, Shared};
use crate::{
    fault::{Fault, Kind},
    query::QueryString,
};
use axum::{Json, extract::State};
use collodi_api::AuditPage;
use collodi_audit::Query;
use collodi_time::WallTime;

/// How many entries a page has when nobody says, and at most.
const PAGE: u64 = 100;
const MOST: u64 = 1000;

pub(crate) async fn audit(State(surface): Shared, query: QueryString) -> Answered<AuditPage> {
    let page = (surface.audit)(sought(&query)?).await;
    page.map(Json).map_err(|error| {
        let detail = format!("the audit log cannot be read: {error}");
        Fault::new(Kind::FileFailed, detail)
    })
}

fn sought(query: &QueryString) -> Result<Query, Fault> {
    let text = |key: &str| Ok::<_, Fault>(query.text(key)?.filter(|text| !text.is_empty()));
    let limit = query.number("limit")?.unwrap_or(PAGE).min(MOST);
    Ok(Query {
        app: text("app")?,
        since: text("since")?.map(|text| since(&text)).transpose()?,
        level: text("level")?,
        probes: query.text("probes")?.is_none() || query.flag("probes")?,
        after: text("after")?,
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
    })
}

/// A time as it is printed, or in milliseconds since 1970.
fn since(text: &str) -> Result<u64, Fault> {
    if let Ok(millis) = text.parse() {
        return Ok(millis);
    }
    let time: WallTime = text.parse().map_err(|error| {
        let detail = format!("since is a time or milliseconds since 1970, not {text:?}: {error}");
        Fault::new(Kind::BadParameter, detail)
            .with(|problem| problem.pointer = Some("/since".to_owned()))
    })?;
    Ok(u64::try_from(time.as_duration().as_millis()).unwrap_or(u64::MAX))
}
