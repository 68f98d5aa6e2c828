//! `new URL(…)`, for the addresses that servers print.

use super::{arg, uri};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Js, Map, Text},
};
use alloc::{
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};

/// `new URL(text)` or `new URL(path, base)`.
pub(crate) fn construct(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    evaluator.make(text.as_str().len().saturating_mul(8))?;
    let base = match arg(args, 1) {
        Js::Undefined => None,
        base => Some(evaluator.text_of(base)?),
    };
    let author = text.is_author() && base.as_ref().is_none_or(Text::is_author);
    let parts = match (Parts::parse(text.as_str()), base) {
        (Some(parts), _) => Some(parts),
        (None, Some(base)) => {
            evaluator.make(base.as_str().len().saturating_mul(8))?;
            Parts::parse(base.as_str()).map(|base| base.follow(text.as_str()))
        }
        (None, None) => None,
    };
    let parts = parts.ok_or_else(|| Stop::thrown("invalid URL"))?;
    Ok(Js::Url(Arc::new(parts.into_map(author))))
}

struct Parts {
    protocol: String,
    username: String,
    password: String,
    hostname: String,
    port: String,
    pathname: String,
    search: String,
    hash: String,
}

impl Parts {
    fn parse(text: &str) -> Option<Self> {
        let text: String = text
            .trim_matches(|c: char| c <= ' ')
            .replace(['\t', '\n', '\r'], "");
        let (scheme, rest) = text.split_once(':')?;
        let protocol = scheme.to_ascii_lowercase();
        let special = default_port(&protocol)?;
        let rest = rest.trim_start_matches(['/', '\\']);
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end)?;
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (username, password) = user.split_once(':').unwrap_or((user, ""));
        let (hostname, port) = split_port(host)?;
        let mut parts = Self {
            username: encode(username, b"\"#<>?`{}/:;=@[\\]^|"),
            password: encode(password, b"\"#<>?`{}/:;=@[\\]^|"),
            hostname: host_name(hostname)?,
            port: port_text(port, special)?,
            protocol,
            pathname: String::new(),
            search: String::new(),
            hash: String::new(),
        };
        parts.set_rest(rest, "/");
        Some(parts)
    }

    /// Sets path, query and fragment; `from` is what a relative path starts at.
    fn set_rest(&mut self, rest: &str, from: &str) {
        let (rest, hash) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, search) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.replace('\\', "/");
        let path = if path.starts_with('/') {
            path
        } else {
            format!("{from}{path}")
        };
        self.pathname = encode(&resolve_dots(&path), b"\"#<>?`{}");
        self.search = prefixed('?', encode(search, b"\"#<>'"));
        self.hash = prefixed('#', encode(hash, b"\"<>`"));
    }

    /// The address that `text` means on a page with this one.
    fn follow(mut self, text: &str) -> Self {
        let text = text.trim_matches(|c: char| c <= ' ');
        if text.is_empty() || text.starts_with('#') {
            self.hash = prefixed('#', encode(text.get(1..).unwrap_or_default(), b"\"<>`"));
            return self;
        }
        let directory = match (text.starts_with('?'), self.pathname.rfind('/')) {
            (false, Some(at)) => self.pathname.get(..=at).unwrap_or("/").to_string(),
            _ => self.pathname.clone(),
        };
        self.set_rest(text, &directory);
        self
    }

    fn into_map(self, author: bool) -> Map {
        let host = match self.port.as_str() {
            "" => self.hostname.clone(),
            port => format!("{}:{port}", self.hostname),
        };
        let origin = format!("{}://{host}", self.protocol);
        let user = match (self.username.as_str(), self.password.as_str()) {
            ("", "") => String::new(),
            (name, "") => format!("{name}@"),
            (name, password) => format!("{name}:{password}@"),
        };
        let href = format!(
            "{}://{user}{host}{}{}{}",
            self.protocol, self.pathname, self.search, self.hash
        );
        let members = [
            ("href", href),
            ("origin", origin),
            ("protocol", format!("{}:", self.protocol)),
            ("username", self.username),
            ("password", self.password),
            ("host", host),
            ("hostname", self.hostname),
            ("port", self.port),
            ("pathname", self.pathname),
            ("search", self.search),
            ("hash", self.hash),
        ];
        Map::new(members.map(|(name, value)| (name.into(), Text::new(value, author).into())))
    }
}

/// The usual port of a scheme; none for schemes that are not read here.
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

fn split_port(host: &str) -> Option<(&str, &str)> {
    let end = if host.starts_with('[') {
        host.find(']')? + 1
    } else {
        0
    };
    let (head, tail) = host.split_at_checked(end)?;
    match tail.find(':') {
        None => Some((host, "")),
        Some(at) => Some((host.get(..head.len() + at)?, tail.get(at + 1..)?)),
    }
}

fn host_name(text: &str) -> Option<String> {
    let forbidden = |c: char| c <= ' ' || !c.is_ascii() || "#/<>?@\\^|%:".contains(c);
    let bracketed = text.starts_with('[');
    let bad = text.is_empty() || (!bracketed && text.contains(forbidden));
    (!bad).then(|| text.to_ascii_lowercase())
}

fn port_text(port: &str, usual: u16) -> Option<String> {
    if port.is_empty() {
        return Some(String::new());
    }
    let digits = port.bytes().all(|b| b.is_ascii_digit());
    let number = port.parse::<u16>().ok().filter(|_| digits)?;
    Some(if number == usual {
        String::new()
    } else {
        number.to_string()
    })
}

fn resolve_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.into_iter().enumerate() {
        let dots = matches!(part, "." | "..");
        if part == ".." {
            kept.pop();
        }
        if !dots {
            kept.push(part);
        } else if index == last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

fn encode(text: &str, special: &[u8]) -> String {
    uri::escape(text, |byte| {
        (b'!'..=b'~').contains(&byte) && !special.contains(&byte)
    })
}

fn prefixed(mark: char, text: String) -> String {
    if text.is_empty() {
        text
    } else {
        format!("{mark}{text}")
    }
}
