//! Parameters behind the question mark.

use crate::fault::{Fault, Kind};
use axum::http::Uri;
use percent_encoding::percent_decode_str;

/// The number that parameter `key` has, if it is there. Of several, the first.
pub(crate) fn number(uri: &Uri, key: &str) -> Result<Option<u64>, Fault> {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    let Some(text) = pairs.find_map(|pair| value_of(pair, key)) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        Fault::new(
            Kind::BadParameter,
            format!("{key} must be a number from 0 on, not {text:?}"),
        )
        .with(|problem| problem.pointer = Some(format!("/{key}")))
    })
}

/// Whether parameter `key` is `true`; not when it is left out.
pub(crate) fn flag(uri: &Uri, key: &str) -> Result<bool, Fault> {
    match text(uri, key)?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true" | "") => Ok(true),
        Some(other) => Err(Fault::new(
            Kind::BadParameter,
            format!("{key} must be true or false, not {other:?}"),
        )
        .with(|problem| problem.pointer = Some(format!("/{key}")))),
    }
}

/// The text that parameter `key` has, if it is there. Of several, the first.
pub(crate) fn text(uri: &Uri, key: &str) -> Result<Option<String>, Fault> {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    let Some(text) = pairs.find_map(|pair| value_of(pair, key)) else {
        return Ok(None);
    };
    let text = text.replace('+', " ");
    match percent_decode_str(&text).decode_utf8() {
        Ok(text) => Ok(Some(text.into_owned())),
        Err(_) => Err(
            Fault::new(Kind::BadParameter, format!("{key} is not UTF-8"))
                .with(|problem| problem.pointer = Some(format!("/{key}"))),
        ),
    }
}

fn value_of<'a>(pair: &'a str, key: &str) -> Option<&'a str> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (name == key).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::{number, text};

    #[test]
    fn texts() {
        let read = |uri: &str| text(&uri.parse().unwrap(), "q").unwrap();
        assert_eq!(read("/x"), None);
        assert_eq!(read("/x?a=b&q=one+two%26%3D").as_deref(), Some("one two&="));
        assert_eq!(read("/x?q").as_deref(), Some(""));
        assert!(text(&"/x?q=%ff".parse().unwrap(), "q").is_err());
    }

    #[test]
    fn numbers() {
        let read = |text: &str| number(&text.parse().unwrap(), "from");
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
