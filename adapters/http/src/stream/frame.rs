//! Events as text.

use super::cursor::Cursor;
use axum::body::Bytes;
use serde::Serialize;

/// How long a client waits before it asks again, and that the stream is open.
pub(super) const HELLO: &str = "retry: 1000\n\n";

/// Says nothing: that the connection lives.
pub(super) const HEARTBEAT: &str = ": \n\n";

/// An event without its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    name: &'static str,
    data: Bytes,
}

impl Frame {
    pub(super) fn new(name: &'static str, data: &impl Serialize) -> Self {
        // Wire types are plain data: they can always be written.
        let data = serde_json::to_vec(data).unwrap_or_default();
        Self::of(name, data.into())
    }

    /// One whose data is JSON already, which has no line ends.
    pub(super) const fn of(name: &'static str, data: Bytes) -> Self {
        Self { name, data }
    }

    pub(super) fn text(&self, at: &Cursor) -> Bytes {
        let head = format!("event: {}\nid: {at}\ndata: ", self.name);
        [head.as_bytes(), &self.data, b"\n\n"].concat().into()
    }
}
