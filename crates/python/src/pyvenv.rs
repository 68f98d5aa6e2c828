//! What an environment says of itself.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// The version of Python that the text of a `pyvenv.cfg` names: `3.13.1`. The standard
/// library writes `version`, uv and virtualenv `version_info`, the latter with more behind it.
pub fn version_of(text: &str) -> Option<String> {
    let value = |line: &str| {
        let (key, value) = line.split_once('=')?;
        let is_version = matches!(key.trim(), "version" | "version_info");
        is_version.then(|| value.trim().to_string())
    };
    let version = text.lines().find_map(value)?;
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let numbers: Vec<_> = version.split('.').take_while(is_number).take(3).collect();
    (!numbers.is_empty()).then(|| numbers.join("."))
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn who_made_it_says_it_differently() {
        let table = [
            ("home = /usr/bin\nversion = 3.11.2\n", Some("3.11.2")),
            ("uv = 0.13\nversion_info = 3.13.0", Some("3.13.0")),
            ("version_info = 3.8.18.final.0", Some("3.8.18")),
            ("version = 3.14.0rc1", Some("3.14")),
            ("version = \u{1b}[2J", None),
            ("prompt = version", None),
            ("", None),
        ];
        for (text, version) in table {
            assert_eq!(version_of(text).as_deref(), version, "{text:?}");
        }
    }
}
