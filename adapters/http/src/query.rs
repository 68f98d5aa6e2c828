//! Parameters behind the question mark.

use crate::fault::{Fault, Kind};
use axum::http::Uri;

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

/// What parameter `key` says, as it was sent. Of several, the first.
pub(crate) fn word<'a>(uri: &'a Uri, key: &str) -> Option<&'a str> {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    pairs.find_map(|pair| value_of(pair, key))
}

fn value_of<'a>(pair: &'a str, key: &str) -> Option<&'a str> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (name == key).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::number;

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
