//! `KEY=VALUE` on the command line.

/// The key and the value; the value may be empty and have more `=`.
pub(crate) fn parse(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as KEY=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_first_equals_sign_ends_the_key() {
        let pair = |key: &str, value: &str| Ok((key.to_owned(), value.to_owned()));
        assert_eq!(parse("a=b"), pair("a", "b"));
        assert_eq!(parse("a=b=c"), pair("a", "b=c"));
        assert_eq!(parse("a="), pair("a", ""));
        assert!(parse("=a").is_err());
        assert!(parse("a").is_err());
    }
}
