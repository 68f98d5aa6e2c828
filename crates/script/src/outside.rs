//! Texts that name scripts elsewhere, and no file of an app.

/// Whether a text has a form that names scripts outside the app's folder, and no path
/// in it: `~`, `~/…`, or a scheme such as `https://`.
pub fn is_outside(text: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    text == "~" || text.starts_with("~/") || scheme.is_some_and(is_scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for text in ["~", "~/x", "https://host/x", "file:///x", "git+ssh://h"] {
            assert!(is_outside(text), "{text}");
        }
        for text in [
            "", "~x", "x/~/y", "C://x", "://x", "a b://x", "x:/y", "1a://x",
        ] {
            assert!(!is_outside(text), "{text}");
        }
    }
}
