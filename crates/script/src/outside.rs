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

/// Whether a text names a path in another app by the address of its repository:
/// `https://host/owner/repo.git`, with a path behind it or none.
pub fn is_checkout_path(text: &str) -> bool {
    let schemes = ["http://", "https://"];
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    let end = rest.and_then(|rest| rest.split_once(".git"));
    end.is_some_and(|(_, path)| path.is_empty() || path.starts_with('/'))
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

    #[test]
    fn paths_in_checkouts() {
        for text in ["https://host/o/r.git", "http://host/o/r.git/a/b"] {
            assert!(is_checkout_path(text), "{text}");
        }
        for text in [
            "https://host/o/r",
            "https://host/o/r.github/x",
            "git@h:o/r.git",
            "r.git/a",
        ] {
            assert!(!is_checkout_path(text), "{text}");
        }
    }
}
