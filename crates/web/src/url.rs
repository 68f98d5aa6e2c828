//! Addresses that can be asked.

use crate::{basic, name::percent_decoded};
use alloc::{format, string::String};
use core::fmt;

/// An `http` or `https` address: printable ASCII with a host in it. Shown, it has
/// neither user nor password, and of a query only that there is one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebUrl(String);

impl WebUrl {
    /// The longest address, in bytes.
    pub const MAX_BYTES: usize = 8192;

    /// Reads an address. What stands around it is cut off, and characters that an
    /// address cannot have are written as `%XX`.
    ///
    /// # Errors
    ///
    /// What keeps it from being one.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::NoScheme)?;
        if !["http", "https"]
            .iter()
            .any(|s| scheme.eq_ignore_ascii_case(s))
        {
            return Err(UrlError::NotHttp);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let mut url = scheme.to_ascii_lowercase();
        url.push_str("://");
        rest.chars().for_each(|c| push(&mut url, c));
        let url = Self(url);
        check_host(url.authority())?;
        if url.0.len() > Self::MAX_BYTES {
            return Err(UrlError::TooLong);
        }
        Ok(url)
    }

    /// The address, whole.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, and the port if it is written: `localhost:8080`.
    pub fn host_and_port(&self) -> &str {
        let authority = self.authority();
        authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host)
    }

    /// The address without user and password, as it goes onto the wire.
    pub fn without_credentials(&self) -> String {
        match self.0.split_once("://") {
            Some((scheme, rest)) => {
                let path = rest.get(self.authority().len()..).unwrap_or_default();
                format!("{scheme}://{}{path}", self.host_and_port())
            }
            None => self.0.clone(),
        }
    }

    /// The user and password in it, as a value for the header `Authorization`.
    pub fn authorization(&self) -> Option<String> {
        let (user, _) = self.authority().rsplit_once('@')?;
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        Some(basic(&percent_decoded(user), &percent_decoded(password)))
    }

    /// The path, which begins with `/` or is empty, and the query without its `?`.
    pub fn path_and_query(&self) -> (&str, Option<&str>) {
        let after = self.after_scheme();
        let path = after.get(self.authority().len()..).unwrap_or_default();
        match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        }
    }

    /// The address with `query` added to its own.
    ///
    /// # Errors
    ///
    /// When it becomes too long.
    pub fn with_query(&self, query: &str) -> Result<Self, UrlError> {
        if query.is_empty() {
            return Ok(self.clone());
        }
        let joint = if self.0.contains('?') { "&" } else { "?" };
        Self::parse(&format!("{}{joint}{query}", self.0))
    }

    fn after_scheme(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| rest)
    }

    fn authority(&self) -> &str {
        let rest = self.after_scheme();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }
}

/// What anybody may see.
impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split("://").next().unwrap_or_default();
        let (path, query) = self.path_and_query();
        write!(f, "{scheme}://{}{path}", self.host_and_port())?;
        f.write_str(if query.is_some() { "?…" } else { "" })
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebUrl({self})")
    }
}

/// Why a text is no address that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// There is no `://` in it.
    NoScheme,
    /// It is neither `http` nor `https`.
    NotHttp,
    /// There is no host in it, or one that cannot be.
    BadHost,
    /// More than [`WebUrl::MAX_BYTES`] bytes.
    TooLong,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoScheme => "an address begins with http:// or https://",
            Self::NotHttp => "only http and https can be asked",
            Self::BadHost => "the address has no host",
            Self::TooLong => "the address is too long",
        })
    }
}

impl core::error::Error for UrlError {}

/// Nothing that ends a line or a word gets onto the wire.
fn push(url: &mut String, c: char) {
    let plain =
        c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    if plain {
        url.push(c);
        return;
    }
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        crate::fetch::push_escaped(url, byte);
    }
}

fn check_host(authority: &str) -> Result<(), UrlError> {
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    let known = |c: char| c.is_ascii_alphanumeric() || "-._~[]:".contains(c);
    let good = !name.is_empty()
        && name.chars().all(known)
        && (port.is_empty() || port.parse::<u16>().is_ok());
    if good { Ok(()) } else { Err(UrlError::BadHost) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn addresses_as_they_are_shown() {
        for (text, shown) in [
            ("http://a", "http://a"),
            (" HTTPS://A.example:8443/x#y\n", "https://A.example:8443/x"),
            ("https://u:p@h/a?token=1", "https://h/a?…"),
            ("http://u@x@h:1?k", "http://h:1?…"),
            ("http://[::1]:80/a b", "http://[::1]:80/a%20b"),
            ("http://h/ä\r\nX: y", "http://h/%C3%A4%0D%0AX:%20y"),
        ] {
            assert_eq!(
                WebUrl::parse(text).map(|url| url.to_string()),
                Ok(shown.into()),
                "{text:?}"
            );
        }
    }

    #[test]
    fn not_addresses() {
        for (text, why) in [
            ("", UrlError::NoScheme),
            ("example.org/x", UrlError::NoScheme),
            ("ftp://h/x", UrlError::NotHttp),
            ("file:///etc/passwd", UrlError::NotHttp),
            ("http://", UrlError::BadHost),
            ("http:///x", UrlError::BadHost),
            ("http://u:p@/x", UrlError::BadHost),
            ("http://h:x/", UrlError::BadHost),
            ("http://h:70000/", UrlError::BadHost),
            ("http://a b/", UrlError::BadHost),
        ] {
            assert_eq!(WebUrl::parse(text), Err(why), "{text:?}");
        }
        let long = alloc::format!("http://h/{}", "x".repeat(WebUrl::MAX_BYTES));
        assert_eq!(WebUrl::parse(&long), Err(UrlError::TooLong));
    }

    #[test]
    fn a_query_is_added() {
        let url = |text| WebUrl::parse(text).unwrap();
        let added = |text| url(text).with_query("b=2").unwrap();
        assert_eq!(added("http://h/x").as_str(), "http://h/x?b=2");
        assert_eq!(added("http://h/x?a=1").as_str(), "http://h/x?a=1&b=2");
        assert_eq!(url("http://h").with_query("").unwrap().as_str(), "http://h");
    }

    #[test]
    fn parts() {
        let url = WebUrl::parse("http://u:p@h:1/a/b?c=d").unwrap();
        assert_eq!(url.host_and_port(), "h:1");
        assert_eq!(url.without_credentials(), "http://h:1/a/b?c=d");
        assert_eq!(url.authorization().as_deref(), Some("Basic dTpw"));
        assert_eq!(WebUrl::parse("http://h/@").unwrap().authorization(), None);
        assert_eq!(url.path_and_query(), ("/a/b", Some("c=d")));
    }
}
