//! Events as text.

use super::cursor::Cursor;
use serde::Serialize;

/// How long a client waits before it asks again, and that the stream is open.
pub(super) const HELLO: &str = "retry: 1000\n\n";

/// Says nothing: that the connection lives.
pub(super) const HEARTBEAT: &str = ": \n\n";

/// An event without its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    name: &'static str,
    data: String,
}

impl Frame {
    pub(super) fn new(name: &'static str, data: &impl Serialize) -> Self {
        // Wire types are plain data: they can always be written. JSON has no line ends.
        let data = serde_json::to_string(data).unwrap_or_default();
        Self { name, data }
    }

    pub(super) fn text(&self, at: &Cursor) -> String {
        let Self { name, data } = self;
        format!("event: {name}\nid: {at}\ndata: {data}\n\n")
    }
}
