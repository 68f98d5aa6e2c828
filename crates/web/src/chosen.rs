//! Names that only the server chose.

use crate::{Known, WebErrorKind, WebUrl, file_name};
use alloc::string::String;

/// Names of what is read or run without being asked for.
const RESERVED: [&str; 3] = ["pinokio.json", "pinokio_meta.json", "environment"];

/// Endings of scripts. Scripts in JSON are told from data by nothing in their name.
const SCRIPTS: [&str; 3] = [".js", ".cjs", ".mjs"];

/// The name of a file that goes into a folder, and who chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenName {
    /// The name; as [`file_name`] says.
    pub name: String,
    /// Whether only the server chose it: the address ends in another one.
    pub by_server: bool,
}

impl ChosenName {
    /// What a downloaded file is called in its folder.
    ///
    /// # Errors
    ///
    /// [`WebErrorKind::ReservedName`] when only the server chose the name, and it is that
    /// of a launcher (`pinokio.json`, `pinokio_meta.json`), of a script in JavaScript
    /// (`.js`, `.cjs`, `.mjs`), `ENVIRONMENT`, or begins with a dot, all in any case.
    pub fn of(disposition: Option<&str>, url: &WebUrl) -> Result<Self, WebErrorKind> {
        let name = file_name(disposition, url);
        let by_server = name != file_name(None, url);
        if by_server && is_reserved(&name) {
            return Err(WebErrorKind::ReservedName);
        }
        Ok(Self { name, by_server })
    }

    /// Whether a file may get the name, where this is known of its place.
    ///
    /// # Errors
    ///
    /// [`WebErrorKind::NameTaken`] when only the server chose the name, and a file that
    /// has it is there.
    pub const fn check(&self, known: &Known) -> Result<(), WebErrorKind> {
        if self.by_server && known.complete.is_some() {
            return Err(WebErrorKind::NameTaken);
        }
        Ok(())
    }
}

fn is_reserved(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with('.')
        || RESERVED.contains(&name.as_str())
        || SCRIPTS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn of(given: &str, url: &str) -> Result<ChosenName, WebErrorKind> {
        let given = format!("attachment; filename=\"{given}\"");
        ChosenName::of(Some(&given), &WebUrl::parse(url).unwrap())
    }

    #[test]
    fn who_chose_it() {
        for (given, url, by_server) in [
            ("a.bin", "https://h/a.bin?x=y", false),
            ("a.bin", "https://h/x/a%2Ebin", false),
            ("", "https://h/a.bin", false),
            ("b.bin", "https://h/a.bin", true),
            ("A.bin", "https://h/a.bin", true),
            ("config.json", "https://h/api/1", true),
        ] {
            assert_eq!(
                of(given, url).unwrap().by_server,
                by_server,
                "{given} {url}"
            );
        }
    }

    #[test]
    fn what_a_server_cannot_call_a_file() {
        for name in [
            "pinokio.js",
            "Pinokio.JSON",
            "pinokio_meta.json",
            "../install.js",
            "x.cjs",
            "x.mjs",
            "ENVIRONMENT",
            "environment. ",
            ".bashrc",
            ".git",
        ] {
            let chosen = of(name, "https://h/api/1");
            assert_eq!(chosen, Err(WebErrorKind::ReservedName), "{name}");
        }
        let own = of("install.js", "https://h/install.js").unwrap();
        assert!(!own.by_server);
    }

    #[test]
    fn what_is_there_stays() {
        let known = |complete| Known {
            complete,
            ..Known::default()
        };
        let server = of("b.bin", "https://h/a.bin").unwrap();
        assert_eq!(server.check(&known(Some(3))), Err(WebErrorKind::NameTaken));
        assert_eq!(server.check(&known(None)), Ok(()));
        let own = of("a.bin", "https://h/a.bin").unwrap();
        assert_eq!(own.check(&known(Some(3))), Ok(()));
    }
}
