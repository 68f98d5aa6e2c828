//! Logs as text files.

use super::{Shared, processes, runs};
use crate::{fault::Fault, names::PathId, query::QueryString};
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use collodi_logs::{Line, Log, Needle, plain};
use collodi_time::WallTime;
use std::fmt::Write as _;

/// How a log becomes text.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    timestamps: bool,
    ansi: bool,
    needle: Option<Needle>,
}

pub(crate) async fn process_log_text(
    State(surface): Shared,
    PathId(id): PathId,
    query: QueryString,
) -> Result<Response, Fault> {
    let manner = Manner::of(&query)?;
    let text = processes::find(&surface, &id, move |process, host| {
        manner.text(process.log(), host.options().epoch)
    });
    Ok(attachment(&id, text.await?))
}

pub(crate) async fn run_log_text(
    State(surface): Shared,
    PathId(id): PathId,
    query: QueryString,
) -> Result<Response, Fault> {
    let manner = Manner::of(&query)?;
    let text = runs::find(&surface, &id, move |run, epoch| {
        manner.text(run.log(), epoch)
    });
    Ok(attachment(&id, text.await?))
}

/// What is looked for in the lines, if anything is: `q`, in any case with `ignoreCase`.
pub(super) fn needle(query: &QueryString) -> Result<Option<Needle>, Fault> {
    let ignore = query.flag("ignoreCase")?;
    let needle = |text: String| match ignore {
        true => Needle::ignoring_case(&text),
        false => Needle::new(&text),
    };
    Ok(query.text("q")?.map(needle))
}

impl Manner {
    fn of(query: &QueryString) -> Result<Self, Fault> {
        Ok(Self {
            timestamps: query.flag("timestamps")?,
            ansi: query.flag("ansi")?,
            needle: needle(query)?,
        })
    }

    /// The lines that are kept. A log has a bound, and its text with it.
    fn text(&self, log: &Log, epoch: WallTime) -> String {
        let wanted = |line: &&Line| self.needle.as_ref().is_none_or(|n| n.is_in(line));
        let mut text = String::new();
        for line in log.last(usize::MAX).filter(wanted) {
            if self.timestamps {
                let time = epoch + line.at.since_origin();
                // Writing to a String cannot fail.
                let _ = write!(text, "{time} ");
            }
            match self.ansi {
                true => text.push_str(&line.text),
                false => text.push_str(&plain(&line.text)),
            }
            text.push('\n');
        }
        text
    }
}

fn attachment(id: &str, text: String) -> Response {
    // An id has characters only that a header may have.
    let name = HeaderValue::try_from(format!("attachment; filename=\"{id}.log\""));
    let name = name.unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, text).into_response()
}
