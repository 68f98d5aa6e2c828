//! One client's stream.

use super::{
    changed::{Changed, Thing},
    cursor::Cursor,
    frame::{Frame, HEARTBEAT, HELLO},
    shared_pages::{SharedPage, SharedPages},
    topics::Topics,
};
use crate::{endpoints::env_list, fault::Fault, surface::Served, views};
use axum::body::Bytes;
use collodi_api::{ResetReason, StreamGap, StreamGone, StreamLeftAlone, StreamReset, StreamTopic};
use collodi_driver::{Events, Gone, Growth, Notice};
use collodi_host::{Host, Process, ProcessId, RunEntry, RunId};
use collodi_logs::Line;
use futures::{FutureExt as _, StreamExt as _, future::select, pin_mut};
use serde::Serialize;
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// How long nothing is said before the client hears that the connection lives.
const SILENCE: Duration = Duration::from_secs(15);
/// The most lines in one event.
const LINES: u64 = 200;

/// One client's stream.
pub(super) struct Feed {
    surface: Arc<Served>,
    topics: Topics,
    changes: Events,
    growth: Growth,
    changed: Changed,
    logs: Vec<Log>,
    /// What comes next: what steps say, and one thing else.
    ready: VecDeque<Next>,
    /// How far the client has heard, with what is told now.
    cursor: Cursor,
    greeted: bool,
    /// Changes and logs take turns, so that a flood of one hides none of the other.
    logs_first: bool,
    /// The log whose turn it is.
    turn: usize,
}

/// A log that is followed.
struct Log {
    id: String,
    /// Whether there may be lines that were not told.
    behind: bool,
}

/// A frame, and what the client has heard with it.
struct Next {
    frame: Frame,
    /// A log, by its place, up to this line.
    read: Option<(usize, u64)>,
}

impl From<Frame> for Next {
    fn from(frame: Frame) -> Self {
        Self { frame, read: None }
    }
}

impl Feed {
    /// Listens to these topics, from `position` on where that can be.
    pub(super) async fn open(
        surface: Arc<Served>,
        topics: Topics,
        position: Option<Cursor>,
    ) -> Result<Self, Fault> {
        let life = surface.host.query(life).await?;
        let known = position
            .as_ref()
            .filter(|cursor| cursor.life == life && cursor.lines.len() == topics.logs.len());
        let changes = match known {
            Some(cursor) => surface.host.changes_since(cursor.change).await?,
            None => surface.host.changes().await?,
        };
        let names = topics.logs.iter().map(|(name, _)| name.clone());
        let growth = surface.host.growth(names.collect()).await?;
        let from = topics.logs.iter().map(|(_, from)| *from).collect();
        let cursor = known.cloned().unwrap_or(Cursor {
            life,
            change: changes.position(),
            lines: from,
        });
        let log = |(id, _): &(String, u64)| Log {
            id: id.clone(),
            behind: true,
        };
        let start = match (known, &position) {
            (Some(_), _) => None,
            (None, Some(_)) => Some(ResetReason::Restarted),
            (None, None) => Some(ResetReason::Start),
        };
        let mut feed = Self {
            logs: topics.logs.iter().map(log).collect(),
            surface,
            topics,
            changes,
            growth,
            changed: Changed::default(),
            ready: VecDeque::new(),
            cursor,
            greeted: false,
            logs_first: false,
            turn: 0,
        };
        if let Some(reason) = start {
            feed.reset(reason).await?;
        }
        Ok(feed)
    }

    /// The next piece of text. Waits until there is something to say.
    pub(super) async fn next(&mut self) -> Result<Bytes, Gone> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Ok(Bytes::from_static(HELLO.as_bytes()));
        }
        loop {
            if let Some(Next { frame, read }) = self.frame().await? {
                self.has_read(read);
                if self.changed.is_empty() && self.ready.is_empty() {
                    self.cursor.change = self.changes.position();
                }
                return Ok(frame.text(&self.cursor));
            }
            if !self.wait().await? {
                return Ok(Bytes::from_static(HEARTBEAT.as_bytes()));
            }
        }
    }

    /// What there is to say.
    async fn frame(&mut self) -> Result<Option<Next>, Gone> {
        if let Some(next) = self.ready.pop_front() {
            return Ok(Some(next));
        }
        while let Some(told) = self.changes.next().now_or_never() {
            self.hear(told.ok_or(Gone)?).await?;
            if let Some(next) = self.ready.pop_front() {
                return Ok(Some(next));
            }
        }
        self.logs_first = !self.logs_first;
        if self.logs_first
            && let Some(next) = self.lines().await?
        {
            return Ok(Some(next));
        }
        while let Some(thing) = self.changed.take() {
            if let Some(frame) = self.tell(thing).await? {
                // What steps have said is told before the state that has them done.
                while let Some(told) = self.changes.next().now_or_never() {
                    self.hear(told.ok_or(Gone)?).await?;
                }
                self.ready.push_back(frame.into());
                return Ok(self.ready.pop_front());
            }
        }
        self.lines().await
    }

    /// Waits until something has happened; false when nothing has for long.
    async fn wait(&mut self) -> Result<bool, Gone> {
        let clock = &self.surface.clock;
        let silence = clock.sleep_until(clock.now() + SILENCE);
        let (changes, growth) = (&mut self.changes, &mut self.growth);
        let change = changes.next().map(Happened::Change);
        let grown = growth.next().map(Happened::Grown);
        let happened = async {
            let either = select(change, grown).await;
            either.factor_first().0
        };
        pin_mut!(happened);
        let happened = select(happened, silence.map(|()| Happened::Nothing)).await;
        match happened.factor_first().0 {
            Happened::Nothing => return Ok(false),
            Happened::Change(told) => {
                self.hear(told.ok_or(Gone)?).await?;
            }
            Happened::Grown(names) => {
                let names = names.ok_or(Gone)?;
                let grown = |log: &&mut Log| names.contains(&log.id);
                self.logs
                    .iter_mut()
                    .filter(grown)
                    .for_each(|log| log.behind = true);
            }
        }
        Ok(true)
    }

    async fn hear(&mut self, notice: Notice) -> Result<(), Gone> {
        match notice {
            Notice::Event(event) => {
                let note = self.changed.absorb(&event, &self.topics);
                self.ready.extend(note.map(Next::from));
                Ok(())
            }
            Notice::Missed(_) => self.reset(ResetReason::Missed).await,
        }
    }

    /// Everything is told anew.
    async fn reset(&mut self, reason: ResetReason) -> Result<(), Gone> {
        let topics = self.topics.clone();
        let all = move |host: &Host| Changed::all(&topics, host);
        self.changed = self.surface.host.query(all).await?;
        let frame = Frame::new("reset", &StreamReset { reason });
        self.ready.push_back(frame.into());
        Ok(())
    }

    async fn tell(&self, thing: Thing) -> Result<Option<Frame>, Gone> {
        let host = &self.surface.host;
        Ok(match thing {
            Thing::Run(id) => {
                let name = id.to_string();
                let view = move |host: &Host| host.run(&id).map(views::run);
                let run = host.query(view).await?;
                Some(shown("run", run, StreamTopic::Runs, name))
            }
            Thing::Process(id) => {
                let name = id.to_string();
                let view = move |host: &Host| Some(views::process(host.process(&id)?, host));
                let process = host.query(view).await?;
                Some(shown("process", process, StreamTopic::Processes, name))
            }
            Thing::LeftAlone => {
                let all = |host: &Host| host.left_alone().map(views::left_alone).collect();
                let left_alone = host.query(all).await?;
                Some(Frame::new("leftAlone", &StreamLeftAlone { left_alone }))
            }
            Thing::Progress(progress) => Some(Frame::new("progress", &progress)),
            // A disk that cannot be read is for who asks for the list to see.
            Thing::Envs => env_list(&self.surface, false)
                .await
                .ok()
                .map(|envs| Frame::new("envs", &envs)),
        })
    }

    /// Lines of a log that were not told; each log in its turn.
    async fn lines(&mut self) -> Result<Option<Next>, Gone> {
        while let Some(at) = self.next_behind() {
            self.turn = at + 1;
            let (Some(log), Some(from)) = (self.logs.get_mut(at), self.cursor.lines.get(at)) else {
                break;
            };
            let (id, from, pages) = (
                log.id.clone(),
                *from,
                Arc::clone(&self.surface.shared_pages),
            );
            let read = move |host: &Host| read(host, &id, from, &pages);
            let Some(read) = self.surface.host.query(read).await? else {
                log.behind = false;
                let (topic, id) = (StreamTopic::Logs, log.id.clone());
                return Ok(Some(Frame::new("gone", &StreamGone { topic, id }).into()));
            };
            log.behind = read.is_behind;
            self.has_lines(at, read);
            if let Some(next) = self.ready.pop_front() {
                return Ok(Some(next));
            }
        }
        Ok(None)
    }

    /// The log that is read next.
    fn next_behind(&self) -> Option<usize> {
        let behind = |at: &usize| self.logs.get(*at).is_some_and(|log| log.behind);
        let mut all = (self.turn..self.logs.len()).chain(0..self.turn);
        all.find(behind)
    }

    fn has_lines(&mut self, at: usize, read: Read) {
        if let Some(gap) = read.gap {
            let to = gap.to;
            self.ready.push_back(Next {
                frame: Frame::new("gap", &gap),
                read: Some((at, to)),
            });
        }
        if let Some(shared) = read.shared {
            self.ready.push_back(Next {
                frame: Frame::of("log", shared.text()),
                read: Some((at, shared.next())),
            });
        }
    }

    fn has_read(&mut self, read: Option<(usize, u64)>) {
        if let Some((at, next)) = read
            && let Some(line) = self.cursor.lines.get_mut(at)
        {
            *line = next;
        }
    }
}

enum Happened {
    Change(Option<Notice>),
    Grown(Option<std::collections::BTreeSet<String>>),
    Nothing,
}

fn shown(
    name: &'static str,
    state: Option<impl Serialize>,
    topic: StreamTopic,
    id: String,
) -> Frame {
    match state {
        Some(state) => Frame::new(name, &state),
        None => Frame::new("gone", &StreamGone { topic, id }),
    }
}

/// Tells lives of servers apart: none begins in the same microsecond as another.
fn life(host: &Host) -> u64 {
    let epoch = host.options().epoch.as_duration().as_micros();
    u64::try_from(epoch).unwrap_or(u64::MAX)
}

/// What is read of a log at once.
struct Read {
    gap: Option<StreamGap>,
    shared: Option<Arc<SharedPage>>,
    /// Whether there is more.
    is_behind: bool,
}

/// The lines from `from` on, up to a multiple of [`LINES`]: so those who read a log at
/// different paces are at the same places.
fn read(host: &Host, id: &str, from: u64, pages: &SharedPages) -> Option<Read> {
    let run = host.run(&RunId::from_text(id)).map(RunEntry::log);
    let process = || host.process(&ProcessId::from_text(id)).map(Process::log);
    let log = run.or_else(process)?;
    let past = from.max(log.first_seq()) % LINES;
    let most = usize::try_from(LINES - past).unwrap_or(usize::MAX);
    let mut page = log.read(from, most);
    let (id, gap) = (id.to_owned(), page.gap.take());
    let of = |first: &&Line| (first.seq, page.next);
    let shared = page.lines.first().map(of).map(|place| {
        let made = || views::page(&id, &page, host.options().epoch);
        pages.page(&id, place, made)
    });
    Some(Read {
        is_behind: page.next < log.next_seq(),
        shared,
        gap: gap.map(|gap| StreamGap {
            id,
            from: gap.start,
            to: gap.end,
        }),
    })
}
