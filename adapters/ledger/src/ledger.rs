//! The way to the files.

use crate::files::{Files, read};
use collodi_audit::{Book, LeftOpen, Record, Rotation};
use futures::channel::oneshot;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, SyncSender, channel, sync_channel},
    },
    thread::JoinHandle,
};

/// What is written down, on its way to the files. Dropped, it has written everything.
#[derive(Debug)]
pub struct Ledger {
    dir: PathBuf,
    rotation: Rotation,
    session: String,
    next: AtomicU64,
    lost: AtomicU64,
    /// What could not be written, as long as the files do not say so.
    unwritten: Arc<AtomicU64>,
    /// Entries of earlier lives whose end nobody has seen, by the tree of their processes, once they are
    /// looked for.
    left: Mutex<Option<BTreeMap<String, String>>>,
    /// Held by who looks for them.
    looking: futures::lock::Mutex<()>,
    /// Those of them that live on in this one.
    adopted: Mutex<BTreeSet<String>>,
    way: Option<Way>,
    writer: Option<JoinHandle<()>>,
}

/// The way to who writes. Letters have room for as long as they wait, so that none is taken
/// up where none waits.
#[derive(Debug)]
struct Way {
    letters: Sender<Letter>,
    waiting: Arc<AtomicUsize>,
    most: usize,
}

/// The end of it.
#[derive(Debug)]
struct Letters {
    letters: Receiver<Letter>,
    waiting: Arc<AtomicUsize>,
}

#[derive(Debug)]
enum Letter {
    Record(Box<Record>),
    /// Say so when everything before is written.
    Flush(SyncSender<()>),
    /// Say what has not ended.
    LeftOpen(oneshot::Sender<LeftOpen>),
}

impl Ledger {
    /// How many records may wait for the disk.
    pub const WAITING: usize = 4096;

    /// Opens the ledger in a folder. `session` names this life of the program; no other has
    /// this name. `tell` hears why a record cannot be written, and not of those that follow it.
    ///
    /// # Errors
    ///
    /// When the folder or the file that is written to cannot be opened.
    pub fn open(
        dir: &Path,
        rotation: Rotation,
        session: String,
        tell: impl Fn(&io::Error) + Send + 'static,
    ) -> io::Result<Self> {
        let files = Files::open(dir, rotation)?;
        let (way, letters) = way(Self::WAITING);
        let unwritten = Arc::<AtomicU64>::default();
        let lost = Arc::clone(&unwritten);
        let thread = std::thread::Builder::new().name("ledger".to_owned());
        Ok(Self {
            dir: dir.to_owned(),
            rotation,
            session,
            next: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            unwritten,
            left: Mutex::default(),
            looking: futures::lock::Mutex::default(),
            adopted: Mutex::default(),
            way: Some(way),
            writer: Some(thread.spawn(move || write(files, letters, &lost, tell))?),
        })
    }

    /// The name of this life of the program.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// A name for an execution.
    pub fn next_id(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.session)
    }

    /// Writes it down, soon. Does not wait: when too much waits already, it is lost, and how
    /// much was is written down later.
    pub fn record(&self, record: Record) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        let told = lost == 0 || self.send(Record::Lost { count: lost });
        let sent = told && self.send(record);
        let still = u64::from(!sent) + if told { 0 } else { lost };
        self.lost.fetch_add(still, Ordering::Relaxed);
    }

    fn send(&self, record: Record) -> bool {
        let letter = Letter::Record(Box::new(record));
        self.way
            .as_ref()
            .is_some_and(|way| way.send_if_room(letter))
    }

    /// Waits until everything that was recorded is in the files.
    pub fn flush(&self) {
        let (done, is_done) = sync_channel(1);
        if let Some(way) = &self.way
            && way.send(Letter::Flush(done))
        {
            // A writer that is gone has written what it could.
            let _ = is_done.recv();
        }
    }

    /// Looks once for the commands of earlier lives that may go on in this one: only then they can be
    /// [adopted](Self::adopt).
    pub async fn look_back(&self) {
        let _looking = self.looking.lock().await;
        if self.left().is_none() {
            let found = self.left_open().await.by_tree();
            *self.left() = Some(found);
        }
    }

    /// The entry of a command of an earlier life that goes on in this one, by the tree of its processes.
    pub fn adopt(&self, tree: &str) -> Option<String> {
        let id = self.left().as_mut()?.remove(tree)?;
        self.adopted().insert(id.clone());
        Some(id)
    }

    /// What has not ended. The files may be large, so who writes them looks.
    async fn left_open(&self) -> LeftOpen {
        let (answer, answered) = oneshot::channel();
        if let Some(way) = &self.way {
            way.send(Letter::LeftOpen(answer));
        }
        answered.await.unwrap_or_default()
    }

    /// Whether the command of this entry was started in an earlier life and goes on.
    pub fn is_adopted(&self, id: &str) -> bool {
        self.adopted().contains(id)
    }

    /// All that is written down, and how much could not be.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn book(&self) -> io::Result<Book> {
        self.flush();
        let mut book = read(&self.dir, self.rotation)?;
        let count = self.unwritten.load(Ordering::Relaxed);
        book.add(Record::Lost { count });
        Ok(book)
    }

    fn left(&self) -> MutexGuard<'_, Option<BTreeMap<String, String>>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn adopted(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.adopted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        drop(self.way.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// A way on which at most so many records wait.
fn way(most: usize) -> (Way, Letters) {
    let (sender, letters) = channel();
    let waiting = Arc::<AtomicUsize>::default();
    let way = Way {
        letters: sender,
        waiting: Arc::clone(&waiting),
        most,
    };
    (way, Letters { letters, waiting })
}

impl Way {
    /// Whether there was room. A writer that is gone has written what it could.
    fn send_if_room(&self, letter: Letter) -> bool {
        let has_room = self.waiting.fetch_add(1, Ordering::Relaxed) < self.most;
        if !has_room {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        let _ = self.letters.send(letter);
        true
    }

    /// Sends it however many wait.
    fn send(&self, letter: Letter) -> bool {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.letters.send(letter).is_ok()
    }
}

/// The letters as they come, until nobody can send any more.
impl Iterator for Letters {
    type Item = Letter;

    fn next(&mut self) -> Option<Letter> {
        let letter = self.letters.recv().ok()?;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        Some(letter)
    }
}

/// Writes until nobody can send any more. What cannot be written is counted as lost.
fn write(mut files: Files, letters: Letters, unwritten: &AtomicU64, tell: impl Fn(&io::Error)) {
    for letter in letters {
        match letter {
            Letter::Flush(done) => drop(done),
            // Who asked may have gone.
            Letter::LeftOpen(asked) => drop(asked.send(files.left_open())),
            Letter::Record(record) => {
                write_lost(&mut files, unwritten);
                if let Err(error) = files.append(record.to_line().as_bytes())
                    && unwritten.fetch_add(1, Ordering::Relaxed) == 0
                {
                    tell(&error);
                }
            }
        }
    }
    write_lost(&mut files, unwritten);
}

/// Says what could not be written, as soon as that can be.
fn write_lost(files: &mut Files, unwritten: &AtomicU64) {
    let lost = unwritten.load(Ordering::Relaxed);
    if lost > 0 && files.append(lost_line(lost).as_bytes()).is_ok() {
        unwritten.store(0, Ordering::Relaxed);
    }
}

fn lost_line(count: u64) -> String {
    Record::Lost { count }.to_line()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ledger whose letters nobody reads.
    fn stuck(places: usize) -> (Ledger, Letters) {
        let (way, letters) = way(places);
        let ledger = Ledger {
            dir: PathBuf::new(),
            rotation: Rotation::default(),
            session: "s".to_owned(),
            next: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            unwritten: Arc::default(),
            left: Mutex::default(),
            looking: futures::lock::Mutex::default(),
            adopted: Mutex::default(),
            way: Some(way),
            writer: None,
        };
        (ledger, letters)
    }

    fn shown(letters: &mut Letters) -> Vec<String> {
        let line = |letter| match letter {
            Letter::Record(record) => record.to_line().trim_end().to_owned(),
            other => format!("{other:?}"),
        };
        let waiting = letters.waiting.load(Ordering::Relaxed);
        letters.take(waiting).map(line).collect()
    }

    #[test]
    fn what_there_is_no_room_for_is_counted_and_holds_nobody_up() {
        let (ledger, mut letters) = stuck(2);
        let record = || ledger.record(Record::Lost { count: 1 });
        (0..5).for_each(|_| record());
        let one = r#"{"event":"lost","count":1}"#;
        assert_eq!(shown(&mut letters), [one, one]);
        record();
        assert_eq!(shown(&mut letters), [r#"{"event":"lost","count":3}"#, one]);
        record();
        assert_eq!(shown(&mut letters), [one]);
    }
}
