//! The address of a server, found in what it prints.

use crate::{ansi::is_harmless, plain};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use core::{fmt, net::Ipv6Addr};
use memchr::{memchr, memchr_iter};

/// The longest host name.
const MAX_HOST: usize = 253;

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `http`.
    Http,
    /// `https`.
    Https,
}

impl Scheme {
    /// The name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that is meant when none is written.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An `http` or `https` address in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// The scheme.
    pub scheme: Scheme,
    /// The host in lower case: a name, an IPv4 address, or an IPv6 address in brackets.
    pub host: String,
    /// The port, if it is written.
    pub port: Option<u16>,
    /// The whole address as it is written, path included.
    pub text: String,
}

impl Url {
    /// Whether the host is this machine: `localhost`, a loopback address, or the
    /// "any" address that servers print when they listen everywhere.
    pub fn is_local(&self) -> bool {
        match self.host.as_str() {
            "localhost" | "0.0.0.0" => true,
            host => bracketed(host).map_or_else(
                || {
                    host.parse::<core::net::Ipv4Addr>()
                        .is_ok_and(|ip| ip.is_loopback())
                },
                |ip| ip.is_loopback() || ip.is_unspecified(),
            ),
        }
    }

    /// The host to connect to, without brackets: the "any" address becomes that of
    /// this machine.
    pub fn connect_host(&self) -> &str {
        match self.host.as_str() {
            "0.0.0.0" => "127.0.0.1",
            host if bracketed(host).is_some_and(|ip| ip.is_unspecified()) => "::1",
            host => host.trim_matches(['[', ']']),
        }
    }

    /// The address to connect to: the "any" address becomes that of this machine.
    pub fn to_connect(&self) -> String {
        let host = match self.host.as_str() {
            "0.0.0.0" => "127.0.0.1",
            host if bracketed(host).is_some_and(|ip| ip.is_unspecified()) => "[::1]",
            host => host,
        };
        let skip = self.scheme.as_str().len() + "://".len() + self.host.len();
        let rest = self.text.get(skip..).unwrap_or_default();
        format!("{}://{host}{rest}", self.scheme)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The first address in `line`, escape sequences aside: that of this machine
/// first, as servers also print where their documentation is.
///
/// Give it whole lines. A chunk, a [`Partial`](crate::Partial) or a truncated line
/// may end inside an address.
pub fn find_url(line: &str) -> Option<Url> {
    let urls = find_urls(line);
    let local = urls.iter().position(Url::is_local);
    urls.into_iter().nth(local.unwrap_or(0))
}

/// Every address in `line`, escape sequences aside, in order.
pub fn find_urls(line: &str) -> Vec<Url> {
    let mut urls = Vec::new();
    if memchr(b':', line.as_bytes()).is_none() {
        return urls;
    }
    let line = plain(line);
    let mut from = 0;
    while let Some(colon) = colon(&line, from) {
        from = colon + "://".len();
        if let Some(url) = url_around(&line, colon) {
            from = colon.max(from + url.text.len() - url.scheme.as_str().len() - "://".len());
            urls.push(url);
        }
    }
    urls
}

/// Whether there may be an address in these lines, which have no escape sequence,
/// carriage return or backspace: whether it is worth making lines of them, and looking.
pub fn may_have_url(lines: &[u8]) -> bool {
    // What a line does not show may stand between.
    let goes_on = |next: &u8| *next == b'/' || !is_harmless(*next);
    memchr_iter(b':', lines).any(|colon| lines.get(colon + 1).is_some_and(goes_on))
}

/// Where the first `://` from `from` on is. Most lines have none, and a search for one byte
/// needs no preparation.
fn colon(line: &str, from: usize) -> Option<usize> {
    let rest = after(line, from);
    memchr_iter(b':', rest.as_bytes())
        .find(|at| after(rest, *at).starts_with("://"))
        .map(|at| from + at)
}

/// The address whose `://` is at `colon`.
fn url_around(line: &str, colon: usize) -> Option<Url> {
    let (scheme, start) = scheme_before(before(line, colon))?;
    let rest = after(line, colon + "://".len());
    let (host, rest) = split_host(rest)?;
    let (port, rest) = split_port(rest)?;
    let path = path(rest);
    let end = line.len() - rest.len() + path.len();
    Some(Url {
        scheme,
        host: host.to_ascii_lowercase(),
        port,
        text: before(after(line, start), end - start).to_owned(),
    })
}

/// The scheme that `text` ends with, and where it starts.
fn scheme_before(text: &str) -> Option<(Scheme, usize)> {
    [Scheme::Https, Scheme::Http]
        .into_iter()
        .find_map(|scheme| {
            let start = text.len().checked_sub(scheme.as_str().len())?;
            let (ahead, name) = text.split_at_checked(start)?;
            let begins =
                !ahead.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '+' | '-' | '.'));
            (begins && name.eq_ignore_ascii_case(scheme.as_str())).then_some((scheme, start))
        })
}

/// The host that `text` starts with, brackets included, and what follows it.
fn split_host(text: &str) -> Option<(&str, &str)> {
    let len = match text.strip_prefix('[') {
        Some(inner) => inner.bytes().take(MAX_HOST).position(|b| b == b']')? + 2,
        None => name_len(text),
    };
    let (host, rest) = text.split_at_checked(len)?;
    let known = if text.starts_with('[') {
        bracketed(host).is_some()
    } else {
        is_name(host) && !rest.starts_with(|c: char| c.is_alphanumeric() || NOT_AFTER.contains(&c))
    };
    known.then_some((host, rest))
}

/// What shows that a host is no host: the name goes on, a password follows, or it
/// is a placeholder to be filled in.
const NOT_AFTER: [char; 8] = ['_', '@', '{', '<', '$', '%', '*', '['];

fn name_len(text: &str) -> usize {
    let in_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let len = text
        .bytes()
        .take(MAX_HOST + 1)
        .take_while(|b| in_name(*b))
        .count();
    before(text, len).trim_end_matches(['.', '-']).len()
}

fn is_name(host: &str) -> bool {
    let label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    host.len() <= MAX_HOST && host.split('.').all(label)
}

fn bracketed(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// The port that `text` starts with, and what follows it. Fails when what stands
/// there is neither a port nor the end of the address.
fn split_port(text: &str) -> Option<(Option<u16>, &str)> {
    let Some(digits) = text.strip_prefix(':') else {
        return Some((None, text));
    };
    let len = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = digits.split_at_checked(len)?;
    if len == 0 {
        let ended = rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace());
        return ended.then_some((None, text));
    }
    let port = number.parse().ok().filter(|port| *port > 0)?;
    let cut = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || NOT_AFTER.contains(&c));
    (!cut).then_some((Some(port), rest))
}

/// The path, query and fragment that `text` starts with, without the punctuation
/// of the sentence around it.
fn path(text: &str) -> &str {
    if !text.starts_with(['/', '?', '#']) {
        return "";
    }
    let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>|\\^{}".contains(c);
    let len = text.find(ends).unwrap_or(text.len());
    trim_sentence(before(text, len))
}

/// `path` without trailing punctuation. A closing bracket stays if it was opened
/// in the path.
fn trim_sentence(path: &str) -> &str {
    let count = |c: char| path.matches(c).count();
    let mut round = count(')').saturating_sub(count('('));
    let mut square = count(']').saturating_sub(count('['));
    path.trim_end_matches(|c: char| match c {
        ')' => take_one(&mut round),
        ']' => take_one(&mut square),
        _ => ".,;:!?*_…。，".contains(c),
    })
}

fn take_one(count: &mut usize) -> bool {
    let one = *count > 0;
    *count -= usize::from(one);
    one
}

fn before(text: &str, at: usize) -> &str {
    text.get(..at).unwrap_or(text)
}

fn after(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let found: Vec<_> = find_urls(line).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{line:?}");
    }

    #[test]
    fn not_addresses() {
        for line in [
            "",
            "://",
            "http://",
            "http:// x",
            "ftp://host:1",
            "xhttp://host",
            "git+http://host",
            "http://user:pw@host",
            "http://user@host",
            "http://localhost:{port}",
            "http://localhost:<port>",
            "http://localhost:$PORT",
            "http://{host}:80",
            "http://host{x}",
            "http://h:0",
            "http://h:65536",
            "http://h:99999999999999999999",
            "http://h:80x",
            "http://***:80",
            "http://a..b",
            "http://-a",
            "http://münchen.example",
            "http://[::1",
            "http://[x]:80",
            "http://a_b",
        ] {
            check(line, &[]);
        }
    }

    #[test]
    fn sentences_around() {
        check("see http://a.example/b.", &["http://a.example/b"]);
        check("(http://a.example/b_(c))", &["http://a.example/b_(c)"]);
        check("at http://localhost:1.", &["http://localhost:1"]);
        check("http://localhost: ready", &["http://localhost"]);
        check("http://localhost.", &["http://localhost"]);
        check(
            "<http://h:1/>, \"http://h:2/\"",
            &["http://h:1/", "http://h:2/"],
        );
        check("[http://h:1](http://h:2)", &["http://h:1", "http://h:2"]);
        check("http://h:7860で起動", &["http://h:7860"]);
        check("http://a/http://b", &["http://a/http://b"]);
        check("http://x:y http://b", &["http://b"]);
        check("HTTP://H:1?a=b&c#d", &["HTTP://H:1?a=b&c#d"]);
    }

    #[test]
    fn this_machine() {
        let connect = |line| find_url(line).map(|url| url.to_connect());
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(
            connect("http://0.0.0.0:8000/x"),
            is("http://127.0.0.1:8000/x")
        );
        assert_eq!(connect("https://[::]:8000"), is("https://[::1]:8000"));
        assert_eq!(connect("http://[0::0]"), is("http://[::1]"));
        assert_eq!(
            connect("http://192.168.0.2:80"),
            is("http://192.168.0.2:80")
        );
        assert_eq!(
            connect("docs: https://x.org app: http://127.0.0.1:1"),
            is("http://127.0.0.1:1")
        );
    }
}
