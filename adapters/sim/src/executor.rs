//! A single-threaded executor whose time jumps to the next wake-up.

use crate::{
    play,
    state::{Pid, State},
};
use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

type TaskId = u64;

/// The future that `block_on` was given.
const MAIN: TaskId = 0;

/// Nothing can happen any more: no future is ready and no timer is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// The processes that live, by name and id.
    pub living: Vec<String>,
    /// What had happened until then.
    pub history: String,
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing can happen any more")?;
        match self.living.as_slice() {
            [] => f.write_str("; no process lives"),
            living => write!(f, "; waiting processes: {}", living.join(", ")),
        }
    }
}

impl std::error::Error for Stuck {}

/// The world behind its handles.
pub(crate) struct Shared {
    state: Mutex<State>,
    tasks: Mutex<Tasks>,
    ready: Arc<Ready>,
}

type Task = (Pid, Pin<Box<dyn Future<Output = ()> + Send>>);

#[derive(Default)]
struct Tasks {
    tasks: BTreeMap<TaskId, Task>,
    last: TaskId,
    random: u64,
}

#[derive(Default)]
struct Ready {
    queue: Mutex<VecDeque<TaskId>>,
}

struct TaskWaker {
    id: TaskId,
    ready: Arc<Ready>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ready.push(self.id);
    }
}

impl Ready {
    fn push(&self, id: TaskId) {
        let mut queue = lock(&self.queue);
        if !queue.contains(&id) {
            queue.push_back(id);
        }
    }

    /// The next task: the oldest, or with a `random` number any of them.
    fn take(&self, random: u64) -> Option<TaskId> {
        let mut queue = lock(&self.queue);
        let count = u64::try_from(queue.len()).ok().filter(|n| *n > 0)?;
        queue.remove(usize::try_from(random % count).ok()?)
    }
}

impl Shared {
    pub(crate) fn new(seed: u64) -> Self {
        let tasks = Tasks {
            random: seed,
            ..Tasks::default()
        };
        Self {
            state: Mutex::new(State::new()),
            tasks: Mutex::new(tasks),
            ready: Arc::default(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Polls `future` and every process until the future is ready.
    pub(crate) fn block_on<F: Future>(self: &Arc<Self>, future: F) -> Result<F::Output, Stuck> {
        let mut main = pin!(future);
        let waker = self.waker(MAIN);
        self.ready.push(MAIN);
        loop {
            self.adopt_and_bury();
            match self.next_task() {
                Some(MAIN) => {
                    if let Poll::Ready(output) =
                        main.as_mut().poll(&mut Context::from_waker(&waker))
                    {
                        return Ok(output);
                    }
                }
                Some(task) => self.poll_task(task),
                None if self.state().advance() => {}
                None => return Err(self.stuck()),
            }
        }
    }

    fn next_task(&self) -> Option<TaskId> {
        let random = lock(&self.tasks).next_random();
        self.ready.take(random)
    }

    /// Makes tasks of the jobs that were started, and drops those of processes
    /// that ended.
    fn adopt_and_bury(self: &Arc<Self>) {
        let (started, ended) = {
            let mut state = self.state();
            let mut tasks = lock(&self.tasks);
            let ended = tasks.take_if(|pid| !state.table.is_live(pid));
            (std::mem::take(&mut state.started), ended)
        };
        drop(ended);
        for (pid, job) in started {
            let future = Box::pin(play::run(Arc::clone(self), pid, job));
            let id = lock(&self.tasks).add((pid, future));
            self.ready.push(id);
        }
    }

    fn poll_task(self: &Arc<Self>, id: TaskId) {
        let Some((pid, mut future)) = lock(&self.tasks).tasks.remove(&id) else {
            return;
        };
        let waker = self.waker(id);
        if future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            lock(&self.tasks).tasks.insert(id, (pid, future));
        }
    }

    fn waker(&self, id: TaskId) -> Waker {
        Waker::from(Arc::new(TaskWaker {
            id,
            ready: Arc::clone(&self.ready),
        }))
    }

    fn stuck(&self) -> Stuck {
        let state = self.state();
        Stuck {
            living: state.table.describe(),
            history: state.history(),
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "World at {}", self.state().now)
    }
}

impl Tasks {
    fn add(&mut self, task: Task) -> TaskId {
        self.last += 1;
        self.tasks.insert(self.last, task);
        self.last
    }

    fn take_if(&mut self, wanted: impl Fn(Pid) -> bool) -> Vec<Task> {
        self.tasks
            .extract_if(.., |_, (pid, _)| wanted(*pid))
            .map(|(_, task)| task)
            .collect()
    }

    /// Zero for seed zero: then the oldest goes first. Else xorshift.
    const fn next_random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
