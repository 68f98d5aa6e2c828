//! What a web server answers, told by the path that it is asked for.
//!
//! The simulator answers like this, and so does `collodi-child web:PORT`, so that a
//! download fails in the same way in both worlds. A path is `/WORDS/NAME`, with commas
//! between the words:
//!
//! | Word | Does |
//! |---|---|
//! | `size:N` | the file has `N` bytes of [`flood`]; 16 without it |
//! | `etag:TEXT` `unversioned` | names the version; names none |
//! | `name:TEXT` | gives the file this name |
//! | `plain` | knows no ranges |
//! | `headless` `unmeasured` | does not answer `HEAD`; does not say how long the file is |
//! | `cut:N` `stall:N` | closes the connection after `N` bytes of a body; says no more |
//! | `status:N` | answers with this status |
//! | `first:N` | cuts, stalls and statuses are for the first `N` times a body is asked for |
//! | `to:PATH` `around` | sends to another path; to where one is |
//! | `text:TEXT` `json:TEXT` | the file is this text |
//! | `echo` | the file is a JSON object that says what was asked |
//!
//! Texts are written with `%XX` where they have other characters than letters and digits.

use crate::words::flood;
use std::fmt::Write as _;

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// The path, with the query.
    pub target: String,
    /// The headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header; its name is in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, but for the length.
    pub headers: Vec<(&'static str, String)>,
    /// The length that is said.
    pub length: Option<u64>,
    /// What of the body is sent; nothing for `HEAD`.
    pub body: Vec<u8>,
    /// What comes behind the body.
    pub then: Then,
}

/// What comes behind the body of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The end.
    End,
    /// Nothing, for ever.
    Nothing,
}

/// The words of the path that a request asks for.
pub fn words(target: &str) -> &str {
    let path = target.split('?').next().unwrap_or_default();
    path.strip_prefix('/')
        .and_then(|path| path.split('/').next())
        .unwrap_or_default()
}

/// What is answered to a request, by `words`; `seen` is how often a body was asked for
/// there before.
pub fn answer(words: &str, request: &Request, seen: u32) -> Reply {
    let page = Page::read(words, request);
    let troubled = page.first.is_none_or(|first| seen < first);
    let is_head = request.method == "HEAD";
    let (unmeasured, cut) = (page.unmeasured, page.cut);
    let mut reply = match page.status.filter(|_| troubled && !is_head) {
        _ if is_head && page.headless => plain(405),
        Some(status) => plain(status),
        None => page.reply(request),
    };
    if unmeasured {
        reply.length = None;
    }
    if let Some((most, then)) = cut.filter(|_| troubled) {
        reply.body.truncate(most);
        reply.then = then;
    }
    if is_head {
        reply.body.clear();
        reply.then = Then::End;
    }
    reply
}

/// What the words say.
#[derive(Default)]
struct Page {
    file: Vec<u8>,
    kind: &'static str,
    etag: Option<String>,
    name: Option<String>,
    plain: bool,
    headless: bool,
    unmeasured: bool,
    cut: Option<(usize, Then)>,
    status: Option<u16>,
    first: Option<u32>,
    to: Option<String>,
}

impl Page {
    fn read(words: &str, request: &Request) -> Self {
        let (file, kind) = (flood(0, 16), "application/octet-stream");
        let mut page = Self {
            file,
            kind,
            ..Self::default()
        };
        let mut etag = None;
        for word in words.split(',') {
            let (word, operand) = word.split_once(':').unwrap_or((word, ""));
            if word == "etag" || word == "unversioned" {
                etag = Some(decoded(operand)).filter(|tag| !tag.is_empty());
            } else {
                page.add(word, operand, request);
            }
        }
        let said = words.split(',').any(|word| word == "unversioned");
        page.etag = etag.or_else(|| (!said).then(|| page.file.len().to_string()));
        page
    }

    fn add(&mut self, word: &str, operand: &str, request: &Request) {
        match word {
            "size" => self.file = flood(0, operand.parse().unwrap_or(0)),
            "name" => self.name = Some(decoded(operand)),
            "plain" => self.plain = true,
            "headless" => self.headless = true,
            "unmeasured" => self.unmeasured = true,
            "cut" => self.cut = operand.parse().ok().map(|most| (most, Then::End)),
            "stall" => self.cut = operand.parse().ok().map(|most| (most, Then::Nothing)),
            "status" => self.status = operand.parse().ok(),
            "first" => self.first = operand.parse().ok(),
            "to" => self.to = Some(decoded(operand)),
            "around" => self.to = Some(request.target.clone()),
            "text" => (self.file, self.kind) = (decoded(operand).into_bytes(), "text/plain"),
            "json" => (self.file, self.kind) = (decoded(operand).into_bytes(), "application/json"),
            "echo" => (self.file, self.kind) = (echo(request).into_bytes(), "application/json"),
            _ => {}
        }
    }

    fn reply(self, request: &Request) -> Reply {
        if let Some(to) = self.to {
            let mut reply = plain(302);
            reply.headers.push(("location", to));
            return reply;
        }
        let mut reply = plain(200);
        reply.headers.push(("content-type", self.kind.to_owned()));
        let etag = self.etag.map(|tag| format!("\"{tag}\""));
        reply.headers.extend(etag.clone().map(|tag| ("etag", tag)));
        if let Some(name) = self.name {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            reply.headers.push((
                "content-disposition",
                format!("attachment; filename=\"{name}\""),
            ));
        }
        let size = self.file.len();
        let same = request
            .header("if-range")
            .is_none_or(|range| Some(range) == etag.as_deref());
        match start(request).filter(|_| same && !self.plain) {
            Some(start) if start < size => {
                reply.status = 206;
                let range = format!("bytes {start}-{}/{size}", size - 1);
                reply.headers.push(("content-range", range));
                reply.body = self.file.get(start..).unwrap_or_default().to_vec();
            }
            Some(_) => return plain(416),
            None => reply.body = self.file,
        }
        reply.length = Some(reply.body.len() as u64);
        reply
    }
}

fn plain(status: u16) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        length: Some(0),
        body: Vec::new(),
        then: Then::End,
    }
}

/// Where a range without an end begins.
fn start(request: &Request) -> Option<usize> {
    let range = request.header("range")?.strip_prefix("bytes=")?;
    range.strip_suffix('-')?.parse().ok()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .filter(|_| *first == b'%');
        bytes.push(escaped.unwrap_or(*first));
        rest = after
            .get(if escaped.is_some() { 2 } else { 0 }..)
            .unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What was asked, as JSON. Of the headers, those that a script sets.
fn echo(request: &Request) -> String {
    let (_, query) = request.target.split_once('?').unwrap_or_default();
    let mut text = format!("{{\"method\":{:?},\"query\":{query:?}", request.method);
    for name in ["content-type", "authorization", "x-test"] {
        if let Some(value) = request.header(name) {
            let _ = write!(text, ",{name:?}:{value:?}");
        }
    }
    let body = String::from_utf8_lossy(&request.body);
    let _ = write!(text, ",\"body\":{body:?}}}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(words: &str, headers: &[(&str, &str)], seen: u32) -> Reply {
        let headers = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let request = Request {
            method: "GET".into(),
            headers: headers.collect(),
            ..Request::default()
        };
        answer(words, &request, seen)
    }

    #[test]
    fn a_range_of_the_same_version() {
        let reply = ask(
            "size:10,etag:a",
            &[("range", "bytes=4-"), ("if-range", "\"a\"")],
            0,
        );
        assert_eq!(
            (reply.status, reply.length, reply.body),
            (206, Some(6), flood(4, 6))
        );
        let reply = ask(
            "size:10,etag:b",
            &[("range", "bytes=4-"), ("if-range", "\"a\"")],
            0,
        );
        assert_eq!((reply.status, reply.length), (200, Some(10)));
        assert_eq!(ask("size:10", &[("range", "bytes=10-")], 0).status, 416);
        assert_eq!(
            ask("size:10,plain", &[("range", "bytes=4-")], 0).status,
            200
        );
    }

    #[test]
    fn trouble_comes_first() {
        let reply = ask("size:10,cut:3,first:1", &[], 0);
        assert_eq!((reply.length, reply.body.len()), (Some(10), 3));
        assert_eq!(ask("size:10,cut:3,first:1", &[], 1).body.len(), 10);
        assert_eq!(ask("status:503,first:2", &[], 1).status, 503);
        assert_eq!(ask("status:503,first:2", &[], 2).status, 200);
    }

    #[test]
    fn words_of_a_path() {
        assert_eq!(words("/size:1,etag:a/x.bin?y"), "size:1,etag:a");
        assert_eq!(words("/"), "");
        assert_eq!(ask("text:a%20b%2Fc", &[], 0).body, b"a b/c");
        assert_eq!(
            ask("unversioned", &[], 0).headers,
            [("content-type", "application/octet-stream".into())]
        );
    }
}
