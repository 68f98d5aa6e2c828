//! Parameters behind the question mark.

use crate::{
    fault::{Fault, Kind},
    openapi::Parameter,
    surface::Served,
};
use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use percent_encoding::percent_decode_str;
use std::{convert::Infallible, sync::Arc};

/// The parameters of a route, as they are described. A request carries those of its route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described(pub(crate) &'static [Parameter]);

/// What stands behind the question mark. A parameter that the description of the route does not
/// have is not read: as if it was left out.
#[derive(Clone, Debug)]
pub(crate) struct QueryString {
    uri: Uri,
    described: &'static [Parameter],
}

impl FromRequestParts<Arc<Served>> for QueryString {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &Arc<Served>,
    ) -> Result<Self, Self::Rejection> {
        let described = parts.extensions.get().copied();
        let Described(described) = described.unwrap_or(Described(&[]));
        let uri = parts.uri.clone();
        Ok(Self { uri, described })
    }
}

impl QueryString {
    #[cfg(test)]
    pub(crate) fn of(uri: &str, described: &'static [Parameter]) -> Self {
        let uri = uri.parse().unwrap();
        Self { uri, described }
    }

    /// The number that parameter `key` has, if it is there. Of several, the first.
    pub(crate) fn number(&self, key: &str) -> Result<Option<u64>, Fault> {
        let Some(text) = self.value_of(key) else {
            return Ok(None);
        };
        let wrong = || wrong(key, &format!("must be a number from 0 on, not {text:?}"));
        text.parse().map(Some).map_err(|_| wrong())
    }

    /// Whether parameter `key` is `true`; not when it is left out.
    pub(crate) fn flag(&self, key: &str) -> Result<bool, Fault> {
        match self.text(key)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true" | "") => Ok(true),
            Some(other) => Err(wrong(key, &format!("must be true or false, not {other:?}"))),
        }
    }

    /// The text that parameter `key` has, if it is there. Of several, the first.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, Fault> {
        let Some(text) = self.value_of(key) else {
            return Ok(None);
        };
        let text = text.replace('+', " ");
        match percent_decode_str(&text).decode_utf8() {
            Ok(text) => Ok(Some(text.into_owned())),
            Err(_) => Err(wrong(key, "is not UTF-8")),
        }
    }

    fn value_of(&self, key: &str) -> Option<&str> {
        let of_query = |one: &&Parameter| one.place == "query" && one.name == key;
        self.described.iter().find(of_query)?;
        let mut pairs = self.uri.query().unwrap_or_default().split('&');
        pairs.find_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name == key).then_some(value)
        })
    }
}

fn wrong(key: &str, why: &str) -> Fault {
    Fault::new(Kind::BadParameter, format!("{key} {why}"))
        .with(|problem| problem.pointer = Some(format!("/{key}")))
}

#[cfg(test)]
mod tests {
    use super::QueryString;
    use crate::{openapi::Parameter, routes::query};

    const KNOWN: &[Parameter] = &[query("q", "string", ""), query("from", "integer", "")];

    #[test]
    fn texts() {
        let read = |uri: &str| QueryString::of(uri, KNOWN).text("q").unwrap();
        assert_eq!(read("/x"), None);
        assert_eq!(read("/x?a=b&q=one+two%26%3D").as_deref(), Some("one two&="));
        assert_eq!(read("/x?q").as_deref(), Some(""));
        assert!(QueryString::of("/x?q=%ff", KNOWN).text("q").is_err());
    }

    #[test]
    fn what_is_not_described_is_not_read() {
        let asked = QueryString::of("/x?q=a&other=b", KNOWN);
        assert_eq!(asked.text("q").unwrap().as_deref(), Some("a"));
        assert_eq!(asked.text("other").unwrap(), None);
    }

    #[test]
    fn numbers() {
        let read = |text: &str| QueryString::of(text, KNOWN).number("from");
        assert_eq!(read("/x").unwrap(), None);
        assert_eq!(read("/x?from=7").unwrap(), Some(7));
        assert_eq!(read("/x?limit=1&from=0").unwrap(), Some(0));
        assert_eq!(
            read("/x?from=18446744073709551615").unwrap(),
            Some(u64::MAX)
        );
        assert_eq!(read("/x?afrom=x").unwrap(), None);
        for wrong in [
            "",
            "=",
            "=-1",
            "=x",
            "=1.5",
            "=18446744073709551616",
            "=%31",
        ] {
            assert!(read(&format!("/x?from{wrong}")).is_err(), "{wrong}");
        }
    }
}
