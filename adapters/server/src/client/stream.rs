//! What a server tells by itself, `GET /python/events`.

use serde::Serialize;
use std::io::{BufRead, BufReader, Read};

/// The longest line that is read, in bytes: a page of a log is the longest there is.
const LONGEST: u64 = 16 << 20;

/// Something that a server told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// What it is: `run`, `process`, `log`, …
    pub(crate) event: String,
    /// JSON.
    pub(crate) data: String,
}

impl Told {
    /// As the server tells this.
    pub(crate) fn of(event: &str, data: &impl Serialize) -> serde_json::Result<Self> {
        Ok(Self {
            event: event.to_owned(),
            data: serde_json::to_string(data)?,
        })
    }
}

/// The events of a stream, until it ends or breaks off.
pub(super) fn events(body: impl Read) -> impl Iterator<Item = Told> {
    let mut lines = BufReader::new(body);
    std::iter::from_fn(move || next(&mut lines))
}

/// The next event: fields in lines, with an empty line behind. What has no data is none.
fn next(lines: &mut impl BufRead) -> Option<Told> {
    let (mut event, mut data) = (String::new(), String::new());
    loop {
        let line = line(lines)?;
        match line.split_once(": ") {
            _ if line.is_empty() && !data.is_empty() => return Some(Told { event, data }),
            Some(("event", value)) => event = value.to_owned(),
            Some(("data", value)) => data.push_str(value),
            _ => {}
        }
    }
}

fn line(lines: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    let read = lines.take(LONGEST).read_until(b'\n', &mut line).ok()?;
    let ends = line.pop() == Some(b'\n');
    (read > 0 && ends).then(|| String::from_utf8(line).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_to_the_last_whole_one() {
        let text = ": hello\n\nevent: run\nid: 1.2\ndata: {\"id\": \"a\"}\n\n: \n\nevent: log\ndata: {}\n\nevent: run\ndata: {";
        let told: Vec<_> = events(text.as_bytes()).map(|t| (t.event, t.data)).collect();
        let expected = [("run", "{\"id\": \"a\"}"), ("log", "{}")];
        assert_eq!(told, expected.map(|(e, d)| (e.to_owned(), d.to_owned())));
    }
}
