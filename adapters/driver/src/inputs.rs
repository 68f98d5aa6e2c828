//! What commands are to read: in order, and no more than so much at once.

use crate::perform::Happening;
use collodi_action::{Completion, Error, ErrorKind};
use collodi_backend::ChildInput;
use collodi_command::TreeId;
use collodi_machine::ActionId;
use futures::{
    StreamExt,
    channel::{mpsc, oneshot},
    future::{Either, select},
    stream,
    stream::BoxStream,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The most bytes that may wait for one command, each write counted as one more.
const MOST: usize = 256 << 10;

/// The inputs of the commands that were started with one, by tree.
#[derive(Debug, Default)]
pub(crate) struct Inputs(BTreeMap<TreeId, Feed>);

/// The end at which writes go in.
#[derive(Debug)]
struct Feed {
    writes: mpsc::UnboundedSender<Write>,
    waiting: Arc<AtomicUsize>,
}

/// Something to write, and by which action.
type Write = (ActionId, Arc<[u8]>);

/// What a command's own stream holds as long as the command runs: dropping it ends
/// what waits to be written.
#[derive(Debug)]
pub(crate) struct Mouth {
    handle: Option<oneshot::Sender<Box<dyn ChildInput>>>,
    _alive: oneshot::Sender<()>,
}

/// The end at which writes come out.
struct Writer {
    writes: mpsc::UnboundedReceiver<Write>,
    waiting: Arc<AtomicUsize>,
    handle: Handle,
    gone: oneshot::Receiver<()>,
}

enum Handle {
    Coming(oneshot::Receiver<Box<dyn ChildInput>>),
    Open(Box<dyn ChildInput>),
    Closed,
}

impl Inputs {
    /// The input of a command that is about to start, and the stream of what becomes of
    /// what is written to it. It takes the place of an older one of the tree.
    pub(crate) fn open(&mut self, tree: &TreeId) -> (Mouth, BoxStream<'static, Happening>) {
        self.0.retain(|_, feed| !feed.writes.is_closed());
        let (writes, received) = mpsc::unbounded();
        let (handle, coming) = oneshot::channel();
        let (alive, gone) = oneshot::channel();
        let waiting = Arc::<AtomicUsize>::default();
        let writer = Writer {
            writes: received,
            waiting: Arc::clone(&waiting),
            handle: Handle::Coming(coming),
            gone,
        };
        self.0.insert(tree.clone(), Feed { writes, waiting });
        let mouth = Mouth {
            handle: Some(handle),
            _alive: alive,
        };
        (mouth, stream::unfold(writer, Writer::next).boxed())
    }

    /// Puts bytes in line. The completion, when it is known at once.
    pub(crate) fn write(
        &self,
        id: ActionId,
        tree: &TreeId,
        bytes: Arc<[u8]>,
    ) -> Option<Completion> {
        let refused = |kind| Some(Completion::Written(Err(error(kind))));
        let Some(feed) = self.0.get(tree) else {
            return refused(ErrorKind::Gone);
        };
        let size = bytes.len() + 1;
        if feed.waiting.load(Ordering::Relaxed) + size > MOST {
            return refused(ErrorKind::Full);
        }
        feed.waiting.fetch_add(size, Ordering::Relaxed);
        match feed.writes.unbounded_send((id, bytes)) {
            Ok(()) => None,
            Err(_) => refused(ErrorKind::Gone),
        }
    }
}

impl Mouth {
    /// The command runs, and this is its input.
    pub(crate) fn give(&mut self, input: Option<Box<dyn ChildInput>>) {
        if let (Some(handle), Some(input)) = (self.handle.take(), input) {
            // Nobody listens only when the driver is gone.
            let _ = handle.send(input);
        }
    }
}

impl Writer {
    /// The next write, done. When the command is gone, what is in line fails.
    async fn next(mut self) -> Option<(Happening, Self)> {
        let (id, bytes) = match select(self.writes.next(), &mut self.gone).await {
            Either::Left((write, _)) => write?,
            Either::Right(_) => {
                self.writes.close();
                self.writes.next().await?
            }
        };
        let written = self.write(&bytes).await;
        self.waiting.fetch_sub(bytes.len() + 1, Ordering::Relaxed);
        Some((Happening::completed(id, Completion::Written(written)), self))
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let gone = || Err(error(ErrorKind::Gone));
        if let Handle::Coming(coming) = &mut self.handle {
            self.handle = match coming.await {
                Ok(handle) => Handle::Open(handle),
                Err(_) => Handle::Closed,
            };
        }
        let Handle::Open(handle) = &mut self.handle else {
            return gone();
        };
        match select(handle.write(bytes), &mut self.gone).await {
            Either::Left((written, _)) => written,
            Either::Right(_) => gone(),
        }
    }
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "write to", "the program's input")
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use futures::{FutureExt as _, executor::block_on};
    use std::{future::pending, sync::Mutex};

    /// What was written, and its end; or someone who does not read.
    #[derive(Debug, Default)]
    struct Paper {
        text: Arc<Mutex<String>>,
        deaf: bool,
    }

    #[async_trait]
    impl ChildInput for Paper {
        async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
            if self.deaf {
                return pending().await;
            }
            let text = String::from_utf8_lossy(bytes);
            self.text.lock().unwrap().push_str(&text);
            Ok(())
        }
    }

    impl Drop for Paper {
        fn drop(&mut self) {
            self.text.lock().unwrap().push('.');
        }
    }

    fn id(number: u64) -> ActionId {
        ActionId::from_number(number)
    }

    fn tree() -> TreeId {
        TreeId::new("t")
    }

    fn write(inputs: &Inputs, number: u64, text: &str) -> Option<Completion> {
        inputs.write(id(number), &tree(), text.as_bytes().into())
    }

    fn shown(happenings: Vec<Happening>) -> String {
        let shown = happenings
            .iter()
            .map(|happening| format!("{happening:?}\n"));
        shown.collect()
    }

    #[test]
    fn writes_arrive_in_order_and_the_end_after_them() {
        let mut inputs = Inputs::default();
        let paper = Paper::default();
        let text = Arc::clone(&paper.text);
        let (mut mouth, stream) = inputs.open(&tree());
        assert_eq!(write(&inputs, 1, "one "), None);
        mouth.give(Some(Box::new(paper)));
        assert_eq!(write(&inputs, 2, "two"), None);
        let mut stream = stream;
        let told: Vec<_> = block_on(stream.by_ref().take(2).collect());
        assert_eq!(shown(told).matches("Written(Ok(()))").count(), 2);
        drop((mouth, stream));
        let written = text.lock().unwrap().clone();
        assert_eq!(written, "one two.");
        let late = write(&inputs, 4, "three");
        assert_eq!(late, Some(Completion::Written(Err(error(ErrorKind::Gone)))));
    }

    #[test]
    fn a_command_that_does_not_read_holds_only_so_much() {
        let mut inputs = Inputs::default();
        let (mut mouth, mut stream) = inputs.open(&tree());
        let deaf = Paper {
            text: Arc::default(),
            deaf: true,
        };
        mouth.give(Some(Box::new(deaf)));
        let half = "x".repeat(MOST / 2 - 1);
        assert_eq!(
            (write(&inputs, 1, &half), write(&inputs, 2, &half)),
            (None, None)
        );
        let full = Some(Completion::Written(Err(error(ErrorKind::Full))));
        assert_eq!(write(&inputs, 3, ""), full);
        assert!(stream.next().now_or_never().is_none(), "it waits");
        drop(mouth);
        let told = shown(block_on(stream.collect()));
        assert_eq!(told.matches("kind: Gone").count(), 2, "{told}");
    }

    #[test]
    fn what_was_never_started_takes_nothing() {
        let mut inputs = Inputs::default();
        let gone = Some(Completion::Written(Err(error(ErrorKind::Gone))));
        assert_eq!(write(&inputs, 1, "x"), gone);
        let (mouth, stream) = inputs.open(&tree());
        assert_eq!(write(&inputs, 2, "x"), None);
        drop(mouth);
        assert_eq!(
            shown(block_on(stream.collect()))
                .matches("kind: Gone")
                .count(),
            1
        );
        assert_eq!(write(&inputs, 3, "x"), gone);
    }
}
