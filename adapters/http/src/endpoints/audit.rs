//! What was executed.

use super::{Answered, Shared};
use crate::{
    fault::{Fault, Kind},
    query::{number, word},
};
use axum::{Json, extract::State, http::Uri};
use collodi_api::AuditPage;
use collodi_audit::Query;
use collodi_time::WallTime;

/// How many entries a page has when nobody says, and at most.
const PAGE: u64 = 100;
const MOST: u64 = 1000;

pub(crate) async fn audit(State(surface): Shared, uri: Uri) -> Answered<AuditPage> {
    let page = (surface.audit)(query(&uri)?).await;
    page.map(Json).map_err(|error| {
        let detail = format!("the audit log cannot be read: {error}");
        Fault::new(Kind::FileFailed, detail)
    })
}

fn query(uri: &Uri) -> Result<Query, Fault> {
    let text = |key: &str| word(uri, key).filter(|text| !text.is_empty());
    let owned = |key: &str| text(key).map(str::to_owned);
    let limit = number(uri, "limit")?.unwrap_or(PAGE).min(MOST);
    Ok(Query {
        app: owned("app"),
        since: text("since").map(since).transpose()?,
        level: owned("level"),
        after: owned("after"),
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
    })
}

/// A time as it is printed, or in milliseconds since 1970. A query may have its colons as
/// they are, or encoded.
fn since(text: &str) -> Result<u64, Fault> {
    if let Ok(millis) = text.parse() {
        return Ok(millis);
    }
    let plain = text.replace("%3A", ":").replace("%3a", ":");
    let time: WallTime = plain.parse().map_err(|error| {
        let detail = format!("since is a time or milliseconds since 1970, not {text:?}: {error}");
        Fault::new(Kind::BadParameter, detail)
            .with(|problem| problem.pointer = Some("/since".to_owned()))
    })?;
    Ok(u64::try_from(time.as_duration().as_millis()).unwrap_or(u64::MAX))
}
