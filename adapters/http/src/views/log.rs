//! Logs.

use collodi_api::{Gap, LogLine, LogPage, LogStream, UnfinishedLine};
use collodi_command::Stream;
use collodi_logs::{Line, Log, Page, Partial, Source, plain};
use collodi_time::WallTime;

/// At most `limit` lines from number `from` on. `epoch` is the wall time at the origin
/// of the log's instants.
pub(crate) fn page(id: &str, page: &Page<'_>, epoch: WallTime) -> LogPage {
    let gap = |range: std::ops::Range<u64>| Gap {
        from: range.start,
        to: range.end,
    };
    LogPage {
        id: id.to_owned(),
        lines: page.lines.iter().map(|l| line(l, epoch)).collect(),
        next: page.next,
        gap: page.gap.clone().map(gap),
        unfinished: Vec::new(),
    }
}

/// What stands behind the last line of a log.
pub(crate) fn unfinished(log: &Log) -> Vec<UnfinishedLine> {
    let streams = [
        (Stream::Stdout, LogStream::Stdout),
        (Stream::Stderr, LogStream::Stderr),
    ];
    let unfinished = streams.into_iter().filter_map(|(of, stream)| {
        let Partial { text, dropped } = log.partial(of)?;
        Some(UnfinishedLine {
            stream,
            text,
            dropped,
        })
    });
    unfinished.collect()
}

/// The last `n` lines as plain text.
pub(crate) fn last_lines(log: &Log, n: usize) -> Vec<String> {
    log.last(n)
        .map(|line| plain(&line.text).into_owned())
        .collect()
}

fn line(line: &Line, epoch: WallTime) -> LogLine {
    LogLine {
        seq: line.seq,
        time: (epoch + line.at.since_origin()).to_string(),
        stream: match line.source {
            Source::Stdout => LogStream::Stdout,
            Source::Stderr => LogStream::Stderr,
            _ => LogStream::Note,
        },
        text: line.text.clone(),
        dropped: line.dropped,
    }
}
