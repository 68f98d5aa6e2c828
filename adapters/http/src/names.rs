//! Names in paths.

use crate::{
    fault::{Fault, Kind},
    surface::Served,
};
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use collodi_contain::{Name, NameError};
use std::sync::Arc;

/// The one name in a path, decoded, and checked before anything is made of it.
#[derive(Clone, Debug)]
pub(crate) struct PathName(pub(crate) Name);

/// The one id of a run or process in a path: the name of an app and what was added.
#[derive(Clone, Debug)]
pub(crate) struct PathId(pub(crate) String);

impl FromRequestParts<Arc<Served>> for PathName {
    type Rejection = Fault;

    async fn from_request_parts(
        parts: &mut Parts,
        surface: &Arc<Served>,
    ) -> Result<Self, Self::Rejection> {
        let text = segment(parts, surface).await?;
        Name::parse(&text).map(Self).map_err(bad_name)
    }
}

impl FromRequestParts<Arc<Served>> for PathId {
    type Rejection = Fault;

    async fn from_request_parts(
        parts: &mut Parts,
        surface: &Arc<Served>,
    ) -> Result<Self, Self::Rejection> {
        let text = segment(parts, surface).await?;
        Name::parse(app_of(&text)).map_err(bad_name)?;
        Ok(Self(text))
    }
}

/// Decodes the segment. One that is not UTF-8 then is no name.
async fn segment(parts: &mut Parts, surface: &Arc<Served>) -> Result<String, Fault> {
    match Path::<String>::from_request_parts(parts, surface).await {
        Ok(Path(text)) => Ok(text),
        Err(_) => Err(Fault::new(Kind::BadName, "a name in the path is not UTF-8")),
    }
}

/// The name that an id begins with; all of it when it is not made like an id.
fn app_of(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((app, hex)) if hex.len() == 8 && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            app.strip_suffix("-run").unwrap_or(app)
        }
        _ => id,
    }
}

pub(crate) fn bad_name(error: NameError) -> Fault {
    Fault::new(Kind::BadName, error.to_string())
        .hint("a name has 1 to 64 letters, digits, '.', '_' and '-', and starts with a letter, a digit or '_'")
}

#[cfg(test)]
mod tests {
    use super::app_of;

    #[test]
    fn ids_begin_with_names() {
        let table = [
            ("demo-0123abcd", "demo"),
            ("demo-run-0123abcd", "demo"),
            ("a-b-0123abcd", "a-b"),
            ("demo", "demo"),
            ("demo-0123", "demo-0123"),
            ("../x-0123abcd", "../x"),
            ("-0123abcd", ""),
            ("", ""),
        ];
        for (id, app) in table {
            assert_eq!(app_of(id), app, "{id}");
        }
    }
}
