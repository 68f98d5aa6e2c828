//! Events as they happen: one stream for each client, of the topics that it asks for.
//!
//! A stream is about states, not about what led to them. It keeps which things have changed and
//! how far each log was read, and looks at the host when the client takes the next event. So a
//! client that is slow costs no more memory than one that is not, and nothing waits for it.

mod changed;
mod cursor;
mod feed;
mod frame;
mod shared_pages;
mod topics;
mod turns;

use crate::{
    fault::{Fault, Kind},
    query::QueryString,
    surface::Served,
};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use cursor::Cursor;
use feed::Feed;
use futures::stream;
use std::{convert::Infallible, sync::Arc};
use topics::Topics;

pub(crate) use shared_pages::SharedPages;

static LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A stream of the topics that `query` asks for, from the position on that `headers` have.
pub(crate) async fn open(
    surface: Arc<Served>,
    query: &QueryString,
    headers: &HeaderMap,
) -> Result<Response, Fault> {
    let topics = Topics::of(query)?;
    let position = headers.get(&LAST_EVENT_ID).map(position).transpose()?;
    let feed = Feed::open(surface, topics, position).await?;
    let frames = stream::unfold(feed, |mut feed| async move {
        // A host that is gone has nothing more to tell.
        let text = feed.next().await.ok()?;
        Some((Ok::<_, Infallible>(text), feed))
    });
    let mut answer = Response::new(Body::from_stream(frames));
    let kind = HeaderValue::from_static("text/event-stream");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    // A proxy that gathers answers before it passes them on would hold events up.
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    let no = HeaderValue::from_static("no");
    answer.headers_mut().insert(unbuffered, no);
    Ok(answer)
}

fn position(value: &HeaderValue) -> Result<Cursor, Fault> {
    let text = value.to_str().ok().and_then(Cursor::parse);
    text.ok_or_else(|| {
        Fault::new(
            Kind::BadParameter,
            "Last-Event-ID is not the id of an event of this stream",
        )
        .hint("send the id of the last event as it was, or leave the header out to start over")
    })
}
